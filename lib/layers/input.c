/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The first step of every network: the size of the tensor that preprocessing makes. */
#include "layers.h"

typedef struct Input {
    IclLayer layer;
    int height, width, channels;
} Input;

static const IclParam input_params[] = {
    ICL_INT(Input, height, NULL, 1, 16384, "rows of the picture"),
    ICL_INT(Input, width, NULL, 1, 16384, "columns of the picture"),
    ICL_INT(Input, channels, "3", 1, 4096, "3 for colour, 1 for grey"),
    {0},
};

static bool input_build(IclLayer *layer, GError **error)
{
    const Input *input = (const Input *)layer;

    layer->out = (IclShape){input->height, input->width, input->channels};
    return true;
}

const IclLayerClass icl_input_class = {
    .base = {"input", "the picture, as preprocessing makes it", sizeof(Input), input_params},
    .build = input_build,
};
