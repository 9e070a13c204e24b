/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Batch normalisation's sums and maps on vectors; see kernels.h. */
#include "vector_rows.h"

enum { MOMENT_CHANNELS = 256 };

/* Deviations from a mean that is off by a rounding error add up to that error: it corrects both. */
static void moments_about(const float *x, size_t rows, int c, size_t stride, float *mean, float *m2)
{
    float deviation[MOMENT_CHANNELS];
    const RowSums sums = {.x = x, .centre = mean, .a = deviation, .b = m2, .stride = stride};

    row_sum(SUM_CENTRED, ICL_ACT_NONE, sums, rows, c);
    for (int k = 0; k < c; k++) {
        float off = deviation[k] / (float)rows;
        mean[k] += off;
        m2[k] = m2[k] > deviation[k] * off ? m2[k] - deviation[k] * off : m2[k] * 0; /* NaN stays */
    }
}

static void moments(const float *x, size_t rows, int c, float *mean, float *m2)
{
    row_sum(SUM_X, ICL_ACT_NONE, (RowSums){.x = x, .a = mean}, rows, c);
    for (int k = 0; k < c; k++)
        mean[k] /= (float)rows;
    for (int k = 0; k < c; k += MOMENT_CHANNELS) {
        int count = c - k < MOMENT_CHANNELS ? c - k : MOMENT_CHANNELS;
        moments_about(x + k, rows, count, count == c ? 0 : (size_t)c, mean + k, m2 + k);
    }
}

enum { STREAMS = 4 };

/* The order in which rows are taken: of STREAMS runs of rows one each in turn. A processor fetches
 * ahead within a page; several pages at once get half as much again from memory. */
INLINE size_t stream_row(size_t i, size_t rows)
{
    const size_t run = rows / STREAMS;

    return i < STREAMS * run ? i % STREAMS * run + i / STREAMS : i;
}

INLINE void apply_at(IclActivation f, const IclNorm *norm, const float *x, const float *add,
                     float *y, size_t at, int n)
{
    vf v = vload_n(x + at, n) * vload_n(norm->scale + at, n) + vload_n(norm->shift + at, n);

    if (add)
        v += vload_n(add + at, n);
    vstore_n(y + at, vactivation(f, norm->alpha, v), n);
}

typedef void (*ApplyFn)(const IclNorm *norm, const float *x, const float *add, size_t rows, int c,
                        float *y);

#define APPLY_LOOP(id, name)                                                                     \
    static void apply_##name(const IclNorm *norm, const float *x, const float *add, size_t rows, \
                             int c, float *y)                                                    \
    {                                                                                            \
        const IclNorm own = *norm;                                                               \
        for (size_t i = 0; i < rows; i++) {                                                      \
            const size_t first = stream_row(i, rows) * (size_t)c;                                \
            if (add)                                                                             \
                EACH_VECTOR(c, apply_at(id, &own, x + first, add + first, y + first, at, n));    \
            else                                                                                 \
                EACH_VECTOR(c, apply_at(id, &own, x + first, NULL, y + first, at, n));           \
        }                                                                                        \
    }
EACH_ACTIVATION(APPLY_LOOP)

#define APPLY_ENTRY(id, name) [id] = apply_##name,
static const ApplyFn apply_loops[ICL_ACTS] = {EACH_ACTIVATION(APPLY_ENTRY)};

static void apply(const IclNorm *norm, const float *x, const float *add, size_t rows, int c,
                  float *y)
{
    const WideRows wide = wide_rows(rows, c);
    const size_t done = wide.rows * (size_t)wide.of, skip = done * (size_t)c;
    const ApplyFn loop = apply_loops[norm->activation];

    if (wide.rows) {
        float scale[WIDE_MAX], shift[WIDE_MAX];
        const IclNorm repeated = {scale, shift, norm->activation, norm->alpha};
        wide_repeat(&wide, norm->scale, scale);
        wide_repeat(&wide, norm->shift, shift);
        loop(&repeated, x, add, wide.rows, wide.c, y);
    }
    loop(norm, x + skip, add ? add + skip : NULL, rows - done, c, y + skip);
}

typedef void (*SumsFn)(RowSums sums, size_t rows, int c);

#define SUMS_LOOP(id, name)                                   \
    static void sums_##name(RowSums sums, size_t rows, int c) \
    {                                                         \
        row_sum(SUM_GRADIENT, id, sums, rows, c);             \
    }
EACH_ACTIVATION(SUMS_LOOP)

#define SUMS_ENTRY(id, name) [id] = sums_##name,
static const SumsFn sums_loops[ICL_ACTS] = {EACH_ACTIVATION(SUMS_ENTRY)};

static void gradient_sums(const IclNorm *norm, const float *x, const float *dy, const float *mean,
                          size_t rows, int c, float *sum, float *sum_x)
{
    sums_loops[norm->activation]((RowSums){.x = x,
                                           .y = dy,
                                           .centre = mean,
                                           .scale = norm->scale,
                                           .shift = norm->shift,
                                           .alpha = norm->alpha,
                                           .a = sum,
                                           .b = sum_x},
                                 rows, c);
}

INLINE void gradient_at(IclActivation f, const IclNorm *norm, const IclNormGradient *g,
                        const float *x, const float *dy, bool accumulate, float *dx, size_t at,
                        int n)
{
    const vf in = vload_n(x + at, n);
    vf d = vload_n(dy + at, n);

    if (f != ICL_ACT_NONE)
        d *= vslope_at(f, norm->alpha,
                       in * vload_n(norm->scale + at, n) + vload_n(norm->shift + at, n));
    vf v = d * vload_n(g->a + at, n) + vload_n(g->d + at, n) + in * vload_n(g->b + at, n);
    vstore_n(dx + at, accumulate ? vload_n(dx + at, n) + v : v, n);
}

typedef void (*GradientFn)(const IclNorm *norm, const IclNormGradient *gradient, const float *x,
                           const float *dy, size_t rows, int c, bool accumulate, float *dx);

#define GRADIENT_LOOP(id, name)                                                                    \
    static void gradient_##name(const IclNorm *norm, const IclNormGradient *gradient,              \
                                const float *x, const float *dy, size_t rows, int c,               \
                                bool accumulate, float *dx)                                        \
    {                                                                                              \
        const IclNorm own = *norm;                                                                 \
        const IclNormGradient g = *gradient;                                                       \
        for (size_t i = 0; i < rows; i++) {                                                        \
            const size_t first = stream_row(i, rows) * (size_t)c;                                  \
            if (accumulate)                                                                        \
                EACH_VECTOR(                                                                       \
                    c, gradient_at(id, &own, &g, x + first, dy + first, true, dx + first, at, n)); \
            else                                                                                   \
                EACH_VECTOR(c, gradient_at(id, &own, &g, x + first, dy + first, false, dx + first, \
                                           at, n));                                                \
        }                                                                                          \
    }
EACH_ACTIVATION(GRADIENT_LOOP)

#define GRADIENT_ENTRY(id, name) [id] = gradient_##name,
static const GradientFn gradient_loops[ICL_ACTS] = {EACH_ACTIVATION(GRADIENT_ENTRY)};

static void gradient_wide(const IclNorm *norm, const IclNormGradient *gradient, const float *x,
                          const float *dy, const WideRows *wide, bool accumulate, float *dx)
{
    float scale[WIDE_MAX], shift[WIDE_MAX], a[WIDE_MAX], b[WIDE_MAX], d[WIDE_MAX];
    const IclNorm repeated = {scale, shift, norm->activation, norm->alpha};

    if (norm->activation != ICL_ACT_NONE) {
        wide_repeat(wide, norm->scale, scale);
        wide_repeat(wide, norm->shift, shift);
    }
    wide_repeat(wide, gradient->a, a);
    wide_repeat(wide, gradient->b, b);
    wide_repeat(wide, gradient->d, d);
    gradient_loops[norm->activation](&repeated, &(IclNormGradient){a, b, d}, x, dy, wide->rows,
                                     wide->c, accumulate, dx);
}

static void gradient_apply(const IclNorm *norm, const IclNormGradient *gradient, const float *x,
                           const float *dy, size_t rows, int c, bool accumulate, float *dx)
{
    const WideRows wide = wide_rows(rows, c);
    const size_t done = wide.rows * (size_t)wide.of, skip = done * (size_t)c;

    if (wide.rows)
        gradient_wide(norm, gradient, x, dy, &wide, accumulate, dx);
    gradient_loops[norm->activation](norm, gradient, x + skip, dy + skip, rows - done, c,
                                     accumulate, dx + skip);
}

void ICL_TIER(batchnorm)(IclBatchnormKernels *table)
{
    *table = (IclBatchnormKernels){moments, apply, gradient_sums, gradient_apply};
}
