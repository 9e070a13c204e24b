/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pooling, vectors over channels; see kernels.h. NaN is larger than every number. A window that
 * lies wholly in the padding gives 0. */
#include "vector_rows.h"

enum { GROUP = 4 }; /* vectors of channels at a time: the latency of one hides behind the others */

/* An output's window in the image: [top, bottom) x [left, right), not empty where inside > 0. */
typedef struct Window {
    const IclPoolShape *s;
    int top, bottom, left, right, inside;
} Window;

static Window window_of(const IclPoolShape *s, int oy, int ox)
{
    int top = oy * s->sh - s->pt, left = ox * s->sw - s->pl;
    Window v = {s, top, top + s->kh, left, left + s->kw, 0};

    v.top = v.top < 0 ? 0 : v.top;
    v.left = v.left < 0 ? 0 : v.left;
    v.bottom = v.bottom > s->h ? s->h : v.bottom;
    v.right = v.right > s->w ? s->w : v.right;
    if (v.bottom > v.top && v.right > v.left)
        v.inside = (v.bottom - v.top) * (v.right - v.left);
    return v;
}

static size_t entry(const Window *v, int y, int x) { return ((size_t)y * v->s->w + x) * v->s->c; }

static size_t input_of(const IclPoolShape *s, int image)
{
    return (size_t)image * s->h * s->w * s->c;
}
static size_t output_of(const IclPoolShape *s, int image)
{
    return (size_t)image * s->oh * s->ow * s->c;
}

/* A window is reduced for `vectors` vectors of channels from j on; the last has n. */

INLINE int lanes(int v, int vectors, int n) { return v + 1 < vectors ? VL : n; }

/* With `noted`, the number of the first largest entry is noted too. */
INLINE void reduce_max(const Window *v, const float *x, float *y, int32_t *number, bool noted,
                       int j, int vectors, int n)
{
    vf most[GROUP];
    vi first[GROUP] = {{0}};
    int entries = 0;

    UNROLLED(k, vectors)
        most[k] = vload_n(x + entry(v, v->top, v->left) + j + k * VL, lanes(k, vectors, n));
    for (int iy = v->top; iy < v->bottom; iy++) {
        const float *at = x + entry(v, iy, v->left) + j;
        for (int ix = v->left; ix < v->right; ix++, entries++, at += v->s->c)
            UNROLLED(k, vectors) {
                vf in = vload_n(at + k * VL, lanes(k, vectors, n));
                if (noted) {
                    vi better = ~(in <= most[k]) & (most[k] == most[k]); /* or the first NaN */
                    first[k] = (vi)vselect(better, (vf)((vi){0} + entries), (vf)first[k]);
                    most[k] = vselect(better, in, most[k]);
                } else {
                    most[k] = vselect(in != in, in, vmax(in, most[k]));
                }
            }
    }
    UNROLLED(k, vectors) {
        vstore_n(y + j + k * VL, most[k], lanes(k, vectors, n));
        if (noted)
            vstore_n((float *)number + j + k * VL, (vf)first[k], lanes(k, vectors, n));
    }
}

/* Sums by row, then the rows: a whole image adds up without a long sum. */
INLINE void reduce_average(const Window *v, const float *x, float *y, int j, int vectors, int n)
{
    vf sum[GROUP] = {{0}};

    for (int iy = v->top; iy < v->bottom; iy++) {
        vf row[GROUP] = {{0}};
        for (int ix = v->left; ix < v->right; ix++)
            UNROLLED(k, vectors)
                row[k] += vload_n(x + entry(v, iy, ix) + j + k * VL, lanes(k, vectors, n));
        UNROLLED(k, vectors)
            sum[k] += row[k];
    }
    for (int k = 0; k < vectors; k++)
        vstore_n(y + j + k * VL, sum[k] / (float)v->inside, lanes(k, vectors, n));
}

typedef enum { MAX, MAX_NOTED, AVERAGE } Reduction;

INLINE void reduce(Reduction kind, const Window *v, const float *x, float *y, int32_t *number,
                   int j, int vectors, int n)
{
    if (kind == AVERAGE)
        reduce_average(v, x, y, j, vectors, n);
    else
        reduce_max(v, x, y, number, kind == MAX_NOTED, j, vectors, n);
}

INLINE void pool_window(Reduction kind, const Window *v, const float *x, float *y, int32_t *number)
{
    const int c = v->s->c;
    int j = 0;

    if (!v->inside) {
        memset(y, 0, (size_t)c * sizeof *y);
        return;
    }
    for (; j + GROUP * VL <= c; j += GROUP * VL)
        reduce(kind, v, x, y, number, j, GROUP, VL);
    for (; j + 2 * VL <= c; j += 2 * VL)
        reduce(kind, v, x, y, number, j, 2, VL);
    for (; j < c; j += VL)
        if (j + VL <= c)
            reduce(kind, v, x, y, number, j, 1, VL);
        else
            reduce(kind, v, x, y, number, j, 1, c - j);
}

INLINE void pool_image(Reduction kind, const IclPoolShape *s, const float *x, float *y,
                       int32_t *number, int image)
{
    const int pixel = icl_pool_pixel(s);

    y += (size_t)image * s->oh * s->ow * pixel;
    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++, y += pixel, number += kind == MAX_NOTED ? s->c : 0) {
            const Window v = window_of(s, oy, ox);
            pool_window(kind, &v, x, y, number);
        }
}

static void max_forward(const IclPoolShape *s, const float *x, float *y, int32_t *number, int image)
{
    if (number)
        pool_image(MAX_NOTED, s, x + input_of(s, image), y, number + output_of(s, image), image);
    else
        pool_image(MAX, s, x + input_of(s, image), y, NULL, image);
}

static void average(const IclPoolShape *s, const float *x, float *y, int image)
{
    pool_image(AVERAGE, s, x + input_of(s, image), y, NULL, image);
}

/* An image's gradient, whose rows are cleared when the first window reaches them: what is added
 * then finds them in the cache. */
typedef struct Gradient {
    const IclPoolShape *s;
    float *dx;
    int clear; /* rows above have been cleared, or hold what is added to */
} Gradient;

static Gradient gradient_of(const IclPoolShape *s, bool accumulate, float *dx, int image)
{
    return (Gradient){s, dx + input_of(s, image), accumulate ? s->h : 0};
}

static void clear_to(Gradient *g, int row)
{
    size_t width = (size_t)g->s->w * g->s->c;

    for (; g->clear < row; g->clear++)
        memset(g->dx + (size_t)g->clear * width, 0, width * sizeof *g->dx);
}

INLINE void scatter_max(const Window *v, const int32_t *number, const float *dy, float *dx, int n)
{
    const vi first = (vi)vload_n((const float *)number, n);
    const vf d = vload_n(dy, n);
    int entries = 0;

    for (int iy = v->top; iy < v->bottom; iy++)
        for (int ix = v->left; ix < v->right; ix++, entries++) {
            float *to = dx + entry(v, iy, ix);
            vf old = vload_n(to, n);
            vstore_n(to, vselect(first == entries, old + d, old), n);
        }
}

/* Windows side by side that cover the image: each sets its entries. */
static bool tiles_image(const IclPoolShape *s)
{
    return !s->pt && !s->pl && s->sh == s->kh && s->sw == s->kw && s->oh * s->sh == s->h &&
           s->ow * s->sw == s->w;
}

INLINE void place_max(const Window *v, const int32_t *number, const float *dy, float *dx, int n)
{
    const vi first = (vi)vload_n((const float *)number, n);
    const vf d = vload_n(dy, n);
    int entries = 0;

    for (int iy = v->top; iy < v->bottom; iy++) {
        float *to = dx + entry(v, iy, v->left);
        for (int ix = v->left; ix < v->right; ix++, entries++, to += v->s->c)
            vstore_n(to, vselect(first == entries, d, (vf){0}), n);
    }
}

static void max_gradient_tiles(const IclPoolShape *s, const float *dy, const int32_t *number,
                               float *dx)
{
    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++, dy += s->c, number += s->c) {
            const Window v = window_of(s, oy, ox);
            EACH_VECTOR(s->c, place_max(&v, number + at, dy + at, dx + at, n));
        }
}

static void max_gradient(const IclPoolShape *s, const float *dy, const int32_t *number,
                         bool accumulate, float *dx, int image)
{
    Gradient g = gradient_of(s, accumulate, dx, image);

    dy += output_of(s, image);
    number += output_of(s, image);
    if (!accumulate && tiles_image(s)) {
        max_gradient_tiles(s, dy, number, g.dx);
        return;
    }
    for (int i = 0; i < s->oh * s->ow; i++, dy += s->c, number += s->c) {
        const Window v = window_of(s, i / s->ow, i % s->ow);
        if (!v.inside)
            continue;
        clear_to(&g, v.bottom);
        EACH_VECTOR(s->c, scatter_max(&v, number + at, dy + at, g.dx + at, n));
    }
    clear_to(&g, s->h);
}

static void spread_average(const Window *v, const float *dy, Gradient *g)
{
    const float share = 1.0f / (float)v->inside;

    for (int iy = v->top; iy < v->bottom; iy++) {
        clear_to(g, iy + 1);
        for (int ix = v->left; ix < v->right; ix++) {
            float *to = g->dx + entry(v, iy, ix);
            EACH_VECTOR(v->s->c,
                        vstore_n(to + at, vload_n(to + at, n) + vload_n(dy + at, n) * share, n));
        }
    }
}

static void average_gradient(const IclPoolShape *s, const float *dy, bool accumulate, float *dx,
                             int image)
{
    Gradient g = gradient_of(s, accumulate, dx, image);

    dy += output_of(s, image);
    for (int i = 0; i < s->oh * s->ow; i++, dy += s->c) {
        const Window v = window_of(s, i / s->ow, i % s->ow);
        if (v.inside)
            spread_average(&v, dy, &g);
    }
    clear_to(&g, s->h);
}

void ICL_TIER(pool)(IclPoolKernels *table)
{
    *table = (IclPoolKernels){max_forward, max_gradient, average, average_gradient};
}
