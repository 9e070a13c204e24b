/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Runs a chain of augmentations: the memory that one thread needs for it. The chain itself is const
 * and shared.
 *
 * Steps in a row that only move pixels about (rotate, shift, shear, zoom, flips, crops,
 * perspective) become one resampling: the picture is read once, not blurred at every step, and what
 * one step moves out of sight the next may bring back. The product is used up when a step needs
 * pixels, when one fills what lies outside in another way, and at the end. */
#pragma once

#include "augment.h"

/* What a step sees and changes. */
struct IclAugmenter {
    int h, w, c;
    float *x;     /* the picture as the steps before left it; see icl_augmenter_pixels() */
    float *spare; /* as large */
    float *extra[ICL_AUGMENT_EXTRA]; /* as large; as many as the step's class asks for */

    const GPtrArray *steps;
    float *memory;
    bool cropped; /* the source was cropped for this picture */
    bool warped, filled;
    IclWarp warp; /* where warped: still to be done */
    IclFill fill; /* where filled: of the warp */
};

/* For pictures [h,w,c]. `steps` (borrowed) are of icl_augment_parse(), or NULL. NULL with an error
 * for want of memory. */
IclAugmenter *icl_augmenter_new(const GPtrArray *steps, int h, int w, int c, GError **error);
void icl_augmenter_free(IclAugmenter *augmenter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclAugmenter, icl_augmenter_free)

/* Bytes that one of them takes. */
size_t icl_augmenter_bytes(const GPtrArray *steps, int h, int w, int c);

/* Whether the chain begins with a step that chooses a part of the source picture, to be resized to
 * [h,w] in place of what the recipe would do; then that part of the upright frame. Without this
 * call before it, icl_augmenter_picture() cuts the part out of its x. */
bool icl_augment_crops(const GPtrArray *steps);
IclBox icl_augmenter_box(IclAugmenter *augmenter, IclRandom *random, const IclFrame *frame);

/* By how much (1, 2, 4 or 8) a decoder may make the source smaller, which that part is taken of. */
int icl_augmenter_shrink(const IclAugmenter *augmenter, const IclBox *box);

/* x [h,w,c] in 0..255, before the recipe's normalize, in place. All numbers are drawn from
 * `random`, which belongs to the picture. */
void icl_augmenter_picture(IclAugmenter *augmenter, IclRandom *random, float *x);

/* Whether the chain ends in steps for whole batches, and one of these, chosen at random, on a batch
 * [n,h,w,c] (its `room` is the augmenter's). Numbers are drawn from `random`, which belongs to the
 * batch. */
bool icl_augment_mixes(const GPtrArray *steps);
void icl_augmenter_mix(IclAugmenter *augmenter, IclRandom *random, IclMixed *mixed);

/* The rest is for steps. */

/* Reads the picture elsewhere; `fill` NULL: never from outside. */
void icl_augmenter_warp(IclAugmenter *augmenter, const IclWarp *warp, const IclFill *fill);

/* The same, `warp` being about the picture's centre. */
void icl_augmenter_warp_centred(IclAugmenter *augmenter, const IclWarp *warp, const IclFill *fill);

/* The picture with all warps done, to be changed in place. */
float *icl_augmenter_pixels(IclAugmenter *augmenter);

/* The picture is what stands in `spare`, and the other way round. */
void icl_augmenter_swap(IclAugmenter *augmenter);

static inline size_t icl_augmenter_values(const IclAugmenter *augmenter)
{
    return (size_t)augmenter->h * augmenter->w * augmenter->c;
}
