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
    double threshold; /* above which a multi-label model's score counts as found, 0..1; 0: 0.5 */
    bool strict;      /* an unreadable picture is an error; else reported, counted, skipped */
    void (*report)(void *user, const GError *error);
    /* (nullable): each picture in order: its number, true class (-1 where the model is
     * multi-label), scores [classes] */
    void (*sample)(void *user, int index, int truth, const float *scores);
    void *user;
    const uint32_t *indices; /* (nullable): the pictures to look at, as of icl_dataset_split() */
    int n_indices;
} IclEvaluateParams;

/**
 * icl_evaluate: runs @model over @dataset. The data set's labels must be the model's, in any order
 * and possibly fewer; classes are matched by name, else ICL_ERROR_DATA names those that do not fit.
 * A multi-label model takes a multi-label data set, and no other does.
 *
 * Returns: (transfer full): NULL with an error
 */
ICL_API IclEvaluation *icl_evaluate(IclModel *model, const IclDataset *dataset,
                                    const IclEvaluateParams *params, GError **error);

/** An evaluation to fill by hand: icl_evaluation_add() for each picture. @labels is copied. */
ICL_API IclEvaluation *icl_evaluation_new(const char *const *labels);
ICL_API void icl_evaluation_add(IclEvaluation *evaluation, int truth, const float *scores);
/** One where a picture has any number of labels: icl_evaluation_add_labels() for each, with @truth,
 * the @n classes that it has, and @scores, of which those above @threshold (0..1) count as found.
 * It keeps all scores, 5 bytes each. */
ICL_API IclEvaluation *icl_evaluation_new_multi_label(const char *const *labels, double threshold);
ICL_API void icl_evaluation_add_labels(IclEvaluation *evaluation, const int *truth, int n,
                                       const float *scores);
ICL_API bool icl_evaluation_is_multi_label(const IclEvaluation *evaluation);
ICL_API void icl_evaluation_free(IclEvaluation *evaluation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclEvaluation, icl_evaluation_free)

ICL_API int icl_evaluation_count(const IclEvaluation *evaluation);   /* pictures */
ICL_API int icl_evaluation_skipped(const IclEvaluation *evaluation); /* unreadable ones */
/* Arg-max equals truth, 0..1; multi-label: Keras' binary_accuracy, the share of all labels of all
 * pictures that are as they should be. */
ICL_API double icl_evaluation_accuracy(const IclEvaluation *evaluation);
ICL_API double icl_evaluation_top_k(const IclEvaluation *evaluation, int k); /* k = 1..5, or NAN */
/* Mean -log p(truth); multi-label: Keras' binary cross entropy. */
ICL_API double icl_evaluation_loss(const IclEvaluation *evaluation);

/* Pictures whose labels are all as they should be, 0..1: scikit-learn's accuracy_score. */
ICL_API double icl_evaluation_exact_match(const IclEvaluation *evaluation);
/** scikit-learn's average_precision_score of one class, the mean over the classes (mAP, "macro")
 * and of all together ("micro"); NAN where a picture has one class. */
ICL_API double icl_evaluation_average_precision(const IclEvaluation *evaluation, int class_id);
ICL_API double icl_evaluation_mean_average_precision(const IclEvaluation *evaluation);
ICL_API double icl_evaluation_micro_average_precision(const IclEvaluation *evaluation);

/** scikit-learn's classification_report, @digits decimals (2), multi-label too; caller frees. */
ICL_API char *icl_evaluation_report(const IclEvaluation *evaluation, int digits);
/** scikit-learn's confusion matrix (rows true, columns predicted), with the class names;
 * multi-label: the four counts of each label, and its average precision; caller frees. */
ICL_API char *icl_evaluation_confusion(const IclEvaluation *evaluation);
/** Everything above as a JSON object; caller frees. */
ICL_API char *icl_evaluation_json(const IclEvaluation *evaluation);

G_END_DECLS
