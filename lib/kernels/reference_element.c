/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Element by element in plain C; see kernels.h. Sums run in double. */
#include <math.h>

#include "reference_activation.h"
#include "tiers.h"

static void activation(IclActivation a, float alpha, const float *x, float *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = reference_activation(a, alpha, x[i]);
}

static void activation_gradient(IclActivation a, float alpha, const float *x, const float *y,
                                const float *dy, bool accumulate, float *dx, size_t count)
{
    bool input = icl_activation_needs_input(a); /* the other array may be NULL */

    for (size_t i = 0; i < count; i++) {
        float d = dy[i] * reference_activation_slope(a, alpha, input ? x[i] : 0, input ? 0 : y[i]);
        dx[i] = accumulate ? dx[i] + d : d;
    }
}

static void add(const float *a, const float *b, float *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = a[i] + b[i];
}

static void multiply(const float *a, const float *b, float *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = a[i] * b[i];
}

static void multiply_add(const float *a, const float *b, float *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] += a[i] * b[i];
}

static void scale(float *y, float factor, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] *= factor;
}

static void scale_rows(const float *x, const float *s, size_t rows, int c, bool accumulate,
                       float *y)
{
    for (size_t i = 0; i < rows; i++)
        for (int k = 0; k < c; k++) {
            float v = x[i * c + k] * s[k];
            y[i * c + k] = accumulate ? y[i * c + k] + v : v;
        }
}

static void sum_rows(const float *x, size_t rows, int c, float *sum)
{
    for (int k = 0; k < c; k++) {
        double total = 0;
        for (size_t i = 0; i < rows; i++)
            total += x[i * c + k];
        sum[k] = total;
    }
}

static void dot_rows(const float *a, const float *b, size_t rows, int c, float *sum)
{
    for (int k = 0; k < c; k++) {
        double total = 0;
        for (size_t i = 0; i < rows; i++)
            total += (double)a[i * c + k] * b[i * c + k];
        sum[k] = total;
    }
}

static double sum_squares(const float *x, size_t count)
{
    double total = 0;

    for (size_t i = 0; i < count; i++)
        total += (double)x[i] * x[i];
    return total;
}

static void softmax_row(const float *x, int c, float *y)
{
    double largest = x[0], total = 0;

    for (int k = 1; k < c; k++)
        largest = x[k] > largest ? x[k] : largest;
    for (int k = 0; k < c; k++)
        total += exp(x[k] - largest);
    for (int k = 0; k < c; k++)
        y[k] = exp(x[k] - largest) / total;
}

static void softmax(const float *x, size_t rows, int c, float *y)
{
    for (size_t i = 0; i < rows; i++)
        softmax_row(x + i * c, c, y + i * c);
}

void icl_element_reference(IclElementKernels *table)
{
    *table = (IclElementKernels){
        activation, activation_gradient, add,      multiply, multiply_add,
        scale,      scale_rows,          sum_rows, dot_rows, sum_squares,
        softmax,
    };
}
