/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pooling in plain C; see kernels.h. The maximum is the first largest entry in row order, or the
 * first NaN; a window that lies wholly in the padding gives 0. */
#include <math.h>

#include "tiers.h"

/* The rows and columns of the image that an output's window covers. */
typedef struct Window {
    int top, bottom, left, right;
} Window;

static int least(int a, int b) { return a < b ? a : b; }
static int most(int a, int b) { return a > b ? a : b; }

static Window window_of(const IclPoolShape *s, int oy, int ox)
{
    int top = oy * s->sh - s->pt, left = ox * s->sw - s->pl;

    return (Window){most(top, 0), least(top + s->kh, s->h), most(left, 0),
                    least(left + s->kw, s->w)};
}

static int window_size(Window v)
{
    return v.bottom > v.top && v.right > v.left ? (v.bottom - v.top) * (v.right - v.left) : 0;
}

static size_t entry(const IclPoolShape *s, int y, int x) { return ((size_t)y * s->w + x) * s->c; }

/* Offset of the maximum of channel k, whose window is not empty. */
static size_t find_largest(const IclPoolShape *s, const float *x, Window v, int k)
{
    size_t best = entry(s, v.top, v.left) + k;

    for (int i = v.top; i < v.bottom; i++)
        for (int j = v.left; j < v.right; j++) {
            size_t at = entry(s, i, j) + k;
            if (x[at] > x[best] || (isnan(x[at]) && !isnan(x[best])))
                best = at;
        }
    return best;
}

static void max_forward(const IclPoolShape *s, const float *x, float *y, int image)
{
    x += (size_t)image * s->h * s->w * s->c;
    y += (size_t)image * s->oh * s->ow * s->c;
    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++) {
            Window v = window_of(s, oy, ox);
            for (int k = 0; k < s->c; k++)
                *y++ = window_size(v) ? x[find_largest(s, x, v, k)] : 0;
        }
}

static void max_gradient(const IclPoolShape *s, const float *x, const float *dy, float *dx,
                         int image)
{
    x += (size_t)image * s->h * s->w * s->c;
    dx += (size_t)image * s->h * s->w * s->c;
    dy += (size_t)image * s->oh * s->ow * s->c;
    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++) {
            Window v = window_of(s, oy, ox);
            for (int k = 0; k < s->c; k++, dy++)
                if (window_size(v))
                    dx[find_largest(s, x, v, k)] += *dy;
        }
}

static void average(const IclPoolShape *s, const float *x, float *y, int image)
{
    x += (size_t)image * s->h * s->w * s->c;
    y += (size_t)image * s->oh * s->ow * s->c;
    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++) {
            Window v = window_of(s, oy, ox);
            for (int k = 0; k < s->c; k++) {
                double sum = 0;
                for (int i = v.top; i < v.bottom; i++)
                    for (int j = v.left; j < v.right; j++)
                        sum += x[entry(s, i, j) + k];
                *y++ = window_size(v) ? sum / window_size(v) : 0;
            }
        }
}

static void average_gradient(const IclPoolShape *s, const float *dy, float *dx, int image)
{
    dx += (size_t)image * s->h * s->w * s->c;
    dy += (size_t)image * s->oh * s->ow * s->c;
    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++, dy += s->c) {
            Window v = window_of(s, oy, ox);
            for (int i = v.top; i < v.bottom; i++)
                for (int j = v.left; j < v.right; j++)
                    for (int k = 0; k < s->c; k++)
                        dx[entry(s, i, j) + k] += dy[k] / window_size(v);
        }
}

void icl_pool_reference(IclPoolKernels *table)
{
    *table = (IclPoolKernels){max_forward, max_gradient, average, average_gradient};
}
