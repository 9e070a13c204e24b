/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Inverted dropout: in training an entry is zero with probability `rate`, else divided by 1 - rate;
 * at inference nothing happens. The mask is drawn again in backward from the same counter, not
 * kept. */
#include "layers.h"
#include "random.h"

#include <string.h>

typedef struct Dropout {
    IclLayer layer;
    double rate;
} Dropout;

static const IclParam dropout_params[] = {
    ICL_REAL(Dropout, rate, "0.5", 0, 0.999, "probability that an entry becomes zero"),
    {0},
};

static bool dropout_build(IclLayer *layer, GError **error)
{
    layer->out = layer->in[0];
    return true;
}

typedef struct Run {
    const IclLayer *layer;
    IclPass *pass;
    const float *from;
    float *to;
    bool accumulate;
} Run;

/* One chunk is one sample, with a stream of its own. */
static void dropout_chunk(void *data, int sample, int thread)
{
    const Run *run = data;
    const IclPass *pass = run->pass;
    double rate = ((const Dropout *)run->layer)->rate;
    size_t count = icl_shape_count(run->layer->out), offset = sample * count;
    uint32_t zeros = (uint32_t)(rate * 0x1p32);
    float factor = (float)(1 / (1 - rate));
    IclRandom random;

    icl_random_init(&random, pass->seed, ICL_RANDOM_DROPOUT, pass->step,
                    (uint64_t)pass->node << 24 | (uint32_t)(pass->first + sample));
    for (size_t i = offset; i < offset + count; i++) {
        float kept = icl_random_u32(&random) < zeros ? 0 : run->from[i] * factor;
        run->to[i] = run->accumulate ? run->to[i] + kept : kept;
    }
}

static void dropout_forward(const IclLayer *layer, IclPass *pass)
{
    Run run = {layer, pass, pass->in[0], pass->out, false};

    if (pass->training)
        icl_team_run(pass->team, pass->n, dropout_chunk, &run);
    else
        memcpy(pass->out, pass->in[0], icl_shape_count(layer->out) * pass->n * sizeof *pass->out);
}

static void dropout_backward(const IclLayer *layer, IclPass *pass)
{
    Run run = {layer, pass, pass->dout, pass->din[0], pass->accumulate[0]};
    if (pass->din[0])
        icl_team_run(pass->team, pass->n, dropout_chunk, &run);
}

const IclLayerClass icl_dropout_class = {
    .base = {"dropout", "zero entries at random while training", sizeof(Dropout), dropout_params},
    .flags = ICL_LAYER_VIEW | ICL_LAYER_IN_PLACE,
    .build = dropout_build,
    .forward = dropout_forward,
    .backward = dropout_backward,
};
