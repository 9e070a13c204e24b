/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * That something is learned: five classes of 40 pictures each of Fashion-MNIST, and 500 pictures of
 * the same classes that the stream did not have. The network is small enough for the sanitizers;
 * pipelines/learn.sh does the same with the default one. */
#include "train.h"

#include <icl/classifier.h>
#include <icl/dataset.h>
#include <string.h>

#define DATA "/usr/share/datasets/fashion-mnist"

enum { SIDE = 28, CLASSES = 5, PICTURES = 40, OTHERS = 100 };

static const char *const wanted[CLASSES] = {"Trouser", "Pullover", "Sneaker", "Bag", "Ankle boot"};

/* Calls @use with the first @n pictures of each of the classes, one class after the other. */
static void each_picture(IclPart part, int n, void (*use)(const IclPicture *, const char *, void *),
                         void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IclDataset) dataset = icl_dataset_open(DATA, part, &error);

    g_assert_no_error(error);
    for (int c = 0; c < CLASSES; c++)
        for (int i = 0, seen = 0; seen < n; i++) {
            IclPicture picture;
            if (strcmp(icl_dataset_labels(dataset)[icl_dataset_class(dataset, i)], wanted[c]) != 0)
                continue;
            g_assert_true(icl_dataset_picture(dataset, i, &picture, &error));
            use(&picture, wanted[c], data);
            icl_picture_clear(&picture);
            seen++;
        }
}

static void push_picture(const IclPicture *picture, const char *label, void *data)
{
    TrainRig *rig = data;
    GstBuffer *frame = gst_buffer_new_allocate(NULL, SIDE * SIDE, NULL);

    gst_buffer_fill(frame, 0, picture->pixels, SIDE * SIDE);
    g_object_set(rig->element, "label", label, NULL);
    train_push(rig, frame);
}

typedef struct Judge {
    IclClassifier *classifier;
    int right, seen;
} Judge;

static void judge_picture(const IclPicture *picture, const char *label, void *data)
{
    Judge *judge = data;
    const float *scores = icl_classifier_frame(judge->classifier, &picture->frame);
    int best;

    icl_top_k(scores, CLASSES, 1, &best);
    const char *found = icl_model_labels(icl_classifier_model(judge->classifier))[best];
    judge->right += strcmp(found, label) == 0;
    judge->seen++;
}

static const struct FashionRow {
    const char *name, *options;
} rows[] = {
    {"deterministic", "threads=2 round=50 updates=30 final-updates=150"},
    {"free", "threads=2 deterministic=false updates=30 final-updates=150"},
};

static void seven_of_ten_others_are_right(const void *data)
{
    const struct FashionRow *row = data;
    g_autofree char *network = fixture_path("fashion.icl");
    g_autofree char *options = g_strdup_printf("network=\"%s\" %s", network, row->options);
    g_autoptr(GError) error = NULL;
    TrainRig rig;

    if (!g_file_test(DATA, G_FILE_TEST_IS_DIR)) {
        g_test_skip("no " DATA);
        return;
    }
    train_open(&rig, options);
    gst_harness_set_src_caps(rig.harness, fixture_caps(GST_VIDEO_FORMAT_GRAY8, SIDE, SIDE));
    each_picture(ICL_PART_TRAIN, PICTURES, push_picture, &rig);
    train_end(&rig);

    g_autoptr(IclModel) model = icl_model_load(rig.output, &error);
    g_assert_no_error(error);
    g_autoptr(IclClassifier) classifier = icl_classifier_new(model, 1, 1, &error);
    g_assert_no_error(error);
    Judge judge = {classifier};
    each_picture(ICL_PART_TEST, OTHERS, judge_picture, &judge);
    g_test_message("%d of %d", judge.right, judge.seen);
    g_assert_cmpint(judge.seen, ==, CLASSES * OTHERS);
    g_assert_cmpint(judge.right * 10, >=, judge.seen * 7);
    train_close(&rig);
}

void add_train_fashion_tests(void)
{
    g_autofree char *network = fixture_path("fashion.icl");

    g_assert_true(g_file_set_contents(network,
                                      "input 28 28 1\n"
                                      "maxpool 2 ! flatten ! dense 32 ! relu ! dense $classes\n",
                                      -1, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        fixture_add(seven_of_ten_others_are_right, &rows[i], "/fashion/%s", rows[i].name);
}
