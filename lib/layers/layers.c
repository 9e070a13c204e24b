/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The table of layer classes: one file a class (the activations and the pools share theirs). */
#include "layers.h"

static const IclClass *const classes[] = {
    &icl_input_class.base,      &icl_conv2d_class.base,     &icl_depthwise_conv2d_class.base,
    &icl_dense_class.base,      &icl_batchnorm_class.base,  &icl_relu_class.base,
    &icl_relu6_class.base,      &icl_leaky_relu_class.base, &icl_sigmoid_class.base,
    &icl_tanh_class.base,       &icl_swish_class.base,      &icl_hard_swish_class.base,
    &icl_softmax_class.base,    &icl_maxpool_class.base,    &icl_averagepool_class.base,
    &icl_globalpool_class.base, &icl_dropout_class.base,    &icl_flatten_class.base,
    &icl_pad_class.base,        &icl_add_class.base,        &icl_concat_class.base,
    &icl_multiply_class.base,   NULL,
};

const IclFamily icl_layer_family = {"layers", "layer", classes};
