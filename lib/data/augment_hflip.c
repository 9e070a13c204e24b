/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A horizontal flip: left and right mean the same for most things, but not for digits or text. */
#include <string.h>

#include "augment.h"

typedef struct Hflip {
    const IclClass *class;
    double p;
} Hflip;

static const IclParam hflip_params[] = {
    ICL_REAL(Hflip, p, "0.5", 0, 1, "share of the pictures that are flipped"),
    {0},
};

static void hflip_apply(const void *instance, IclRandom *random, int h, int w, int c,
                        const float *in, float *out)
{
    const Hflip *hflip = instance;
    bool flip = icl_random_uniform(random) < hflip->p;

    if (!flip) {
        memcpy(out, in, (size_t)h * w * c * sizeof *out);
        return;
    }
    for (int y = 0; y < h; y++, in += w * c, out += w * c)
        for (int x = 0; x < w; x++)
            for (int k = 0; k < c; k++)
                out[x * c + k] = in[(w - 1 - x) * c + k];
}

const IclAugmentClass icl_hflip_class = {
    {"hflip", "flip left and right", sizeof(Hflip), hflip_params}, hflip_apply};
