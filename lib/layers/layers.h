/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The classes of the table in layers.c, and what other tiers ask of single ones. */
#pragma once

#include "layer.h"

extern const IclLayerClass icl_input_class, icl_conv2d_class, icl_depthwise_conv2d_class,
    icl_dense_class, icl_batchnorm_class, icl_relu_class, icl_relu6_class, icl_leaky_relu_class,
    icl_sigmoid_class, icl_tanh_class, icl_swish_class, icl_hard_swish_class, icl_softmax_class,
    icl_maxpool_class, icl_averagepool_class, icl_globalpool_class, icl_dropout_class,
    icl_flatten_class, icl_pad_class, icl_add_class, icl_concat_class, icl_multiply_class;

/* The activation a layer is, to fuse into the step before it; ICL_ACT_NONE for other layers. */
IclActivation icl_layer_activation(const IclLayer *layer, float *alpha);

/* What a batchnorm does at inference: y = x * scale[c] + shift[c]. */
void icl_batchnorm_fold(const IclLayer *layer, float *scale, float *shift);
