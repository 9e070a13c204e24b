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

INLINE void reduce_max(const Window *v, const float *x, float *y, int j, int vectors, int n)
{
    vf most[GROUP];

    for (int k = 0; k < vectors; k++)
        most[k] = vload_n(x + entry(v, v->top, v->left) + j + k * VL, lanes(k, vectors, n));
    for (int iy = v->top; iy < v->bottom; iy++)
        for (int ix = v->left; ix < v->right; ix++)
            UNROLLED(k, vectors) {
                vf in = vload_n(x + entry(v, iy, ix) + j + k * VL, lanes(k, vectors, n));
                most[k] = vselect(in != in, in, vmax(in, most[k]));
            }
    for (int k = 0; k < vectors; k++)
        vstore_n(y + j + k * VL, most[k], lanes(k, vectors, n));
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

INLINE void reduce(bool max, const Window *v, const float *x, float *y, int j, int vectors, int n)
{
    if (max)
        reduce_max(v, x, y, j, vectors, n);
    else
        reduce_average(v, x, y, j, vectors, n);
}

INLINE void pool_image(bool max, const IclPoolShape *s, const float *x, float *y)
{
    for (int i = 0; i < s->oh * s->ow; i++, y += s->c) {
        const Window v = window_of(s, i / s->ow, i % s->ow);
        int j = 0;
        if (!v.inside) {
            memset(y, 0, (size_t)s->c * sizeof *y);
            continue;
        }
        for (; j + GROUP * VL <= s->c; j += GROUP * VL)
            reduce(max, &v, x, y, j, GROUP, VL);
        for (; j + VL <= s->c; j += VL)
            reduce(max, &v, x, y, j, 1, VL);
        if (j < s->c)
            reduce(max, &v, x, y, j, 1, s->c - j);
    }
}

static void max_forward(const IclPoolShape *s, const float *x, float *y, int image)
{
    pool_image(true, s, x + input_of(s, image), y + output_of(s, image));
}

static void average(const IclPoolShape *s, const float *x, float *y, int image)
{
    pool_image(false, s, x + input_of(s, image), y + output_of(s, image));
}

/* Number of the first largest entry of each channel in the window. */
INLINE vi first_largest(const Window *v, const float *x, int n)
{
    vf most = vload_n(x + entry(v, v->top, v->left), n);
    vi first = {0};
    int number = 0;

    for (int iy = v->top; iy < v->bottom; iy++)
        for (int ix = v->left; ix < v->right; ix++, number++) {
            vf in = vload_n(x + entry(v, iy, ix), n);
            vi better = (in > most) | ((in != in) & (most == most));
            most = vselect(better, in, most);
            first = (better & number) | (~better & first);
        }
    return first;
}

INLINE void scatter_max(const Window *v, const float *x, const float *dy, float *dx, int n)
{
    const vi first = first_largest(v, x, n);
    const vf d = vload_n(dy, n);
    int number = 0;

    for (int iy = v->top; iy < v->bottom; iy++)
        for (int ix = v->left; ix < v->right; ix++, number++) {
            float *to = dx + entry(v, iy, ix);
            vf old = vload_n(to, n);
            vstore_n(to, vselect(first == number, old + d, old), n);
        }
}

static void max_gradient(const IclPoolShape *s, const float *x, const float *dy, float *dx,
                         int image)
{
    x += input_of(s, image);
    dx += input_of(s, image);
    dy += output_of(s, image);
    for (int i = 0; i < s->oh * s->ow; i++, dy += s->c) {
        const Window v = window_of(s, i / s->ow, i % s->ow);
        if (v.inside)
            EACH_VECTOR(s->c, scatter_max(&v, x + at, dy + at, dx + at, n));
    }
}

static void average_gradient(const IclPoolShape *s, const float *dy, float *dx, int image)
{
    dx += input_of(s, image);
    dy += output_of(s, image);
    for (int i = 0; i < s->oh * s->ow; i++, dy += s->c) {
        const Window v = window_of(s, i / s->ow, i % s->ow);
        const float share = v.inside ? 1.0f / (float)v.inside : 0;
        for (int iy = v.top; iy < v.bottom; iy++)
            for (int ix = v.left; ix < v.right; ix++) {
                float *to = dx + entry(&v, iy, ix);
                EACH_VECTOR(
                    s->c, vstore_n(to + at, vload_n(to + at, n) + vload_n(dy + at, n) * share, n));
            }
    }
}

void ICL_TIER(pool)(IclPoolKernels *table)
{
    *table = (IclPoolKernels){max_forward, max_gradient, average, average_gradient};
}
