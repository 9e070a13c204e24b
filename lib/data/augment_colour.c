/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * brightness, contrast, saturation and hue, each with a range of factors, and color_jitter, which
 * is all four in a random order: torchvision's ColorJitter. A number d stands for 1 - d .. 1 + d
 * (not below 0), for the hue -d .. d; [from to] for itself. */
#include "colour_steps.h"

typedef struct Factor {
    const IclClass *class;
    IclReals factor;
    double p;
} Factor;

/* Where a distance is measured from, and how far a factor goes. */
enum { FACTOR_MOST = 100 };

static const IclParam factor_params[] = {
    ICL_REALS(Factor, factor, NULL, 0, FACTOR_MOST, "0.4 for a factor of 0.6 to 1.4, or [from to]"),
    ICL_REAL(Factor, p, "1", 0, 1, "share of the pictures that are changed"),
    {0},
};

static const IclParam hue_params[] = {
    ICL_REALS(Factor, factor, NULL, -0.5, 0.5,
              "0.1 to turn the hue by up to a tenth of the circle either way, or [from to]"),
    ICL_REAL(Factor, p, "1", 0, 1, "share of the pictures that are changed"),
    {0},
};

static IclRange factor_range(const IclReals *factor)
{
    IclRange range = icl_range(factor, 1);

    range.from = MAX(range.from, 0);
    return range;
}

typedef void (*Change)(IclAugmenter *augmenter, double factor);

static void factor_apply(const Factor *factor, IclRange range, Change change, IclRandom *random,
                         IclAugmenter *augmenter)
{
    bool is = icl_random_uniform(random) < factor->p;
    double value = icl_range_draw(range, random);

    if (is)
        change(augmenter, value);
}

static char *factor_check(const void *instance)
{
    return icl_range_check("factor", &((const Factor *)instance)->factor, 1, -FACTOR_MOST,
                           1 + FACTOR_MOST);
}

static char *hue_check(const void *instance)
{
    return icl_range_check("factor", &((const Factor *)instance)->factor, 0, -0.5, 0.5);
}

static void brightness_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Factor *factor = instance;

    factor_apply(factor, factor_range(&factor->factor), icl_brightness, random, augmenter);
}

static void contrast_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Factor *factor = instance;

    factor_apply(factor, factor_range(&factor->factor), icl_contrast, random, augmenter);
}

static void saturation_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Factor *factor = instance;

    factor_apply(factor, factor_range(&factor->factor), icl_saturation, random, augmenter);
}

static void hue_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Factor *factor = instance;

    factor_apply(factor, icl_range(&factor->factor, 0), icl_hue, random, augmenter);
}

const IclAugmentClass icl_augment_brightness_class = {
    {"brightness", "make darker or lighter: torchvision's ColorJitter(brightness)", sizeof(Factor),
     factor_params},
    brightness_apply,
    factor_check,
};

const IclAugmentClass icl_augment_contrast_class = {
    {"contrast", "nearer to the mean grey, or away: torchvision's ColorJitter(contrast)",
     sizeof(Factor), factor_params},
    contrast_apply,
    factor_check,
};

const IclAugmentClass icl_augment_saturation_class = {
    {"saturation", "paler or stronger colours: torchvision's ColorJitter(saturation)",
     sizeof(Factor), factor_params},
    saturation_apply,
    factor_check,
};

const IclAugmentClass icl_augment_hue_class = {
    {"hue", "turn the colour circle: torchvision's ColorJitter(hue)", sizeof(Factor), hue_params},
    hue_apply,
    hue_check,
};

typedef struct ColorJitter {
    const IclClass *class;
    IclReals brightness, contrast, saturation, hue;
    double p;
} ColorJitter;

static const IclParam color_jitter_params[] = {
    ICL_REALS(ColorJitter, brightness, "0", 0, FACTOR_MOST, "0.4: a factor of 0.6 to 1.4"),
    ICL_REALS(ColorJitter, contrast, "0", 0, FACTOR_MOST, "the same, or [from to]"),
    ICL_REALS(ColorJitter, saturation, "0", 0, FACTOR_MOST, "the same; nothing on grey pictures"),
    ICL_REALS(ColorJitter, hue, "0", -0.5, 0.5, "0.1: up to a tenth of the circle either way"),
    ICL_REAL(ColorJitter, p, "1", 0, 1, "share of the pictures that are changed"),
    {0},
};

static void color_jitter_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const ColorJitter *jitter = instance;
    const IclRange ranges[] = {factor_range(&jitter->brightness), factor_range(&jitter->contrast),
                               factor_range(&jitter->saturation), icl_range(&jitter->hue, 0)};
    bool is = icl_random_uniform(random) < jitter->p;
    uint32_t order[] = {0, 1, 2, 3};
    IclJitter jitters[ICL_JITTERS];
    double factor[ICL_JITTERS];
    int n = 0;

    icl_random_shuffle(random, order, ICL_JITTERS);
    for (int i = 0; i < ICL_JITTERS; i++)
        factor[i] = icl_range_draw(ranges[i], random);
    for (int i = 0; i < ICL_JITTERS; i++) {
        double unchanged = order[i] == ICL_JITTER_HUE ? 0 : 1;
        if (factor[order[i]] != unchanged)
            jitters[n++] = (IclJitter){order[i], factor[order[i]]};
    }
    if (is)
        icl_jitter(augmenter, jitters, n);
}

static char *color_jitter_check(const void *instance)
{
    const ColorJitter *jitter = instance;
    const struct {
        const char *name;
        const IclReals *reals;
    } rows[] = {{"brightness", &jitter->brightness},
                {"contrast", &jitter->contrast},
                {"saturation", &jitter->saturation}};
    char *fault = icl_range_check("hue", &jitter->hue, 0, -0.5, 0.5);

    for (size_t i = 0; !fault && i < G_N_ELEMENTS(rows); i++)
        fault = icl_range_check(rows[i].name, rows[i].reals, 1, -FACTOR_MOST, 1 + FACTOR_MOST);
    return fault;
}

const IclAugmentClass icl_augment_color_jitter_class = {
    {"color_jitter",
     "brightness, contrast, saturation, hue in random order: torchvision's ColorJitter",
     sizeof(ColorJitter), color_jitter_params},
    color_jitter_apply,
    color_jitter_check,
};
