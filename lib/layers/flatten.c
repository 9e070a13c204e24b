/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * [h,w,c] seen as [1,1,h*w*c], in NHWC order as Keras does. */
#include "copy.h"
#include "layers.h"

static bool flatten_build(IclLayer *layer, GError **error)
{
    size_t count = icl_shape_count(layer->in[0]);

    if (count > 1 << 28)
        return icl_layer_error(layer, error, "%zu entries are too many to flatten; pool first",
                               count);
    layer->out = (IclShape){1, 1, (int)count};
    return true;
}

static void flatten_forward(const IclLayer *layer, IclPass *pass)
{
    memcpy(pass->out, pass->in[0], icl_shape_count(layer->out) * pass->n * sizeof *pass->out);
}

static void flatten_backward(const IclLayer *layer, IclPass *pass)
{
    if (pass->din[0])
        icl_copy_or_add(pass->dout, pass->din[0], icl_shape_count(layer->out) * pass->n,
                        pass->accumulate[0]);
}

const IclLayerClass icl_flatten_class = {
    .base = {"flatten", "all entries in one row", sizeof(IclLayer), NULL},
    .flags = ICL_LAYER_VIEW,
    .build = flatten_build,
    .forward = flatten_forward,
    .backward = flatten_backward,
};
