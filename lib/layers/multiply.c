/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Product of two branches: of one shape, or one of them [1,1,c], a factor for each channel (squeeze
 * and excite, Hu et al. 2018). */
#include "copy.h"
#include "layers.h"

static bool is_vector(IclShape s) { return s.h == 1 && s.w == 1; }

static bool multiply_build(IclLayer *layer, GError **error)
{
    if (layer->n_inputs != 2)
        return icl_layer_error(layer, error, "has %d branches; multiply takes two",
                               layer->n_inputs);
    IclShape a = layer->in[0], b = layer->in[1];
    if (a.c != b.c || (!icl_shape_equal(a, b) && !is_vector(a) && !is_vector(b)))
        return icl_layer_error(
            layer, error,
            "branches give %dx%dx%d and %dx%dx%d; use equal shapes, or one 1x1 with "
            "the same channels",
            a.h, a.w, a.c, b.h, b.w, b.c);
    layer->out = is_vector(a) ? b : a;
    return true;
}

typedef struct Run {
    const IclLayer *layer;
    IclPass *pass;
    size_t pixels, count; /* of one sample of the output */
    int full, factor;     /* which input has the output's shape, and which is the other */
} Run;

static Run run_of(const IclLayer *layer, IclPass *pass)
{
    size_t pixels = (size_t)layer->out.h * layer->out.w;
    int full = icl_shape_equal(layer->in[0], layer->out) ? 0 : 1;

    return (Run){layer, pass, pixels, pixels * layer->out.c, full, 1 - full};
}

static bool run_by_channel(const Run *run)
{
    return !icl_shape_equal(run->layer->in[run->factor], run->layer->out);
}

/* y (+)= x * factor, of one sample: the factor is a row of channels or a whole sample */
static void multiply_sample(const Run *run, const float *x, const float *factor, bool add, float *y)
{
    const IclElementKernels *k = &icl_kernels()->element;

    if (run_by_channel(run))
        k->scale_rows(x, factor, run->pixels, run->layer->out.c, add, y);
    else if (add)
        k->multiply_add(x, factor, y, run->count);
    else
        k->multiply(x, factor, y, run->count);
}

static void forward_chunk(void *data, int sample, int thread)
{
    const Run *run = data;
    size_t factor = run_by_channel(run) ? (size_t)run->layer->out.c : run->count;

    multiply_sample(run, run->pass->in[run->full] + sample * run->count,
                    run->pass->in[run->factor] + sample * factor, false,
                    run->pass->out + sample * run->count);
}

/* d factor[c] = sum of x * dy over the pixels of a sample */
static void factor_gradient(const Run *run, int sample, float *sum)
{
    IclPass *pass = run->pass;
    int c = run->layer->out.c;

    icl_kernels()->element.dot_rows(pass->in[run->full] + sample * run->count,
                                    pass->dout + sample * run->count, run->pixels, c, sum);
    icl_copy_or_add(sum, pass->din[run->factor] + (size_t)sample * c, (size_t)c,
                    pass->accumulate[run->factor]);
}

/* The full input's gradient comes last: it may take dout's place. */
static void backward_chunk(void *data, int sample, int thread)
{
    const Run *run = data;
    IclPass *pass = run->pass;
    size_t offset = sample * run->count;
    size_t factor = run_by_channel(run) ? (size_t)run->layer->out.c : run->count;

    if (pass->din[run->factor] && run_by_channel(run))
        factor_gradient(run, sample, icl_pass_scratch(pass, thread));
    else if (pass->din[run->factor])
        multiply_sample(run, pass->dout + offset, pass->in[run->full] + offset,
                        pass->accumulate[run->factor], pass->din[run->factor] + offset);
    if (pass->din[run->full])
        multiply_sample(run, pass->dout + offset, pass->in[run->factor] + sample * factor,
                        pass->accumulate[run->full], pass->din[run->full] + offset);
}

static void multiply_needs(const IclLayer *layer, int n, bool training, IclNeeds *needs)
{
    needs->scratch = training ? (size_t)layer->out.c * sizeof(float) : 0;
}

static void multiply_forward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    icl_team_run(pass->team, pass->n, forward_chunk, &run);
}

static void multiply_backward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    icl_team_run(pass->team, pass->n, backward_chunk, &run);
}

const IclLayerClass icl_multiply_class = {
    .base = {"multiply", "product of two branches: multiply( a | b )", sizeof(IclLayer), NULL,
             true},
    .flags = ICL_LAYER_READS_INPUT | ICL_LAYER_AGAIN | ICL_LAYER_IN_PLACE,
    .build = multiply_build,
    .needs = multiply_needs,
    .forward = multiply_forward,
    .backward = multiply_backward,
};
