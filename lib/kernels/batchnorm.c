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

    row_sum(SUM_CENTRED, sums, rows, c);
    for (int k = 0; k < c; k++) {
        float off = deviation[k] / (float)rows;
        mean[k] += off;
        m2[k] = m2[k] > deviation[k] * off ? m2[k] - deviation[k] * off : m2[k] * 0; /* NaN stays */
    }
}

static void moments(const float *x, size_t rows, int c, float *mean, float *m2)
{
    row_sum(SUM_X, (RowSums){.x = x, .a = mean}, rows, c);
    for (int k = 0; k < c; k++)
        mean[k] /= (float)rows;
    for (int k = 0; k < c; k += MOMENT_CHANNELS) {
        int count = c - k < MOMENT_CHANNELS ? c - k : MOMENT_CHANNELS;
        moments_about(x + k, rows, count, count == c ? 0 : (size_t)c, mean + k, m2 + k);
    }
}

INLINE void apply_at(IclActivation a, float alpha, const float *x, const float *scale,
                     const float *shift, float *y, int n)
{
    vf v = vload_n(x, n) * vload_n(scale, n) + vload_n(shift, n);

    vstore_n(y, vactivation(a, alpha, v), n);
}

typedef void (*ApplyFn)(const float *x, size_t rows, int c, const float *scale, const float *shift,
                        float alpha, float *y);

#define APPLY_LOOP(id, name)                                                                \
    static void apply_##name(const float *x, size_t rows, int c, const float *scale,        \
                             const float *shift, float alpha, float *y)                     \
    {                                                                                       \
        for (size_t i = 0; i < rows; i++, x += c, y += c)                                   \
            EACH_VECTOR(c, apply_at(id, alpha, x + at, scale + at, shift + at, y + at, n)); \
    }
EACH_ACTIVATION(APPLY_LOOP)

#define APPLY_ENTRY(id, name) [id] = apply_##name,
static const ApplyFn apply_loops[ICL_ACTS] = {EACH_ACTIVATION(APPLY_ENTRY)};

static void apply(const float *x, size_t rows, int c, const float *scale, const float *shift,
                  IclActivation activation, float alpha, float *y)
{
    const WideRows wide = wide_rows(rows, c);
    const size_t done = wide.rows * (size_t)wide.of;
    const ApplyFn loop = apply_loops[activation];

    if (wide.rows) {
        float scales[WIDE_MAX], shifts[WIDE_MAX];
        wide_repeat(&wide, scale, scales);
        wide_repeat(&wide, shift, shifts);
        loop(x, wide.rows, wide.c, scales, shifts, alpha, y);
    }
    loop(x + done * c, rows - done, c, scale, shift, alpha, y + done * c);
}

static void gradient_sums(const float *x, const float *dy, const float *mean, size_t rows, int c,
                          float *sum_dy, float *sum_dyx)
{
    row_sum(SUM_GRADIENT, (RowSums){.x = x, .y = dy, .centre = mean, .a = sum_dy, .b = sum_dyx},
            rows, c);
}

typedef struct Affine {
    const float *a, *b, *d;
} Affine;

INLINE void gradient_at(const float *x, const float *dy, const Affine *f, size_t at,
                        bool accumulate, float *dx, int n)
{
    vf v = vload_n(dy + at, n) * vload_n(f->a + at, n) + vload_n(f->d + at, n);

    v += vload_n(x + at, n) * vload_n(f->b + at, n);
    vstore_n(dx + at, accumulate ? vload_n(dx + at, n) + v : v, n);
}

static void gradient_narrow(const float *x, const float *dy, size_t rows, int c, Affine f,
                            bool accumulate, float *dx)
{
    for (size_t i = 0; i < rows; i++, x += c, dy += c, dx += c)
        if (accumulate)
            EACH_VECTOR(c, gradient_at(x, dy, &f, at, true, dx, n));
        else
            EACH_VECTOR(c, gradient_at(x, dy, &f, at, false, dx, n));
}

static void gradient_apply(const float *x, const float *dy, size_t rows, int c, const float *a,
                           const float *b, const float *d, bool accumulate, float *dx)
{
    const WideRows wide = wide_rows(rows, c);
    const size_t done = wide.rows * (size_t)wide.of, skip = done * (size_t)c;

    if (wide.rows) {
        float as[WIDE_MAX], bs[WIDE_MAX], ds[WIDE_MAX];
        wide_repeat(&wide, a, as);
        wide_repeat(&wide, b, bs);
        wide_repeat(&wide, d, ds);
        gradient_narrow(x, dy, wide.rows, wide.c, (Affine){as, bs, ds}, accumulate, dx);
    }
    gradient_narrow(x + skip, dy + skip, rows - done, c, (Affine){a, b, d}, accumulate, dx + skip);
}

void ICL_TIER(batchnorm)(IclBatchnormKernels *table)
{
    *table = (IclBatchnormKernels){moments, apply, gradient_sums, gradient_apply};
}
