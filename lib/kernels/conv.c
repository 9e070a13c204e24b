/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Forward convolution and its input gradient as grids (conv_grid.h), or by Winograd
 * (conv_winograd.h) where that is cheaper. */
#include "conv_grid.h"
#include "conv_winograd.h"

static Axis axis_forward(int in, int out, int k, int stride, int dilation, int padding)
{
    return (Axis){.rows = out,
                  .in = in,
                  .out = out,
                  .first = -padding,
                  .step = stride,
                  .taps = k,
                  .tap_step = dilation,
                  .k_step = 1,
                  .out_step = 1};
}

static Grid grid_forward(const IclConvShape *s)
{
    return (Grid){.n = s->n,
                  .y = axis_forward(s->h, s->oh, s->kh, s->sh, s->dh, s->pt),
                  .x = axis_forward(s->w, s->ow, s->kw, s->sw, s->dw, s->pl),
                  .groups = s->groups,
                  .c = s->c / s->groups,
                  .f = s->f / s->groups,
                  .pixel = (size_t)icl_conv_pixel(s)};
}

static int greatest_divisor(int a, int b) { return b ? greatest_divisor(b, a % b) : a; }

/* The entries phase, phase + stride, ... of dx: dx[i] = sum dy[o] w[k] where i = o stride - padding
 * + k dilation. The k that meet a phase are every `period`th; the greatest reads the first o. */
static Axis axis_gradient(int in, int out, int k, int stride, int dilation, int padding, int phase)
{
    int period = stride / greatest_divisor(stride, dilation), last = k - 1;
    Axis axis = {.rows = in > phase ? (in - phase + stride - 1) / stride : 0,
                 .in = out,
                 .out = in,
                 .step = 1,
                 .tap_step = period * dilation / stride,
                 .k_step = -period,
                 .out_first = phase,
                 .out_step = stride};

    while (last >= 0 && (phase + padding - last * dilation) % stride)
        last--;
    if (last < 0)
        return axis;
    axis.first = (phase + padding - last * dilation) / stride;
    axis.taps = last / period + 1;
    axis.k_first = last;
    return axis;
}

static int phases(const IclConvShape *s) { return s->sh * s->sw; }

/* Of a strided 1x1 kernel the first phase is reached alone: its grid writes the zeros between. */
static bool gradient_has_gaps(const IclConvShape *s)
{
    return s->kh == 1 && s->kw == 1 && s->pt == 0 && s->pl == 0 && phases(s) > 1;
}

/* Phases that have a grid. */
static int gradient_grids(const IclConvShape *s) { return gradient_has_gaps(s) ? 1 : phases(s); }

static Grid grid_gradient(const IclConvShape *s, int phase)
{
    Grid g = {.n = s->n,
              .y = axis_gradient(s->h, s->oh, s->kh, s->sh, s->dh, s->pt, phase / s->sw),
              .x = axis_gradient(s->w, s->ow, s->kw, s->sw, s->dw, s->pl, phase % s->sw),
              .groups = s->groups,
              .c = s->f / s->groups,
              .f = s->c / s->groups,
              .pixel = (size_t)s->c};

    if (gradient_has_gaps(s)) {
        g.y.gap = s->sh - 1;
        g.x.gap = s->sw - 1;
    }
    if (!g.y.taps || !g.x.taps) /* nothing reaches this phase: zeros */
        g.y.taps = g.x.taps = 0;
    return g;
}

static size_t packed_size(const IclConvShape *s)
{
    Grid g = grid_forward(s);
    Winograd winograd = ICL_TIER(winograd_forward)(s);

    return winograd.m ? ICL_TIER(winograd_packed_size)(&winograd) : grid_packed_size(&g);
}

static int pack_chunks(const IclConvShape *s)
{
    Grid g = grid_forward(s);
    Winograd winograd = ICL_TIER(winograd_forward)(s);

    return winograd.m ? ICL_TIER(winograd_pack_chunks)(&winograd) : ICL_TIER(grid_pack_chunks)(&g);
}

static void pack(const IclConvShape *s, const float *w, const float *scale, float *packed,
                 int chunk)
{
    Grid g = grid_forward(s);
    WeightStrides strides = {
        .tap = (size_t)g.c * s->f, .c = (size_t)s->f, .f = 1, .group = (size_t)g.f, .kw = s->kw};
    Winograd winograd = ICL_TIER(winograd_forward)(s);
    WinogradWeights weights = {w, (ptrdiff_t)strides.tap, strides.c, strides.f, scale};

    if (winograd.m)
        ICL_TIER(winograd_pack)(&winograd, &weights, packed, chunk);
    else
        ICL_TIER(grid_pack)(&g, &strides, w, scale, packed, chunk);
}

static int chunks(const IclConvShape *s)
{
    Grid g = grid_forward(s);
    Winograd winograd = ICL_TIER(winograd_forward)(s);

    return winograd.m ? ICL_TIER(winograd_chunks)(&winograd) : ICL_TIER(grid_chunks)(&g);
}

static size_t scratch_size(const IclConvShape *s)
{
    Grid g = grid_forward(s);
    Winograd winograd = ICL_TIER(winograd_forward)(s);

    return winograd.m ? ICL_TIER(winograd_scratch_size)(&winograd)
                      : ICL_TIER(grid_scratch_size)(&g);
}

static void forward(const IclConvShape *s, const float *x, const float *packed,
                    const IclEpilogue *epilogue, float *y, int chunk, void *scratch)
{
    Grid g = grid_forward(s);
    GridOutput output = {.bias = epilogue->bias,
                         .add = epilogue->add,
                         .activation = epilogue->activation,
                         .alpha = epilogue->alpha,
                         .y = y};
    Winograd winograd = ICL_TIER(winograd_forward)(s);

    if (winograd.m)
        ICL_TIER(winograd_run)(&winograd, x, packed, epilogue, y, chunk, scratch);
    else
        ICL_TIER(grid_run)(&g, x, epilogue->input_scale, packed, &output, chunk, scratch);
}

static size_t input_gradient_packed_size(const IclConvShape *s)
{
    Winograd winograd = ICL_TIER(winograd_input_gradient)(s);
    size_t size = 0;

    if (winograd.m)
        return ICL_TIER(winograd_packed_size)(&winograd);
    for (int phase = 0; phase < gradient_grids(s); phase++) {
        Grid g = grid_gradient(s, phase);
        size += grid_packed_size(&g);
    }
    return size;
}

static int input_gradient_pack_chunks(const IclConvShape *s)
{
    Winograd winograd = ICL_TIER(winograd_input_gradient)(s);
    int count = 0;

    if (winograd.m)
        return ICL_TIER(winograd_pack_chunks)(&winograd);
    for (int phase = 0; phase < gradient_grids(s); phase++) {
        Grid g = grid_gradient(s, phase);
        count += ICL_TIER(grid_pack_chunks)(&g);
    }
    return count;
}

static void input_gradient_pack(const IclConvShape *s, const float *w, float *packed, int chunk)
{
    size_t gc = (size_t)(s->c / s->groups), gf = (size_t)(s->f / s->groups);
    WeightStrides strides = {.tap = gc * s->f, .c = 1, .f = (size_t)s->f, .group = gf, .kw = s->kw};
    Winograd winograd = ICL_TIER(winograd_input_gradient)(s);
    WinogradWeights turned = {w + 8 * strides.tap, -(ptrdiff_t)strides.tap, 1, strides.f, NULL};

    if (winograd.m) {
        ICL_TIER(winograd_pack)(&winograd, &turned, packed, chunk);
        return;
    }
    for (int phase = 0; phase < gradient_grids(s); phase++) {
        Grid g = grid_gradient(s, phase);
        int count = ICL_TIER(grid_pack_chunks)(&g);
        if (chunk < count) {
            ICL_TIER(grid_pack)(&g, &strides, w, NULL, packed, chunk);
            return;
        }
        chunk -= count;
        packed += grid_packed_size(&g);
    }
}

static int input_gradient_chunks(const IclConvShape *s)
{
    Winograd winograd = ICL_TIER(winograd_input_gradient)(s);
    int count = 0;

    if (winograd.m)
        return ICL_TIER(winograd_chunks)(&winograd);
    for (int phase = 0; phase < gradient_grids(s); phase++) {
        Grid g = grid_gradient(s, phase);
        count += ICL_TIER(grid_chunks)(&g);
    }
    return count;
}

static size_t input_gradient_scratch_size(const IclConvShape *s)
{
    Winograd winograd = ICL_TIER(winograd_input_gradient)(s);
    size_t most = 0;

    if (winograd.m)
        return ICL_TIER(winograd_scratch_size)(&winograd);
    for (int phase = 0; phase < gradient_grids(s); phase++) {
        Grid g = grid_gradient(s, phase);
        size_t size = ICL_TIER(grid_scratch_size)(&g);
        most = size > most ? size : most;
    }
    return most;
}

static void input_gradient(const IclConvShape *s, const float *dy, const float *packed, float *dx,
                           bool accumulate, int chunk, void *scratch)
{
    GridOutput output = {.add = accumulate ? dx : NULL, .y = dx};
    IclEpilogue epilogue = {.add = output.add};
    Winograd winograd = ICL_TIER(winograd_input_gradient)(s);

    if (winograd.m) {
        ICL_TIER(winograd_run)(&winograd, dy, packed, &epilogue, dx, chunk, scratch);
        return;
    }
    for (int phase = 0; phase < gradient_grids(s); phase++) {
        Grid g = grid_gradient(s, phase);
        int count = ICL_TIER(grid_chunks)(&g);
        if (chunk < count) {
            if (!accumulate || g.y.taps)
                ICL_TIER(grid_run)(&g, dy, NULL, packed, &output, chunk, scratch);
            return;
        }
        chunk -= count;
        packed += grid_packed_size(&g);
    }
}

void ICL_TIER(conv)(IclConvKernels *table)
{
    table->packed_size = packed_size;
    table->pack_chunks = pack_chunks;
    table->pack = pack;
    table->chunks = chunks;
    table->scratch_size = scratch_size;
    table->forward = forward;
    table->input_gradient_packed_size = input_gradient_packed_size;
    table->input_gradient_pack_chunks = input_gradient_pack_chunks;
    table->input_gradient_pack = input_gradient_pack;
    table->input_gradient_chunks = input_gradient_chunks;
    table->input_gradient_scratch_size = input_gradient_scratch_size;
    table->input_gradient = input_gradient;
}
