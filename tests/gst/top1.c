/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "top1.h"

#include <icl/classifier.h>
#include <icl/learner.h>

#include "iclframe.h"

static const double sure = 0.04; /* best class before the second */

struct Top1 {
    IclClassifier *classifier;
    int best[ALBUM_PHOTOGRAPHS]; /* of the RGB pictures; -1: not sure */
};

static IclModel *learn(const Album *album)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IclLearner) learner = icl_learner_new(
        &(IclLearnerParams){ICL_LEARNER_DEFAULTS, .held_out = 0, .batch = 16, .threads = 1,
                            .description = "input 32 32 3\n"
                                           "conv2d 8 5 stride=4 padding=2 ! relu ! flatten ! "
                                           "dense $classes\n",
                            .description_name = "test"},
        &error);

    g_assert_no_error(error);
    for (int i = 0; i < ALBUM_PHOTOGRAPHS; i++) {
        GstVideoFrame video;
        IclFrame frame;
        g_assert_true(icl_frame_map(&frame, &video, &album->info, album->photograph[i]));
        icl_learner_add(learner, &frame, album_kind(i), &error);
        g_assert_no_error(error);
        gst_video_frame_unmap(&video);
    }
    icl_learner_train(learner, 100, NULL, &error);
    g_assert_no_error(error);
    IclModel *model = icl_learner_model(learner, &error);
    g_assert_no_error(error);
    return model;
}

/* The best class, and by how much it is. */
static int classify(Top1 *top1, GstBuffer *buffer, const GstVideoInfo *info, double *margin)
{
    int classes = icl_model_classes(icl_classifier_model(top1->classifier)), best[2];
    GstVideoFrame video;
    IclFrame frame;

    g_assert_true(icl_frame_map(&frame, &video, info, buffer));
    const float *scores = icl_classifier_frame(top1->classifier, &frame);
    gst_video_frame_unmap(&video);
    icl_top_k(scores, classes, 2, best);
    *margin = scores[best[0]] - scores[best[1]];
    return best[0];
}

Top1 *top1_new(const Album *album)
{
    g_autoptr(IclModel) model = learn(album);
    Top1 *top1 = g_new0(Top1, 1);
    const char *const *labels = icl_model_labels(model);
    int right = 0;
    double margin;

    top1->classifier = icl_classifier_new(model, 1, 1, NULL);
    for (int i = 0; i < ALBUM_PHOTOGRAPHS; i++) {
        int best = classify(top1, album->photograph[i], &album->info, &margin);
        top1->best[i] = margin > sure ? best : -1;
        right += margin > sure && strcmp(labels[best], album_kind(i)) == 0;
    }
    g_assert_cmpint(right, >=, ALBUM_PHOTOGRAPHS * 4 / 5);
    return top1;
}

void top1_free(Top1 *top1)
{
    if (!top1)
        return;
    icl_classifier_free(top1->classifier);
    g_free(top1);
}

void top1_check(Top1 *top1, int photograph, GstBuffer *buffer, const GstVideoInfo *info)
{
    double margin;
    int best = classify(top1, buffer, info, &margin);

    if (top1->best[photograph] >= 0)
        g_assert_cmpint(best, ==, top1->best[photograph]);
}
