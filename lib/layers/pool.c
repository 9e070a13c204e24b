/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Maximum and average over windows; globalpool is the average over the whole picture. Padding
 * counts neither in the maximum nor in the average (Keras). */
#include "layers.h"
#include "window.h"

typedef struct Pool {
    IclLayer layer;
    IclSize size, stride;
    IclPadding padding;
    IclPoolShape shape; /* of one sample */
} Pool;

static const IclParam pool_params[] = {
    ICL_SIZE(Pool, size, "2", 1, 1024, "window, [height width] or one number"),
    ICL_SIZE(Pool, stride, "0", 0, 1024, "step of the window; 0: the window's size"),
    ICL_PADDING(Pool, padding, "valid", 1024, "border around the input that counts as absent"),
    {0},
};

static bool pool_build(IclLayer *layer, GError **error)
{
    Pool *pool = (Pool *)layer;
    IclShape in = layer->in[0];
    IclSize stride = {pool->stride.h ? pool->stride.h : pool->size.h,
                      pool->stride.w ? pool->stride.w : pool->size.w};
    IclWindow window = {pool->size, stride, {1, 1}, pool->padding};
    const IclPadding *p = &pool->padding;
    int oh, ow, top, left;

    if (p->kind == ICL_PADDING_EXPLICIT && MAX(p->top, p->bottom) >= pool->size.h)
        return icl_layer_error(layer, error,
                               "padding %d leaves windows with no input; use less than %d",
                               MAX(p->top, p->bottom), pool->size.h);
    if (p->kind == ICL_PADDING_EXPLICIT && MAX(p->left, p->right) >= pool->size.w)
        return icl_layer_error(layer, error,
                               "padding %d leaves windows with no input; use less than %d",
                               MAX(p->left, p->right), pool->size.w);
    if (!icl_window_place(layer, &window, &oh, &ow, &top, &left, error))
        return false;
    layer->out = (IclShape){oh, ow, in.c};
    pool->shape = (IclPoolShape){.n = 1,
                                 .h = in.h,
                                 .w = in.w,
                                 .c = in.c,
                                 .kh = pool->size.h,
                                 .kw = pool->size.w,
                                 .sh = stride.h,
                                 .sw = stride.w,
                                 .pt = top,
                                 .pl = left,
                                 .oh = oh,
                                 .ow = ow};
    return true;
}

static bool globalpool_build(IclLayer *layer, GError **error)
{
    Pool *pool = (Pool *)layer;
    IclShape in = layer->in[0];

    layer->out = (IclShape){1, 1, in.c};
    pool->shape = (IclPoolShape){.n = 1,
                                 .h = in.h,
                                 .w = in.w,
                                 .c = in.c,
                                 .kh = in.h,
                                 .kw = in.w,
                                 .sh = 1,
                                 .sw = 1,
                                 .oh = 1,
                                 .ow = 1};
    return true;
}

typedef struct Run {
    IclPoolShape shape;
    IclPass *pass;
    int32_t *number; /* of the pass's first sample */
} Run;

static Run run_of(const IclLayer *layer, IclPass *pass)
{
    Run run = {.shape = ((const Pool *)layer)->shape, .pass = pass};

    run.shape.n = pass->n;
    run.shape.pixel = pass->out_pixel;
    if (pass->training)
        run.number = (int32_t *)(pass->saved + (size_t)pass->first * icl_shape_count(layer->out));
    return run;
}

/* saved: for each output of the batch the number of its window's largest entry */
static void maxpool_needs(const IclLayer *layer, int n, bool training, IclNeeds *needs)
{
    needs->saved = training ? icl_shape_count(layer->out) * (size_t)n : 0;
}

static void max_chunk(void *data, int image, int thread)
{
    const Run *run = data;
    const IclEpilogue *epilogue = &run->pass->epilogue;
    size_t count = (size_t)run->shape.oh * run->shape.ow * run->shape.c;
    float *out = run->pass->out + (size_t)image * count;

    icl_kernels()->pool.max(&run->shape, run->pass->in[0], run->pass->out, run->number, image);
    if (epilogue->activation != ICL_ACT_NONE)
        icl_kernels()->element.activation(epilogue->activation, epilogue->alpha, out, out, count);
}

static void max_gradient_chunk(void *data, int image, int thread)
{
    const Run *run = data;
    icl_kernels()->pool.max_gradient(&run->shape, run->pass->dout, run->number,
                                     run->pass->accumulate[0], run->pass->din[0], image);
}

static void average_chunk(void *data, int image, int thread)
{
    const Run *run = data;
    icl_kernels()->pool.average(&run->shape, run->pass->in[0], run->pass->out, image);
}

static void average_gradient_chunk(void *data, int image, int thread)
{
    const Run *run = data;
    icl_kernels()->pool.average_gradient(&run->shape, run->pass->dout, run->pass->accumulate[0],
                                         run->pass->din[0], image);
}

static void maxpool_forward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    icl_team_run(pass->team, pass->n, max_chunk, &run);
}

static void maxpool_backward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    if (pass->din[0])
        icl_team_run(pass->team, pass->n, max_gradient_chunk, &run);
}

static void averagepool_forward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    icl_team_run(pass->team, pass->n, average_chunk, &run);
}

static void averagepool_backward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    if (pass->din[0])
        icl_team_run(pass->team, pass->n, average_gradient_chunk, &run);
}

const IclLayerClass icl_maxpool_class = {
    .base = {"maxpool", "maximum over a window", sizeof(Pool), pool_params},
    .flags = ICL_LAYER_SELECTS | ICL_LAYER_WRITES_SLICE,
    .build = pool_build,
    .needs = maxpool_needs,
    .forward = maxpool_forward,
    .backward = maxpool_backward,
};

const IclLayerClass icl_averagepool_class = {
    .base = {"averagepool", "average over a window", sizeof(Pool), pool_params},
    .flags = ICL_LAYER_WRITES_SLICE,
    .build = pool_build,
    .forward = averagepool_forward,
    .backward = averagepool_backward,
};

const IclLayerClass icl_globalpool_class = {
    .base = {"globalpool", "average over all rows and columns", sizeof(Pool), NULL},
    .flags = ICL_LAYER_WRITES_SLICE,
    .build = globalpool_build,
    .forward = averagepool_forward,
    .backward = averagepool_backward,
};
