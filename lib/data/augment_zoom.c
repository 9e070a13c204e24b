/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Makes the picture smaller or larger about its centre, as Keras 3's RandomZoom: positive factors
 * are smaller pictures with more around them, and without a width_factor the aspect is kept. (For
 * ImageDataGenerator's zoom_range, whose two sides are always drawn apart, see keras.) */
#include "augmenter.h"

typedef struct Zoom {
    const IclClass *class;
    IclReals height_factor, width_factor;
    int fill_mode;
    double cval;
} Zoom;

static const IclParam zoom_params[] = {
    ICL_REALS(Zoom, height_factor, NULL, -0.99, 10,
              "at most so much smaller or larger, 0.2 for 20 %, or [from to]; positive: smaller"),
    ICL_REALS(Zoom, width_factor, "[]", -0.99, 10, "the same for the width; []: as the height"),
    ICL_FILL_PARAMS(Zoom, "nearest"),
    {0},
};

static void zoom_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Zoom *zoom = instance;
    IclFill fill = {zoom->fill_mode, (float)zoom->cval};
    double y = 1 + icl_range_draw(icl_range(&zoom->height_factor, 0), random), x = y;

    if (zoom->width_factor.n)
        x = 1 + icl_range_draw(icl_range(&zoom->width_factor, 0), random);
    IclWarp warp = icl_warp_affine(x, 0, 0, 0, y, 0);
    icl_augmenter_warp_centred(augmenter, &warp, &fill);
}

static char *zoom_check(const void *instance)
{
    const Zoom *zoom = instance;
    char *fault = icl_range_check("height_factor", &zoom->height_factor, 0, -0.99, 10);

    if (fault || !zoom->width_factor.n)
        return fault;
    return icl_range_check("width_factor", &zoom->width_factor, 0, -0.99, 10);
}

const IclAugmentClass icl_augment_zoom_class = {
    {"zoom", "make smaller or larger: Keras 3's RandomZoom", sizeof(Zoom), zoom_params},
    zoom_apply,
    zoom_check,
};
