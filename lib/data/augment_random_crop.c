/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pads on every side and cuts the old size out at a uniform place: a shift by whole pixels, as
 * torchvision's RandomCrop(size, padding). */
#include "augmenter.h"

typedef struct RandomCrop {
    const IclClass *class;
    int padding;
    int fill_mode;
    double cval;
} RandomCrop;

static const IclParam random_crop_params[] = {
    ICL_INT(RandomCrop, padding, "4", 0, 1024, "pixels added on each side before the crop"),
    ICL_FILL_PARAMS(RandomCrop, "constant"),
    {0},
};

static void random_crop_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const RandomCrop *crop = instance;
    IclFill fill = {crop->fill_mode, (float)crop->cval};
    int dy = (int)icl_random_below(random, 2 * (uint32_t)crop->padding + 1) - crop->padding;
    int dx = (int)icl_random_below(random, 2 * (uint32_t)crop->padding + 1) - crop->padding;
    IclWarp warp = icl_warp_move(dx, dy);

    icl_augmenter_warp(augmenter, &warp, &fill);
}

const IclAugmentClass icl_augment_random_crop_class = {
    {"random_crop",
     "pad, with black, then crop the old size: torchvision's RandomCrop with padding",
     sizeof(RandomCrop), random_crop_params},
    random_crop_apply,
};
