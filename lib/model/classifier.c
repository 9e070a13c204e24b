/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <icl/classifier.h>

#include "executor.h"
#include "model.h"

struct IclClassifier {
    IclModel *model;
    IclExecutor *executor;
    IclPreprocessor *preprocessor;
    float *scores; /* [batch, classes] */
    int batch, threads;
};

IclClassifier *icl_classifier_new(IclModel *model, int batch, int threads, GError **error)
{
    if (batch < 1 || threads < 0) {
        g_set_error(
            error, ICL_ERROR, ICL_ERROR_VALUE,
            "a classifier of batch %d on %d threads cannot be; batch begins at 1, threads at "
            "0 (all)",
            batch, threads);
        return NULL;
    }
    IclExecutor *executor = icl_executor_new(icl_model_graph(model), batch, false, threads, error);

    if (!executor)
        return NULL;
    IclClassifier *classifier = g_new0(IclClassifier, 1);
    *classifier =
        (IclClassifier){.model = icl_model_ref(model),
                        .executor = executor,
                        .batch = batch,
                        .threads = threads,
                        .preprocessor = icl_preprocessor_new(icl_model_parsed_recipe(model)),
                        .scores = g_new0(float, (gsize)batch *icl_model_classes(model))};
    return classifier;
}

void icl_classifier_free(IclClassifier *classifier)
{
    if (!classifier)
        return;
    icl_preprocessor_free(classifier->preprocessor);
    icl_executor_free(classifier->executor);
    icl_model_unref(classifier->model);
    g_free(classifier->scores);
    g_free(classifier);
}

IclModel *icl_classifier_model(const IclClassifier *classifier) { return classifier->model; }

static bool frames_are_usable(const IclClassifier *classifier, const IclFrame *frames, int n)
{
    bool usable = n >= 1 && n <= classifier->batch;

    for (int i = 0; usable && i < n; i++)
        usable = icl_frame_check(&frames[i], NULL);
    return usable;
}

const float *icl_classifier_frames(IclClassifier *classifier, const IclFrame *frames, int n)
{
    int classes = icl_model_classes(classifier->model);
    IclTeam team;

    if (!frames_are_usable(classifier, frames, n))
        return NULL;
    icl_team_begin(&team, classifier->threads);
    icl_preprocess_frames(classifier->preprocessor, frames, n,
                          icl_executor_input(classifier->executor));
    const float *logits = icl_executor_forward(classifier->executor, n, 0, 0, &team);
    if (icl_model_is_multi_label(classifier->model))
        icl_kernels()->element.activation(ICL_ACT_SIGMOID, 0, logits, classifier->scores,
                                          (size_t)n * classes);
    else
        icl_kernels()->element.softmax(logits, (size_t)n, classes, classifier->scores);
    icl_team_end(&team);
    return classifier->scores;
}

const float *icl_classifier_frame(IclClassifier *classifier, const IclFrame *frame)
{
    return icl_classifier_frames(classifier, frame, 1);
}

/* Each class in its turn takes its place among the best so far; behind its equals, which came
 * first. */
void icl_top_k(const float *scores, int classes, int k, int *best)
{
    int n = 0;

    for (int c = 0; c < classes; c++) {
        int place = n;
        while (place > 0 && scores[c] > scores[best[place - 1]])
            place--;
        if (place == k)
            continue;
        n = MIN(n + 1, k);
        for (int i = n - 1; i > place; i--)
            best[i] = best[i - 1];
        best[place] = c;
    }
}

int icl_labels_above(const float *scores, int classes, float threshold, int *above)
{
    int n = 0;

    for (int c = 0; c < classes; c++)
        n += scores[c] > threshold;
    icl_top_k(scores, classes, n, above);
    return n;
}
