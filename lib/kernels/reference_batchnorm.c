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

static void apply(const float *x, size_t rows, int c, const float *scale, const float *shift,
                  IclActivation activation, float alpha, float *y)
{
    for (size_t i = 0; i < rows; i++)
        for (int k = 0; k < c; k++)
            y[i * c + k] =
                reference_activation(activation, alpha, x[i * c + k] * scale[k] + shift[k]);
}

static void gradient_sums(const float *x, const float *dy, const float *mean, size_t rows, int c,
                          float *sum_dy, float *sum_dyx)
{
    for (int k = 0; k < c; k++) {
        double sum = 0, product = 0;
        for (size_t i = 0; i < rows; i++) {
            sum += dy[i * c + k];
            product += dy[i * c + k] * ((double)x[i * c + k] - mean[k]);
        }
        sum_dy[k] = sum;
        sum_dyx[k] = product;
    }
}

static void gradient_apply(const float *x, const float *dy, size_t rows, int c, const float *a,
                           const float *b, const float *d, bool accumulate, float *dx)
{
    for (size_t i = 0; i < rows; i++)
        for (int k = 0; k < c; k++) {
            float v = dy[i * c + k] * a[k] + x[i * c + k] * b[k] + d[k];
            dx[i * c + k] = accumulate ? dx[i * c + k] + v : v;
        }
}

void icl_batchnorm_reference(IclBatchnormKernels *table)
{
    *table = (IclBatchnormKernels){moments, apply, gradient_sums, gradient_apply};
}
