/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Losses where each class is a label of its own, q = sigmoid(z): Keras' BinaryCrossentropy and
 * BinaryFocalCrossentropy, the mean over the classes. */
#include <math.h>

#include "loss_classes.h"

#define SMOOTHING ICL_LOSS_SMOOTHING("share of each target that goes to one half")

static const IclParam binary_params[] = {
    SMOOTHING,
    {0},
};

static double sigmoid(double z) { return z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z)); }

/* -t log q - (1 - t) log(1 - q) */
static double entropy(double z, double t) { return (z > 0 ? z : 0) - z * t + log1p(exp(-fabs(z))); }

/* Between those of a label that is off and one that is on, as the target is. */
static double label_weight(const IclTarget *target, int classes, int c)
{
    const float *weight = target->label_weight;
    double on = icl_target(target, c);

    return weight ? on * (double)weight[classes + c] + (1 - on) * (double)weight[c] : 1;
}

static double binary_sample(const IclCriterion *criterion, const float *z, const IclTarget *target,
                            int classes, double scale, float *dz)
{
    double loss = 0;

    for (int c = 0; c < classes; c++) {
        double t = icl_target(target, c), weight = label_weight(target, classes, c);
        loss += weight * entropy(z[c], t);
        if (dz)
            dz[c] = (float)(scale * weight * (sigmoid(z[c]) - t) / classes);
    }
    return loss / classes;
}

typedef struct BinaryFocal {
    IclCriterion criterion;
    double alpha, gamma;
    bool balance;
} BinaryFocal;

static const IclParam binary_focal_params[] = {
    ICL_REAL(BinaryFocal, gamma, "2", 0, 20, "how much less a label counts that is right already"),
    ICL_BOOL(BinaryFocal, balance, "no", "weigh labels that are on by alpha, others by 1 - alpha"),
    ICL_REAL(BinaryFocal, alpha, "0.25", 0, 1, "weight of labels that are on, with balance"),
    SMOOTHING,
    {0},
};

/* (1 - a)^gamma entropy, where a = t q + (1 - t)(1 - q) is how right it is; *slope by z:
 * (1 - a)^gamma ((q - t) - gamma (2 t - 1) q (1 - q) entropy / (1 - a)) */
static double binary_focal_label(const BinaryFocal *focal, double z, double t, double *slope)
{
    double q = sigmoid(z), off = t * sigmoid(-z) + (1 - t) * q, e = entropy(z, t);
    double factor = off > 0 ? pow(off, focal->gamma) : focal->gamma == 0;
    double turn = off > 0 ? focal->gamma * (2 * t - 1) * q * sigmoid(-z) * e / off : 0;
    double weight = focal->balance ? t * focal->alpha + (1 - t) * (1 - focal->alpha) : 1;

    *slope = weight * factor * (q - t - turn);
    return weight * factor * e;
}

static double binary_focal_sample(const IclCriterion *criterion, const float *z,
                                  const IclTarget *target, int classes, double scale, float *dz)
{
    double loss = 0, slope;

    for (int c = 0; c < classes; c++) {
        double weight = label_weight(target, classes, c);
        loss += weight * binary_focal_label((const BinaryFocal *)criterion, z[c],
                                            icl_target(target, c), &slope);
        if (dz)
            dz[c] = (float)(scale * weight * slope / classes);
    }
    return loss / classes;
}

const IclLossClass icl_binary_class = {
    .base = {"binary", "cross entropy of sigmoid(z), each class a label of its own",
             sizeof(IclCriterion), binary_params},
    .labels = true,
    .sample = binary_sample,
};

const IclLossClass icl_binary_focal_class = {
    .base = {"binary_focal", "focal loss of sigmoid(z), each class a label of its own",
             sizeof(BinaryFocal), binary_focal_params},
    .labels = true,
    .sample = binary_focal_sample,
};
