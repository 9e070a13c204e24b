/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What a description leaves open, read off the pictures: size, channels, and the mean and standard
 * deviation of the preprocessing. The same for the trainer and the learner. */
#pragma once

#include "chain.h"

/* Parses the text; NULL: models/cnn.icl, which is small enough for any data. `name` (or NULL) is
 * for messages. */
IclChain *icl_network_parse(const char *text, const char *name, GError **error);

/* Whether it asks for $size or $channels. */
bool icl_network_is_open(const IclChain *chain);

/* The $size that suits pictures whose shorter side is `pixels`. */
int icl_network_size(int pixels);

/* Sets both, where it asks for them. */
bool icl_network_set_size(IclChain *chain, int size, int channels, GError **error);

/* Sums of the 0..1 pixels of some pictures, a channel. */
typedef struct IclPixelSums {
    double sum[3], squares[3], pixels;
} IclPixelSums;

/* pixels: `count` entries of [.., channels] in 0..255 */
void icl_pixel_sums_add(IclPixelSums *sums, const float *pixels, size_t count, int channels);

/* "... ! normalize" or "... ! featurewise" becomes "... ! normalize mean=[..] std=[..]"; caller
 * frees. */
char *icl_network_recipe(const char *recipe, const IclPixelSums *sums, int channels);
