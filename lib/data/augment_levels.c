/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Changes that are done or not: torchvision's RandomGrayscale, RandomInvert, RandomPosterize,
 * RandomSolarize, RandomAutocontrast, RandomEqualize and RandomAdjustSharpness, and Keras'
 * channel_shift_range. */
#include "colour_steps.h"

typedef struct Levels {
    const IclClass *class;
    double p;
} Levels;

static const IclParam half_params[] = {
    ICL_REAL(Levels, p, "0.5", 0, 1, "share of the pictures that are changed"),
    {0},
};

static const IclParam grayscale_params[] = {
    ICL_REAL(Levels, p, "0.1", 0, 1, "share of the pictures that are changed"),
    {0},
};

static void grayscale_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    if (icl_random_uniform(random) < ((const Levels *)instance)->p)
        icl_grayscale(augmenter);
}

static void invert_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    if (icl_random_uniform(random) < ((const Levels *)instance)->p)
        icl_invert(augmenter);
}

static void autocontrast_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    if (icl_random_uniform(random) < ((const Levels *)instance)->p)
        icl_autocontrast(augmenter);
}

static void equalize_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    if (icl_random_uniform(random) < ((const Levels *)instance)->p)
        icl_equalize(augmenter);
}

const IclAugmentClass icl_augment_grayscale_class = {
    {"grayscale", "take the colours away: torchvision's RandomGrayscale", sizeof(Levels),
     grayscale_params},
    grayscale_apply,
};

const IclAugmentClass icl_augment_invert_class = {
    {"invert", "the negative, 255 - x: torchvision's RandomInvert", sizeof(Levels), half_params},
    invert_apply};

const IclAugmentClass icl_augment_autocontrast_class = {
    {"autocontrast", "stretch each channel to 0..255: torchvision's RandomAutocontrast",
     sizeof(Levels), half_params},
    autocontrast_apply,
};

const IclAugmentClass icl_augment_equalize_class = {
    {"equalize", "flat histograms, on whole levels: torchvision's RandomEqualize, as Pillow's",
     sizeof(Levels), half_params},
    equalize_apply,
};

typedef struct Posterize {
    const IclClass *class;
    int bits;
    double p;
} Posterize;

static const IclParam posterize_params[] = {
    ICL_INT(Posterize, bits, NULL, 0, 8, "that are left of the 8 of each channel"),
    ICL_REAL(Posterize, p, "0.5", 0, 1, "share of the pictures that are changed"),
    {0},
};

static void posterize_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Posterize *posterize = instance;

    if (icl_random_uniform(random) < posterize->p)
        icl_posterize(augmenter, posterize->bits);
}

const IclAugmentClass icl_augment_posterize_class = {
    {"posterize", "few levels, on whole ones: torchvision's RandomPosterize, as Pillow's",
     sizeof(Posterize), posterize_params},
    posterize_apply,
};

typedef struct Solarize {
    const IclClass *class;
    double threshold, p;
} Solarize;

static const IclParam solarize_params[] = {
    ICL_REAL(Solarize, threshold, "128", 0, 255, "levels from here on are inverted"),
    ICL_REAL(Solarize, p, "0.5", 0, 1, "share of the pictures that are changed"),
    {0},
};

static void solarize_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Solarize *solarize = instance;

    if (icl_random_uniform(random) < solarize->p)
        icl_solarize(augmenter, solarize->threshold);
}

const IclAugmentClass icl_augment_solarize_class = {
    {"solarize", "invert what is light: torchvision's RandomSolarize", sizeof(Solarize),
     solarize_params},
    solarize_apply};

typedef struct Sharpness {
    const IclClass *class;
    double sharpness_factor, p;
} Sharpness;

static const IclParam sharpness_params[] = {
    ICL_REAL(Sharpness, sharpness_factor, NULL, 0, 100, "0: blurred, 1: as it is, 2: sharpened"),
    ICL_REAL(Sharpness, p, "0.5", 0, 1, "share of the pictures that are changed"),
    {0},
};

static void sharpness_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Sharpness *sharpness = instance;

    if (icl_random_uniform(random) < sharpness->p)
        icl_sharpness(augmenter, sharpness->sharpness_factor);
}

const IclAugmentClass icl_augment_sharpness_class = {
    {"sharpness", "blur a little, or sharpen: torchvision's RandomAdjustSharpness",
     sizeof(Sharpness), sharpness_params},
    sharpness_apply,
};

typedef struct ChannelShift {
    const IclClass *class;
    IclReals range;
} ChannelShift;

static const IclParam channel_shift_params[] = {
    ICL_REALS(ChannelShift, range, NULL, -255, 255,
              "levels added to all channels: at most so many either way, or [from to]"),
    {0},
};

static void channel_shift_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    IclRange range = icl_range(&((const ChannelShift *)instance)->range, 0);

    icl_channel_shift(augmenter, icl_range_draw(range, random));
}

static char *channel_shift_check(const void *instance)
{
    return icl_range_check("range", &((const ChannelShift *)instance)->range, 0, -255, 255);
}

const IclAugmentClass icl_augment_channel_shift_class = {
    {"channel_shift",
     "add to all channels, within the picture's levels: Keras' channel_shift_range",
     sizeof(ChannelShift), channel_shift_params},
    channel_shift_apply,
    channel_shift_check,
};
