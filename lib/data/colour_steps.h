/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Changes of an augmenter's colours by a given number, for the steps that draw one and for those
 * that draw among them. Formulas are those of torchvision.transforms.v2.functional on pictures of
 * floats, in 0..255 in place of 0..1, except posterize and equalize: these are Pillow's, on values
 * rounded to whole levels. Grey is 0.2989 R + 0.587 G + 0.114 B. */
#pragma once

#include "augmenter.h"

typedef enum {
    ICL_JITTER_BRIGHTNESS,
    ICL_JITTER_CONTRAST,
    ICL_JITTER_SATURATION,
    ICL_JITTER_HUE,
    ICL_JITTERS
} IclJitterKind;

typedef struct IclJitter {
    IclJitterKind kind;
    double factor;
} IclJitter;

/* At most four changes, in turn. */
void icl_jitter(IclAugmenter *augmenter, const IclJitter *jitters, int n);

/* One of them. */
void icl_brightness(IclAugmenter *augmenter, double factor); /* f x */
void icl_contrast(IclAugmenter *augmenter, double factor);   /* f x + (1 - f) mean of the grey */
void icl_saturation(IclAugmenter *augmenter, double factor); /* f x + (1 - f) grey */
void icl_hue(IclAugmenter *augmenter, double factor);        /* turns it by f of a circle */
/* f x + (1 - f) blurred, where x has 8 neighbours; the kernel is 1 1 1, 1 5 1, 1 1 1 of 13 */
void icl_sharpness(IclAugmenter *augmenter, double factor);

void icl_grayscale(IclAugmenter *augmenter);
void icl_invert(IclAugmenter *augmenter);                       /* 255 - x */
void icl_posterize(IclAugmenter *augmenter, int bits);          /* the upper bits of a byte */
void icl_solarize(IclAugmenter *augmenter, double threshold);   /* 255 - x from the threshold on */
void icl_autocontrast(IclAugmenter *augmenter);                 /* each channel to 0..255 */
void icl_equalize(IclAugmenter *augmenter);                     /* each channel's histogram flat */
void icl_channel_shift(IclAugmenter *augmenter, double levels); /* kept in its smallest..largest */
