/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Counting where a picture has any number of labels, and the average precision of each:
 * scikit-learn's average_precision_score, the sum over all thresholds of precision times the recall
 * gained there, where equal scores are one threshold. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evaluation.h"

IclEvaluation *icl_evaluation_new_multi_label(const char *const *labels, double threshold)
{
    IclEvaluation *evaluation = icl_evaluation_new(labels);
    IclLabelCounts *counts = evaluation->counts = g_new0(IclLabelCounts, 1);

    counts->threshold = (float)threshold;
    counts->tallies = g_new0(IclLabelTally, evaluation->classes);
    return evaluation;
}

void icl_label_counts_free(IclLabelCounts *counts)
{
    if (!counts)
        return;
    g_free(counts->tallies);
    g_free(counts->scores);
    g_free(counts->on);
    g_free(counts);
}

bool icl_evaluation_is_multi_label(const IclEvaluation *evaluation) { return evaluation->counts; }

IclMeasures icl_measures(gint64 hits, gint64 predicted, gint64 support)
{
    return (IclMeasures){
        .precision = icl_share((double)hits, (double)predicted),
        .recall = icl_share((double)hits, (double)support),
        .f1 = icl_share(2.0 * (double)hits, (double)(support + predicted)),
        .support = support,
    };
}

/* The measures of one picture's own labels. */
static void add_picture(IclLabelCounts *counts, IclLabelTally of_picture, bool exact)
{
    IclMeasures m = icl_measures(of_picture.hits, of_picture.predicted, of_picture.support);

    counts->pictures.precision += m.precision;
    counts->pictures.recall += m.recall;
    counts->pictures.f1 += m.f1;
    counts->exact += exact;
}

/* Keeps the scores, and which labels are on: [classes], returned. */
static const guint8 *keep_picture(const IclEvaluation *evaluation, const int *truth, int n,
                                  const float *scores)
{
    IclLabelCounts *counts = evaluation->counts;
    gsize classes = (gsize)evaluation->classes, first = (gsize)evaluation->count * classes;

    if (first + classes > counts->room) {
        counts->room = counts->room + counts->room / 2 + 256 * classes;
        counts->scores = g_renew(float, counts->scores, counts->room);
        counts->on = g_renew(guint8, counts->on, counts->room);
    }
    memcpy(counts->scores + first, scores, classes * sizeof *scores);
    memset(counts->on + first, 0, classes);
    for (int i = 0; i < n; i++) {
        assert(truth[i] >= 0 && truth[i] < evaluation->classes);
        counts->on[first + (gsize)truth[i]] = 1;
    }
    return counts->on + first;
}

/* What is not a number is never right. */
static double label_loss(float score, bool on)
{
    double right = on ? (double)score : 1 - (double)score;

    return icl_score_loss(isnan(score) ? 0 : right);
}

void icl_evaluation_add_labels(IclEvaluation *evaluation, const int *truth, int n,
                               const float *scores)
{
    const guint8 *on = keep_picture(evaluation, truth, n, scores);
    IclLabelCounts *counts = evaluation->counts;
    IclLabelTally of_picture = {0};
    double loss = 0;
    int right = 0;

    for (int c = 0; c < evaluation->classes; c++) {
        bool predicted = scores[c] > counts->threshold;
        IclLabelTally tally = {predicted && on[c], predicted, on[c]};
        right += !isnan(scores[c]) && predicted == on[c];
        loss += label_loss(scores[c], on[c]);
        icl_label_tally_add(&counts->tallies[c], &tally);
        icl_label_tally_add(&of_picture, &tally);
    }
    add_picture(counts, of_picture, right == evaluation->classes);
    counts->right += right;
    evaluation->loss += loss / evaluation->classes;
    evaluation->count++;
}

typedef struct Scored {
    float score;
    bool on;
} Scored;

/* The best first; what is not a number last. */
static int compare_scored(const void *a, const void *b)
{
    float x = ((const Scored *)a)->score, y = ((const Scored *)b)->score;

    x = isnan(x) ? -INFINITY : x;
    y = isnan(y) ? -INFINITY : y;
    return x > y ? -1 : x < y;
}

static double average_precision(Scored *scored, gsize n)
{
    double sum = 0;
    gint64 hits = 0, before = 0;

    if (n)
        qsort(scored, n, sizeof *scored, compare_scored);
    for (gsize i = 0; i < n; i++) {
        hits += scored[i].on;
        if (i + 1 < n && compare_scored(&scored[i], &scored[i + 1]) == 0)
            continue;
        sum += (double)(hits - before) * (double)hits / (double)(i + 1);
        before = hits;
    }
    return icl_share(sum, (double)hits);
}

static Scored scored_at(const IclLabelCounts *counts, gsize i)
{
    return (Scored){counts->scores[i], counts->on[i]};
}

double icl_evaluation_average_precision(const IclEvaluation *evaluation, int class_id)
{
    const IclLabelCounts *counts = evaluation->counts;
    gsize n = (gsize)evaluation->count;

    if (!counts)
        return NAN;
    g_autofree Scored *scored = g_new(Scored, n);
    for (gsize i = 0; i < n; i++)
        scored[i] = scored_at(counts, i * (gsize)evaluation->classes + (gsize)class_id);
    return average_precision(scored, n);
}

double icl_evaluation_mean_average_precision(const IclEvaluation *evaluation)
{
    double sum = 0;

    for (int c = 0; c < evaluation->classes; c++)
        sum += icl_evaluation_average_precision(evaluation, c);
    return sum / evaluation->classes;
}

double icl_evaluation_micro_average_precision(const IclEvaluation *evaluation)
{
    const IclLabelCounts *counts = evaluation->counts;

    if (!counts)
        return NAN;
    gsize n = (gsize)evaluation->count * (gsize)evaluation->classes;
    g_autofree Scored *scored = g_new(Scored, n);
    for (gsize i = 0; i < n; i++)
        scored[i] = scored_at(counts, i);
    return average_precision(scored, n);
}

double icl_evaluation_exact_match(const IclEvaluation *evaluation)
{
    return evaluation->counts ? icl_share((double)evaluation->counts->exact, evaluation->count)
                              : icl_evaluation_accuracy(evaluation);
}

IclMeasures icl_evaluation_micro(const IclEvaluation *evaluation)
{
    IclLabelTally sum = {0};

    for (int c = 0; c < evaluation->classes; c++)
        icl_label_tally_add(&sum, &evaluation->counts->tallies[c]);
    return icl_measures(sum.hits, sum.predicted, sum.support);
}

IclMeasures icl_evaluation_samples(const IclEvaluation *evaluation)
{
    IclMeasures mean = evaluation->counts->pictures;

    mean.precision = icl_share(mean.precision, evaluation->count);
    mean.recall = icl_share(mean.recall, evaluation->count);
    mean.f1 = icl_share(mean.f1, evaluation->count);
    mean.support = icl_evaluation_micro(evaluation).support;
    return mean;
}
