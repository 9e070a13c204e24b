/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Random changes to a training picture between the recipe's crop and its normalize: on [h,w,c] in
 * 0..255. One file a class, in a table; a class draws all its numbers from the stream given.
 *
 * Names, parameters and formulas are torchvision's (transforms.v2, on float pictures) where it has
 * the step, else Keras'; each file says what it is held to. Pictures of one channel have no hue and
 * no saturation: saturation, hue and grayscale leave them as they are. */
#pragma once

#include "preprocess.h"
#include "random.h"
#include "warp.h"

typedef struct IclAugmenter IclAugmenter;

enum { ICL_AUGMENT_EXTRA = 3 };

/* A batch whose pictures are mixed with each other. */
typedef struct IclMixed {
    int n, h, w, c, classes;
    float *x;       /* [n,h,w,c] */
    const int *y;   /* [n]: classes; NULL: the targets are labels, 1 or 0, to be mixed in place */
    float *targets; /* [n,classes], else zero: shares of the classes in each picture */
    float *weight;  /* [n], or NULL: mixed as the labels are */
    float *room;    /* one picture */
} IclMixed;

typedef struct IclAugmentClass {
    IclClass base;
    /* Changes the picture that `augmenter` holds; NULL: it changes batches, or the source alone. */
    void (*apply)(const void *instance, IclRandom *random, IclAugmenter *augmenter);
    /* What is wrong with values that are right one by one, as text to be freed, or NULL. */
    char *(*check)(const void *instance);
    int extra; /* of the augmenter's pictures */
    /* The part of a source picture that is used; only of the first step in a chain. */
    IclBox (*crop)(const void *instance, IclRandom *random, int height, int width);
    bool (*shrinks)(const void *instance); /* whether it may be decoded smaller; NULL: never */
    /* Changes a whole batch; after all steps for pictures. */
    void (*mix)(const void *instance, IclRandom *random, IclMixed *mixed);
} IclAugmentClass;

extern const IclFamily icl_augment_family;

/* The classes; the table is made of it. */
#define ICL_AUGMENTS(X)    \
    X(augmix)              \
    X(autocontrast)        \
    X(brightness)          \
    X(channel_shift)       \
    X(color_jitter)        \
    X(contrast)            \
    X(cutmix)              \
    X(elastic)             \
    X(equalize)            \
    X(erasing)             \
    X(gaussian_blur)       \
    X(gaussian_noise)      \
    X(grayscale)           \
    X(hflip)               \
    X(hue)                 \
    X(invert)              \
    X(keras)               \
    X(mixup)               \
    X(perspective)         \
    X(posterize)           \
    X(randaugment)         \
    X(random_crop)         \
    X(random_resized_crop) \
    X(rotate)              \
    X(saturation)          \
    X(sharpness)           \
    X(shear)               \
    X(shift)               \
    X(solarize)            \
    X(trivialaugment)      \
    X(vflip)               \
    X(zoom)

#define ICL_AUGMENT_DECLARE(name) extern const IclAugmentClass icl_augment_##name##_class;
ICL_AUGMENTS(ICL_AUGMENT_DECLARE)
#undef ICL_AUGMENT_DECLARE

/* A chain of augmentations, their values checked together; NULL on error. `what` names the text in
 * messages. */
GPtrArray *icl_augment_parse(const char *text, const char *what, GError **error);

/* For parameters that are a range: one number d stands for centre - d .. centre + d. */
typedef struct IclRange {
    double from, to;
} IclRange;

IclRange icl_range(const IclReals *reals, double centre);
double icl_range_draw(IclRange range, IclRandom *random); /* uniform; from itself where from = to */
/* What is wrong with it, to be freed, or NULL: it has 1 or 2 numbers, rises, and lies in
 * least..most. */
char *icl_range_check(const char *name, const IclReals *reals, double centre, double least,
                      double most);
/* The same for [from to] alone. */
char *icl_pair_check(const char *name, const IclReals *reals);
