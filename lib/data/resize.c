/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Rows are summed first: that pass reads every byte of the picture, and it vectorises whatever the
 * pixel format is, since a byte only meets the bytes above and below it. The column pass then has
 * only the few output rows to do. In f32 without rounding in between, the order of the passes shows
 * in the last bits only. */
#include "resize.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* The window of torchvision's center_crop: a padded side takes (out - resized) / 2 rounded down in
 * front, a cropped one int(round((resized - out) / 2.)), where Python rounds a half to even. */
IclAxis icl_axis(int in, int64_t resized, int out)
{
    int64_t slack = resized - out, half = slack / 2;
    IclAxis axis = {.in = in, .out = out, .resized = resized};

    axis.offset = half + (slack > 0 ? half & slack & 1 : 0);
    axis.first = (int)MAX(0, -axis.offset);
    axis.n = (int)(MIN(out, resized - axis.offset) - axis.first);
    return axis;
}

/* Weights of one output whose centre is at `centre` in the input; returns how many. */
static int taps_window(double centre, double scale, int in, int *start, double *w)
{
    double support = MAX(scale, 1), sum = 0;
    int from = (int)MAX(0, centre - support + 0.5), to = (int)MIN(in, centre + support + 0.5),
        n = 0;

    for (int x = from; x < to; x++) {
        double weight = MAX(0, 1 - fabs((x + 0.5 - centre) / support));
        if (weight == 0 && n == 0)
            from = x + 1;
        else
            sum += w[n++] = weight;
    }
    while (w[n - 1] == 0)
        n--;
    for (int k = 0; k < n; k++)
        w[k] /= sum;
    *start = from;
    return n;
}

void icl_taps_init(IclTaps *taps, const IclAxis *axis, int shift)
{
    int in = (axis->in + (1 << shift) - 1) >> shift;
    double scale = (double)axis->in / axis->resized / (1 << shift);
    int max = (int)(2 * MAX(scale, 1)) + 2;
    g_autofree double *window = g_new(double, max);

    *taps = (IclTaps){.n = axis->n, .max = max, .lo = in};
    taps->start = g_new(int, axis->n);
    taps->count = g_new(int, axis->n);
    taps->w = g_new0(float, (size_t)axis->n *max);
    for (int i = 0; i < axis->n; i++) {
        double centre = (axis->offset + axis->first + i + 0.5) * scale;
        taps->count[i] = taps_window(centre, scale, in, &taps->start[i], window);
        for (int k = 0; k < taps->count[i]; k++)
            taps->w[(size_t)i * max + k] = (float)window[k];
        taps->lo = MIN(taps->lo, taps->start[i]);
        taps->hi = MAX(taps->hi, taps->start[i] + taps->count[i]);
    }
}

void icl_taps_clear(IclTaps *taps)
{
    g_free(taps->start);
    g_free(taps->count);
    g_free(taps->w);
    *taps = (IclTaps){0};
}

void icl_resize_rows(const uint8_t *rows, const IclLayout *layout, int stride, const float *w,
                     int count, int n, float *sum)
{
    memset(sum, 0, n * sizeof *sum);
    for (int k = 0; k < count; k++) {
        const uint8_t *row = rows + (ptrdiff_t)k * stride;
        float weight = w[k];
        if (layout->bytes == 1)
            for (int j = 0; j < n; j++)
                sum[j] += weight * row[j];
        else
            for (int j = 0; j < n; j++)
                sum[j] += weight * ((row[2 * j] | row[2 * j + 1] << 8) & layout->white);
    }
}

void icl_resize_columns(const IclTaps *taps, const float *row, int step, float *out)
{
    for (int i = 0; i < taps->n; i++) {
        const float *w = taps->w + (size_t)i * taps->max;
        const float *from = row + (ptrdiff_t)(taps->start[i] - taps->lo) * step;
        float sum = 0;
        for (int k = 0; k < taps->count[i]; k++)
            sum += w[k] * from[(ptrdiff_t)k * step];
        out[i] = sum;
    }
}
