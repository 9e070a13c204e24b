/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Random changes to a training picture between the recipe's crop and its normalize: on [h,w,c] in
 * 0..255. One file a class, in a table; a class draws all its numbers from the stream given. */
#pragma once

#include "class.h"
#include "random.h"

typedef struct IclAugmentClass {
    IclClass base;
    /* out from in (never the same memory): both [h,w,c] */
    void (*apply)(const void *instance, IclRandom *random, int h, int w, int c, const float *in,
                  float *out);
} IclAugmentClass;

/* hflip [p=0.5]; shift H [W] (fractions of height and width, uniform in +-, edge pixels repeated,
 * bilinear); random_crop padding=4 (zero padding on each side, then a crop of the old size at a
 * uniform place) */
extern const IclFamily icl_augment_family;
extern const IclAugmentClass icl_hflip_class, icl_random_crop_class, icl_shift_class;
