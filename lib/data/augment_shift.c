/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Moves the picture by a fraction of its height and width, uniform on either side: Keras'
 * height_shift_range and width_shift_range with fill_mode "nearest", height meaning vertical (in
 * Keras >= 2.9 it moves horizontally, against its documentation). */
#include <math.h>

#include "augment.h"

typedef struct Shift {
    const IclClass *class;
    double h, w;
} Shift;

static const IclParam shift_params[] = {
    ICL_REAL(Shift, h, NULL, 0, 1, "at most this fraction of the height, up or down"),
    ICL_REAL(Shift, w, "-1", -1, 1, "at most this fraction of the width; negative: as h"),
    {0},
};

/* Entries `low` and `high` of n, edges repeated, and the weight of the second. */
typedef struct ShiftTap {
    int low, high;
    float weight;
} ShiftTap;

static ShiftTap shift_tap(double at, int n)
{
    double low = floor(at);

    return (ShiftTap){
        (int)CLAMP(low, 0, n - 1),
        (int)CLAMP(low + 1, 0, n - 1),
        (float)(at - low),
    };
}

static double shift_draw(IclRandom *random, double range, int size)
{
    return (2 * icl_random_uniform(random) - 1) * range * size;
}

static void shift_apply(const void *instance, IclRandom *random, int h, int w, int c,
                        const float *in, float *out)
{
    const Shift *shift = instance;
    double dy = shift_draw(random, shift->h, h);
    double dx = shift_draw(random, shift->w < 0 ? shift->h : shift->w, w);

    for (int y = 0; y < h; y++) {
        ShiftTap v = shift_tap(y + dy, h);
        const float *above = in + (size_t)v.low * w * c, *below = in + (size_t)v.high * w * c;
        for (int x = 0; x < w; x++, out += c) {
            ShiftTap u = shift_tap(x + dx, w);
            for (int k = 0; k < c; k++) {
                int left = u.low * c + k, right = u.high * c + k;
                float a = above[left] + u.weight * (above[right] - above[left]);
                float b = below[left] + u.weight * (below[right] - below[left]);
                out[k] = a + v.weight * (b - a);
            }
        }
    }
}

const IclAugmentClass icl_shift_class = {
    {"shift", "move up, down, left and right by a random distance", sizeof(Shift), shift_params},
    shift_apply,
};
