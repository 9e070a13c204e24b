/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Convolution in plain loops, the meaning of every faster tier:
 *     y[n,oy,ox,f] = activation(bias[f] + sum x[n, oy sh - pt + ky dh, ox sw - pl + kx dw, c]
 * w[ky,kx,c,f]
 *                               + add[n,oy,ox,f])
 * over the taps inside x and the c of f's group. A chunk is one image; of the weights' gradient,
 * one tap. */
#include <string.h>

#include "reference_activation.h"
#include "tiers.h"

static size_t weight_count(const IclConvShape *s)
{
    return (size_t)s->kh * s->kw * (s->c / s->groups) * s->f;
}

static int one_chunk(const IclConvShape *s) { return 1; }

static void weights_scaled(const IclConvShape *s, const float *w, const float *scale, float *packed,
                           int chunk)
{
    for (size_t i = 0; i < weight_count(s); i++)
        packed[i] = w[i] * (scale ? scale[i % (size_t)s->f] : 1);
}

static void weights_copy(const IclConvShape *s, const float *w, float *packed, int chunk)
{
    memcpy(packed, w, weight_count(s) * sizeof *w);
}

static size_t no_size(const IclConvShape *s) { return 0; }

static int image_chunks(const IclConvShape *s) { return s->n; }

/* The pixel of x under tap (ky, kx) of output (oy, ox), or NULL in the padding. */
static const float *tapped(const IclConvShape *s, const float *x, int n, int oy, int ox, int ky,
                           int kx)
{
    int iy = oy * s->sh - s->pt + ky * s->dh, ix = ox * s->sw - s->pl + kx * s->dw;

    if (iy < 0 || iy >= s->h || ix < 0 || ix >= s->w)
        return NULL;
    return x + (((size_t)n * s->h + iy) * s->w + ix) * s->c;
}

static const float *weights_at(const IclConvShape *s, const float *w, int ky, int kx)
{
    return w + (size_t)(ky * s->kw + kx) * (s->c / s->groups) * s->f;
}

/* scale: [n,c] or NULL */
static float output_sum(const IclConvShape *s, const float *x, const float *scale, const float *w,
                        int n, int oy, int ox, int f)
{
    int gc = s->c / s->groups, first = f / (s->f / s->groups) * gc;
    float sum = 0;

    scale += scale ? (size_t)n * s->c : 0;
    for (int ky = 0; ky < s->kh; ky++)
        for (int kx = 0; kx < s->kw; kx++) {
            const float *pixel = tapped(s, x, n, oy, ox, ky, kx);
            for (int c = 0; pixel && c < gc; c++)
                sum += pixel[first + c] * (scale ? scale[c] : 1) *
                       weights_at(s, w, ky, kx)[(size_t)c * s->f + f];
        }
    return sum;
}

static void conv_forward(const IclConvShape *s, const float *x, const float *w,
                         const IclEpilogue *epilogue, float *y, int image, void *scratch)
{
    size_t pixel = (size_t)image * s->oh * s->ow;

    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++, pixel++)
            for (int f = 0; f < s->f; f++) {
                size_t at = pixel * icl_conv_pixel(s) + f;
                float sum = output_sum(s, x, epilogue->input_scale, w, image, oy, ox, f);
                sum += epilogue->bias ? epilogue->bias[f] : 0;
                sum += epilogue->add ? epilogue->add[at] : 0;
                y[at] = (float)reference_activation(epilogue->activation, epilogue->alpha, sum);
            }
}

/* dpixel[c] += sum over f of dy[f] w[c,f] */
static void pixel_gradient(const IclConvShape *s, const float *dy, const float *w, float *dpixel)
{
    int gc = s->c / s->groups, gf = s->f / s->groups;

    for (int c = 0; c < s->c; c++)
        for (int f = c / gc * gf; f < (c / gc + 1) * gf; f++)
            dpixel[c] += dy[f] * w[(size_t)(c % gc) * s->f + f];
}

static void conv_input_gradient(const IclConvShape *s, const float *dy, const float *w, float *dx,
                                bool accumulate, int image, void *scratch)
{
    size_t size = (size_t)s->h * s->w * s->c;

    if (!accumulate)
        memset(dx + image * size, 0, size * sizeof *dx);
    dy += (size_t)image * s->oh * s->ow * s->f;
    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++, dy += s->f)
            for (int ky = 0; ky < s->kh; ky++)
                for (int kx = 0; kx < s->kw; kx++) {
                    float *dpixel = (float *)tapped(s, dx, image, oy, ox, ky, kx);
                    if (dpixel)
                        pixel_gradient(s, dy, weights_at(s, w, ky, kx), dpixel);
                }
}

static int tap_chunks(const IclConvShape *s) { return s->kh * s->kw; }

static int no_chunks(const IclConvShape *s) { return 0; }

/* dw[c,f] += pixel[c] dy[f] */
static void tap_gradient(const IclConvShape *s, const float *pixel, const float *dy, float *dw)
{
    int gc = s->c / s->groups, gf = s->f / s->groups;

    for (int c = 0; c < gc; c++)
        for (int f = 0; f < s->f; f++)
            dw[(size_t)c * s->f + f] += pixel[f / gf * gc + c] * dy[f];
}

static void conv_weight_gradient(const IclConvShape *s, const float *x, const float *dy, float *dw,
                                 float *workspace, int tap, void *scratch)
{
    int ky = tap / s->kw, kx = tap % s->kw;

    dw = (float *)weights_at(s, dw, ky, kx);
    for (int n = 0; n < s->n; n++)
        for (int oy = 0; oy < s->oh; oy++)
            for (int ox = 0; ox < s->ow; ox++, dy += s->f) {
                const float *pixel = tapped(s, x, n, oy, ox, ky, kx);
                if (pixel)
                    tap_gradient(s, pixel, dy, dw);
            }
}

static void no_finish(const IclConvShape *s, const float *workspace, float *dw, int chunk) {}

void icl_conv_reference(IclConvKernels *table)
{
    table->packed_size = weight_count;
    table->pack_chunks = one_chunk;
    table->pack = weights_scaled;
    table->chunks = image_chunks;
    table->scratch_size = no_size;
    table->forward = conv_forward;
    table->input_gradient_packed_size = weight_count;
    table->input_gradient_pack_chunks = one_chunk;
    table->input_gradient_pack = weights_copy;
    table->input_gradient_chunks = image_chunks;
    table->input_gradient_scratch_size = no_size;
    table->input_gradient = conv_input_gradient;
}

void icl_conv_weight_gradient_reference(IclConvKernels *table)
{
    table->weight_gradient_workspace = no_size;
    table->weight_gradient_chunks = tap_chunks;
    table->weight_gradient_scratch_size = no_size;
    table->weight_gradient = conv_weight_gradient;
    table->weight_gradient_finish_chunks = no_chunks;
    table->weight_gradient_finish = no_finish;
}
