/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Changes of colours in plain C; see kernels.h. */
#include <math.h>

#include "tiers.h"

static float grey(const float *x) { return 0.2989f * x[0] + 0.587f * x[1] + 0.114f * x[2]; }

static void linear(const IclColourChange *change, float offset, float *x)
{
    for (int k = 0; k < 3; k++)
        x[k] = fminf(fmaxf(change->factor * x[k] + offset, 0), 255);
}

/* Hue and saturation apart, as in any text book: six sectors, each between two of the corners. */
static void turn(float sixths, float *x)
{
    float most = fmaxf(x[0], fmaxf(x[1], x[2])), least = fminf(x[0], fminf(x[1], x[2]));
    float range = most - least, hue;

    if (range == 0)
        return;
    if (x[0] == most)
        hue = (x[1] - x[2]) / range;
    else if (x[1] == most)
        hue = 2 + (x[2] - x[0]) / range;
    else
        hue = 4 + (x[0] - x[1]) / range;
    for (int k = 0; k < 3; k++) {
        float from_own = fabsf(fmodf(hue + sixths - 2 * k + 15, 6) - 3); /* 0..3 sixths */
        x[k] = most - range * fminf(fmaxf(from_own - 1, 0), 1);
    }
}

static double change(const IclColourChange *changes, int n_changes, size_t n, float *x)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++, x += 3) {
        for (int k = 0; k < n_changes; k++) {
            const IclColourChange *c = &changes[k];
            if (c->kind == ICL_COLOUR_HUE)
                turn(6 * c->factor, x);
            else
                linear(c, c->kind == ICL_COLOUR_LINEAR ? c->offset : (1 - c->factor) * grey(x), x);
        }
        sum += grey(x);
    }
    return sum;
}

void icl_colour_reference(IclColourKernels *table)
{
    *table = (IclColourKernels){.change = change};
}
