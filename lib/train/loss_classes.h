/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The classes of the loss family, and the parameter they share. */
#pragma once

#include "loss.h"

#define ICL_LOSS_SMOOTHING(help) \
    ICL_REAL_OR(IclCriterion, smoothing, "label_smoothing", "0", 0, 0.99, help)

extern const IclLossClass icl_cross_entropy_class, icl_divergence_class, icl_mean_squares_class,
    icl_focal_class;                                                /* of one class out of many */
extern const IclLossClass icl_binary_class, icl_binary_focal_class; /* of labels */
