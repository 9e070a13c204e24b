/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Softmax over the channels of each pixel, maximum subtracted. A classifier does not end in it:
 * loss and classifier take logits, and add it themselves. */
#include "layers.h"

static bool softmax_build(IclLayer *layer, GError **error)
{
    layer->out = layer->in[0];
    return true;
}

static void softmax_forward(const IclLayer *layer, IclPass *pass)
{
    icl_kernels()->element.softmax(pass->in[0], (size_t)pass->n * layer->out.h * layer->out.w,
                                   layer->out.c, pass->out);
}

/* dx = y * (dy - sum y dy) */
static void softmax_backward(const IclLayer *layer, IclPass *pass)
{
    int c = layer->out.c;

    for (size_t row = 0; pass->din[0] && row < (size_t)pass->n * layer->out.h * layer->out.w;
         row++) {
        const float *y = pass->out + row * c, *dy = pass->dout + row * c;
        float *dx = pass->din[0] + row * c;
        double dot = 0;
        for (int i = 0; i < c; i++)
            dot += (double)y[i] * dy[i];
        for (int i = 0; i < c; i++)
            dx[i] = (pass->accumulate[0] ? dx[i] : 0) + y[i] * (dy[i] - (float)dot);
    }
}

const IclLayerClass icl_softmax_class = {
    .base = {"softmax", "probabilities over the channels", sizeof(IclLayer), NULL},
    .flags = ICL_LAYER_READS_OUTPUT | ICL_LAYER_IN_PLACE,
    .build = softmax_build,
    .forward = softmax_forward,
    .backward = softmax_backward,
};
