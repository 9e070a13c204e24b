/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The activations: one kernel pair, chosen by each class' row. At inference the plan fuses them
 * into the convolution before them. */
#include "layers.h"

typedef struct LeakyRelu {
    IclLayer layer;
    double negative_slope;
} LeakyRelu;

static const IclParam leaky_relu_params[] = {
    ICL_REAL(LeakyRelu, negative_slope, "0.3", 0, 1, "slope where the input is negative"),
    {0},
};

typedef struct Run {
    IclActivation activation;
    float alpha;
    const IclPass *pass;
    size_t count;
} Run;

static bool activation_build(IclLayer *layer, GError **error)
{
    layer->out = layer->in[0];
    return true;
}

static Run run_of(const IclLayer *layer, IclPass *pass)
{
    Run run = {.pass = pass, .count = icl_shape_count(layer->out) * pass->n};

    run.activation = icl_layer_activation(layer, &run.alpha);
    return run;
}

static void forward_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;
    size_t offset = (size_t)chunk * ICL_CHUNK;

    icl_kernels()->element.activation(run->activation, run->alpha, run->pass->in[0] + offset,
                                      run->pass->out + offset, icl_chunk_size(run->count, chunk));
}

static void activation_forward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    icl_team_run(pass->team, icl_chunk_count(run.count), forward_chunk, &run);
}

/* Reads only the one of input and output that the gradient is written in. */
static void backward_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;
    const IclPass *pass = run->pass;
    size_t offset = (size_t)chunk * ICL_CHUNK;
    bool needs_input = icl_activation_needs_input(run->activation);

    icl_kernels()->element.activation_gradient(
        run->activation, run->alpha, needs_input ? pass->in[0] + offset : NULL,
        needs_input ? NULL : pass->out + offset, pass->dout + offset, pass->accumulate[0],
        pass->din[0] + offset, icl_chunk_size(run->count, chunk));
}

static void activation_backward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    if (pass->din[0])
        icl_team_run(pass->team, icl_chunk_count(run.count), backward_chunk, &run);
}

static void fused_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;
    size_t offset = (size_t)chunk * ICL_CHUNK;

    icl_kernels()->element.activation_gradient(
        run->activation, run->alpha, NULL, run->pass->out + offset, run->pass->dout + offset, false,
        run->pass->dout + offset, icl_chunk_size(run->count, chunk));
}

void icl_activation_backward(const IclPass *pass, size_t count)
{
    const Run run = {pass->epilogue.activation, pass->epilogue.alpha, pass, count};

    g_assert(!icl_activation_needs_input(run.activation));
    icl_team_run(pass->team, icl_chunk_count(count), fused_chunk, (void *)&run);
}

#define CLASS(NAME, type, params, reads, help)                                            \
    {                                                                                     \
        .base = {NAME, help, sizeof(type), params},                                       \
        .flags = reads | ICL_LAYER_AGAIN | ICL_LAYER_IN_PLACE, .build = activation_build, \
        .forward = activation_forward, .backward = activation_backward                    \
    }

const IclLayerClass icl_relu_class =
    CLASS("relu", IclLayer, NULL, ICL_LAYER_READS_OUTPUT, "max(x, 0)");
const IclLayerClass icl_relu6_class =
    CLASS("relu6", IclLayer, NULL, ICL_LAYER_READS_OUTPUT, "min(max(x, 0), 6)");
const IclLayerClass icl_leaky_relu_class =
    CLASS("leaky_relu", LeakyRelu, leaky_relu_params, ICL_LAYER_READS_OUTPUT,
          "x, or negative_slope * x where negative");
const IclLayerClass icl_sigmoid_class =
    CLASS("sigmoid", IclLayer, NULL, ICL_LAYER_READS_OUTPUT, "1 / (1 + exp(-x))");
const IclLayerClass icl_tanh_class =
    CLASS("tanh", IclLayer, NULL, ICL_LAYER_READS_OUTPUT, "hyperbolic tangent");
const IclLayerClass icl_swish_class =
    CLASS("swish", IclLayer, NULL, ICL_LAYER_READS_INPUT, "x * sigmoid(x)");
const IclLayerClass icl_hard_swish_class =
    CLASS("hard_swish", IclLayer, NULL, ICL_LAYER_READS_INPUT, "x * relu6(x + 3) / 6");

static const struct {
    const IclLayerClass *class;
    IclActivation activation;
} activations[] = {
    {&icl_relu_class, ICL_ACT_RELU},
    {&icl_relu6_class, ICL_ACT_RELU6},
    {&icl_leaky_relu_class, ICL_ACT_LEAKY_RELU},
    {&icl_sigmoid_class, ICL_ACT_SIGMOID},
    {&icl_tanh_class, ICL_ACT_TANH},
    {&icl_swish_class, ICL_ACT_SWISH},
    {&icl_hard_swish_class, ICL_ACT_HARD_SWISH},
};

/* A leaky ReLU of slope 0 is a ReLU: the kernel's gradient reads the sign off its output. */
IclActivation icl_layer_activation(const IclLayer *layer, float *alpha)
{
    *alpha = layer->class == &icl_leaky_relu_class
                 ? (float)((const LeakyRelu *)layer)->negative_slope
                 : 0;
    for (size_t i = 0; i < G_N_ELEMENTS(activations); i++)
        if (activations[i].class == layer->class)
            return activations[i].activation == ICL_ACT_LEAKY_RELU && *alpha == 0
                       ? ICL_ACT_RELU
                       : activations[i].activation;
    return ICL_ACT_NONE;
}
