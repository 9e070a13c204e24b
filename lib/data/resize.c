/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Rows are summed first: that pass reads every byte of the picture, and it is the same for every
 * pixel format, since a sample only meets those above and below it. The column pass then has only
 * the few output rows to do. In f32 without rounding in between, the order of the passes shows in
 * the last bits only. */
#include "resize.h"

#include <glib.h>
#include <math.h>

/* The window of torchvision's center_crop: a padded side takes (out - resized) / 2 rounded down in
 * front, a cropped one int(round((resized - out) / 2.)), where Python rounds a half to even. */
IclAxis icl_axis(int in, int64_t resized, int out)
{
    int64_t slack = resized - out, half = slack / 2;
    IclAxis axis = {.in = in, .span = in, .resized = resized};

    axis.offset = half + (slack > 0 ? half & slack & 1 : 0);
    axis.first = (int)MAX(0, -axis.offset);
    axis.n = (int)(MIN(out, resized - axis.offset) - axis.first);
    return axis;
}

int icl_plane_axis_in(const IclPlaneAxis *side)
{
    return (side->axis->in + (1 << side->shift) - 1) >> side->shift;
}

/* Weights of outputs 0 .. n - 1, in order: output i is made of samples start[i] .. start[i] +
 * count[i] - 1. */
typedef struct Windows {
    int n, max;
    int *start, *count;
    double *w; /* [n,max] */
} Windows;

/* The samples that may be read. */
typedef struct Span {
    int from, to;
} Span;

/* Weights of one output whose centre is at `centre` in the input; returns how many. What is left of
 * a weight at the filter's edge after rounding is no weight. */
static int window_fill(double centre, double scale, Span span, int *start, double *w)
{
    static const double least = 1e-9;
    double support = MAX(scale, 1), sum = 0;
    int from = (int)MAX(span.from, centre - support + 0.5),
        to = (int)MIN(span.to, centre + support + 0.5), n = 0;

    for (int x = from; x < to; x++) {
        double weight = 1 - fabs((x + 0.5 - centre) / support);
        if (weight > least)
            sum += w[n++] = weight;
        else if (n == 0)
            from = x + 1;
    }
    for (int k = 0; k < n; k++)
        w[k] /= sum;
    *start = from;
    return n;
}

static Windows windows_new(const IclPlaneAxis *side)
{
    const IclAxis *axis = side->axis;
    int in = icl_plane_axis_in(side), each = 1 << side->shift;
    double scale = (double)axis->span / axis->resized / each;
    /* Of an odd number of pixels, the last sample stands for one that is not there. */
    double lead = side->flipped ? (double)(in * each - axis->in) / each : 0;
    double from = (double)axis->from / each + lead, to = from + (double)axis->span / each;
    Span span = {(int)floor(from), MIN(in, (int)ceil(to))};
    Windows windows = {.n = axis->n, .max = (int)(2 * MAX(scale, 1)) + 2};

    g_assert(axis->n > 0);
    windows.start = g_new(int, axis->n);
    windows.count = g_new(int, axis->n);
    windows.w = g_new(double, (size_t)axis->n *windows.max);
    for (int i = 0; i < axis->n; i++) {
        double centre = (axis->offset + axis->first + i + 0.5) * scale + from;
        windows.count[i] = window_fill(centre, scale, span, &windows.start[i],
                                       windows.w + (size_t)i * windows.max);
    }
    return windows;
}

static void windows_clear(Windows *windows)
{
    g_free(windows->start);
    g_free(windows->count);
    g_free(windows->w);
}

static int windows_largest(const Windows *windows)
{
    int largest = 0;

    for (int i = 0; i < windows->n; i++)
        largest = MAX(largest, windows->count[i]);
    return largest;
}

/* Shorter windows get weights of zero, within the picture. */
void icl_taps_init(IclTaps *taps, const IclPlaneAxis *side)
{
    Windows windows = windows_new(side);
    int count = windows_largest(&windows), in = icl_plane_axis_in(side);

    *taps = (IclTaps){.n = windows.n, .count = count};
    taps->start = g_memdup2(windows.start, windows.n * sizeof *taps->start);
    taps->w = g_new0(float, (size_t)windows.n *count);
    for (int i = 0; i < windows.n; i++) {
        const double *w = windows.w + (size_t)i * windows.max;
        taps->start[i] = MIN(taps->start[i], in - count);
        float *to = taps->w + (size_t)i * count + windows.start[i] - taps->start[i];
        for (int k = 0; k < windows.count[i]; k++)
            to[k] = (float)w[k];
    }
    taps->lo = taps->start[0];
    windows_clear(&windows);
}

void icl_taps_clear(IclTaps *taps)
{
    g_free(taps->start);
    g_free(taps->w);
    *taps = (IclTaps){0};
}

/* Whether neighbours share rows, and no row has a share in three outputs. */
static bool windows_pair(const Windows *windows)
{
    bool shared = false;

    for (int i = 0; i + 1 < windows->n; i++) {
        int end = windows->start[i] + windows->count[i];
        shared |= windows->start[i + 1] < end;
        if (i + 2 < windows->n && windows->start[i + 2] < end)
            return false;
    }
    return shared;
}

/* Weight of a row in output i. */
static float windows_weight(const Windows *windows, int i, int row)
{
    int k = row - (i < windows->n ? windows->start[i] : G_MAXINT);

    return k >= 0 && k < windows->count[i] ? (float)windows->w[(size_t)i * windows->max + k] : 0;
}

void icl_row_steps_init(IclRowSteps *steps, const IclPlaneAxis *side)
{
    Windows windows = windows_new(side);
    int done = 0; /* rows before it were read */

    *steps = (IclRowSteps){
        .n = windows.n, .max = windows_largest(&windows), .paired = windows_pair(&windows)};
    steps->first = g_new(int, windows.n);
    steps->count = g_new(int, windows.n);
    steps->w = g_new0(float, (size_t)windows.n * steps->max * 2);
    for (int i = 0; i < windows.n; i++) {
        int end = windows.start[i] + windows.count[i];
        float *w = steps->w + (size_t)i * steps->max * 2;
        steps->first[i] = steps->paired ? MAX(done, windows.start[i]) : windows.start[i];
        steps->count[i] = MAX(0, end - steps->first[i]);
        for (int k = 0; k < steps->count[i]; k++) {
            w[2 * k] = windows_weight(&windows, i, steps->first[i] + k);
            w[2 * k + 1] = windows_weight(&windows, i + 1, steps->first[i] + k);
        }
        done = end;
    }
    windows_clear(&windows);
}

void icl_row_steps_clear(IclRowSteps *steps)
{
    g_free(steps->first);
    g_free(steps->count);
    g_free(steps->w);
    *steps = (IclRowSteps){0};
}
