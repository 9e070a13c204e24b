/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Paints a random rectangle over: torchvision's RandomErasing (Zhong et al., "Random erasing data
 * augmentation", 2017). It comes before normalize here, so that values are levels, and random ones
 * uniform in 0..255 as in the paper. */
#include <math.h>

#include "augmenter.h"

typedef struct Erasing {
    const IclClass *class;
    double p;
    IclReals scale, ratio, value;
    bool random;
} Erasing;

static const IclParam erasing_params[] = {
    ICL_REAL(Erasing, p, "0.5", 0, 1, "share of the pictures that are changed"),
    ICL_REALS(Erasing, scale, "[0.02 0.33]", 0, 1, "[from to] of the area, uniform"),
    ICL_REALS(Erasing, ratio, "[0.3 3.3]", 0.01, 100, "[from to] of height / width, log-uniform"),
    ICL_REALS(Erasing, value, "0", 0, 255,
              "level that is painted, or [red green blue] (grey: its first)"),
    ICL_BOOL(Erasing, random, "no", "paint each value at random, instead"),
    {0},
};

enum { TRIES = 10 };

/* False where ten draws gave none that fits. */
static bool erasing_box(const Erasing *erasing, IclRandom *random, int height, int width,
                        IclBox *box)
{
    IclRange scale = {erasing->scale.v[0], erasing->scale.v[1]};
    IclRange log_ratio = {log(erasing->ratio.v[0]), log(erasing->ratio.v[1])};

    for (int i = 0; i < TRIES; i++) {
        double area = (double)height * width * icl_range_draw(scale, random);
        double ratio = exp(icl_range_draw(log_ratio, random));
        double h = rint(sqrt(area * ratio)), w = rint(sqrt(area / ratio));
        if (h >= height || w >= width)
            continue;
        int y = (int)icl_random_below(random, (uint32_t)(height - h) + 1);
        int x = (int)icl_random_below(random, (uint32_t)(width - w) + 1);
        *box = (IclBox){x, y, (int)w, (int)h};
        return true;
    }
    return false;
}

static void erasing_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Erasing *erasing = instance;
    int c = augmenter->c;
    IclBox box;

    if (icl_random_uniform(random) >= erasing->p ||
        !erasing_box(erasing, random, augmenter->h, augmenter->w, &box))
        return;
    float *x = icl_augmenter_pixels(augmenter);
    for (int y = box.y; y < box.y + box.h; y++) {
        float *row = x + ((size_t)y * augmenter->w + box.x) * c;
        for (int i = 0; i < box.w * c; i++)
            row[i] = erasing->random ? (float)(icl_random_u32(random) >> 8) * (255 * 0x1p-24f)
                                     : (float)erasing->value.v[i % c % erasing->value.n];
    }
}

static char *erasing_check(const void *instance)
{
    const Erasing *erasing = instance;
    char *fault = icl_pair_check("scale", &erasing->scale);

    if (!fault)
        fault = icl_pair_check("ratio", &erasing->ratio);
    if (!fault && erasing->value.n != 1 && erasing->value.n != 3)
        fault = g_strdup_printf("value has %d numbers; one, or [red green blue], would do",
                                erasing->value.n);
    return fault;
}

const IclAugmentClass icl_augment_erasing_class = {
    {"erasing", "paint a random rectangle over: torchvision's RandomErasing", sizeof(Erasing),
     erasing_params},
    erasing_apply,
    erasing_check,
};
