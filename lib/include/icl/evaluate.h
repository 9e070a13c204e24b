/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/classifier.h>
#include <icl/dataset.h>

G_BEGIN_DECLS

/**
 * IclEvaluation: true classes against scores.
 */
typedef struct IclEvaluation IclEvaluation;

typedef struct IclEvaluateParams {
    int batch, threads, workers; /* 0: chosen (batch 32, all threads, workers by cores) */
    bool strict; /* an unreadable picture is an error; else reported, counted, skipped */
    void (*report)(void *user, const GError *error);
    /* (nullable): each picture in order: its number, true class, scores [classes] */
    void (*sample)(void *user, int index, int truth, const float *scores);
    void *user;
    const uint32_t *indices; /* (nullable): the pictures to look at, as of icl_dataset_split() */
    int n_indices;
} IclEvaluateParams;

/**
 * icl_evaluate: runs @model over @dataset. The data set's labels must be the model's, in any order
 * and possibly fewer; classes are matched by name, else ICL_ERROR_DATA names those that do not fit.
 *
 * Returns: (transfer full): NULL with an error
 */
ICL_API IclEvaluation *icl_evaluate(IclModel *model, const IclDataset *dataset,
                                    const IclEvaluateParams *params, GError **error);

/** An evaluation to fill by hand: icl_evaluation_add() for each picture. @labels is copied. */
ICL_API IclEvaluation *icl_evaluation_new(const char *const *labels);
ICL_API void icl_evaluation_add(IclEvaluation *evaluation, int truth, const float *scores);
ICL_API void icl_evaluation_free(IclEvaluation *evaluation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclEvaluation, icl_evaluation_free)

ICL_API int icl_evaluation_count(const IclEvaluation *evaluation);   /* pictures */
ICL_API int icl_evaluation_skipped(const IclEvaluation *evaluation); /* unreadable ones */
ICL_API double
icl_evaluation_accuracy(const IclEvaluation *evaluation); /* arg-max equals truth, 0..1 */
ICL_API double icl_evaluation_top_k(const IclEvaluation *evaluation, int k); /* k = 1..5 */
ICL_API double icl_evaluation_loss(const IclEvaluation *evaluation); /* mean -log p(truth) */

/** scikit-learn's classification_report, @digits decimals (2); caller frees. */
ICL_API char *icl_evaluation_report(const IclEvaluation *evaluation, int digits);
/** scikit-learn's confusion matrix (rows true, columns predicted), with the class names; caller
 * frees. */
ICL_API char *icl_evaluation_confusion(const IclEvaluation *evaluation);
/** Everything above as a JSON object; caller frees. */
ICL_API char *icl_evaluation_json(const IclEvaluation *evaluation);

G_END_DECLS
