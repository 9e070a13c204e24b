/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Which pictures make an epoch, and in what order: one step of the family "samplers". All is drawn
 * from (seed, epoch), so that any epoch can be made again alone.
 *
 *   shuffle              each picture once, in random order
 *   sequential           each picture once, in the data set's order
 *   oversample           every class as often as the largest: a picture comes as often as any other
 *                        of its class, or once more
 *   undersample          every class as often as the smallest: others are drawn in each epoch
 *   weighted             drawn with replacement: classes alike (by=classes), or by the data set's
 *                        own weights (by=weights)
 *
 * And how much a picture counts in the loss: by its class, and by the data set's own weights. */
#pragma once

#include <icl/dataset.h>

#include "class.h"

/* The pictures to draw from; all borrowed. */
typedef struct IclSamples {
    const IclDataset *dataset;
    const uint32_t *indices; /* [n]; NULL: all */
    int n;
} IclSamples;

typedef struct IclSamplerClass {
    IclClass base;
    int64_t (*size)(const void *instance, const IclSamples *samples); /* of an epoch; NULL: n */
    /* order: [size] */
    void (*draw)(const void *instance, const IclSamples *samples, uint64_t seed, int epoch,
                 uint32_t *order);
} IclSamplerClass;

extern const IclFamily icl_sampler_family;

/* From so many times the pictures of the smallest class on, the largest one is out of balance. */
enum { ICL_IMBALANCE = 5 };

/* Whether the sampler can be used there: epochs of 1 .. 2^31 - 1 pictures, weights to go by; and
 * one class a picture, where it goes by classes. */
bool icl_sampler_check(const void *sampler, const IclSamples *samples, GError **error);
/* Pictures of an epoch; NULL is shuffle, here and below. */
int icl_sampler_size(const void *sampler, const IclSamples *samples);
/* The epoch's pictures in order: [size]. */
void icl_sampler_draw(const void *sampler, const IclSamples *samples, uint64_t seed, int epoch,
                      uint32_t *order);
/* Whether the data set's own weights decide what is drawn, and so are no weights of the loss too.
 */
bool icl_sampler_uses_weights(const void *sampler);

/* Weights of classes from a text: "balanced", which is n / (classes * pictures of the class) as
 * scikit-learn's, or "cat=2 dog=0.5" (others 1; quotes as in a shell). [classes], to be freed with
 * g_free(); NULL on error, `what` naming the text. Of a multi-label set [2,classes]: of a label
 * that is off, and on; "balanced" is then that of each label's own two classes. */
float *icl_class_weights_parse(const char *text, const IclSamples *samples, const char *what,
                               GError **error);
