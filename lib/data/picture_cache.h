/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Preprocessed pictures of a data set that is small enough to keep, so that later epochs decode
 * nothing. Any number of threads may get and put at once. Pages are taken as pictures are put. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct IclPictureCache IclPictureCache;

/* For `n` pictures of `values` numbers each; NULL where they need more than 256 MiB. */
IclPictureCache *icl_picture_cache_new(size_t n, size_t values);
void icl_picture_cache_free(IclPictureCache *cache);

/* Copies picture `index` out, if it is there. A NULL cache has none, and keeps none. */
bool icl_picture_cache_get(IclPictureCache *cache, size_t index, float *out);
void icl_picture_cache_put(IclPictureCache *cache, size_t index, const float *in);
