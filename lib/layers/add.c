/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Sum of branches of one shape. The plan fuses it into the last convolution before it, or in
 * training into the batchnorm there; else a branch's gradient may be the sum's own memory. */
#include "copy.h"
#include "layers.h"

static bool add_build(IclLayer *layer, GError **error)
{
    layer->out = layer->in[0];
    for (int i = 1; i < layer->n_inputs; i++)
        if (!icl_shape_equal(layer->in[i], layer->out))
            return icl_layer_error(layer, error,
                                   "branch %d gives %dx%dx%d, branch 1 %dx%dx%d; make them equal "
                                   "(a 1x1 convolution with the same stride and filters)",
                                   i + 1, layer->in[i].h, layer->in[i].w, layer->in[i].c,
                                   layer->out.h, layer->out.w, layer->out.c);
    return true;
}

typedef struct Run {
    const IclLayer *layer;
    IclPass *pass;
    size_t count;
    int input;
} Run;

static void forward_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;
    IclPass *pass = run->pass;
    size_t offset = (size_t)chunk * ICL_CHUNK, count = icl_chunk_size(run->count, chunk);

    if (run->layer->n_inputs == 1)
        memcpy(pass->out + offset, pass->in[0] + offset, count * sizeof *pass->out);
    for (int i = 1; i < run->layer->n_inputs; i++)
        icl_kernels()->element.add((i == 1 ? pass->in[0] : pass->out) + offset,
                                   pass->in[i] + offset, pass->out + offset, count);
}

static void add_forward(const IclLayer *layer, IclPass *pass)
{
    Run run = {layer, pass, icl_shape_count(layer->out) * pass->n, 0};
    icl_team_run(pass->team, icl_chunk_count(run.count), forward_chunk, &run);
}

static void backward_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;
    size_t offset = (size_t)chunk * ICL_CHUNK;

    icl_copy_or_add(run->pass->dout + offset, run->pass->din[run->input] + offset,
                    icl_chunk_size(run->count, chunk), run->pass->accumulate[run->input]);
}

static void add_backward(const IclLayer *layer, IclPass *pass)
{
    Run run = {layer, pass, icl_shape_count(layer->out) * pass->n, 0};

    for (run.input = 0; run.input < layer->n_inputs; run.input++)
        if (pass->din[run.input] && pass->din[run.input] != pass->dout)
            icl_team_run(pass->team, icl_chunk_count(run.count), backward_chunk, &run);
}

const IclLayerClass icl_add_class = {
    .base = {"add", "sum of branches: add( a | b )", sizeof(IclLayer), NULL, true},
    .flags = ICL_LAYER_IN_PLACE,
    .build = add_build,
    .forward = add_forward,
    .backward = add_backward,
};
