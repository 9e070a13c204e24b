/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Batch normalisation's sums and maps in plain C; see kernels.h. Sums run in double. */
#include "reference_activation.h"
#include "tiers.h"

static void moments(const float *x, size_t rows, int c, float *mean, float *m2)
{
    for (int k = 0; k < c; k++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < rows; i++)
            sum += x[i * c + k];
        double centre = sum / rows;
        for (size_t i = 0; i < rows; i++)
            squares += (x[i * c + k] - centre) * (x[i * c + k] - centre);
        mean[k] = centre;
        m2[k] = squares;
    }
}

static void apply(const IclNorm *norm, const float *x, const float *add, size_t rows, int c,
                  float *y)
{
    for (size_t i = 0; i < rows; i++)
        for (int k = 0; k < c; k++) {
            size_t at = i * c + k;
            float v = x[at] * norm->scale[k] + norm->shift[k] + (add ? add[at] : 0);
            y[at] = reference_activation(norm->activation, norm->alpha, v);
        }
}

/* Of the activation at x, of channel k. */
static float slope(const IclNorm *norm, float x, int k)
{
    if (norm->activation == ICL_ACT_NONE)
        return 1;
    float v = x * norm->scale[k] + norm->shift[k];
    float y = reference_activation(norm->activation, norm->alpha, v);
    return reference_activation_slope(norm->activation, norm->alpha, v, y);
}

static void gradient_sums(const IclNorm *norm, const float *x, const float *dy, const float *mean,
                          size_t rows, int c, float *sum, float *sum_x)
{
    for (int k = 0; k < c; k++) {
        double total = 0, product = 0;
        for (size_t i = 0; i < rows; i++) {
            double g = (double)dy[i * c + k] * slope(norm, x[i * c + k], k);
            total += g;
            product += g * ((double)x[i * c + k] - mean[k]);
        }
        sum[k] = total;
        sum_x[k] = product;
    }
}

static void gradient_apply(const IclNorm *norm, const IclNormGradient *gradient, const float *x,
                           const float *dy, size_t rows, int c, bool accumulate, float *dx)
{
    for (size_t i = 0; i < rows; i++)
        for (int k = 0; k < c; k++) {
            size_t at = i * c + k;
            float g = dy[at] * slope(norm, x[at], k);
            float v = g * gradient->a[k] + x[at] * gradient->b[k] + gradient->d[k];
            dx[at] = accumulate ? dx[at] + v : v;
        }
}

void icl_batchnorm_reference(IclBatchnormKernels *table)
{
    *table = (IclBatchnormKernels){moments, apply, gradient_sums, gradient_apply};
}
