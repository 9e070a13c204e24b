/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What an evaluation counts, and the measures of a class that its reports show. */
#pragma once

#include <icl/evaluate.h>

enum { EVALUATION_TOP = 5 }; /* top-1 .. top-5 are counted */

/* Precision tp / predicted, recall tp / support, F1 their harmonic mean; 0 where nothing is there
 * to divide by, as in scikit-learn (zero_division). */
typedef struct IclMeasures {
    double precision, recall, f1;
    gint64 support;
} IclMeasures;

/* Pictures that have a label and were found to; that were found to; that have it. */
typedef struct IclLabelTally {
    gint64 hits, predicted, support;
} IclLabelTally;

/* Where a picture has any number of labels. Average precision needs all scores: 5 bytes a label and
 * picture. */
typedef struct IclLabelCounts {
    float threshold;        /* scores above it count as found */
    IclLabelTally *tallies; /* [classes] */
    float *scores;          /* [count, classes] */
    guint8 *on;             /* [count, classes]: which labels the pictures have */
    gsize room;             /* of both */
    gint64 right, exact;    /* labels, and pictures, that are all as they should be */
    IclMeasures pictures;   /* sums of each picture's own */
} IclLabelCounts;

struct IclEvaluation {
    char **labels;
    int classes;
    IclLabelCounts *counts;        /* NULL: one class a picture */
    gint64 *confusion;             /* [true, predicted] */
    gint64 ranked[EVALUATION_TOP]; /* pictures whose true class has the 1st, 2nd, ... best score */
    double loss;                   /* sum */
    int count, skipped;
};

double icl_share(double part, double whole); /* 0 where there is no whole */
double icl_score_loss(double right);         /* -log of the score that what is true has */
IclMeasures icl_measures(gint64 hits, gint64 predicted, gint64 support);
void icl_label_counts_free(IclLabelCounts *counts); /* accepts NULL */

static inline void icl_label_tally_add(IclLabelTally *sum, const IclLabelTally *tally)
{
    sum->hits += tally->hits;
    sum->predicted += tally->predicted;
    sum->support += tally->support;
}

IclMeasures icl_evaluation_class(const IclEvaluation *evaluation, int c);
IclMeasures icl_evaluation_macro(const IclEvaluation *evaluation);    /* mean over the classes */
IclMeasures icl_evaluation_weighted(const IclEvaluation *evaluation); /* weighted by support */
/* Of a multi-label evaluation alone: of all labels together, and the mean over the pictures. */
IclMeasures icl_evaluation_micro(const IclEvaluation *evaluation);
IclMeasures icl_evaluation_samples(const IclEvaluation *evaluation);
