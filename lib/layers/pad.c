/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Zeros around the picture, as a layer of its own (Keras' ZeroPadding2D). */
#include "copy.h"
#include "layers.h"

typedef struct Pad {
    IclLayer layer;
    IclPadding padding;
} Pad;

static const IclParam pad_params[] = {
    ICL_PADDING(Pad, padding, NULL, 1024, "rows and columns of zeros"),
    {0},
};

static bool pad_build(IclLayer *layer, GError **error)
{
    const IclPadding *p = &((const Pad *)layer)->padding;
    IclShape in = layer->in[0];

    if (p->kind != ICL_PADDING_EXPLICIT)
        return icl_layer_error(layer, error,
                               "takes a number, [height width] or [top bottom left right]");
    layer->out = (IclShape){in.h + p->top + p->bottom, in.w + p->left + p->right, in.c};
    return true;
}

typedef struct Run {
    const IclLayer *layer;
    IclPass *pass;
} Run;

/* Entry of the padded sample at which row `y` of the input begins. */
static size_t inner_row(const IclLayer *layer, int y)
{
    const IclPadding *p = &((const Pad *)layer)->padding;
    return ((size_t)(y + p->top) * layer->out.w + p->left) * layer->out.c;
}

static void forward_chunk(void *data, int sample, int thread)
{
    const IclLayer *layer = ((const Run *)data)->layer;
    const IclPass *pass = ((const Run *)data)->pass;
    size_t row = (size_t)layer->in[0].w * layer->in[0].c, count = icl_shape_count(layer->out);
    const float *in = pass->in[0] + sample * icl_shape_count(layer->in[0]);
    float *out = pass->out + sample * count;

    memset(out, 0, count * sizeof *out);
    for (int y = 0; y < layer->in[0].h; y++)
        memcpy(out + inner_row(layer, y), in + y * row, row * sizeof *out);
}

static void backward_chunk(void *data, int sample, int thread)
{
    const IclLayer *layer = ((const Run *)data)->layer;
    const IclPass *pass = ((const Run *)data)->pass;
    size_t row = (size_t)layer->in[0].w * layer->in[0].c;
    const float *dout = pass->dout + sample * icl_shape_count(layer->out);
    float *din = pass->din[0] + sample * icl_shape_count(layer->in[0]);

    for (int y = 0; y < layer->in[0].h; y++)
        icl_copy_or_add(dout + inner_row(layer, y), din + y * row, row, pass->accumulate[0]);
}

static void pad_forward(const IclLayer *layer, IclPass *pass)
{
    icl_team_run(pass->team, pass->n, forward_chunk, &(Run){layer, pass});
}

static void pad_backward(const IclLayer *layer, IclPass *pass)
{
    if (pass->din[0])
        icl_team_run(pass->team, pass->n, backward_chunk, &(Run){layer, pass});
}

const IclLayerClass icl_pad_class = {
    .base = {"pad", "zeros around the picture", sizeof(Pad), pad_params},
    .build = pad_build,
    .forward = pad_forward,
    .backward = pad_backward,
};
