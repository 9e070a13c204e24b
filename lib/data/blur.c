/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "blur.h"

#include <glib.h>
#include <math.h>
#include <string.h>

static void kernel_fill(int size, double sigma, float *kernel)
{
    double sum = 0, weight[ICL_BLUR_MAX];

    for (int i = 0; i < size; i++) {
        double at = (i - size / 2) / sigma;
        sum += weight[i] = exp(-0.5 * at * at);
    }
    for (int i = 0; i < size; i++)
        kernel[i] = (float)(weight[i] / sum);
}

static int mirrored(int i, int n)
{
    int period = 2 * n - 2;

    if (n == 1)
        return 0;
    i = (i % period + period) % period;
    return i < n ? i : period - i;
}

static void add_row(float weight, const float *in, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] += weight * in[i];
}

enum { ROWS = 4 };

/* Several at once: the sums are fetched and put back less often. */
static void add_rows(const float *weight, const float *const in[ROWS], size_t n, float *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] += weight[0] * in[0][i] + weight[1] * in[1][i] + weight[2] * in[2][i] +
                  weight[3] * in[3][i];
}

static void blur_columns(const float *in, int h, size_t row, int size, const float *kernel,
                         float *out)
{
    memset(out, 0, h * row * sizeof *out);
    for (int y = 0; y < h; y++) {
        const float *rows[ICL_BLUR_MAX];
        int k = 0;
        for (int i = 0; i < size; i++)
            rows[i] = in + mirrored(y + i - size / 2, h) * row;
        for (; k + ROWS <= size; k += ROWS)
            add_rows(kernel + k, rows + k, row, out + y * row);
        for (; k < size; k++)
            add_row(kernel[k], rows[k], row, out + y * row);
    }
}

/* Pixels that lie so near to an edge that the kernel passes it. */
static void blur_edge(const float *in, int w, int c, int size, const float *kernel, int from,
                      int to, float *out)
{
    for (int x = from; x < to; x++)
        for (int k = 0; k < size; k++)
            add_row(kernel[k], in + mirrored(x + k - size / 2, w) * c, (size_t)c, out + x * c);
}

/* The pixels whose kernel lies in the row. */
static void blur_middle(const float *in, int c, int size, const float *kernel, size_t n, float *out)
{
    int k = 0;

    for (; k + ROWS <= size; k += ROWS) {
        const float *const rows[] = {in + k * c, in + (k + 1) * c, in + (k + 2) * c,
                                     in + (k + 3) * c};
        add_rows(kernel + k, rows, n, out);
    }
    for (; k < size; k++)
        add_row(kernel[k], in + k * c, n, out);
}

static void blur_row(const float *in, int w, int c, int size, const float *kernel, float *out)
{
    int half = size / 2, from = MIN(half, w), to = MAX(from, w - half);

    memset(out, 0, (size_t)w * c * sizeof *out);
    blur_edge(in, w, c, size, kernel, 0, from, out);
    if (from < to)
        blur_middle(in, c, size, kernel, (size_t)(to - from) * c, out + from * c);
    blur_edge(in, w, c, size, kernel, to, w, out);
}

void icl_blur(float *x, int h, int w, int c, int size, double sigma, float *room)
{
    size_t row = (size_t)w * c;
    float kernel[ICL_BLUR_MAX];

    g_assert(size % 2 && size <= ICL_BLUR_MAX);
    kernel_fill(size, sigma, kernel);
    blur_columns(x, h, row, size, kernel, room);
    for (int y = 0; y < h; y++)
        blur_row(room + y * row, w, c, size, kernel, x + y * row);
}
