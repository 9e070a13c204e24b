/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What training leaves out at random, with probability `rate`; the rest is divided by 1 - rate, and
 * at inference nothing happens:
 *
 *   dropout            entries (Srivastava et al. 2014)
 *   spatial_dropout    whole channels of a sample: Keras' SpatialDropout2D
 *   stochastic_depth   whole samples, at the end of a residual branch (Huang et al., "Deep networks
 *                      with stochastic depth", 2016)
 *
 * A sample has a stream of its own; backward draws again from the same counter. */
#include "layers.h"
#include "random.h"

#include <string.h>

typedef struct Dropout {
    IclLayer layer;
    double rate;
} Dropout;

/* One way through, of samples `from` to `to`. */
typedef struct Run {
    const IclLayer *layer;
    const IclPass *pass;
    const float *from;
    float *to;
    bool accumulate;
} Run;

static double run_rate(const Run *run) { return ((const Dropout *)run->layer)->rate; }

static float run_factor(const Run *run) { return (float)(1 / (1 - run_rate(run))); }

static void run_random(const Run *run, int sample, IclRandom *random)
{
    const IclPass *pass = run->pass;

    icl_random_init(random, pass->seed, ICL_RANDOM_DROPOUT, pass->step,
                    (uint64_t)pass->node << 24 | (uint32_t)(pass->first + sample));
}

static void drop_entries(void *data, int sample, int thread)
{
    const Run *run = data;
    size_t count = icl_shape_count(run->layer->out), offset = sample * count;
    uint32_t zeros = (uint32_t)(run_rate(run) * 0x1p32);
    float factor = run_factor(run);
    IclRandom random;

    run_random(run, sample, &random);
    for (size_t i = offset; i < offset + count; i++) {
        float kept = icl_random_u32(&random) < zeros ? 0 : run->from[i] * factor;
        run->to[i] = run->accumulate ? run->to[i] + kept : kept;
    }
}

static void drop_channels(void *data, int sample, int thread)
{
    const Run *run = data;
    IclShape out = run->layer->out;
    size_t rows = (size_t)out.h * out.w, offset = sample * rows * out.c;
    float *factors = icl_pass_scratch(run->pass, thread);
    IclRandom random;

    run_random(run, sample, &random);
    for (int c = 0; c < out.c; c++)
        factors[c] = icl_random_uniform(&random) < run_rate(run) ? 0 : run_factor(run);
    icl_kernels()->element.scale_rows(run->from + offset, factors, rows, out.c, run->accumulate,
                                      run->to + offset);
}

static void drop_sample(void *data, int sample, int thread)
{
    const Run *run = data;
    size_t count = icl_shape_count(run->layer->out), offset = sample * count;
    IclRandom random;

    run_random(run, sample, &random);
    float factor = icl_random_uniform(&random) < run_rate(run) ? 0 : run_factor(run);
    icl_kernels()->element.scale_rows(run->from + offset, &factor, count, 1, run->accumulate,
                                      run->to + offset);
}

static bool dropout_build(IclLayer *layer, GError **error)
{
    layer->out = layer->in[0];
    return true;
}

/* A factor a channel. */
static void spatial_dropout_needs(const IclLayer *layer, int n, bool training, IclNeeds *needs)
{
    needs->scratch = training ? (size_t)layer->out.c * sizeof(float) : 0;
}

static void forward(const IclLayer *layer, IclPass *pass, IclChunkFn drop)
{
    Run run = {layer, pass, pass->in[0], pass->out, false};

    if (pass->training)
        icl_team_run(pass->team, pass->n, drop, &run);
    else
        memcpy(pass->out, pass->in[0], icl_shape_count(layer->out) * pass->n * sizeof *pass->out);
}

static void backward(const IclLayer *layer, IclPass *pass, IclChunkFn drop)
{
    Run run = {layer, pass, pass->dout, pass->din[0], pass->accumulate[0]};

    if (pass->din[0])
        icl_team_run(pass->team, pass->n, drop, &run);
}

static const IclParam dropout_params[] = {
    ICL_REAL(Dropout, rate, "0.5", 0, 0.999, "probability that an entry becomes zero"),
    {0},
};

static void dropout_forward(const IclLayer *layer, IclPass *pass)
{
    forward(layer, pass, drop_entries);
}

static void dropout_backward(const IclLayer *layer, IclPass *pass)
{
    backward(layer, pass, drop_entries);
}

const IclLayerClass icl_dropout_class = {
    .base = {"dropout", "zero entries at random while training", sizeof(Dropout), dropout_params},
    .flags = ICL_LAYER_VIEW | ICL_LAYER_IN_PLACE,
    .build = dropout_build,
    .forward = dropout_forward,
    .backward = dropout_backward,
};

static const IclParam spatial_dropout_params[] = {
    ICL_REAL(Dropout, rate, "0.5", 0, 0.999, "probability that a channel becomes zero"),
    {0},
};

static void spatial_dropout_forward(const IclLayer *layer, IclPass *pass)
{
    forward(layer, pass, drop_channels);
}

static void spatial_dropout_backward(const IclLayer *layer, IclPass *pass)
{
    backward(layer, pass, drop_channels);
}

const IclLayerClass icl_spatial_dropout_class = {
    .base = {"spatial_dropout", "zero whole channels at random while training", sizeof(Dropout),
             spatial_dropout_params},
    .flags = ICL_LAYER_VIEW,
    .needs = spatial_dropout_needs,
    .build = dropout_build,
    .forward = spatial_dropout_forward,
    .backward = spatial_dropout_backward,
};

static const IclParam stochastic_depth_params[] = {
    ICL_REAL(Dropout, rate, "0.2", 0, 0.999, "probability that a sample becomes zero"),
    {0},
};

static void stochastic_depth_forward(const IclLayer *layer, IclPass *pass)
{
    forward(layer, pass, drop_sample);
}

static void stochastic_depth_backward(const IclLayer *layer, IclPass *pass)
{
    backward(layer, pass, drop_sample);
}

const IclLayerClass icl_stochastic_depth_class = {
    .base = {"stochastic_depth", "leave out a residual branch at random while training",
             sizeof(Dropout), stochastic_depth_params},
    .flags = ICL_LAYER_VIEW,
    .build = dropout_build,
    .forward = stochastic_depth_forward,
    .backward = stochastic_depth_backward,
};
