/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Losses, from logits: what enters Keras' losses as probabilities is softmax or sigmoid of them, in
 * the stable form and without Keras' clipping to 1e-7. A batch's loss is sum(weight * loss) / n, as
 * Keras has it: the divisor is the number of samples, not the sum of their weights. */
#pragma once

#include "class.h"

typedef struct IclLossClass IclLossClass;

typedef struct IclCriterion {
    const IclLossClass *class;
    double smoothing; /* every class has it */
    /* [2,classes]: what the loss of a label that is off, and on, is multiplied by; NULL: 1.
     * Borrowed, for losses of labels */
    const float *label_weight;
} IclCriterion;

/* What one sample should be: icl_target() for each class. */
typedef struct IclTarget {
    const float *soft; /* [classes], or NULL: the class y */
    int y;
    double keep, even;         /* smoothed: target * keep + even */
    const float *label_weight; /* as the criterion's, or NULL */
} IclTarget;

struct IclLossClass {
    IclClass base;
    bool labels; /* each class is a label of its own: smoothing goes towards 1/2, not 1/classes */
    /* The loss of one sample's logits z[classes]; dz (NULL: not wanted) = scale * d loss / d z. */
    double (*sample)(const IclCriterion *criterion, const float *z, const IclTarget *target,
                     int classes, double scale, float *dz);
};

extern const IclFamily icl_loss_family;

/* Cross entropy as a value, for those who do not parse one. */
IclCriterion icl_cross_entropy(double smoothing);

/* What a batch should be. */
typedef struct IclTargets {
    const int *y;        /* [n]; NULL: the largest of `soft`; in a loss of labels: any of them */
    const float *soft;   /* [n,classes] or NULL: y. Labels of their own: any number of them is 1 */
    const float *weight; /* [n] or NULL: 1 */
} IclTargets;

typedef struct IclLoss {
    double sum; /* of the samples' losses, each times its weight */
    /* Samples whose largest logit is the true class (the first of equals). Without y, in a loss of
     * labels: of each sample the share of its labels that are on or off as they should be, as
     * Keras' binary_accuracy at 0.5; mixed ones are on above 0.5 */
    double correct;
    int top5; /* whose true class is among the five largest; 0 without a class */
} IclLoss;

/* Of the samples of one class, or those that have the label. */
typedef struct IclClassCount {
    int seen, correct;
} IclClassCount;

typedef struct IclLossBatch {
    const float *logits; /* [n,classes] */
    const IclTargets *targets;
    int n, classes;
    bool plain;             /* targets are not smoothed, nor labels weighed: validation */
    float *dlogits;         /* [n,classes]: d (sum / n) / d logits; NULL: not wanted */
    IclClassCount *classed; /* [classes], added to; NULL: not wanted */
} IclLossBatch;

/* criterion NULL: cross entropy. */
IclLoss icl_loss(const IclCriterion *criterion, const IclLossBatch *batch);

static inline double icl_target(const IclTarget *target, int c)
{
    return target->even + target->keep * (target->soft ? target->soft[c] : c == target->y);
}
