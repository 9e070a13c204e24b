/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Moves the picture by a fraction of its height and width, uniform on either side: Keras'
 * height_shift_range and width_shift_range, height meaning vertical (in Keras >= 2.9 it moves
 * horizontally, against its documentation). */
#include "augmenter.h"

typedef struct Shift {
    const IclClass *class;
    double h, w;
    int fill_mode;
    double cval;
} Shift;

static const IclParam shift_params[] = {
    ICL_REAL(Shift, h, NULL, 0, 1, "at most this fraction of the height, up or down"),
    ICL_REAL(Shift, w, "-1", -1, 1, "at most this fraction of the width; negative: as h"),
    ICL_FILL_PARAMS(Shift, "nearest"),
    {0},
};

static double distance_draw(IclRandom *random, double range, int size)
{
    return (2 * icl_random_uniform(random) - 1) * range * size;
}

static void shift_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Shift *shift = instance;
    IclFill fill = {shift->fill_mode, (float)shift->cval};
    double y = distance_draw(random, shift->h, augmenter->h);
    double x = distance_draw(random, shift->w < 0 ? shift->h : shift->w, augmenter->w);
    IclWarp warp = icl_warp_move(x, y);

    icl_augmenter_warp(augmenter, &warp, &fill);
}

const IclAugmentClass icl_augment_shift_class = {
    {"shift", "move by a random distance: Keras' height_shift_range, width_shift_range",
     sizeof(Shift), shift_params},
    shift_apply,
};
