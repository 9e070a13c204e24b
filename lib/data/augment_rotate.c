/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Turns the picture about its centre by a uniform angle, as torchvision's RandomRotation with
 * bilinear interpolation: positive angles are counter-clockwise. */
#include "augmenter.h"

typedef struct Rotate {
    const IclClass *class;
    IclReals degrees;
    int fill_mode;
    double cval;
} Rotate;

static const IclParam rotate_params[] = {
    ICL_REALS(Rotate, degrees, NULL, -360, 360, "at most so far either way, or [from to]"),
    ICL_FILL_PARAMS(Rotate, "nearest"),
    {0},
};

static void rotate_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Rotate *rotate = instance;
    IclFill fill = {rotate->fill_mode, (float)rotate->cval};
    IclWarp warp = icl_warp_rotation(icl_range_draw(icl_range(&rotate->degrees, 0), random));

    icl_augmenter_warp_centred(augmenter, &warp, &fill);
}

static char *rotate_check(const void *instance)
{
    return icl_range_check("degrees", &((const Rotate *)instance)->degrees, 0, -360, 360);
}

const IclAugmentClass icl_augment_rotate_class = {
    {"rotate", "turn about the centre: torchvision's RandomRotation", sizeof(Rotate),
     rotate_params},
    rotate_apply,
    rotate_check,
};
