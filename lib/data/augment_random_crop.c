/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pads with black on every side and cuts the old size out at a uniform place: a shift by whole
 * pixels, as torchvision's RandomCrop(size, padding). */
#include <string.h>

#include "augment.h"

typedef struct RandomCrop {
    const IclClass *class;
    int padding;
} RandomCrop;

static const IclParam random_crop_params[] = {
    ICL_INT(RandomCrop, padding, "4", 0, 1024, "black pixels added on each side before the crop"),
    {0},
};

static void random_crop_apply(const void *instance, IclRandom *random, int h, int w, int c,
                              const float *in, float *out)
{
    int padding = ((const RandomCrop *)instance)->padding;
    int dy = (int)icl_random_below(random, 2 * (uint32_t)padding + 1) - padding;
    int dx = (int)icl_random_below(random, 2 * (uint32_t)padding + 1) - padding;
    int from = MAX(0, -dx), to = MIN(w, w - dx); /* columns that come from the picture */

    memset(out, 0, (size_t)h * w * c * sizeof *out);
    for (int y = MAX(0, -dy); y < MIN(h, h - dy) && from < to; y++)
        memcpy(out + ((size_t)y * w + from) * c, in + ((size_t)(y + dy) * w + from + dx) * c,
               (size_t)(to - from) * c * sizeof *out);
}

const IclAugmentClass icl_random_crop_class = {
    {"random_crop", "pad with black, then crop the old size at random", sizeof(RandomCrop),
     random_crop_params},
    random_crop_apply,
};
