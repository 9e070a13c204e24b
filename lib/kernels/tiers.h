/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What each file of each tier gives: icl_FAMILY_TIER(table) overwrites the entries it does better
 * than the tier below. */
#pragma once

#include "kernels.h"

#define ICL_TIER_FILLS(tier)                                     \
    void icl_conv_##tier(IclConvKernels *table);                 \
    void icl_conv_weight_gradient_##tier(IclConvKernels *table); \
    void icl_depthwise_##tier(IclDepthwiseKernels *table);       \
    void icl_pool_##tier(IclPoolKernels *table);                 \
    void icl_batchnorm_##tier(IclBatchnormKernels *table);       \
    void icl_element_##tier(IclElementKernels *table);           \
    void icl_optimizer_##tier(IclOptimizerKernels *table);       \
    void icl_resize_##tier(IclResizeKernels *table);             \
    void icl_colour_##tier(IclColourKernels *table);

ICL_TIER_FILLS(reference)
ICL_TIER_FILLS(baseline)
ICL_TIER_FILLS(avx2)
ICL_TIER_FILLS(avx512)

void icl_conv_openblas(IclConvKernels *table);
