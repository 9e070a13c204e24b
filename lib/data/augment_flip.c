/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Flips, as torchvision's RandomHorizontalFlip and RandomVerticalFlip. Left and right mean the same
 * for most things, but not for digits or text; up and down for what is seen from above, as under a
 * microscope. */
#include "augmenter.h"

typedef struct Flip {
    const IclClass *class;
    double p;
} Flip;

static const IclParam flip_params[] = {
    ICL_REAL(Flip, p, "0.5", 0, 1, "share of the pictures that are flipped"),
    {0},
};

static void hflip_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Flip *flip = instance;
    IclWarp warp = icl_warp_affine(-1, 0, augmenter->w - 1, 0, 1, 0);

    if (icl_random_uniform(random) < flip->p)
        icl_augmenter_warp(augmenter, &warp, NULL);
}

const IclAugmentClass icl_augment_hflip_class = {
    {"hflip", "flip left and right: torchvision's RandomHorizontalFlip", sizeof(Flip), flip_params},
    hflip_apply};

static void vflip_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Flip *flip = instance;
    IclWarp warp = icl_warp_affine(1, 0, 0, 0, -1, augmenter->h - 1);

    if (icl_random_uniform(random) < flip->p)
        icl_augmenter_warp(augmenter, &warp, NULL);
}

const IclAugmentClass icl_augment_vflip_class = {
    {"vflip", "flip top and bottom: torchvision's RandomVerticalFlip", sizeof(Flip), flip_params},
    vflip_apply};
