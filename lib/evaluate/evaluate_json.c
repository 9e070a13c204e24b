/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * An evaluation as JSON, for scripts: what the reports show, unrounded. */
#include "evaluation.h"
#include "json.h"

static IclJson *measures_json(IclMeasures m)
{
    IclJson *json = icl_json_object();
    icl_json_set(json, "precision", icl_json_real(m.precision));
    icl_json_set(json, "recall", icl_json_real(m.recall));
    icl_json_set(json, "f1", icl_json_real(m.f1));
    icl_json_set(json, "support", icl_json_integer(m.support));
    return json;
}

static IclJson *classes_json(const IclEvaluation *evaluation)
{
    IclJson *json = icl_json_array();
    for (int c = 0; c < evaluation->classes; c++) {
        IclJson *entry = measures_json(icl_evaluation_class(evaluation, c));
        icl_json_set(entry, "label", icl_json_string(evaluation->labels[c]));
        if (evaluation->counts)
            icl_json_set(entry, "average_precision",
                         icl_json_real(icl_evaluation_average_precision(evaluation, c)));
        icl_json_append(json, entry);
    }
    return json;
}

static IclJson *confusion_json(const IclEvaluation *evaluation)
{
    IclJson *json = icl_json_array();
    const gint64 *count = evaluation->confusion;
    for (int r = 0; r < evaluation->classes; r++) {
        IclJson *row = icl_json_array();
        for (int c = 0; c < evaluation->classes; c++)
            icl_json_append(row, icl_json_integer(*count++));
        icl_json_append(json, row);
    }
    return json;
}

static IclJson *top_json(const IclEvaluation *evaluation)
{
    IclJson *json = icl_json_array();
    for (int k = 1; k <= EVALUATION_TOP; k++)
        icl_json_append(json, icl_json_real(icl_evaluation_top_k(evaluation, k)));
    return json;
}

static IclJson *pair_json(gint64 first, gint64 second)
{
    IclJson *pair = icl_json_array();
    icl_json_append(pair, icl_json_integer(first));
    icl_json_append(pair, icl_json_integer(second));
    return pair;
}

/* scikit-learn's multilabel_confusion_matrix: [[tn, fp], [fn, tp]] of each label. */
static IclJson *label_confusion_json(const IclEvaluation *evaluation)
{
    IclJson *json = icl_json_array();
    for (int c = 0; c < evaluation->classes; c++) {
        const IclLabelTally *t = &evaluation->counts->tallies[c];
        gint64 wrong = t->predicted - t->hits;
        IclJson *matrix = icl_json_array();
        icl_json_append(matrix, pair_json(evaluation->count - t->support - wrong, wrong));
        icl_json_append(matrix, pair_json(t->support - t->hits, t->hits));
        icl_json_append(json, matrix);
    }
    return json;
}

static void set_labels_json(IclJson *json, const IclEvaluation *evaluation)
{
    icl_json_set(json, "threshold", icl_json_real((double)evaluation->counts->threshold));
    icl_json_set(json, "exact_match", icl_json_real(icl_evaluation_exact_match(evaluation)));
    icl_json_set(json, "mean_average_precision",
                 icl_json_real(icl_evaluation_mean_average_precision(evaluation)));
    icl_json_set(json, "micro_average_precision",
                 icl_json_real(icl_evaluation_micro_average_precision(evaluation)));
    icl_json_set(json, "micro", measures_json(icl_evaluation_micro(evaluation)));
    icl_json_set(json, "samples", measures_json(icl_evaluation_samples(evaluation)));
    icl_json_set(json, "confusion", label_confusion_json(evaluation));
}

char *icl_evaluation_json(const IclEvaluation *evaluation)
{
    g_autoptr(IclJson) json = icl_json_object();
    icl_json_set(json, "count", icl_json_integer(evaluation->count));
    icl_json_set(json, "skipped", icl_json_integer(evaluation->skipped));
    icl_json_set(json, "accuracy", icl_json_real(icl_evaluation_accuracy(evaluation)));
    if (!evaluation->counts)
        icl_json_set(json, "top", top_json(evaluation));
    icl_json_set(json, "loss", icl_json_real(icl_evaluation_loss(evaluation)));
    icl_json_set(json, "classes", classes_json(evaluation));
    icl_json_set(json, "macro", measures_json(icl_evaluation_macro(evaluation)));
    icl_json_set(json, "weighted", measures_json(icl_evaluation_weighted(evaluation)));
    if (evaluation->counts)
        set_labels_json(json, evaluation);
    else
        icl_json_set(json, "confusion", confusion_json(evaluation));
    return icl_json_print(json, 2);
}
