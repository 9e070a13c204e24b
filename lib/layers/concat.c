/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Branches side by side along the channels. At inference most are there already: the plan has them
 * written into the output (plan_slices.c). */
#include "copy.h"
#include "layers.h"

static bool concat_build(IclLayer *layer, GError **error)
{
    int64_t channels = 0;

    for (int i = 0; i < layer->n_inputs; i++) {
        if (layer->in[i].h != layer->in[0].h || layer->in[i].w != layer->in[0].w)
            return icl_layer_error(
                layer, error,
                "branch %d gives %dx%d pixels, branch 1 %dx%d; use the same strides "
                "and padding=same",
                i + 1, layer->in[i].h, layer->in[i].w, layer->in[0].h, layer->in[0].w);
        channels += layer->in[i].c;
    }
    if (channels > 1 << 24)
        return icl_layer_error(layer, error,
                               "%" G_GINT64_FORMAT " channels are too many; use fewer", channels);
    layer->out = (IclShape){layer->in[0].h, layer->in[0].w, (int)channels};
    return true;
}

typedef struct Run {
    const IclLayer *layer;
    IclPass *pass;
} Run;

static void forward_chunk(void *data, int image, int thread)
{
    const IclLayer *layer = ((const Run *)data)->layer;
    const IclPass *pass = ((const Run *)data)->pass;
    size_t pixels = (size_t)layer->out.h * layer->out.w, first = image * pixels;
    float *out = pass->out;

    for (int i = 0; i < layer->n_inputs; out += layer->in[i].c, i++)
        for (size_t p = first; pass->in[i] != out && p < first + pixels; p++)
            memcpy(out + p * pass->out_pixel, pass->in[i] + p * pass->in_pixel[i],
                   (size_t)layer->in[i].c * sizeof *out);
}

static bool is_there(const IclLayer *layer, const IclPass *pass)
{
    const float *out = pass->out;

    for (int i = 0; i < layer->n_inputs; out += layer->in[i].c, i++)
        if (pass->in[i] != out)
            return false;
    return true;
}

static void backward_chunk(void *data, int image, int thread)
{
    const IclLayer *layer = ((const Run *)data)->layer;
    const IclPass *pass = ((const Run *)data)->pass;
    size_t pixels = (size_t)layer->out.h * layer->out.w, first = image * pixels;
    const float *dout = pass->dout + first * layer->out.c;

    for (int i = 0; i < layer->n_inputs; dout += layer->in[i].c, i++)
        for (size_t p = 0; pass->din[i] && p < pixels; p++)
            icl_copy_or_add(dout + p * layer->out.c, pass->din[i] + (first + p) * layer->in[i].c,
                            (size_t)layer->in[i].c, pass->accumulate[i]);
}

static void concat_forward(const IclLayer *layer, IclPass *pass)
{
    if (!is_there(layer, pass))
        icl_team_run(pass->team, pass->n, forward_chunk, &(Run){layer, pass});
}

static void concat_backward(const IclLayer *layer, IclPass *pass)
{
    icl_team_run(pass->team, pass->n, backward_chunk, &(Run){layer, pass});
}

const IclLayerClass icl_concat_class = {
    .base = {"concat", "branches side by side: concat( a | b )", sizeof(IclLayer), NULL, true},
    .flags = ICL_LAYER_WRITES_SLICE | ICL_LAYER_READS_SLICE,
    .build = concat_build,
    .forward = concat_forward,
    .backward = concat_backward,
};
