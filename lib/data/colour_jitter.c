/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Brightness, contrast, saturation and hue. Changes of colour pictures wait until one needs the
 * mean of what those before it made, so that all four are two passes over the picture. */
#include "colour_steps.h"
#include "kernels.h"

static inline float level(float x) { return x < 0 ? 0 : x > 255 ? 255 : x; }

static double mean_of(const float *x, size_t n)
{
    enum { LANES = 8 }; /* which a compiler may keep in vectors */
    double lanes[LANES] = {0}, sum = 0;
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++)
            lanes[k] += x[i + k];
    for (; i < n; i++)
        sum += x[i];
    for (int k = 0; k < LANES; k++)
        sum += lanes[k];
    return sum / (double)n;
}

static void grey_jitter(IclAugmenter *augmenter, const IclJitter *jitter)
{
    float *x = icl_augmenter_pixels(augmenter), factor = (float)jitter->factor, rest = 0;
    size_t n = icl_augmenter_values(augmenter);

    if (jitter->kind != ICL_JITTER_BRIGHTNESS && jitter->kind != ICL_JITTER_CONTRAST)
        return;
    if (jitter->kind == ICL_JITTER_CONTRAST)
        rest = (float)((1 - jitter->factor) * mean_of(x, n));
    for (size_t i = 0; i < n; i++)
        x[i] = level(factor * x[i] + rest);
}

/* Returns the mean of the grey. */
static double change(IclAugmenter *augmenter, const IclColourChange *changes, int n)
{
    float *x = icl_augmenter_pixels(augmenter);
    size_t pixels = (size_t)augmenter->h * augmenter->w;

    return icl_kernels()->colour.change(changes, n, pixels, x) / (double)pixels;
}

void icl_jitter(IclAugmenter *augmenter, const IclJitter *jitters, int n)
{
    static const IclColourKind kinds[ICL_JITTERS] = {
        [ICL_JITTER_SATURATION] = ICL_COLOUR_SATURATION, [ICL_JITTER_HUE] = ICL_COLOUR_HUE};
    IclColourChange changes[ICL_JITTERS];
    int waiting = 0;

    g_assert(n <= ICL_JITTERS);
    for (int i = 0; i < n; i++) {
        IclColourChange next = {kinds[jitters[i].kind], (float)jitters[i].factor, 0};
        if (augmenter->c != 3) {
            grey_jitter(augmenter, &jitters[i]);
            continue;
        }
        if (jitters[i].kind == ICL_JITTER_CONTRAST) {
            next.offset = (float)((1 - jitters[i].factor) * change(augmenter, changes, waiting));
            waiting = 0;
        }
        changes[waiting++] = next;
    }
    if (waiting)
        change(augmenter, changes, waiting);
}

void icl_brightness(IclAugmenter *augmenter, double factor)
{
    icl_jitter(augmenter, &(IclJitter){ICL_JITTER_BRIGHTNESS, factor}, 1);
}

void icl_contrast(IclAugmenter *augmenter, double factor)
{
    icl_jitter(augmenter, &(IclJitter){ICL_JITTER_CONTRAST, factor}, 1);
}

void icl_saturation(IclAugmenter *augmenter, double factor)
{
    icl_jitter(augmenter, &(IclJitter){ICL_JITTER_SATURATION, factor}, 1);
}

void icl_hue(IclAugmenter *augmenter, double factor)
{
    icl_jitter(augmenter, &(IclJitter){ICL_JITTER_HUE, factor}, 1);
}
