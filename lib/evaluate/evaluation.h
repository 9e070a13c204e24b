/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What an evaluation counts, and the measures of a class that its reports show. */
#pragma once

#include <icl/evaluate.h>

enum { EVALUATION_TOP = 5 }; /* top-1 .. top-5 are counted */

struct IclEvaluation {
    char **labels;
    int classes;
    gint64 *confusion;             /* [true, predicted] */
    gint64 ranked[EVALUATION_TOP]; /* pictures whose true class has the 1st, 2nd, ... best score */
    double loss;                   /* sum */
    int count, skipped;
};

/* Precision tp / predicted, recall tp / support, F1 their harmonic mean; 0 where nothing is there
 * to divide by, as in scikit-learn (zero_division). */
typedef struct IclMeasures {
    double precision, recall, f1;
    gint64 support;
} IclMeasures;

IclMeasures icl_evaluation_class(const IclEvaluation *evaluation, int c);
IclMeasures icl_evaluation_macro(const IclEvaluation *evaluation);    /* mean over the classes */
IclMeasures icl_evaluation_weighted(const IclEvaluation *evaluation); /* weighted by support */
