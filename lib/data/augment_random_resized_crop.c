/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A random part of the source picture, stretched to the size that the recipe gives: torchvision's
 * RandomResizedCrop with bilinear interpolation and antialias. It takes the place of the recipe's
 * resize and crop, and sees the whole source.
 *
 * dct=yes: a JPEG file whose part has at least 2, 4 or 8 times the recipe's size both ways is
 * decoded so many times smaller: each block of 8 x 8 pixels from its low frequencies alone
 * (libjpeg's scaling), chroma from more of them. The part is moved to whole pixels of the smaller
 * picture (by less than 8 of its source's), and fine detail is cut off more sharply than by
 * bilinear resizing of all pixels: by 1.4 to 1.7 levels of 255 in the mean and by 11 at most, on
 * 1/f noise of quality 90 at the least size where each is used. Training only, and stored in the
 * model's options: the recipe, which evaluation and inference use, decodes in full. */
#include <math.h>

#include "augmenter.h"

typedef struct RandomResizedCrop {
    const IclClass *class;
    IclReals scale, ratio;
    bool dct;
} RandomResizedCrop;

static const IclParam random_resized_crop_params[] = {
    ICL_REALS(RandomResizedCrop, scale, "[0.08 1]", 1e-4, 1, "[from to] of the area, uniform"),
    ICL_REALS(RandomResizedCrop, ratio, "[0.75 1.3333333333333333]", 0.01, 100,
              "[from to] of width / height, log-uniform"),
    ICL_BOOL(RandomResizedCrop, dct, "no",
             "faster and less exact: JPEG is decoded at 1/2, 1/4 or 1/8 where the part is as much "
             "larger; training only"),
    {0},
};

enum { TRIES = 10 };

/* In the middle, as large as the ratios allow. */
static IclBox central_box(const RandomResizedCrop *crop, int height, int width)
{
    const double *ratio = crop->ratio.v, is = (double)width / height;
    IclBox box = {.w = width, .h = height};

    if (is < ratio[0])
        box.h = (int)rint(width / ratio[0]);
    else if (is > ratio[1])
        box.w = (int)rint(height * ratio[1]);
    box.w = CLAMP(box.w, 1, width);
    box.h = CLAMP(box.h, 1, height);
    box.x = (width - box.w) / 2;
    box.y = (height - box.h) / 2;
    return box;
}

static IclBox random_resized_crop_crop(const void *instance, IclRandom *random, int height,
                                       int width)
{
    const RandomResizedCrop *crop = instance;
    IclRange scale = {crop->scale.v[0], crop->scale.v[1]};
    IclRange log_ratio = {log(crop->ratio.v[0]), log(crop->ratio.v[1])};

    for (int i = 0; i < TRIES; i++) {
        double area = (double)height * width * icl_range_draw(scale, random);
        double ratio = exp(icl_range_draw(log_ratio, random));
        double w = rint(sqrt(area * ratio)), h = rint(sqrt(area / ratio));
        if (w < 1 || w > width || h < 1 || h > height)
            continue;
        int y = (int)icl_random_below(random, (uint32_t)(height - h) + 1);
        int x = (int)icl_random_below(random, (uint32_t)(width - w) + 1);
        return (IclBox){x, y, (int)w, (int)h};
    }
    return central_box(crop, height, width);
}

static bool random_resized_crop_shrinks(const void *instance)
{
    return ((const RandomResizedCrop *)instance)->dct;
}

static char *random_resized_crop_check(const void *instance)
{
    const RandomResizedCrop *crop = instance;
    char *fault = icl_pair_check("scale", &crop->scale);

    return fault ? fault : icl_pair_check("ratio", &crop->ratio);
}

const IclAugmentClass icl_augment_random_resized_crop_class = {
    {"random_resized_crop",
     "a part of the source picture, resized; first step: torchvision's RandomResizedCrop",
     sizeof(RandomResizedCrop), random_resized_crop_params},
    .check = random_resized_crop_check,
    .crop = random_resized_crop_crop,
    .shrinks = random_resized_crop_shrinks,
};
