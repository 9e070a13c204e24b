/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Stochastic depth, at the end of a residual branch (Huang et al., "Deep networks with stochastic
 * depth", 2016): in training a whole sample is zero with probability `rate`, else divided by
 * 1 - rate; at inference nothing happens. Backward draws again from the same counter. */
#include "layers.h"
#include "random.h"

#include <string.h>

typedef struct StochasticDepth {
    IclLayer layer;
    double rate;
} StochasticDepth;

static const IclParam stochastic_depth_params[] = {
    ICL_REAL(StochasticDepth, rate, "0.2", 0, 0.999, "probability that a sample becomes zero"),
    {0},
};

static bool stochastic_depth_build(IclLayer *layer, GError **error)
{
    layer->out = layer->in[0];
    return true;
}

typedef struct Run {
    const IclLayer *layer;
    const IclPass *pass;
    const float *from;
    float *to;
    bool accumulate;
} Run;

/* 0 or 1 / (1 - rate) */
static float sample_factor(const Run *run, int sample)
{
    double rate = ((const StochasticDepth *)run->layer)->rate;
    IclRandom random;

    icl_random_init(&random, run->pass->seed, ICL_RANDOM_DROPOUT, run->pass->step,
                    (uint64_t)run->pass->node << 24 | (uint32_t)(run->pass->first + sample));
    return icl_random_uniform(&random) < rate ? 0 : (float)(1 / (1 - rate));
}

static void stochastic_depth_chunk(void *data, int sample, int thread)
{
    const Run *run = data;
    size_t count = icl_shape_count(run->layer->out);
    const float *from = run->from + sample * count;
    float *to = run->to + sample * count, factor = sample_factor(run, sample);

    if (!run->accumulate && factor == 0)
        memset(to, 0, count * sizeof *to);
    else if (!run->accumulate)
        for (size_t i = 0; i < count; i++)
            to[i] = from[i] * factor;
    else if (factor != 0)
        for (size_t i = 0; i < count; i++)
            to[i] += from[i] * factor;
}

static void stochastic_depth_forward(const IclLayer *layer, IclPass *pass)
{
    Run run = {layer, pass, pass->in[0], pass->out, false};

    if (pass->training)
        icl_team_run(pass->team, pass->n, stochastic_depth_chunk, &run);
    else
        memcpy(pass->out, pass->in[0], icl_shape_count(layer->out) * pass->n * sizeof *pass->out);
}

static void stochastic_depth_backward(const IclLayer *layer, IclPass *pass)
{
    Run run = {layer, pass, pass->dout, pass->din[0], pass->accumulate[0]};

    if (pass->din[0])
        icl_team_run(pass->team, pass->n, stochastic_depth_chunk, &run);
}

const IclLayerClass icl_stochastic_depth_class = {
    .base = {"stochastic_depth", "leave out a residual branch at random while training",
             sizeof(StochasticDepth), stochastic_depth_params},
    .flags = ICL_LAYER_VIEW,
    .build = stochastic_depth_build,
    .forward = stochastic_depth_forward,
    .backward = stochastic_depth_backward,
};
