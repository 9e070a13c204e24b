/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The list of layer classes, and what other tiers ask of single ones. */
#pragma once

#include "layer.h"

/* Every class, in the order of `icl list layers`: one file a class (activations, pools and dropouts
 * share theirs). */
#define ICL_LAYERS(X)                                                                              \
    X(input)                                                                                       \
    X(conv2d)                                                                                      \
    X(depthwise_conv2d)                                                                            \
    X(dense)                                                                                       \
    X(batchnorm)                                                                                   \
    X(relu) X(relu6) X(leaky_relu) X(sigmoid) X(tanh) X(swish) X(hard_swish) X(softmax) X(maxpool) \
        X(averagepool) X(globalpool) X(dropout) X(stochastic_depth) X(spatial_dropout)             \
            X(gaussian_noise) X(layernorm) X(groupnorm) X(flatten) X(pad) X(add) X(concat)         \
                X(multiply)

#define ICL_LAYER_DECLARE(name) extern const IclLayerClass icl_##name##_class;
ICL_LAYERS(ICL_LAYER_DECLARE)

/* The activation a layer is, to fuse into the step before it; ICL_ACT_NONE for other layers. */
IclActivation icl_layer_activation(const IclLayer *layer, float *alpha);

/* Whether it is a convolution that honours input_scale of pass->epilogue: 1x1, in one group. */
bool icl_layer_scales_input(const IclLayer *layer);

/* dout *= f'(input), for the activation of pass->epilogue that was fused into the step's forward;
 * reads pass->out, of `count` entries. */
void icl_activation_backward(const IclPass *pass, size_t count);

/* What a batchnorm does at inference: y = x * scale[c] + shift[c]. */
void icl_batchnorm_fold(const IclLayer *layer, float *scale, float *shift);
