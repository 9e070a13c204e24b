/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' GaussianNoise: in training a normal number of deviation `stddev` is added to each entry;
 * at inference nothing happens. Gradients pass unchanged. */
#include "copy.h"
#include "layers.h"
#include "random.h"

typedef struct GaussianNoise {
    IclLayer layer;
    double stddev;
} GaussianNoise;

static const IclParam gaussian_noise_params[] = {
    ICL_REAL(GaussianNoise, stddev, NULL, 0, 1e6, "standard deviation of what is added"),
    {0},
};

static bool gaussian_noise_build(IclLayer *layer, GError **error)
{
    layer->out = layer->in[0];
    return true;
}

typedef struct Run {
    const IclLayer *layer;
    const IclPass *pass;
} Run;

/* One chunk is one sample, with a stream of its own. */
static void gaussian_noise_chunk(void *data, int sample, int thread)
{
    const Run *run = data;
    const IclPass *pass = run->pass;
    double stddev = ((const GaussianNoise *)run->layer)->stddev;
    size_t count = icl_shape_count(run->layer->out), offset = sample * count;
    IclRandom random;

    icl_random_init(&random, pass->seed, ICL_RANDOM_DROPOUT, pass->step,
                    (uint64_t)pass->node << 24 | (uint32_t)(pass->first + sample));
    for (size_t i = offset; i < offset + count; i++)
        pass->out[i] = pass->in[0][i] + (float)(stddev * icl_random_normal(&random));
}

static void gaussian_noise_forward(const IclLayer *layer, IclPass *pass)
{
    if (pass->training)
        icl_team_run(pass->team, pass->n, gaussian_noise_chunk, &(Run){layer, pass});
    else
        memcpy(pass->out, pass->in[0], icl_shape_count(layer->out) * pass->n * sizeof *pass->out);
}

static void gaussian_noise_backward(const IclLayer *layer, IclPass *pass)
{
    size_t count = icl_shape_count(layer->out) * (size_t)pass->n;

    if (pass->din[0])
        icl_copy_or_add(pass->dout, pass->din[0], count, pass->accumulate[0]);
}

const IclLayerClass icl_gaussian_noise_class = {
    .base = {"gaussian_noise", "add normal numbers while training", sizeof(GaussianNoise),
             gaussian_noise_params},
    .flags = ICL_LAYER_VIEW,
    .build = gaussian_noise_build,
    .forward = gaussian_noise_forward,
    .backward = gaussian_noise_backward,
};
