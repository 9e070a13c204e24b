/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "stream.h"

#include "tiny_set.h"

const char *const stream_labels[] = {"one", "two", "three", "four"};

void stream_open(Stream *s)
{
    *s = (Stream){.folder = tiny_set_new(4, PICTURES),
                  .params = {ICL_LEARNER_DEFAULTS, .description = STREAM_NETWORK,
                             .augment = "shift 0.1", .optimizer = "adamw lr=4e-3", .batch = 16,
                             .threads = 1}};
    s->output = g_build_filename(s->folder, "m.bin", NULL);
    s->train = icl_dataset_open(s->folder, ICL_PART_TRAIN, NULL);
    s->test = icl_dataset_open(s->folder, ICL_PART_TEST, NULL);
    g_assert_true(s->train && s->test);
}

void stream_learner(Stream *s)
{
    GError *error = NULL;

    s->learner = icl_learner_new(&s->params, &error);
    g_assert_no_error(error);
}

void stream_close(Stream *s)
{
    icl_learner_free(s->learner);
    icl_dataset_free(s->train);
    icl_dataset_free(s->test);
    g_free(s->output);
    tiny_set_free(s->folder);
}

void stream_add(Stream *s, int classes, int first, int last)
{
    for (int i = first; i < last; i++) {
        int class = icl_dataset_class(s->train, i);
        IclPicture picture = {0};
        GError *error = NULL;
        if (class >= classes)
            continue;
        g_assert_true(icl_dataset_picture(s->train, i, &picture, NULL));
        icl_learner_add(s->learner, &picture.frame, stream_labels[class], &error);
        g_assert_no_error(error);
        icl_picture_clear(&picture);
    }
}

void stream_train(Stream *s, int updates)
{
    GError *error = NULL;

    icl_learner_train(s->learner, updates, NULL, &error);
    g_assert_no_error(error);
}

IclModel *stream_model(Stream *s)
{
    GError *error = NULL;
    IclModel *model = icl_learner_model(s->learner, &error);

    g_assert_no_error(error);
    return model;
}

GBytes *stream_bytes(Stream *s)
{
    g_autoptr(IclModel) model = stream_model(s);
    char *data;
    gsize size;

    g_assert_true(icl_model_save(model, s->output, NULL));
    g_assert_true(g_file_get_contents(s->output, &data, &size, NULL));
    return g_bytes_new_take(data, size);
}

double stream_accuracy(Stream *s)
{
    g_autoptr(IclModel) model = stream_model(s);
    g_autoptr(IclClassifier) classifier = icl_classifier_new(model, 1, 1, NULL);
    int correct = 0, seen = 0;

    for (int i = 0; i < icl_dataset_size(s->test); i++) {
        const char *truth = stream_labels[icl_dataset_class(s->test, i)];
        IclPicture picture = {0};
        int best;
        if (!g_strv_contains(icl_model_labels(model), truth))
            continue;
        g_assert_true(icl_dataset_picture(s->test, i, &picture, NULL));
        const float *scores = icl_classifier_frame(classifier, &picture.frame);
        icl_top_k(scores, icl_model_classes(model), 1, &best);
        correct += g_str_equal(icl_model_labels(model)[best], truth);
        seen++;
        icl_picture_clear(&picture);
    }
    return (double)correct / seen;
}
