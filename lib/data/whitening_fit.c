/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Sums of products in double, of as many pictures at a time as make the product fast; which of them
 * came together in a batch does not matter. The mean is known at the end alone and taken off then:
 * in double, of values as small as a network's input, nothing is lost by that. */
#include <math.h>
#include <string.h>

#include "memory.h"
#include "symmetric.h"
#include "whitening.h"

enum { ROWS = 256 };

struct IclWhiteningFit {
    int n, channels; /* 1 or 3 */
    int64_t pictures;
    double *sums;     /* [n] */
    double *products; /* [n,n], the lower triangle */
    double *rows;     /* [ROWS,n], of which `filled` are not yet among the products */
    int filled;
};

IclWhiteningFit *icl_whitening_fit_new(int n, int channels, GError **error)
{
    g_autoptr(IclWhiteningFit) fit = g_new0(IclWhiteningFit, 1);
    size_t row = (size_t)n * sizeof(double);

    fit->n = n;
    fit->channels = channels;
    if (!(fit->sums = icl_memory_new(row, "zca", error)) ||
        !(fit->products = icl_memory_new(row * (size_t)n, "the covariance of zca", error)) ||
        !(fit->rows = icl_memory_new(row * ROWS, "the pictures of zca", error)))
        return NULL;
    return g_steal_pointer(&fit);
}

void icl_whitening_fit_free(IclWhiteningFit *fit)
{
    if (!fit)
        return;
    icl_memory_free(fit->sums);
    icl_memory_free(fit->products);
    icl_memory_free(fit->rows);
    g_free(fit);
}

static void fit_flush(IclWhiteningFit *fit)
{
    icl_symmetric_add_products(fit->n, fit->filled, fit->rows, fit->products);
    fit->filled = 0;
}

void icl_whitening_fit_add(IclWhiteningFit *fit, int pictures, const float *x)
{
    size_t n = (size_t)fit->n;

    for (int p = 0; p < pictures; p++, x += n) {
        double *row = fit->rows + fit->filled * n;
        for (size_t i = 0; i < n; i++)
            fit->sums[i] += row[i] = x[i];
        if (++fit->filled == ROWS)
            fit_flush(fit);
    }
    fit->pictures += pictures;
}

static void fit_mean(const IclWhiteningFit *fit, double *mean)
{
    memset(mean, 0, (size_t)fit->channels * sizeof *mean);
    for (int i = 0; i < fit->n; i++)
        mean[i % fit->channels] += fit->sums[i];
    for (int c = 0; c < fit->channels; c++)
        mean[c] /= (double)fit->pictures * (fit->n / fit->channels);
}

/* Products to covariance: E[(x - m)^T (x - m)] = E[x^T x] - E[x]^T m - m^T E[x] + m^T m. */
static void fit_centre(IclWhiteningFit *fit, const double *mean)
{
    double count = (double)fit->pictures;
    int n = fit->n, c = fit->channels;

    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double *at = &fit->products[(size_t)i * n + j], mi = mean[i % c], mj = mean[j % c];
            *at = *at / count - fit->sums[i] / count * mj - mi * (fit->sums[j] / count) + mi * mj;
        }
}

/* The rows u of `vectors` times (s + epsilon)^(-1/4): the products of what they become are W. A
 * variance that rounding left below zero is zero. */
static void scale_vectors(int n, const double *values, double epsilon, double *vectors)
{
    for (int i = 0; i < n; i++) {
        double factor = pow(MAX(values[i], 0) + epsilon, -0.25);
        for (int j = 0; j < n; j++)
            vectors[(size_t)i * n + j] *= factor;
    }
}

/* Both triangles in f32. */
static void whole_matrix(int n, const double *lower, float *matrix)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
            matrix[(size_t)i * n + j] = matrix[(size_t)j * n + i] = (float)lower[(size_t)i * n + j];
}

/* LAPACK may not return from a matrix with a NaN. */
static bool sums_are_finite(const IclWhiteningFit *fit)
{
    for (int i = 0; i < fit->n; i++)
        if (!isfinite(fit->sums[i]))
            return false;
    return true;
}

/* The eigenvectors in place of the products; their values [n], or NULL. */
static double *fit_eigen(IclWhiteningFit *fit, GError **error)
{
    void *scratch = icl_memory_new(icl_symmetric_eigen_scratch(fit->n), "zca", error);
    g_autofree double *values = g_new(double, fit->n);

    if (!scratch)
        return NULL;
    bool found =
        sums_are_finite(fit) && icl_symmetric_eigen(fit->n, fit->products, values, scratch);
    icl_memory_free(scratch);
    if (found)
        return g_steal_pointer(&values);
    g_set_error_literal(error, ICL_ERROR, ICL_ERROR_DATA,
                        "zca: the pictures' values have no covariance: some are not finite");
    return NULL;
}

/* W of the scaled eigenvectors. */
static IclWhitening *fit_whitening(const IclWhiteningFit *fit, const double *mean, GError **error)
{
    size_t n = (size_t)fit->n;
    float means[3];

    double *products = icl_memory_new(n * n * sizeof *products, "the matrix of zca", error);
    if (!products)
        return NULL;
    icl_symmetric_add_products(fit->n, fit->n, fit->products, products);
    float *matrix = icl_memory_new(n * n * sizeof *matrix, "the matrix of zca", error);
    if (matrix)
        whole_matrix(fit->n, products, matrix);
    icl_memory_free(products);
    for (int c = 0; c < fit->channels; c++)
        means[c] = (float)mean[c];
    IclWhitening *whitening =
        matrix ? icl_whitening_new(fit->n, fit->channels, matrix, means, error) : NULL;
    icl_memory_free(matrix);
    return whitening;
}

IclWhitening *icl_whitening_fit_end(IclWhiteningFit *fit, double epsilon, GError **error)
{
    double mean[3];

    if (!fit->pictures) {
        g_set_error_literal(error, ICL_ERROR, ICL_ERROR_DATA,
                            "zca: none of the training pictures can be read; check the data");
        return NULL;
    }
    fit_flush(fit);
    fit_mean(fit, mean);
    fit_centre(fit, mean);
    g_autofree double *values = fit_eigen(fit, error);
    if (!values)
        return NULL;
    scale_vectors(fit->n, values, epsilon, fit->products);
    return fit_whitening(fit, mean, error);
}
