/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "picture_cache.h"

#include <glib.h>
#include <stdatomic.h>
#include <string.h>

enum { CACHE_MAX_BYTES = 256 << 20 };

enum { EMPTY, WRITING, READY };

struct IclPictureCache {
    size_t values;
    float *pixels;       /* [n, values] */
    atomic_uchar *state; /* [n] */
};

IclPictureCache *icl_picture_cache_new(size_t n, size_t values)
{
    IclPictureCache *cache;

    if (n == 0 || values > CACHE_MAX_BYTES / sizeof(float) / n)
        return NULL;
    cache = g_new0(IclPictureCache, 1);
    cache->values = values;
    cache->pixels = g_try_malloc0(n * values * sizeof(float));
    cache->state = g_new0(atomic_uchar, n);
    if (cache->pixels)
        return cache;
    icl_picture_cache_free(cache);
    return NULL;
}

void icl_picture_cache_free(IclPictureCache *cache)
{
    if (!cache)
        return;
    g_free(cache->pixels);
    g_free(cache->state);
    g_free(cache);
}

bool icl_picture_cache_get(IclPictureCache *cache, size_t index, float *out)
{
    if (!cache || atomic_load_explicit(&cache->state[index], memory_order_acquire) != READY)
        return false;
    memcpy(out, cache->pixels + index * cache->values, cache->values * sizeof *out);
    return true;
}

/* A picture that comes twice in one epoch may be put by two threads: the first one writes. */
void icl_picture_cache_put(IclPictureCache *cache, size_t index, const float *in)
{
    unsigned char empty = EMPTY;

    if (!cache || !atomic_compare_exchange_strong(&cache->state[index], &empty, WRITING))
        return;
    memcpy(cache->pixels + index * cache->values, in, cache->values * sizeof *in);
    atomic_store_explicit(&cache->state[index], READY, memory_order_release);
}
