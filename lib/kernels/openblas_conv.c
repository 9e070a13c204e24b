/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Convolution as im2col + sgemm, image by image so that a result does not depend on the batch. The
 * portable tier on processors without vectors of ours, and the yardstick for those that have them.
 * Columns: [oh*ow, kh*kw*gc] of one group (gc gf: channels and filters of a group). */
#include <cblas.h>
#include <string.h>

#include "reference_activation.h"
#include "tiers.h"

static int group_c(const IclConvShape *s) { return s->c / s->groups; }

static int group_f(const IclConvShape *s) { return s->f / s->groups; }

static int column_length(const IclConvShape *s) { return s->kh * s->kw * group_c(s); }

/* 1x1, stride 1, unpadded: x itself is the columns. */
static bool columns_are_x(const IclConvShape *s)
{
    return s->kh * s->kw == 1 && s->sh == 1 && s->sw == 1 && !s->pt && !s->pl && s->oh == s->h &&
           s->ow == s->w;
}

static size_t columns_bytes(const IclConvShape *s)
{
    return (size_t)s->oh * s->ow * column_length(s) * sizeof(float);
}

static size_t gradient_columns_size(const IclConvShape *s)
{
    return columns_are_x(s) ? 0 : columns_bytes(s);
}

/* A scaled x is copied. */
static bool may_scale(const IclConvShape *s) { return s->kh * s->kw == 1 && s->groups == 1; }

static size_t columns_size(const IclConvShape *s)
{
    return columns_are_x(s) && !may_scale(s) ? 0 : columns_bytes(s);
}

/* Where tap (ky, kx) of output pixel (oy, ox) is in an image of c channels, or -1 in the padding.
 */
static ptrdiff_t tap_offset(const IclConvShape *s, int oy, int ox, int ky, int kx)
{
    int iy = oy * s->sh - s->pt + ky * s->dh, ix = ox * s->sw - s->pl + kx * s->dw;

    if (iy < 0 || iy >= s->h || ix < 0 || ix >= s->w)
        return -1;
    return ((ptrdiff_t)iy * s->w + ix) * s->c;
}

static void im2col(const IclConvShape *s, const float *x, float *columns)
{
    int gc = group_c(s);

    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++)
            for (int ky = 0; ky < s->kh; ky++)
                for (int kx = 0; kx < s->kw; kx++, columns += gc) {
                    ptrdiff_t at = tap_offset(s, oy, ox, ky, kx);
                    if (at < 0)
                        memset(columns, 0, (size_t)gc * sizeof *columns);
                    else
                        memcpy(columns, x + at, (size_t)gc * sizeof *columns);
                }
}

static void scale_columns(const IclConvShape *s, const float *scale, float *columns)
{
    for (int i = 0; i < s->oh * s->ow; i++, columns += s->c)
        for (int c = 0; c < s->c; c++)
            columns[c] *= scale[c];
}

static void col2im_add(const IclConvShape *s, const float *columns, float *dx)
{
    int gc = group_c(s);

    for (int oy = 0; oy < s->oh; oy++)
        for (int ox = 0; ox < s->ow; ox++)
            for (int ky = 0; ky < s->kh; ky++)
                for (int kx = 0; kx < s->kw; kx++, columns += gc) {
                    ptrdiff_t at = tap_offset(s, oy, ox, ky, kx);
                    for (int c = 0; at >= 0 && c < gc; c++)
                        dx[at + c] += columns[c];
                }
}

static void finish(const IclConvShape *s, const IclEpilogue *epilogue, size_t first, float *y)
{
    size_t pixels = (size_t)s->oh * s->ow;

    for (size_t i = 0; i < pixels * s->f; i++) {
        size_t f = i % (size_t)s->f, at = i / (size_t)s->f * icl_conv_pixel(s) + f;
        float sum = y[at];
        sum += epilogue->bias ? epilogue->bias[f] : 0;
        sum += epilogue->add ? epilogue->add[first + at] : 0;
        y[at] = (float)reference_activation(epilogue->activation, epilogue->alpha, sum);
    }
}

static int image_chunks(const IclConvShape *s) { return s->n; }

static void conv_forward(const IclConvShape *s, const float *x, const float *w,
                         const IclEpilogue *epilogue, float *y, int image, void *scratch)
{
    int pixels = s->oh * s->ow, k = column_length(s), gc = group_c(s), gf = group_f(s);
    size_t first = (size_t)image * pixels * icl_conv_pixel(s);
    bool direct = columns_are_x(s) && !epilogue->input_scale;

    x += (size_t)image * s->h * s->w * s->c;
    y += first;
    for (int g = 0; g < s->groups; g++) {
        if (!direct)
            im2col(s, x + g * gc, scratch);
        if (epilogue->input_scale)
            scale_columns(s, epilogue->input_scale + (size_t)image * s->c, scratch);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, pixels, gf, k, 1,
                    direct ? x + g * gc : scratch, direct ? s->c : k, w + g * gf, s->f, 0,
                    y + g * gf, icl_conv_pixel(s));
    }
    finish(s, epilogue, first, y);
}

static void conv_input_gradient(const IclConvShape *s, const float *dy, const float *w, float *dx,
                                bool accumulate, int image, void *scratch)
{
    int pixels = s->oh * s->ow, k = column_length(s), gc = group_c(s), gf = group_f(s);
    size_t size = (size_t)s->h * s->w * s->c;
    bool direct = columns_are_x(s);

    dx += image * size;
    dy += (size_t)image * pixels * s->f;
    if (!accumulate && !direct)
        memset(dx, 0, size * sizeof *dx);
    for (int g = 0; g < s->groups; g++) {
        float *columns = direct ? dx + g * gc : scratch;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, pixels, k, gf, 1, dy + g * gf, s->f,
                    w + g * gf, s->f, direct && accumulate ? 1 : 0, columns, direct ? s->c : k);
        if (!direct)
            col2im_add(s, columns, dx + g * gc);
    }
}

static int group_chunks(const IclConvShape *s) { return s->groups; }

/* A chunk is one group; its images one after the other: one order of sums whatever the threads. */
static void conv_weight_gradient(const IclConvShape *s, const float *x, const float *dy, float *dw,
                                 float *workspace, int g, void *scratch)
{
    int pixels = s->oh * s->ow, k = column_length(s), gc = group_c(s), gf = group_f(s);
    bool direct = columns_are_x(s);

    for (int n = 0; n < s->n; n++) {
        const float *image = x + (size_t)n * s->h * s->w * s->c + g * gc;
        if (!direct)
            im2col(s, image, scratch);
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, k, gf, pixels, 1,
                    direct ? image : scratch, direct ? s->c : k,
                    dy + (size_t)n * pixels * s->f + g * gf, s->f, 1, dw + g * gf, s->f);
    }
}

void icl_conv_openblas(IclConvKernels *table)
{
    table->chunks = image_chunks;
    table->scratch_size = columns_size;
    table->forward = conv_forward;
    table->input_gradient_chunks = image_chunks;
    table->input_gradient_scratch_size = gradient_columns_size;
    table->input_gradient = conv_input_gradient;
    table->weight_gradient_chunks = group_chunks;
    table->weight_gradient_scratch_size = gradient_columns_size;
    table->weight_gradient = conv_weight_gradient;
}
