/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * deterministic=true: the same stream gives the same file, and each option that should change it
 * does. */
#include "train.h"

#include <string.h>

/* How the same sixty frames come. */
typedef enum {
    AT_ONCE,
    WITH_PAUSES,
    UPSIDE_DOWN, /* turned by 180 degrees */
    TAGGED,      /* the same, and a tag says so */
} Manner;

static void turn(GstBuffer *frame)
{
    GstMapInfo map;

    g_assert_true(gst_buffer_map(frame, &map, GST_MAP_READWRITE));
    for (gsize i = 0; i < map.size / 2; i++) {
        guint8 other = map.data[map.size - 1 - i];
        map.data[map.size - 1 - i] = map.data[i];
        map.data[i] = other;
    }
    gst_buffer_unmap(frame, &map);
}

/* One that is easy to tell from those of other classes, so that the last model is the best. */
static void push_of_class(TrainRig *rig, int class, gboolean turned)
{
    g_autofree char *label = g_strdup_printf("class %d", class);
    GstBuffer *frame = train_frame(rig);

    gst_buffer_memset(frame, 0, 60 * class, TRAIN_SIZE * TRAIN_SIZE / 2);
    if (turned)
        turn(frame);
    g_object_set(rig->element, "label", label, NULL);
    train_push(rig, frame);
}

/* Of three classes in turn. */
static char *train_for_checksum(const char *options, Manner manner)
{
    g_autofree char *content = NULL;
    gsize size;
    TrainRig rig;

    train_open(&rig, options);
    if (manner == TAGGED)
        gst_harness_push_event(rig.harness, gst_event_new_tag(gst_tag_list_new(
                                                GST_TAG_IMAGE_ORIENTATION, "rotate-180", NULL)));
    for (int i = 0; i < 60; i++) {
        push_of_class(&rig, i % 3, manner >= UPSIDE_DOWN);
        if (manner == WITH_PAUSES)
            g_usleep(1000 * (i % 7));
    }
    train_end(&rig);
    g_assert_true(g_file_get_contents(rig.output, &content, &size, NULL));
    train_close(&rig);
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guint8 *)content, size);
}

#define ROUNDS "round=7 updates=5 final-updates=20 memory=30 "

static const struct ByteRow {
    const char *name, *options;
    Manner manner;
    gboolean same;
} bytes[] = {
    {"threads=1", ROUNDS "threads=1", AT_ONCE, TRUE},
    {"threads=2", ROUNDS "threads=2", AT_ONCE, TRUE},
    {"threads=3-and-pauses", ROUNDS "threads=3", WITH_PAUSES, TRUE},
    {"turned-and-tagged", ROUNDS, TAGGED, TRUE},
    {"turned", ROUNDS, UPSIDE_DOWN, FALSE},
    {"another-seed", ROUNDS "seed=2", AT_ONCE, FALSE},
    {"other-rounds", ROUNDS "round=8", AT_ONCE, FALSE},
    {"fewer-final-updates", ROUNDS "final-updates=19", AT_ONCE, FALSE},
    {"another-batch", ROUNDS "batch=8", AT_ONCE, FALSE},
    {"another-optimizer", ROUNDS "optimizer=\"sgd lr=0.1\"", AT_ONCE, FALSE},
    {"augmented", ROUNDS "augment=hflip", AT_ONCE, FALSE},
    {"less-memory", ROUNDS "memory=10", AT_ONCE, FALSE},
};

static void bytes_depend_on_the_stream_alone(const void *data)
{
    const struct ByteRow *row = data;
    g_autofree char *first = train_for_checksum(ROUNDS, AT_ONCE);
    g_autofree char *second = train_for_checksum(row->options, row->manner);

    g_assert_cmpint(strcmp(first, second) == 0, ==, row->same);
}

/* A message a training, at these counts exactly, with all its fields. */
static void rounds_are_exact(void)
{
    static const gint64 counts[] = {4, 8, 9, 9};
    static const struct {
        const char *name;
        GType type;
    } fields[] = {
        {"loss", G_TYPE_DOUBLE},   {"accuracy", G_TYPE_DOUBLE}, {"best", G_TYPE_DOUBLE},
        {"classes", G_TYPE_INT},   {"added", G_TYPE_INT64},     {"kept", G_TYPE_INT},
        {"updates", G_TYPE_INT64}, {"saved", G_TYPE_BOOLEAN},   {"output", G_TYPE_STRING}};
    gint64 added;
    TrainRig rig;

    train_open(&rig, "round=4");
    for (int i = 0; i < 9; i++)
        train_push_labelled(&rig, i % 2 ? "x" : "y", 1);
    train_end(&rig);
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        GstMessage *message = train_message(&rig);
        g_assert_nonnull(message);
        g_assert_true(gst_message_has_name(message, "icl-training"));
        const GstStructure *structure = gst_message_get_structure(message);
        for (size_t f = 0; f < G_N_ELEMENTS(fields); f++)
            g_assert_true(gst_structure_has_field_typed(structure, fields[f].name, fields[f].type));
        g_assert_true(gst_structure_get_int64(structure, "added", &added));
        g_assert_cmpint(added, ==, counts[i]);
        gst_message_unref(message);
    }
    train_close(&rig);
}

void add_train_byte_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bytes); i++)
        fixture_add(bytes_depend_on_the_stream_alone, &bytes[i], "/bytes/%s", bytes[i].name);
    g_test_add_func("/rounds/are-exact", rounds_are_exact);
}
