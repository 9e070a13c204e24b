/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Depthwise convolution in plain C, one chunk an image; see kernels.h. Sums run in double. */
#include "reference_activation.h"
#include "tiers.h"

static int images(const IclConvShape *s) { return s->n; }

static size_t input_at(const IclConvShape *s, int image, int y, int x)
{
    return (((size_t)image * s->h + y) * s->w + x) * s->c;
}

static size_t output_at(const IclConvShape *s, int image, int y, int x)
{
    return (((size_t)image * s->oh + y) * s->ow + x) * s->f;
}

/* Input row (column) of an output row and a tap; outside 0..h-1 it is padding. */
static int input_row(const IclConvShape *s, int oy, int ky)
{
    return oy * s->sh - s->pt + ky * s->dh;
}
static int input_column(const IclConvShape *s, int ox, int kx)
{
    return ox * s->sw - s->pl + kx * s->dw;
}

static bool inside(int i, int n) { return i >= 0 && i < n; }

static double sum_of_window(const IclConvShape *s, const float *x, const float *w, int image,
                            int oy, int ox, int f)
{
    int k = f / (s->f / s->c);
    double sum = 0;

    for (int ky = 0; ky < s->kh; ky++)
        for (int kx = 0; kx < s->kw; kx++) {
            int iy = input_row(s, oy, ky), ix = input_column(s, ox, kx);
            if (inside(iy, s->h) && inside(ix, s->w))
                sum += (double)x[input_at(s, image, iy, ix) + k] * w[(ky * s->kw + kx) * s->f + f];
        }
    return sum;
}

static void forward(const IclConvShape *s, const float *x, const float *w,
                    const IclEpilogue *epilogue, float *y, int chunk)
{
    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++)
            for (int f = 0; f < s->f; f++) {
                size_t at = output_at(s, chunk, oy, ox) + f;
                double sum = sum_of_window(s, x, w, chunk, oy, ox, f);
                sum += epilogue->bias ? epilogue->bias[f] : 0;
                sum += epilogue->add ? epilogue->add[at] : 0;
                y[at] = reference_activation(epilogue->activation, epilogue->alpha, sum);
            }
}

/* The outputs that read input (iy, ix): those where iy = oy sh - pt + ky dh, and columns likewise.
 */
static double sum_of_readers(const IclConvShape *s, const float *dy, const float *w, int image,
                             int iy, int ix, int k)
{
    int multiplier = s->f / s->c;
    double sum = 0;

    for (int ky = 0; ky < s->kh; ky++)
        for (int kx = 0; kx < s->kw; kx++) {
            int y = iy + s->pt - ky * s->dh, x = ix + s->pl - kx * s->dw;
            if (y % s->sh || x % s->sw || !inside(y, s->oh * s->sh) || !inside(x, s->ow * s->sw))
                continue;
            size_t at = output_at(s, image, y / s->sh, x / s->sw);
            for (int f = k * multiplier; f < (k + 1) * multiplier; f++)
                sum += (double)dy[at + f] * w[(ky * s->kw + kx) * s->f + f];
        }
    return sum;
}

static void input_gradient(const IclConvShape *s, const float *dy, const float *w, float *dx,
                           bool accumulate, int chunk)
{
    for (int iy = 0; iy < s->h; iy++)
        for (int ix = 0; ix < s->w; ix++)
            for (int k = 0; k < s->c; k++) {
                size_t at = input_at(s, chunk, iy, ix) + k;
                double sum = sum_of_readers(s, dy, w, chunk, iy, ix, k);
                dx[at] = accumulate ? dx[at] + sum : sum;
            }
}

static size_t weight_gradient_workspace(const IclConvShape *s)
{
    return (size_t)s->n * s->kh * s->kw * s->f;
}

static double sum_of_tap(const IclConvShape *s, const float *x, const float *dy, int image, int ky,
                         int kx, int f)
{
    int k = f / (s->f / s->c);
    double sum = 0;

    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++) {
            int iy = input_row(s, oy, ky), ix = input_column(s, ox, kx);
            if (inside(iy, s->h) && inside(ix, s->w))
                sum +=
                    (double)x[input_at(s, image, iy, ix) + k] * dy[output_at(s, image, oy, ox) + f];
        }
    return sum;
}

static void weight_gradient(const IclConvShape *s, const float *x, const float *dy,
                            float *workspace, int chunk)
{
    float *dw = workspace + (size_t)chunk * s->kh * s->kw * s->f;

    for (int ky = 0; ky < s->kh; ky++)
        for (int kx = 0; kx < s->kw; kx++)
            for (int f = 0; f < s->f; f++)
                *dw++ = sum_of_tap(s, x, dy, chunk, ky, kx, f);
}

static void weight_gradient_finish(const IclConvShape *s, const float *workspace, float *dw)
{
    size_t count = (size_t)s->kh * s->kw * s->f;

    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (int image = 0; image < s->n; image++)
            sum += workspace[image * count + i];
        dw[i] += sum;
    }
}

void icl_depthwise_reference(IclDepthwiseKernels *table)
{
    *table = (IclDepthwiseKernels){
        images,
        forward,
        images,
        input_gradient,
        weight_gradient_workspace,
        images,
        weight_gradient,
        weight_gradient_finish,
    };
}
