/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Loops over entries and over rows of c channels. Rows of few channels, or of a number that fills
 * no whole vectors, are seen as fewer, wider rows: k rows of 3 channels are one of 3k, whose
 * channels repeat. So no loop has a short inner part, and only the last rows need a partial vector.
 */
#pragma once

#include "vector_math.h"

INLINE vf vload_n(const float *p, int n) { return n == VL ? vload(p) : vload_part(p, n); }

INLINE void vstore_n(float *p, vf x, int n)
{
    if (n == VL)
        vstore(p, x);
    else
        vstore_part(p, x, n);
}

/* Evaluates `body` for each vector of `count` entries: its first is `at`, it has n of them, and n
 * is the constant VL in all but the last. */
#define EACH_VECTOR(count, body)                                             \
    do {                                                                     \
        size_t at = 0;                                                       \
        _Pragma("GCC unroll 4") for (; at + VL <= (size_t)(count); at += VL) \
        {                                                                    \
            enum { n = VL };                                                 \
            body;                                                            \
        }                                                                    \
        if (at < (size_t)(count)) {                                          \
            const int n = (int)((size_t)(count)-at);                         \
            body;                                                            \
        }                                                                    \
    } while (0)

/* Vectors added in a loop's turn, and rows added before a sum goes back to memory: the short sums
 * also keep the error small. */
enum { SUM_VECTORS = 4, SUM_ROWS = 16, WIDE_CHANNELS = 64, WIDE_MAX = WIDE_CHANNELS * VL + 4 * VL };

/* `rows` wide rows of c channels, each `of` rows as they are. */
typedef struct WideRows {
    size_t rows;
    int c, of;
} WideRows;

static inline WideRows wide_rows(size_t rows, int c)
{
    int of = 1;

    if (c > WIDE_CHANNELS)
        return (WideRows){0, c, 1};
    while (of * c % VL)
        of *= 2;
    while (of * c < SUM_VECTORS * VL)
        of *= 2;
    return (WideRows){rows / (size_t)of, of * c, of};
}

/* The channels' numbers, repeated for a wide row. */
static inline void wide_repeat(const WideRows *wide, const float *channels, float *repeated)
{
    int c = wide->c / wide->of;

    for (int i = 0; i < wide->of; i++)
        for (int k = 0; k < c; k++)
            repeated[i * c + k] = channels[k];
}

/* sum[c] += the wide row's sums, in order. */
static inline void wide_fold(const WideRows *wide, const float *sums, float *sum)
{
    int c = wide->c / wide->of;

    for (int i = 0; i < wide->of; i++)
        for (int k = 0; k < c; k++)
            sum[k] += sums[i * c + k];
}

/* What is summed down the rows into a[c] and b[c]. */
typedef enum {
    SUM_X,        /* a: x */
    SUM_DOT,      /* a: x y */
    SUM_CENTRED,  /* a: x - centre, b: (x - centre)^2 */
    SUM_GRADIENT, /* a: g, b: g (x - centre), where g = y f'(x scale + shift) */
} RowSum;

/* What the kind needs. */
typedef struct RowSums {
    const float *x, *y, *centre;
    const float *scale, *shift; /* where f is an activation */
    float alpha;                /* of it */
    float *a, *b;
    size_t stride; /* from row to row; 0: c */
} RowSums;

/* One block's channels. */
typedef struct RowChannels {
    vf centre[SUM_VECTORS], scale[SUM_VECTORS], shift[SUM_VECTORS];
} RowChannels;

INLINE void row_sum_add(RowSum kind, vf x, vf y, vf centre, vf *a, vf *b)
{
    vf d = x - centre;

    *a += kind == SUM_X ? x : kind == SUM_DOT ? x * y : kind == SUM_CENTRED ? d : y;
    if (kind >= SUM_CENTRED)
        *b += d * (kind == SUM_CENTRED ? d : y);
}

INLINE RowChannels row_channels(RowSum kind, IclActivation f, const RowSums *s, int j, int vectors,
                                int n)
{
    RowChannels channels = {0};

    for (int v = 0; kind >= SUM_CENTRED && v < vectors; v++)
        channels.centre[v] = vload_n(s->centre + j + v * VL, v + 1 < vectors ? VL : n);
    for (int v = 0; f != ICL_ACT_NONE && v < vectors; v++) {
        channels.scale[v] = vload_n(s->scale + j + v * VL, v + 1 < vectors ? VL : n);
        channels.shift[v] = vload_n(s->shift + j + v * VL, v + 1 < vectors ? VL : n);
    }
    return channels;
}

/* Adds `rows` rows to the sums of `vectors` vectors of columns from j; the last vector has n. */
INLINE void row_sum_block(RowSum kind, IclActivation f, const RowSums *s, size_t first, size_t rows,
                          int j, int vectors, int n)
{
    vf a[SUM_VECTORS] = {0}, b[SUM_VECTORS] = {0};
    const RowChannels k = row_channels(kind, f, s, j, vectors, n);
    const bool pair = kind >= SUM_CENTRED;

    for (size_t i = first; i < first + rows; i++)
        UNROLLED(v, vectors) {
            size_t at = i * s->stride + j + v * VL;
            int m = v + 1 < vectors ? VL : n;
            vf y = kind == SUM_DOT || kind == SUM_GRADIENT ? vload_n(s->y + at, m) : (vf){0};
            vf x = vload_n(s->x + at, m);
            if (f != ICL_ACT_NONE)
                y *= vslope_at(f, s->alpha, x * k.scale[v] + k.shift[v]);
            row_sum_add(kind, x, y, k.centre[v], &a[v], &b[v]);
        }
    for (int v = 0; v < vectors; v++) {
        int at = j + v * VL, m = v + 1 < vectors ? VL : n;
        vstore_n(s->a + at, vload_n(s->a + at, m) + a[v], m);
        if (pair)
            vstore_n(s->b + at, vload_n(s->b + at, m) + b[v], m);
    }
}

/* Adds the rows to the sums as they are. */
INLINE void row_sum_narrow(RowSum kind, IclActivation f, const RowSums *s, size_t rows, int c)
{
    for (size_t i = 0; i < rows; i += SUM_ROWS) {
        size_t count = rows - i < SUM_ROWS ? rows - i : SUM_ROWS;
        int j = 0;
        for (; j + SUM_VECTORS * VL <= c; j += SUM_VECTORS * VL)
            row_sum_block(kind, f, s, i, count, j, SUM_VECTORS, VL);
        for (; j < c; j += VL)
            row_sum_block(kind, f, s, i, count, j, 1, c - j < VL ? c - j : VL);
    }
}

/* Sums of the wide rows, added to a[c] and b[c]. */
INLINE void row_sum_wide(RowSum kind, IclActivation f, const RowSums *s, const WideRows *wide)
{
    float a[WIDE_MAX] = {0}, b[WIDE_MAX] = {0};
    float centre[WIDE_MAX], scale[WIDE_MAX], shift[WIDE_MAX];
    RowSums sums = {.x = s->x,
                    .y = s->y,
                    .centre = centre,
                    .scale = scale,
                    .shift = shift,
                    .alpha = s->alpha,
                    .a = a,
                    .b = b,
                    .stride = (size_t)wide->c};

    if (kind >= SUM_CENTRED)
        wide_repeat(wide, s->centre, centre);
    if (f != ICL_ACT_NONE) {
        wide_repeat(wide, s->scale, scale);
        wide_repeat(wide, s->shift, shift);
    }
    row_sum_narrow(kind, f, &sums, wide->rows, wide->c);
    wide_fold(wide, a, s->a);
    if (kind >= SUM_CENTRED)
        wide_fold(wide, b, s->b);
}

/* a[c] (and b[c]) = the sums over all rows. */
INLINE void row_sum(RowSum kind, IclActivation f, RowSums s, size_t rows, int c)
{
    const WideRows wide = wide_rows(s.stride ? 0 : rows, c);
    const size_t done = wide.rows * (size_t)wide.of * (size_t)c;

    memset(s.a, 0, (size_t)c * sizeof(float));
    if (kind >= SUM_CENTRED)
        memset(s.b, 0, (size_t)c * sizeof(float));
    if (wide.rows)
        row_sum_wide(kind, f, &s, &wide);
    s.x += done;
    s.y += s.y ? done : 0;
    s.stride = s.stride ? s.stride : (size_t)c;
    row_sum_narrow(kind, f, &s, rows - wide.rows * (size_t)wide.of, c);
}
