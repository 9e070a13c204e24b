/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Slants the picture about its centre by uniform angles, as torchvision's RandomAffine(0, shear=..)
 * with bilinear interpolation. (Keras' shear_range, in degrees too, also scales: see keras.) */
#include <math.h>

#include "augmenter.h"

typedef struct Shear {
    const IclClass *class;
    IclReals degrees;
    int fill_mode;
    double cval;
} Shear;

static const IclParam shear_params[] = {
    ICL_REALS(Shear, degrees, NULL, -89, 89,
              "along x: at most so far either way, or [from to]; [x0 x1 y0 y1] along y too"),
    ICL_FILL_PARAMS(Shear, "nearest"),
    {0},
};

static void shear_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Shear *shear = instance;
    const IclReals *degrees = &shear->degrees;
    IclFill fill = {shear->fill_mode, (float)shear->cval};
    double x = icl_range_draw(icl_range(degrees, 0), random), y = 0;

    if (degrees->n == 4)
        y = icl_range_draw((IclRange){degrees->v[2], degrees->v[3]}, random);
    x = tan(x * G_PI / 180);
    y = tan(y * G_PI / 180);
    IclWarp warp = icl_warp_affine(1 + x * y, x, 0, y, 1, 0);
    icl_augmenter_warp_centred(augmenter, &warp, &fill);
}

static char *shear_check(const void *instance)
{
    const IclReals *degrees = &((const Shear *)instance)->degrees;
    IclReals x = *degrees, y = {2, {degrees->v[2], degrees->v[3]}};

    if (degrees->n != 4)
        return icl_range_check("degrees", degrees, 0, -89, 89);
    x.n = 2;
    char *fault = icl_range_check("degrees", &x, 0, -89, 89);
    return fault ? fault : icl_range_check("degrees", &y, 0, -89, 89);
}

const IclAugmentClass icl_augment_shear_class = {
    {"shear", "slant by an angle: torchvision's RandomAffine(0, shear=..)", sizeof(Shear),
     shear_params},
    shear_apply,
    shear_check,
};
