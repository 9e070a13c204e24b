/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Counting. Everything but the loss is a sum of whole numbers; the loss is summed in the order of
 * the pictures, in double, so that it does not depend on threads. */
#include "evaluation.h"

#include <assert.h>
#include <math.h>

/* Keras' epsilon: a score that underflowed to 0 costs 16.1 rather than infinity. */
static const double least_score = 1e-7;

IclEvaluation *icl_evaluation_new(const char *const *labels)
{
    IclEvaluation *evaluation = g_new0(IclEvaluation, 1);
    evaluation->labels = g_strdupv((char **)labels);
    evaluation->classes = (int)g_strv_length(evaluation->labels);
    evaluation->confusion = g_new0(gint64, (gsize)evaluation->classes * (gsize)evaluation->classes);
    return evaluation;
}

void icl_evaluation_free(IclEvaluation *evaluation)
{
    if (!evaluation)
        return;
    g_strfreev(evaluation->labels);
    g_free(evaluation->confusion);
    icl_label_counts_free(evaluation->counts);
    g_free(evaluation);
}

/* The first of equal scores wins. */
static int best_class(const float *scores, int classes)
{
    int best = 0;
    for (int c = 1; c < classes; c++)
        if (scores[c] > scores[best])
            best = c;
    return best;
}

/* How many classes come before the true one; written so that a NaN never counts as right. */
static int rank_of(const float *scores, int classes, int truth)
{
    int rank = 0;
    for (int c = 0; c < classes; c++) {
        if (c < truth)
            rank += !(scores[c] < scores[truth]);
        else if (c > truth)
            rank += !(scores[c] <= scores[truth]);
    }
    return rank;
}

double icl_share(double part, double whole) { return whole > 0 ? part / whole : 0; }

double icl_score_loss(double right) { return -log(right < least_score ? least_score : right); }

void icl_evaluation_add(IclEvaluation *evaluation, int truth, const float *scores)
{
    int classes = evaluation->classes;
    assert(truth >= 0 && truth < classes);
    int rank = rank_of(scores, classes, truth);
    if (rank < EVALUATION_TOP)
        evaluation->ranked[rank]++;
    evaluation->confusion[(gsize)truth * (gsize)classes + (gsize)best_class(scores, classes)]++;
    evaluation->loss += icl_score_loss(scores[truth]);
    evaluation->count++;
}

int icl_evaluation_count(const IclEvaluation *evaluation) { return evaluation->count; }

int icl_evaluation_skipped(const IclEvaluation *evaluation) { return evaluation->skipped; }

double icl_evaluation_accuracy(const IclEvaluation *evaluation)
{
    gint64 right = 0;
    if (evaluation->counts)
        return icl_share((double)evaluation->counts->right / evaluation->classes,
                         evaluation->count);
    for (int c = 0; c < evaluation->classes; c++)
        right += evaluation->confusion[(gsize)c * (gsize)(evaluation->classes + 1)];
    return icl_share((double)right, evaluation->count);
}

double icl_evaluation_top_k(const IclEvaluation *evaluation, int k)
{
    assert(k >= 1 && k <= EVALUATION_TOP);
    gint64 right = 0;
    if (evaluation->counts)
        return NAN;
    for (int i = 0; i < k; i++)
        right += evaluation->ranked[i];
    return icl_share((double)right, evaluation->count);
}

double icl_evaluation_loss(const IclEvaluation *evaluation)
{
    return icl_share(evaluation->loss, evaluation->count);
}

IclMeasures icl_evaluation_class(const IclEvaluation *evaluation, int c)
{
    gsize classes = (gsize)evaluation->classes, row = (gsize)c;
    gint64 support = 0, predicted = 0, right = evaluation->confusion[row * classes + row];
    if (evaluation->counts) {
        const IclLabelTally *tally = &evaluation->counts->tallies[c];
        return icl_measures(tally->hits, tally->predicted, tally->support);
    }
    for (gsize i = 0; i < classes; i++) {
        support += evaluation->confusion[row * classes + i];
        predicted += evaluation->confusion[i * classes + row];
    }
    return icl_measures(right, predicted, support);
}

/* Means over the classes: each counts `equal` + `by_support` times its support. */
static IclMeasures average(const IclEvaluation *evaluation, double equal, double by_support)
{
    IclMeasures sum = {0};
    double weights = 0;
    for (int c = 0; c < evaluation->classes; c++) {
        IclMeasures m = icl_evaluation_class(evaluation, c);
        double weight = equal + by_support * (double)m.support;
        sum.precision += weight * m.precision;
        sum.recall += weight * m.recall;
        sum.f1 += weight * m.f1;
        sum.support += m.support;
        weights += weight;
    }
    sum.precision = icl_share(sum.precision, weights);
    sum.recall = icl_share(sum.recall, weights);
    sum.f1 = icl_share(sum.f1, weights);
    return sum;
}

IclMeasures icl_evaluation_macro(const IclEvaluation *evaluation)
{
    return average(evaluation, 1, 0);
}

IclMeasures icl_evaluation_weighted(const IclEvaluation *evaluation)
{
    return average(evaluation, 0, 1);
}
