/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' SpatialDropout2D: in training a whole channel of a sample is zero with probability `rate`,
 * else divided by 1 - rate; at inference nothing happens. Backward draws again from the same
 * counter. */
#include "layers.h"
#include "random.h"

#include <string.h>

typedef struct SpatialDropout {
    IclLayer layer;
    double rate;
} SpatialDropout;

static const IclParam spatial_dropout_params[] = {
    ICL_REAL(SpatialDropout, rate, "0.5", 0, 0.999, "probability that a channel becomes zero"),
    {0},
};

static bool spatial_dropout_build(IclLayer *layer, GError **error)
{
    layer->out = layer->in[0];
    return true;
}

/* A factor a channel. */
static void spatial_dropout_needs(const IclLayer *layer, int n, bool training, IclNeeds *needs)
{
    needs->scratch = training ? (size_t)layer->out.c * sizeof(float) : 0;
}

typedef struct Run {
    const IclLayer *layer;
    const IclPass *pass;
    const float *from;
    float *to;
    bool accumulate;
} Run;

static void draw_factors(const Run *run, int sample, float *factors)
{
    double rate = ((const SpatialDropout *)run->layer)->rate;
    IclRandom random;

    icl_random_init(&random, run->pass->seed, ICL_RANDOM_DROPOUT, run->pass->step,
                    (uint64_t)run->pass->node << 24 | (uint32_t)(run->pass->first + sample));
    for (int c = 0; c < run->layer->out.c; c++)
        factors[c] = icl_random_uniform(&random) < rate ? 0 : (float)(1 / (1 - rate));
}

static void spatial_dropout_chunk(void *data, int sample, int thread)
{
    const Run *run = data;
    IclShape out = run->layer->out;
    size_t rows = (size_t)out.h * out.w, offset = sample * rows * out.c;
    float *factors = icl_pass_scratch(run->pass, thread);

    draw_factors(run, sample, factors);
    icl_kernels()->element.scale_rows(run->from + offset, factors, rows, out.c, run->accumulate,
                                      run->to + offset);
}

static void spatial_dropout_forward(const IclLayer *layer, IclPass *pass)
{
    Run run = {layer, pass, pass->in[0], pass->out, false};

    if (pass->training)
        icl_team_run(pass->team, pass->n, spatial_dropout_chunk, &run);
    else
        memcpy(pass->out, pass->in[0], icl_shape_count(layer->out) * pass->n * sizeof *pass->out);
}

static void spatial_dropout_backward(const IclLayer *layer, IclPass *pass)
{
    Run run = {layer, pass, pass->dout, pass->din[0], pass->accumulate[0]};

    if (pass->din[0])
        icl_team_run(pass->team, pass->n, spatial_dropout_chunk, &run);
}

const IclLayerClass icl_spatial_dropout_class = {
    .base = {"spatial_dropout", "zero whole channels at random while training",
             sizeof(SpatialDropout), spatial_dropout_params},
    .flags = ICL_LAYER_VIEW,
    .build = spatial_dropout_build,
    .needs = spatial_dropout_needs,
    .forward = spatial_dropout_forward,
    .backward = spatial_dropout_backward,
};
