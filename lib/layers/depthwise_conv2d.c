/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' DepthwiseConv2D: each channel convolved by itself, kernel [kh,kw,c,multiplier]. */
#include "convolution.h"
#include "layers.h"
#include "window.h"

#include <string.h>

typedef struct Depthwise {
    IclLayer layer;
    int multiplier, init;
    IclSize kernel, stride, dilation;
    IclPadding padding;
    bool bias;
    IclConvShape shape; /* of one sample */
} Depthwise;

static const IclParam depthwise_params[] = {
    ICL_SIZE(Depthwise, kernel, NULL, 1, 1024, "window, [height width] or one number"),
    ICL_SIZE(Depthwise, stride, "1", 1, 64, "step of the window"),
    ICL_PADDING(Depthwise, padding, "valid", 1024, "zeros around the input"),
    ICL_INT(Depthwise, multiplier, "1", 1, 1024, "output channels an input channel"),
    ICL_SIZE(Depthwise, dilation, "1", 1, 64, "spacing of the window's entries"),
    ICL_BOOL(Depthwise, bias, "yes", "add a trained number to each output channel"),
    ICL_ENUM(Depthwise, init, "glorot_uniform", ICL_INIT_CHOICES, "how the kernel begins"),
    {0},
};

static bool depthwise_build(IclLayer *layer, GError **error)
{
    Depthwise *d = (Depthwise *)layer;
    IclShape in = layer->in[0];
    IclWindow window = {d->kernel, d->stride, d->dilation, d->padding};
    int oh, ow, top, left, f = in.c * d->multiplier, taps = d->kernel.h * d->kernel.w;

    if (!icl_window_place(layer, &window, &oh, &ow, &top, &left, error))
        return false;
    layer->out = (IclShape){oh, ow, f};
    layer->macs = (int64_t)oh * ow * taps * f;
    d->shape = (IclConvShape){.n = 1,
                              .h = in.h,
                              .w = in.w,
                              .c = in.c,
                              .f = f,
                              .kh = d->kernel.h,
                              .kw = d->kernel.w,
                              .sh = d->stride.h,
                              .sw = d->stride.w,
                              .dh = d->dilation.h,
                              .dw = d->dilation.w,
                              .pt = top,
                              .pl = left,
                              .oh = oh,
                              .ow = ow,
                              .groups = in.c};
    IclWeight *kernel =
        icl_layer_weight(layer, "kernel", ICL_WEIGHT_KERNEL, ICL_INIT_GLOROT_UNIFORM + d->init, 4,
                         (int64_t[]){d->kernel.h, d->kernel.w, in.c, d->multiplier}, error);
    if (!kernel)
        return false;
    kernel->fan_in = taps * in.c; /* as Keras counts: the kernel's third and fourth dimension */
    kernel->fan_out = taps * d->multiplier;
    return !d->bias || icl_layer_weight(layer, "bias", ICL_WEIGHT_VECTOR, ICL_INIT_ZEROS, 1,
                                        (int64_t[]){f}, error);
}

static IclConvShape depthwise_shape(const IclLayer *layer, int n)
{
    IclConvShape shape = ((const Depthwise *)layer)->shape;
    shape.n = n;
    return shape;
}

static size_t kernel_count(const IclConvShape *s) { return (size_t)s->kh * s->kw * s->f; }

static void depthwise_needs(const IclLayer *layer, int n, bool training, IclNeeds *needs)
{
    IclConvShape shape = depthwise_shape(layer, n);

    needs->packed = icl_round_up(kernel_count(&shape), 16) + shape.f;
    if (training)
        needs->shared = MAX(icl_kernels()->depthwise.weight_gradient_workspace(&shape),
                            icl_bias_gradient_shared((size_t)n * shape.oh * shape.ow, shape.f));
}

static bool depthwise_band(const IclLayer *layer, IclBand *band, IclNeeds *needs)
{
    depthwise_needs(layer, 1, false, needs);
    return icl_convolution_band(&((const Depthwise *)layer)->shape, band);
}

static void depthwise_prepare(const IclLayer *layer, const IclFold *fold, float *packed,
                              IclTeam *team)
{
    IclConvShape shape = depthwise_shape(layer, 1);
    const float *w = icl_layer_data(layer, 0);

    for (size_t i = 0; i < kernel_count(&shape); i++)
        packed[i] = fold ? w[i] * fold->scale[i % shape.f] : w[i];
    icl_fold_bias(layer, fold, shape.f, packed + icl_round_up(kernel_count(&shape), 16));
}

typedef struct Run {
    IclConvShape shape;
    IclPass *pass;
    const float *w;
    IclEpilogue epilogue;
} Run;

static void forward_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;

    icl_kernels()->depthwise.forward(&run->shape, run->pass->in[0], run->w, &run->epilogue,
                                     run->pass->out, chunk);
}

static void depthwise_forward(const IclLayer *layer, IclPass *pass)
{
    Run run = {icl_convolution_shape(&((const Depthwise *)layer)->shape, pass), pass, pass->packed,
               pass->epilogue};

    run.epilogue.bias = pass->packed + icl_round_up(kernel_count(&run.shape), 16);
    icl_team_run(pass->team, icl_kernels()->depthwise.chunks(&run.shape), forward_chunk, &run);
}

static void weight_gradient_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;

    icl_kernels()->depthwise.weight_gradient(&run->shape, run->pass->in[0], run->pass->dout,
                                             run->pass->shared, chunk);
}

static void input_gradient_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;

    icl_kernels()->depthwise.input_gradient(&run->shape, run->pass->dout, run->w, run->pass->din[0],
                                            run->pass->accumulate[0], chunk);
}

static void depthwise_backward(const IclLayer *layer, IclPass *pass)
{
    const IclDepthwiseKernels *k = &icl_kernels()->depthwise;
    Run run = {
        .shape = depthwise_shape(layer, pass->n), .pass = pass, .w = icl_layer_data(layer, 0)};

    icl_team_run(pass->team, k->weight_gradient_chunks(&run.shape), weight_gradient_chunk, &run);
    k->weight_gradient_finish(&run.shape, pass->shared, pass->dw[0]);
    if (layer->n_weights > 1)
        icl_bias_gradient(pass, (size_t)pass->n * run.shape.oh * run.shape.ow, run.shape.f,
                          pass->dw[1]);
    if (pass->din[0])
        icl_team_run(pass->team, k->input_gradient_chunks(&run.shape), input_gradient_chunk, &run);
}

const IclLayerClass icl_depthwise_conv2d_class = {
    .base = {"depthwise_conv2d", "convolution of each channel by itself", sizeof(Depthwise),
             depthwise_params},
    .flags = ICL_LAYER_READS_INPUT | ICL_LAYER_FUSES,
    .build = depthwise_build,
    .needs = depthwise_needs,
    .band = depthwise_band,
    .prepare = depthwise_prepare,
    .forward = depthwise_forward,
    .backward = depthwise_backward,
};
