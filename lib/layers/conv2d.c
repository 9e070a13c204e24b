/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Convolution, Keras' Conv2D: kernel [kh,kw,c/groups,f]. The arithmetic is in convolution.c, which
 * dense shares. */
#include "convolution.h"
#include "cpu.h"
#include "layers.h"
#include "window.h"

typedef struct Conv2d {
    IclLayer layer;
    int filters, groups, init;
    IclSize kernel, stride, dilation;
    IclPadding padding;
    bool bias;
    IclConvShape shape; /* of one sample */
} Conv2d;

static const IclParam conv2d_params[] = {
    ICL_INT(Conv2d, filters, NULL, 1, 1 << 20, "output channels"),
    ICL_SIZE(Conv2d, kernel, NULL, 1, 1024, "window, [height width] or one number"),
    ICL_SIZE(Conv2d, stride, "1", 1, 64, "step of the window"),
    ICL_PADDING(Conv2d, padding, "valid", 1024, "zeros around the input"),
    ICL_SIZE(Conv2d, dilation, "1", 1, 64, "spacing of the window's entries"),
    ICL_INT(Conv2d, groups, "1", 1, 1 << 20, "groups of channels convolved apart"),
    ICL_BOOL(Conv2d, bias, "yes", "add a trained number to each output channel"),
    ICL_ENUM(Conv2d, init, "glorot_uniform", ICL_INIT_CHOICES, "how the kernel begins"),
    {0},
};

static bool conv2d_build(IclLayer *layer, GError **error)
{
    Conv2d *conv = (Conv2d *)layer;
    IclShape in = layer->in[0];
    IclWindow window = {conv->kernel, conv->stride, conv->dilation, conv->padding};
    int oh, ow, top, left, group = in.c / conv->groups;

    if (in.c % conv->groups || conv->filters % conv->groups)
        return icl_layer_error(layer, error,
                               "groups %d does not divide %d input channels and %d filters",
                               conv->groups, in.c, conv->filters);
    if (!icl_window_place(layer, &window, &oh, &ow, &top, &left, error))
        return false;
    layer->out = (IclShape){oh, ow, conv->filters};
    conv->shape = (IclConvShape){.n = 1,
                                 .h = in.h,
                                 .w = in.w,
                                 .c = in.c,
                                 .f = conv->filters,
                                 .kh = conv->kernel.h,
                                 .kw = conv->kernel.w,
                                 .sh = conv->stride.h,
                                 .sw = conv->stride.w,
                                 .dh = conv->dilation.h,
                                 .dw = conv->dilation.w,
                                 .pt = top,
                                 .pl = left,
                                 .oh = oh,
                                 .ow = ow,
                                 .groups = conv->groups,
                                 .winograd = icl_cpu_winograd()};
    layer->macs = (int64_t)oh * ow * conv->kernel.h * conv->kernel.w * group * conv->filters;

    IclWeight *kernel = icl_layer_weight(
        layer, "kernel", ICL_WEIGHT_KERNEL, ICL_INIT_GLOROT_UNIFORM + conv->init, 4,
        (int64_t[]){conv->kernel.h, conv->kernel.w, group, conv->filters}, error);
    if (!kernel)
        return false;
    kernel->fan_in = conv->kernel.h * conv->kernel.w * group;
    kernel->fan_out = conv->kernel.h * conv->kernel.w * conv->filters / conv->groups;
    return !conv->bias || icl_layer_weight(layer, "bias", ICL_WEIGHT_VECTOR, ICL_INIT_ZEROS, 1,
                                           (int64_t[]){conv->filters}, error);
}

static IclConvShape conv2d_shape(const IclLayer *layer, int n)
{
    IclConvShape shape = ((const Conv2d *)layer)->shape;
    shape.n = n;
    return shape;
}

static void conv2d_needs(const IclLayer *layer, int n, bool training, IclNeeds *needs)
{
    IclConvShape shape = conv2d_shape(layer, n);
    icl_convolution_needs(&shape, training, needs);
}

/* Not what Winograd does, whose tiles the whole picture cuts, nor what BLAS does, which may round a
 * row otherwise when others lie beside it. */
static bool conv2d_band(const IclLayer *layer, IclBand *band, IclNeeds *needs)
{
    const IclConvShape *shape = &((const Conv2d *)layer)->shape;
    bool direct = shape->sh > 1 || shape->kh * shape->kw == 1;

    if (!direct || icl_cpu_tier() == ICL_TIER_OPENBLAS || !icl_convolution_band(shape, band))
        return false;
    IclConvShape part = icl_convolution_shape(shape, &(IclPass){.n = 1, .band = band});
    icl_convolution_needs(&part, false, needs);
    return true;
}

static void conv2d_prepare(const IclLayer *layer, const IclFold *fold, float *packed, IclTeam *team)
{
    icl_convolution_prepare(layer, &((const Conv2d *)layer)->shape, fold, packed, team);
}

static void conv2d_forward(const IclLayer *layer, IclPass *pass)
{
    IclConvShape shape = icl_convolution_shape(&((const Conv2d *)layer)->shape, pass);
    icl_convolution_forward(layer, &shape, pass);
}

static void conv2d_backward_prepare(const IclLayer *layer, float *packed, IclTeam *team)
{
    icl_convolution_backward_prepare(layer, &((const Conv2d *)layer)->shape, packed, team);
}

static void conv2d_backward(const IclLayer *layer, IclPass *pass)
{
    IclConvShape shape = conv2d_shape(layer, pass->n);
    icl_convolution_backward(layer, &shape, pass);
}

const IclLayerClass icl_conv2d_class = {
    .base = {"conv2d", "convolution over rows and columns", sizeof(Conv2d), conv2d_params},
    .flags = ICL_LAYER_READS_INPUT | ICL_LAYER_FUSES | ICL_LAYER_WRITES_SLICE,
    .build = conv2d_build,
    .needs = conv2d_needs,
    .band = conv2d_band,
    .prepare = conv2d_prepare,
    .forward = conv2d_forward,
    .backward_prepare = conv2d_backward_prepare,
    .backward = conv2d_backward,
};
