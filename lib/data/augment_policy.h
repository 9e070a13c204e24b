/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The operations among which randaugment, trivialaugment and augmix choose: torchvision's names,
 * and its meaning of a magnitude. */
#pragma once

#include "augmenter.h"

typedef enum {
    ICL_POLICY_IDENTITY,
    ICL_POLICY_SHEAR_X,
    ICL_POLICY_SHEAR_Y,
    ICL_POLICY_TRANSLATE_X,
    ICL_POLICY_TRANSLATE_Y,
    ICL_POLICY_ROTATE,
    ICL_POLICY_BRIGHTNESS,
    ICL_POLICY_COLOR,
    ICL_POLICY_CONTRAST,
    ICL_POLICY_SHARPNESS,
    ICL_POLICY_POSTERIZE,
    ICL_POLICY_SOLARIZE,
    ICL_POLICY_AUTO_CONTRAST,
    ICL_POLICY_EQUALIZE,
    ICL_POLICY_OPS,
} IclPolicyOp;

/* Magnitudes: of shears the tangent, of translations pixels, of rotate degrees, of brightness to
 * sharpness the factor less 1, of posterize bits, of solarize the threshold of 0..1. */
void icl_policy_apply(IclPolicyOp op, double magnitude, const IclFill *fill,
                      IclAugmenter *augmenter);

typedef enum { ICL_POLICY_RAND, ICL_POLICY_TRIVIAL, ICL_POLICY_AUGMIX, ICL_POLICIES } IclPolicy;

/* What `op` has as magnitude in bin 0 .. bins - 1, before a random sign. */
double icl_policy_magnitude(IclPolicy policy, IclPolicyOp op, int bin, int bins, int height,
                            int width);
