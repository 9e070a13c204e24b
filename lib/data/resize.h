/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Bilinear resizing with antialias along one axis at a time: the triangle filter of Pillow's
 * BILINEAR, widened by the scale where the picture shrinks. Weights are f32 and sum to 1. */
#pragma once

#include "kernels.h"

/* One axis of a picture of `in` pixels: `span` of them, `from` on, become `resized`, of which `out`
 * are kept from `offset` on. Where the kept window reaches past the resized picture, there is
 * background: only `first` .. `first + n - 1` of the output come from the picture. */
typedef struct IclAxis {
    int in, from, span;
    int64_t resized, offset;
    int first, n;
} IclAxis;

IclAxis icl_axis(int in, int64_t resized, int out);

/* A plane's side of an axis: subsampled by 1 << shift, its samples centred among the pixels they
 * stand for (JPEG's siting, also along x: MPEG-2's left siting differs by a quarter pixel).
 * Flipped, sample 0 is the last one stored. */
typedef struct IclPlaneAxis {
    const IclAxis *axis;
    int shift;
    bool flipped;
} IclPlaneAxis;

int icl_plane_axis_in(const IclPlaneAxis *side); /* its samples */

/* Output first + i in taps->start, taps->w; every output has taps->count of them. */
void icl_taps_init(IclTaps *taps, const IclPlaneAxis *side);
void icl_taps_clear(IclTaps *taps);

/* The order in which rows are read: step i adds rows first[i] .. first[i] + count[i] - 1 to output
 * i with the even ones of its weights, and (`paired`: the picture shrinks) to output i + 1 with the
 * odd ones; output i is complete then. */
typedef struct IclRowSteps {
    int n, max;
    bool paired;
    int *first, *count;
    float *w; /* [n,max,2] */
} IclRowSteps;

void icl_row_steps_init(IclRowSteps *steps, const IclPlaneAxis *side);
void icl_row_steps_clear(IclRowSteps *steps);
