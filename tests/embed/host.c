/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "host.h"

#include <glib/gstdio.h>

enum { SIDE = 28, THREADS = 4, ROUNDS = 3 };

IclModel *host_load(void)
{
    g_autoptr(GError) error = NULL;
    IclModel *model = icl_model_load(g_getenv("ICL_MODEL"), &error);

    g_assert_no_error(error);
    g_assert_cmpint(icl_model_classes(model), ==, HOST_CLASSES);
    return model;
}

void host_classify(IclClassifier *classifier, Scores *scores)
{
    guint8 pixels[SIDE * SIDE * 3];
    const IclFrame frame = {.format = ICL_PIXEL_RGB,
                            .width = SIDE,
                            .height = SIDE,
                            .plane = {pixels},
                            .stride = {3 * SIDE}};

    for (int i = 0; i < HOST_PICTURES; i++) {
        for (int j = 0; j < SIDE * SIDE * 3; j++)
            pixels[j] = (guint8)(j * (i + 1) / 5);
        memcpy(scores->of[i], icl_classifier_frame(classifier, &frame), sizeof scores->of[i]);
    }
}

void host_scores(IclModel *model, int threads, Scores *scores)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IclClassifier) classifier = icl_classifier_new(model, 1, threads, &error);

    g_assert_no_error(error);
    host_classify(classifier, scores);
}

void host_remove(const char *folder)
{
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);

    for (const char *name; files && (name = g_dir_read_name(files));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            host_remove(path);
        else
            g_remove(path);
    }
    g_rmdir(folder);
}

typedef struct Guest {
    IclModel *model;
    Scores scores;
} Guest;

static gpointer classify_again_and_again(gpointer data)
{
    Guest *guest = data;

    for (int i = 0; i < ROUNDS; i++)
        host_scores(guest->model, THREADS, &guest->scores);
    return NULL;
}

static void threads_share_a_model(void)
{
    g_autoptr(IclModel) model = host_load();
    Guest guests[THREADS];
    GThread *threads[THREADS];
    Scores wanted;

    host_scores(model, 1, &wanted);
    for (int i = 0; i < THREADS; i++) {
        guests[i].model = model;
        threads[i] = g_thread_new("guest", classify_again_and_again, &guests[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        g_thread_join(threads[i]);
        g_assert_cmpmem(&guests[i].scores, sizeof wanted, &wanted, sizeof wanted);
    }
}

int main(int argc, char **argv)
{
    g_autofree char *folder = g_dir_make_tmp("icl-embed-XXXXXX", NULL);

    g_test_init(&argc, &argv, NULL);
    add_float_tests();
    g_test_add_func("/host/threads/share-a-model", threads_share_a_model);
    add_fork_tests();
    add_locale_tests(folder);
    int status = g_test_run();
    host_remove(folder);
    return status;
}
