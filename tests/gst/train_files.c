/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What icltrain reads before it starts and what it writes: models, messages, errors. */
#include "train.h"

#include <glib/gstdio.h>
#include <icl/model.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* %d in options is the folder of the tests' files. */
static const struct RefusalRow {
    const char *name, *options, *reason;
} refusals[] = {
    {"missing-network", "network=%d/missing.icl", "missing.icl"},
    {"broken-network", "network=%d/broken.icl", "broken.icl:2"},
    {"unset-variable", "network=%d/open.icl", "$clases is not set"},
    {"missing-model", "network=\"\" model=%d/missing.bin", "missing.bin"},
    {"model-and-network", "model=%d/model.bin", "network"},
    {"unknown-optimizer", "optimizer=adamm", "adam"},
    {"unknown-augmentation", "augment=hflop", "hflip"},
    {"broken-recipe", "recipe=rezise", "resize"},
    {"missing-folder", "output=%d/missing/out.bin", "missing/out.bin"},
    {"output-is-a-folder", "output=%d", "folder"},
};

static void write_file(const char *name, const char *text)
{
    g_autofree char *path = fixture_path(name);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static char *with_folder(const char *text)
{
    g_autofree char *path = fixture_path("x"), *folder = g_path_get_dirname(path);
    g_auto(GStrv) parts = g_strsplit(text, "%d", -1);

    return g_strjoinv(folder, parts);
}

static void start_is_refused(const void *data)
{
    const struct RefusalRow *row = data;
    g_autoptr(GError) error = NULL, cause = NULL;
    g_autofree char *network = fixture_path(TRAIN_NETWORK);
    g_autofree char *options = with_folder(row->options);
    g_autofree char *line = g_strdup_printf("icltrain network=\"%s\" %s", network, options);
    GstElement *element = gst_parse_launch(line, &error);
    GstBus *bus = gst_bus_new();

    g_assert_no_error(error);
    gst_element_set_bus(element, bus);
    g_assert_cmpint(gst_element_set_state(element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    GstMessage *message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
    g_assert_nonnull(message);
    gst_message_parse_error(message, &cause, NULL);
    g_assert_true(cause->domain == GST_RESOURCE_ERROR);
    if (!strstr(cause->message, row->reason))
        g_error("\"%s\" does not say \"%s\"", cause->message, row->reason);
    gst_message_unref(message);
    g_assert_null(gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR)); /* one fault, one message */
    gst_element_set_state(element, GST_STATE_NULL);
    gst_element_set_bus(element, NULL);
    gst_object_unref(bus);
    gst_object_unref(element);
}

/* Loads the file again and again while it is written. */
typedef struct Reader {
    const char *path;
    atomic_bool end;
    int loaded;
    char *fault;
} Reader;

static void *read_again(void *data)
{
    Reader *reader = data;

    while (!atomic_load(&reader->end) && !reader->fault) {
        g_autoptr(GError) error = NULL;
        g_autoptr(IclModel) model = NULL;
        if (!g_file_test(reader->path, G_FILE_TEST_EXISTS))
            continue;
        if ((model = icl_model_load(reader->path, &error)))
            reader->loaded++;
        else
            reader->fault = g_strdup(error->message);
    }
    return NULL;
}

/* A new class makes every model better than the last. */
static void file_is_whole_at_any_moment(void)
{
    pthread_t thread;
    TrainRig rig;
    int saved = 0;

    train_open(&rig, "round=2");
    Reader reader = {.path = rig.output};
    g_assert_cmpint(pthread_create(&thread, NULL, read_again, &reader), ==, 0);
    for (int i = 0; i < 80; i++) {
        g_autofree char *label = g_strdup_printf("class %d", i / 2);
        train_push_labelled(&rig, label, 1);
    }
    train_end(&rig);
    atomic_store(&reader.end, true);
    pthread_join(thread, NULL);
    g_assert_cmpstr(reader.fault, ==, NULL);
    g_assert_cmpint(reader.loaded, >, 0);
    for (GstMessage *message; (message = train_message(&rig));) {
        gboolean now = FALSE;
        gst_structure_get_boolean(gst_message_get_structure(message), "saved", &now);
        saved += now;
        gst_message_unref(message);
    }
    g_assert_cmpint(saved, >=, 39);
    train_close(&rig);
}

static void nothing_is_left_beside_the_file(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("icl-train-XXXXXX", &error);
    g_autofree char *options = g_strdup_printf("output=\"%s/out.bin\" round=2", folder);
    TrainRig rig;

    g_assert_no_error(error);
    train_open(&rig, options);
    for (int i = 0; i < 10; i++)
        train_push_labelled(&rig, i % 2 ? "x" : "y", 1);
    train_end(&rig);
    train_close(&rig);
    GDir *files = g_dir_open(folder, 0, NULL);
    g_assert_cmpstr(g_dir_read_name(files), ==, "out.bin");
    g_assert_null(g_dir_read_name(files));
    g_dir_close(files);
    g_autofree char *path = g_build_filename(folder, "out.bin", NULL);
    g_remove(path);
    g_rmdir(folder);
}

/* The folder goes away under way: one error, and the stream goes on. */
static void failing_write_is_one_error(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("icl-train-XXXXXX", &error);
    g_autofree char *options = g_strdup_printf("output=\"%s/out.bin\" round=2", folder);
    TrainRig rig;

    g_assert_no_error(error);
    train_open(&rig, options);
    g_rmdir(folder);
    for (int i = 0; i < 10; i++)
        train_push_labelled(&rig, i % 2 ? "x" : "y", 1);
    train_end(&rig);
    g_assert_cmpint(train_count(&rig, GST_MESSAGE_ERROR), ==, 1);
    train_close(&rig);
}

/* Weights fly off with the first updates: there is no model to go back to. */
static void hopeless_training_is_one_error(void)
{
    TrainRig rig;

    train_open(&rig, "optimizer=\"sgd lr=1000 decay=1000\" round=2 updates=50");
    for (int i = 0; i < 10; i++)
        train_push_labelled(&rig, i % 2 ? "x" : "y", 1);
    train_end(&rig);
    g_assert_cmpint(train_count(&rig, GST_MESSAGE_ERROR), ==, 1);
    g_assert_false(g_file_test(rig.output, G_FILE_TEST_EXISTS));
    train_close(&rig);
}

static void without_output_there_are_messages(void)
{
    TrainRig rig;
    gboolean saved = TRUE;

    train_open(&rig, "output=\"\"");
    train_push_labelled(&rig, "x", 2);
    train_push_labelled(&rig, "y", 2);
    train_end(&rig);
    GstMessage *message = train_message(&rig);
    g_assert_nonnull(message);
    g_assert_true(gst_structure_get_boolean(gst_message_get_structure(message), "saved", &saved));
    g_assert_false(saved);
    gst_message_unref(message);
    g_assert_false(g_file_test(rig.output, G_FILE_TEST_EXISTS));
    train_close(&rig);
}

/* The head of a trained model is learned anew for other labels. */
static void model_gets_new_classes(void)
{
    g_autofree char *options =
        g_strdup_printf("network=\"\" model=\"%s\" final-updates=20", fixture_model());
    TrainRig rig;

    train_open(&rig, options);
    train_push_labelled(&rig, "hen", 4);
    train_push_labelled(&rig, "egg", 4);
    train_end(&rig);
    g_autofree char *labels = train_labels(&rig);
    g_assert_cmpstr(labels, ==, "hen,egg");
    train_close(&rig);
}

void add_train_file_tests(void)
{
    write_file("broken.icl", "input 8 8 1\nconv2d ! ! dense $classes\n");
    write_file("open.icl", "input 8 8 1\nflatten ! dense $clases\n");
    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++)
        fixture_add(start_is_refused, &refusals[i], "/refused/%s", refusals[i].name);
    g_test_add_func("/file/is-whole-at-any-moment", file_is_whole_at_any_moment);
    g_test_add_func("/file/nothing-is-left-beside-it", nothing_is_left_beside_the_file);
    g_test_add_func("/file/failing-write-is-one-error", failing_write_is_one_error);
    g_test_add_func("/file/hopeless-training-is-one-error", hopeless_training_is_one_error);
    g_test_add_func("/file/none-is-needed", without_output_there_are_messages);
    g_test_add_func("/file/model-gets-new-classes", model_gets_new_classes);
}
