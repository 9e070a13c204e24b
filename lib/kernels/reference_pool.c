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

static size_t image_size(const IclPoolShape *s) { return (size_t)s->h * s->w * s->c; }

/* Offset of entry `number` of the window, of channel 0. */
static size_t window_entry(const IclPoolShape *s, Window v, int number)
{
    int width = v.right - v.left;

    return entry(s, v.top + number / width, v.left + number % width);
}

/* Number of the maximum of channel k, whose window is not empty. */
static int find_largest(const IclPoolShape *s, const float *x, Window v, int k)
{
    int best = 0;

    for (int i = 0; i < window_size(v); i++) {
        float in = x[window_entry(s, v, i) + k], most = x[window_entry(s, v, best) + k];
        if (in > most || (isnan(in) && !isnan(most)))
            best = i;
    }
    return best;
}

static void max_forward(const IclPoolShape *s, const float *x, float *y, int32_t *number, int image)
{
    size_t pixel = (size_t)image * s->oh * s->ow;

    x += image * image_size(s);
    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++, pixel++) {
            Window v = window_of(s, oy, ox);
            for (int k = 0; k < s->c; k++) {
                int best = window_size(v) ? find_largest(s, x, v, k) : 0;
                y[pixel * icl_pool_pixel(s) + k] =
                    window_size(v) ? x[window_entry(s, v, best) + k] : 0;
                if (number)
                    number[pixel * s->c + k] = best;
            }
        }
}

/* The image's gradient, zero unless it is added to. */
static float *image_gradient(const IclPoolShape *s, bool accumulate, float *dx, int image)
{
    dx += image * image_size(s);
    for (size_t i = 0; i < image_size(s) && !accumulate; i++)
        dx[i] = 0;
    return dx;
}

static void max_gradient(const IclPoolShape *s, const float *dy, const int32_t *number,
                         bool accumulate, float *dx, int image)
{
    size_t out = (size_t)image * s->oh * s->ow * s->c;

    dx = image_gradient(s, accumulate, dx, image);
    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++) {
            Window v = window_of(s, oy, ox);
            for (int k = 0; k < s->c; k++, out++)
                if (window_size(v))
                    dx[window_entry(s, v, number[out]) + k] += dy[out];
        }
}

static void average(const IclPoolShape *s, const float *x, float *y, int image)
{
    x += image * image_size(s);
    y += (size_t)image * s->oh * s->ow * icl_pool_pixel(s);
    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++, y += icl_pool_pixel(s)) {
            Window v = window_of(s, oy, ox);
            for (int k = 0; k < s->c; k++) {
                double sum = 0;
                for (int i = v.top; i < v.bottom; i++)
                    for (int j = v.left; j < v.right; j++)
                        sum += x[entry(s, i, j) + k];
                y[k] = window_size(v) ? sum / window_size(v) : 0;
            }
        }
}

static void average_gradient(const IclPoolShape *s, const float *dy, bool accumulate, float *dx,
                             int image)
{
    dx = image_gradient(s, accumulate, dx, image);
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
