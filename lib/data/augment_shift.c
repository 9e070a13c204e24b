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

/* A distance as whole pixels and the weight of the pixel after. */
typedef struct Distance {
    int whole;
    float part;
} Distance;

static Distance distance_draw(IclRandom *random, double range, int size)
{
    double distance = (2 * icl_random_uniform(random) - 1) * range * size, whole = floor(distance);

    return (Distance){(int)whole, (float)(distance - whole)};
}

/* out[x] = in[x + distance], edges repeated, of rows that lie `v` between `above` and `below` */
static void shift_row(Distance u, float v, int w, int c, const float *above, const float *below,
                      float *out)
{
    for (int x = 0; x < w; x++, out += c) {
        int left = CLAMP(x + u.whole, 0, w - 1) * c, right = CLAMP(x + u.whole + 1, 0, w - 1) * c;
        for (int k = 0; k < c; k++) {
            float a = above[left + k] + u.part * (above[right + k] - above[left + k]);
            float b = below[left + k] + u.part * (below[right + k] - below[left + k]);
            out[k] = a + v * (b - a);
        }
    }
}

static void shift_apply(const void *instance, IclRandom *random, int h, int w, int c,
                        const float *in, float *out)
{
    const Shift *shift = instance;
    Distance v = distance_draw(random, shift->h, h);
    Distance u = distance_draw(random, shift->w < 0 ? shift->h : shift->w, w);
    size_t row = (size_t)w * c;

    for (int y = 0; y < h; y++)
        shift_row(u, v.part, w, c, in + CLAMP(y + v.whole, 0, h - 1) * row,
                  in + CLAMP(y + v.whole + 1, 0, h - 1) * row, out + y * row);
}

const IclAugmentClass icl_shift_class = {
    {"shift", "move up, down, left and right by a random distance", sizeof(Shift), shift_params},
    shift_apply,
};
