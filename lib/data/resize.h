/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Bilinear resizing with antialias along one axis at a time: the triangle filter of Pillow's
 * BILINEAR, widened by the scale where the picture shrinks. Taps are f32 and sum to 1. */
#pragma once

#include <stdint.h>

#include "colour.h"

/* One axis of a picture: `in` pixels become `resized`, of which `out` are kept from `offset` on.
 * Where the kept window reaches past the resized picture, it is padded: only `first` .. `first + n
 * - 1` of the output come from the picture. */
typedef struct IclAxis {
    int in, out;
    int64_t resized, offset;
    int first, n;
} IclAxis;

IclAxis icl_axis(int in, int64_t resized, int out);

/* Which inputs make output first + i: weights w[i * max ..] of pixels start[i] .. start[i] +
 * count[i] - 1 */
typedef struct IclTaps {
    int n, max;
    int lo, hi; /* inputs lo .. hi - 1 are read */
    int *start, *count;
    float *w;
} IclTaps;

/* Taps of a plane subsampled by 1 << shift along the axis, its samples centred among the pixels
 * they stand for (JPEG's siting, also along x: MPEG-2's left siting differs by a quarter pixel). */
void icl_taps_init(IclTaps *taps, const IclAxis *axis, int shift);
void icl_taps_clear(IclTaps *taps);

/* sum[j] = sum over k of w[k] * sample j of row k, j < n */
void icl_resize_rows(const uint8_t *rows, const IclLayout *layout, int stride, const float *w,
                     int count, int n, float *sum);

/* out[i] = sum over k of w[i][k] * row[(start[i] + k - lo) * step] */
void icl_resize_columns(const IclTaps *taps, const float *row, int step, float *out);
