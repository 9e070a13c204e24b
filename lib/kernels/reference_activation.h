/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The activations' formulas, in double: what every tier is held to. NaN stays NaN. */
#pragma once

#include <math.h>

#include "kernels.h"

static inline double reference_clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* swish(-inf) and its like are limits: 0, not inf * 0 */
static inline double reference_gate(double x, double gate) { return gate == 0 ? 0 : x * gate; }

static inline double reference_sigmoid(double x) { return 1 / (1 + exp(-x)); }

static inline float reference_activation(IclActivation a, float alpha, float x)
{
    switch (a) {
    case ICL_ACT_RELU:
        return x < 0 ? 0 : x;
    case ICL_ACT_RELU6:
        return reference_clamp(x, 0, 6);
    case ICL_ACT_LEAKY_RELU:
        return x < 0 ? alpha * x : x;
    case ICL_ACT_SIGMOID:
        return reference_sigmoid(x);
    case ICL_ACT_TANH:
        return tanh(x);
    case ICL_ACT_SWISH:
        return reference_gate(x, reference_sigmoid(x));
    case ICL_ACT_HARD_SWISH:
        return reference_gate(x, reference_clamp((double)x + 3, 0, 6) / 6);
    default:
        return x;
    }
}

/* f'(x); reads x where icl_activation_needs_input(), else y = f(x). 0 at relu's and relu6's
 * corners. */
static inline float reference_activation_slope(IclActivation a, float alpha, float x, float y)
{
    switch (a) {
    case ICL_ACT_RELU:
        return y > 0;
    case ICL_ACT_RELU6:
        return y > 0 && y < 6;
    case ICL_ACT_LEAKY_RELU:
        return y > 0 ? 1 : alpha;
    case ICL_ACT_SIGMOID:
        return y * (1 - y);
    case ICL_ACT_TANH:
        return 1 - y * y;
    case ICL_ACT_SWISH: {
        double t = reference_clamp(x, -800, 800), s = reference_sigmoid(t);
        return s * (1 + t * (1 - s));
    }
    case ICL_ACT_HARD_SWISH:
        return x < -3 ? 0 : x > 3 ? 1 : (2 * (double)x + 3) / 6;
    default:
        return 1;
    }
}
