/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "augmenter.h"

#include <string.h>

#include "memory.h"
#include "orient.h"

static const IclAugmentClass *step_class(const GPtrArray *steps, guint i)
{
    return *(const IclAugmentClass *const *)g_ptr_array_index(steps, i);
}

static int steps_extra(const GPtrArray *steps)
{
    int extra = 0;

    for (guint i = 0; steps && i < steps->len; i++)
        extra = MAX(extra, step_class(steps, i)->extra);
    return extra;
}

size_t icl_augmenter_bytes(const GPtrArray *steps, int h, int w, int c)
{
    size_t picture = icl_round_up((size_t)h * w * c * sizeof(float), ICL_ALIGN);

    return steps && steps->len ? picture * (1 + (size_t)steps_extra(steps)) : 0;
}

IclAugmenter *icl_augmenter_new(const GPtrArray *steps, int h, int w, int c, GError **error)
{
    g_autoptr(IclAugmenter) augmenter = g_new0(IclAugmenter, 1);
    size_t bytes = icl_augmenter_bytes(steps, h, w, c);

    augmenter->h = h;
    augmenter->w = w;
    augmenter->c = c;
    augmenter->steps = steps;
    if (!bytes)
        return g_steal_pointer(&augmenter);
    if (!(augmenter->memory = icl_memory_new(bytes, "pictures to augment", error)))
        return NULL;
    int n = 1 + steps_extra(steps);
    for (int i = 1; i < n; i++)
        augmenter->extra[i - 1] = augmenter->memory + bytes / n / sizeof(float) * i;
    return g_steal_pointer(&augmenter);
}

void icl_augmenter_free(IclAugmenter *augmenter)
{
    if (!augmenter)
        return;
    icl_memory_free(augmenter->memory);
    g_free(augmenter);
}

bool icl_augment_crops(const GPtrArray *steps)
{
    return steps && steps->len && step_class(steps, 0)->crop;
}

static IclBox augmenter_choose(IclAugmenter *augmenter, IclRandom *random, int h, int w)
{
    const void *instance = g_ptr_array_index(augmenter->steps, 0);

    return step_class(augmenter->steps, 0)->crop(instance, random, h, w);
}

IclBox icl_augmenter_box(IclAugmenter *augmenter, IclRandom *random, const IclFrame *frame)
{
    bool swapped = icl_orientation(frame->orientation).swapped;
    int h = swapped ? frame->width : frame->height, w = swapped ? frame->height : frame->width;

    augmenter->cropped = true;
    return augmenter_choose(augmenter, random, h, w);
}

int icl_augmenter_shrink(const IclAugmenter *augmenter, const IclBox *box)
{
    const IclAugmentClass *class = step_class(augmenter->steps, 0);
    int shrink = class->shrinks && class->shrinks(g_ptr_array_index(augmenter->steps, 0)) ? 8 : 1;

    while (shrink > 1 && (box->w / shrink < augmenter->w || box->h / shrink < augmenter->h))
        shrink /= 2;
    return shrink;
}

/* The part of x that the crop would choose of it, enlarged. */
static void augmenter_crop(IclAugmenter *augmenter, IclRandom *random)
{
    static const IclFill nearest = {ICL_FILL_NEAREST, 0};
    IclBox box = augmenter_choose(augmenter, random, augmenter->h, augmenter->w);
    double x = (double)box.w / augmenter->w, y = (double)box.h / augmenter->h;
    IclWarp warp = icl_warp_affine(x, 0, box.x + 0.5 * x - 0.5, 0, y, box.y + 0.5 * y - 0.5);

    icl_augmenter_warp(augmenter, &warp, &nearest);
}

void icl_augmenter_picture(IclAugmenter *augmenter, IclRandom *random, float *x)
{
    guint n = augmenter->steps ? augmenter->steps->len : 0;

    augmenter->x = x;
    augmenter->spare = augmenter->memory;
    if (icl_augment_crops(augmenter->steps) && !augmenter->cropped)
        augmenter_crop(augmenter, random);
    augmenter->cropped = false;
    for (guint i = 0; i < n; i++) {
        const IclAugmentClass *class = step_class(augmenter->steps, i);
        if (class->apply)
            class->apply(g_ptr_array_index(augmenter->steps, i), random, augmenter);
    }
    icl_augmenter_pixels(augmenter);
    if (augmenter->x != x)
        memcpy(x, augmenter->x, icl_augmenter_values(augmenter) * sizeof *x);
}

bool icl_augment_mixes(const GPtrArray *steps)
{
    return steps && steps->len && step_class(steps, steps->len - 1)->mix;
}

void icl_augmenter_mix(IclAugmenter *augmenter, IclRandom *random, IclMixed *mixed)
{
    const GPtrArray *steps = augmenter->steps;
    guint first = steps->len;

    while (first > 0 && step_class(steps, first - 1)->mix)
        first--;
    guint chosen = first + icl_random_below(random, steps->len - first);
    mixed->room = augmenter->memory;
    if (mixed->y)
        memset(mixed->targets, 0, (size_t)mixed->n * mixed->classes * sizeof *mixed->targets);
    step_class(steps, chosen)->mix(g_ptr_array_index(steps, chosen), random, mixed);
}

void icl_augmenter_warp(IclAugmenter *augmenter, const IclWarp *warp, const IclFill *fill)
{
    if (icl_warp_is_identity(warp))
        return;
    if (fill && augmenter->filled &&
        (fill->mode != augmenter->fill.mode || fill->cval != augmenter->fill.cval))
        icl_augmenter_pixels(augmenter);
    augmenter->warp = augmenter->warped ? icl_warp_then(&augmenter->warp, warp) : *warp;
    augmenter->warped = true;
    if (fill) {
        augmenter->fill = *fill;
        augmenter->filled = true;
    }
}

void icl_augmenter_warp_centred(IclAugmenter *augmenter, const IclWarp *warp, const IclFill *fill)
{
    IclWarp centred = icl_warp_about(warp, (augmenter->w - 1) / 2.0, (augmenter->h - 1) / 2.0);

    icl_augmenter_warp(augmenter, &centred, fill);
}

float *icl_augmenter_pixels(IclAugmenter *augmenter)
{
    IclSampling sampling = {augmenter->h,    augmenter->w, augmenter->c,
                            augmenter->fill, augmenter->x, augmenter->spare};

    if (augmenter->warped && !icl_warp_is_identity(&augmenter->warp) &&
        !icl_warp_mirror(&augmenter->warp, augmenter->h, augmenter->w, augmenter->c,
                         augmenter->x)) {
        icl_warp_sample(&augmenter->warp, &sampling);
        icl_augmenter_swap(augmenter);
    }
    augmenter->warped = augmenter->filled = false;
    return augmenter->x;
}

void icl_augmenter_swap(IclAugmenter *augmenter)
{
    float *x = augmenter->x;

    augmenter->x = augmenter->spare;
    augmenter->spare = x;
}
