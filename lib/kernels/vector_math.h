/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * exp, sigmoid, tanh and the activations on vectors. Against double, the relative error of vexp is
 * under 2e-7, of vtanh under 3e-7, of vsigmoid under 4e-7, over all finite x whose result is a
 * normal number; results below the normal range are 0. NaN stays NaN everywhere (the minimum and
 * maximum below keep their second operand), infinities give the limits. tests/kernels/element.c
 * holds these bounds. */
#pragma once

#include "vector.h"

#define INLINE static inline __attribute__((always_inline))

typedef uint32_t vbits __attribute__((vector_size(VL * 4))); /* wraps around */

enum { VEXP_BIAS = 127, VEXP_SHIFT = 23 };
#define VEXP_MAX 89.0f   /* overflows to infinity */
#define VEXP_MIN -87.33f /* e^x is still a normal number */

INLINE vf vabs(vf x) { return (vf)((vbits)x & 0x7fffffffu); }

/* 2^n by the exponent field, n in -126..127 */
INLINE vf vpower_of_two(vbits n) { return (vf)((n + VEXP_BIAS) << VEXP_SHIFT); }

/* 2^n e^r with |r| <= ln(2)/2: Cephes' expf (Moshier). 2^n is multiplied in two halves, as 2^128 is
 * no float. */
INLINE vf vexp(vf x)
{
    const vf magic = vset(0x1.8p23f); /* adding it rounds to an integer in the low bits */
    vf t = vmax(vset(-88), vmin(vset(VEXP_MAX), x));
    vf rounded = t * 1.44269504f + magic;
    vf n = rounded - magic;
    vf r = t - n * 0.693359375f - n * -2.12194440e-4f;
    vf p = vset(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    vi whole = (vi)((vbits)rounded - (vbits)magic);
    vbits half = (vbits)(whole >> 1);
    vf y = p * vpower_of_two(half) * vpower_of_two((vbits)whole - half);
    return vselect(x < VEXP_MIN, (vf){0}, y);
}

/* 1 / (1 + e^-x), where x is held to what leaves e^-x finite. As vexp in fewer steps: the
 * polynomial with the least relative error of its degree (7.5e-8), and 2^n, a float, by adding to
 * the exponent. */
INLINE vf vlogistic(vf x)
{
    const vf magic = vset(0x1.8p23f);
    vf t = vmax(vset(-88), vmin(vset(88), x));
    vf rounded = t * -1.44269504f + magic;
    vf n = rounded - magic;
    vf r = t * -1.0f - n * 0.693359375f - n * -2.12194440e-4f;
    vf p = vset(8.2976550861e-3f);
    p = p * r + 4.1915381992e-2f;
    p = p * r + 1.6667574729e-1f;
    p = p * r + 4.9998894851e-1f;
    p = p * r + 9.9999969199e-1f;
    p = p * r + 1.0000000717f;
    return vreciprocal((vf)((vbits)p + ((vbits)rounded << VEXP_SHIFT)) + 1.0f);
}

/* x where it is so small that the result is no normal number: 0 */
INLINE vf vtail(vf x, vf y) { return (vf)((vi)y & ~(x < VEXP_MIN)); }

INLINE vf vsigmoid(vf x) { return vtail(x, vlogistic(x)); }

/* An odd polynomial (Cephes' tanhf) where 1 - 2 / (e^2x + 1) would cancel. */
INLINE vf vtanh(vf x)
{
    vf a = vabs(x), z = x * x;
    vf p = vset(-5.70498872745e-3f);
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    vf near = p * z * x + x;
    vf far = 1.0f - 2.0f / (vexp(a + a) + 1.0f);
    far = (vf)((vbits)far | ((vbits)x & 0x80000000u));
    return vselect(a < 0.625f, near, far);
}

INLINE vf vrelu(vf x) { return vmax((vf){0}, x); }
INLINE vf vrelu6(vf x) { return vmin(vset(6), vrelu(x)); }
INLINE vf vleaky_relu(vf x, float alpha) { return vselect(x < 0.0f, x * alpha, x); }
INLINE vf vswish(vf x) { return vtail(x, x * vlogistic(x)); }
INLINE vf vhard_swish(vf x) { return vmax(vset(-3), x) * (vrelu6(x + 3.0f) * (1.0f / 6)); }

/* The epilogue's activation. Costs one branch a call, none where `a` is a constant. */
INLINE vf vactivation(IclActivation a, float alpha, vf x)
{
    switch (a) {
    case ICL_ACT_RELU:
        return vrelu(x);
    case ICL_ACT_RELU6:
        return vrelu6(x);
    case ICL_ACT_LEAKY_RELU:
        return vleaky_relu(x, alpha);
    case ICL_ACT_SIGMOID:
        return vsigmoid(x);
    case ICL_ACT_TANH:
        return vtanh(x);
    case ICL_ACT_SWISH:
        return vswish(x);
    case ICL_ACT_HARD_SWISH:
        return vhard_swish(x);
    default:
        return x;
    }
}

/* M(id, name) for each: a loop an activation, without a branch inside. */
#define EACH_ACTIVATION(M)            \
    M(ICL_ACT_NONE, none)             \
    M(ICL_ACT_RELU, relu)             \
    M(ICL_ACT_RELU6, relu6)           \
    M(ICL_ACT_LEAKY_RELU, leaky_relu) \
    M(ICL_ACT_SIGMOID, sigmoid)       \
    M(ICL_ACT_TANH, tanh)             \
    M(ICL_ACT_SWISH, swish)           \
    M(ICL_ACT_HARD_SWISH, hard_swish)

/* f'(x), from x or y as icl_activation_needs_input() says */
INLINE vf vactivation_slope(IclActivation a, float alpha, vf x, vf y)
{
    const vf one = vset(1), zero = {0};
    switch (a) {
    case ICL_ACT_RELU:
        return vselect(y > 0.0f, one, zero);
    case ICL_ACT_RELU6:
        return vselect((y > 0.0f) & (y < 6.0f), one, zero);
    case ICL_ACT_LEAKY_RELU:
        return vselect(y > 0.0f, one, vset(alpha));
    case ICL_ACT_SIGMOID:
        return y * (1.0f - y);
    case ICL_ACT_TANH:
        return 1.0f - y * y;
    case ICL_ACT_SWISH: {
        vf t = vmax(vset(-88), vmin(vset(88), x)), s = vsigmoid(t);
        return s * (1.0f + t * (1.0f - s));
    }
    case ICL_ACT_HARD_SWISH:
        return vselect(x < -3.0f, zero, vselect(x > 3.0f, one, x * (1.0f / 3) + 0.5f));
    default:
        return one;
    }
}

/* f'(x) of x alone */
INLINE vf vslope_at(IclActivation a, float alpha, vf x)
{
    return vactivation_slope(a, alpha, x,
                             icl_activation_needs_input(a) ? x : vactivation(a, alpha, x));
}
