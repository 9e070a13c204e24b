/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' Dense: y = x * kernel[c,units] + bias over the last axis: a 1x1 convolution at every
 * pixel. */
#include "convolution.h"
#include "layers.h"

typedef struct Dense {
    IclLayer layer;
    int units, init;
    bool bias;
} Dense;

static const IclParam dense_params[] = {
    ICL_INT(Dense, units, NULL, 1, 1 << 24, "output channels"),
    ICL_BOOL(Dense, bias, "yes", "add a trained number to each output"),
    ICL_ENUM(Dense, init, "glorot_uniform", ICL_INIT_CHOICES, "how the kernel begins"),
    {0},
};

static bool dense_build(IclLayer *layer, GError **error)
{
    const Dense *dense = (const Dense *)layer;
    IclShape in = layer->in[0];

    layer->out = (IclShape){in.h, in.w, dense->units};
    layer->macs = (int64_t)in.h * in.w * in.c * dense->units;
    IclWeight *kernel =
        icl_layer_weight(layer, "kernel", ICL_WEIGHT_KERNEL, ICL_INIT_GLOROT_UNIFORM + dense->init,
                         2, (int64_t[]){in.c, dense->units}, error);
    if (!kernel)
        return false;
    kernel->fan_in = in.c;
    kernel->fan_out = dense->units;
    return !dense->bias || icl_layer_weight(layer, "bias", ICL_WEIGHT_VECTOR, ICL_INIT_ZEROS, 1,
                                            (int64_t[]){dense->units}, error);
}

static IclConvShape dense_shape(const IclLayer *layer, int n)
{
    IclShape in = layer->in[0];

    return icl_conv_pointwise(n, in.h, in.w, in.c, layer->out.c);
}

static void dense_needs(const IclLayer *layer, int n, bool training, IclNeeds *needs)
{
    IclConvShape shape = dense_shape(layer, n);
    icl_convolution_needs(&shape, training, needs);
}

static void dense_prepare(const IclLayer *layer, const IclFold *fold, float *packed, IclTeam *team)
{
    IclConvShape shape = dense_shape(layer, 1);
    icl_convolution_prepare(layer, &shape, fold, packed, team);
}

static void dense_forward(const IclLayer *layer, IclPass *pass)
{
    IclConvShape shape = dense_shape(layer, pass->n);
    shape.pixel = pass->out_pixel;
    icl_convolution_forward(layer, &shape, pass);
}

static void dense_backward_prepare(const IclLayer *layer, float *packed, IclTeam *team)
{
    IclConvShape shape = dense_shape(layer, 1);
    icl_convolution_backward_prepare(layer, &shape, packed, team);
}

static void dense_backward(const IclLayer *layer, IclPass *pass)
{
    IclConvShape shape = dense_shape(layer, pass->n);
    icl_convolution_backward(layer, &shape, pass);
}

const IclLayerClass icl_dense_class = {
    .base = {"dense", "fully connected layer, over the channels", sizeof(Dense), dense_params},
    .flags = ICL_LAYER_READS_INPUT | ICL_LAYER_FUSES | ICL_LAYER_WRITES_SLICE,
    .build = dense_build,
    .needs = dense_needs,
    .prepare = dense_prepare,
    .forward = dense_forward,
    .backward_prepare = dense_backward_prepare,
    .backward = dense_backward,
};
