/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Losses of one class out of many, p = softmax(z): Keras' CategoricalCrossentropy, KLDivergence,
 * MeanSquaredError and CategoricalFocalCrossentropy. With h = p * d loss / d p, the gradient by the
 * logits is dz[k] = h[k] - p[k] * sum(h). */
#include <math.h>

#include "loss_classes.h"

static const IclParam smoothing_params[] = {
    ICL_LOSS_SMOOTHING("share of the target that goes to all classes evenly"),
    {0},
};

/* log(sum exp(z)), by the largest entry */
static double log_sum_exp(const float *z, int n)
{
    double most = z[0], sum = 0;

    for (int i = 1; i < n; i++)
        most = z[i] > most ? z[i] : most;
    for (int i = 0; i < n; i++)
        sum += exp(z[i] - most);
    return most + log(sum);
}

static double target_sum(const IclTarget *target, int classes)
{
    double sum = 0;

    for (int c = 0; target->soft && c < classes; c++)
        sum += icl_target(target, c);
    return target->soft ? sum : 1;
}

/* -sum t log p; dz = p sum(t) - t */
static double cross_entropy_sample(const IclCriterion *criterion, const float *z,
                                   const IclTarget *target, int classes, double scale, float *dz)
{
    double norm = log_sum_exp(z, classes), total = target_sum(target, classes), loss = 0;

    for (int c = 0; c < classes; c++) {
        double t = icl_target(target, c), log_p = z[c] - norm;
        loss -= t > 0 ? t * log_p : 0;
        if (dz)
            dz[c] = (float)(scale * (exp(log_p) * total - t));
    }
    return loss;
}

/* sum t log(t / p): cross entropy less what it is at best */
static double divergence_sample(const IclCriterion *criterion, const float *z,
                                const IclTarget *target, int classes, double scale, float *dz)
{
    double loss = cross_entropy_sample(criterion, z, target, classes, scale, dz);

    for (int c = 0; c < classes; c++) {
        double t = icl_target(target, c);
        loss += t > 0 ? t * log(t) : 0;
    }
    return loss;
}

/* The mean of (t - p)^2 over classes; h = 2 p (p - t) / classes */
static double mean_squares_sample(const IclCriterion *criterion, const float *z,
                                  const IclTarget *target, int classes, double scale, float *dz)
{
    double norm = log_sum_exp(z, classes), loss = 0, sum = 0;

    for (int c = 0; c < classes; c++) {
        double p = exp(z[c] - norm), off = p - icl_target(target, c);
        loss += off * off;
        sum += 2 * p * off;
    }
    for (int c = 0; dz && c < classes; c++) {
        double p = exp(z[c] - norm), off = p - icl_target(target, c);
        dz[c] = (float)(scale * p * (2 * off - sum) / classes);
    }
    return loss / classes;
}

typedef struct Focal {
    IclCriterion criterion;
    double alpha, gamma;
} Focal;

static const IclParam focal_params[] = {
    ICL_REAL(Focal, gamma, "2", 0, 20, "how much less a sample counts that is right already"),
    ICL_REAL(Focal, alpha, "0.25", 0, 1e3, "factor of the whole loss"),
    ICL_LOSS_SMOOTHING("share of the target that goes to all classes evenly"),
    {0},
};

/* h of -t (1 - p)^gamma log p: t (gamma p (1 - p)^(gamma - 1) log p - (1 - p)^gamma) */
static double focal_slope(double t, double log_p, double gamma)
{
    double p = exp(log_p), rest = -expm1(log_p);

    if (gamma == 0)
        return -t;
    if (rest <= 0)
        return 0;
    return t * pow(rest, gamma) * (gamma * p * log_p / rest - 1);
}

/* -alpha sum t (1 - p)^gamma log p */
static double focal_sample(const IclCriterion *criterion, const float *z, const IclTarget *target,
                           int classes, double scale, float *dz)
{
    const Focal *focal = (const Focal *)criterion;
    double norm = log_sum_exp(z, classes), loss = 0, sum = 0;

    for (int c = 0; c < classes; c++) {
        double t = icl_target(target, c), log_p = z[c] - norm;
        if (t > 0) {
            loss -= t * pow(-expm1(log_p), focal->gamma) * log_p;
            sum += focal_slope(t, log_p, focal->gamma);
        }
    }
    for (int c = 0; dz && c < classes; c++) {
        double slope = focal_slope(icl_target(target, c), z[c] - norm, focal->gamma);
        dz[c] = (float)(scale * focal->alpha * (slope - exp(z[c] - norm) * sum));
    }
    return focal->alpha * loss;
}

const IclLossClass icl_cross_entropy_class = {
    .base = {"cross_entropy", "-sum t log softmax(z): one class out of many", sizeof(IclCriterion),
             smoothing_params},
    .sample = cross_entropy_sample,
};

const IclLossClass icl_divergence_class = {
    .base = {"kl", "sum t log(t / softmax(z)): cross entropy less that of the target itself",
             sizeof(IclCriterion), smoothing_params},
    .sample = divergence_sample,
};

const IclLossClass icl_mean_squares_class = {
    .base = {"mse", "mean over classes of (t - softmax(z))^2", sizeof(IclCriterion),
             smoothing_params},
    .sample = mean_squares_sample,
};

const IclLossClass icl_focal_class = {
    .base = {"focal", "cross entropy that leans on what is still wrong (Lin et al. 2017)",
             sizeof(Focal), focal_params},
    .sample = focal_sample,
};
