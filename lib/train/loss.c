/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "loss.h"

#include <math.h>

static int arg_max(const float *x, int n)
{
    int best = 0;

    for (int i = 1; i < n; i++)
        if (x[i] > x[best])
            best = i;
    return best;
}

/* log(sum exp(x)), by the largest entry */
static double log_sum_exp(const float *x, int n, double most)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += exp(x[i] - most);
    return most + log(sum);
}

IclLoss icl_cross_entropy(const float *logits, const int *y, int n, int classes, double smoothing,
                          float *dlogits)
{
    IclLoss loss = {0};
    double even = smoothing / classes;

    for (int s = 0; s < n; s++) {
        const float *z = logits + (size_t)s * classes;
        int best = arg_max(z, classes);
        double norm = log_sum_exp(z, classes, z[best]);
        for (int c = 0; c < classes; c++) {
            double target = even + (c == y[s] ? 1 - smoothing : 0), log_p = z[c] - norm;
            loss.sum -= target > 0 ? target * log_p : 0;
            if (dlogits)
                dlogits[(size_t)s * classes + c] = (float)((exp(log_p) - target) / n);
        }
        loss.correct += best == y[s];
    }
    return loss;
}
