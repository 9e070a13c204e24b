/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Depthwise convolution, vectors over channels. Windows of 3x3 and 5x5 at stride 1 and 2 run in
 * tiles of outputs that stay in registers (depthwise_tile.h). Any other window, and channels that
 * fill no vector where a partial load is not one instruction, run a line of outputs at a time
 * (depthwise_line.c). depthwise.c cuts the work and chooses. */
#pragma once

#include "vector_rows.h"

/* Some rows, columns and channels of one image's y (forward, weight gradient) or dx. */
typedef struct Part {
    int image, row, rows, column, columns, channel, channels;
} Part;

/* What becomes of a sum: it is cut to [low, high], and `finish`, where given, sees the outputs
 * while they are near. */
typedef struct Ending {
    float low, high;
    void (*finish)(float alpha, float *y, size_t count);
} Ending;

const Ending *ICL_TIER(depthwise_ending)(IclActivation activation);

enum { STRIP = 256 }; /* most channels of a part in tiles */

/* Tiles: for windows that are `tiled`. Parts had best begin and end between blocks of `block_rows`
 * rows of y (or dx). A part of the weight gradient has one block of all columns and begins at a
 * multiple of VL channels; its sums are [vectors][columns of taps][rows of taps][VL]. */
bool ICL_TIER(depthwise_tiled)(const IclConvShape *s);
int ICL_TIER(depthwise_block_rows)(const IclConvShape *s, bool gradient);
void ICL_TIER(depthwise_tile_forward)(const IclConvShape *s, const float *x, const float *w,
                                      const IclEpilogue *epilogue, float *y, const Part *part);
void ICL_TIER(depthwise_tile_input_gradient)(const IclConvShape *s, const float *dy, const float *w,
                                             float *dx, bool accumulate, const Part *part);
void ICL_TIER(depthwise_tile_weight_gradient)(const IclConvShape *s, const float *x,
                                              const float *dy, float *sums, const Part *part);

/* Lines: sums are [kh][kw][sums_c], of which the part's channels are done. */
void ICL_TIER(depthwise_line_forward)(const IclConvShape *s, const float *x, const float *w,
                                      const IclEpilogue *epilogue, float *y, const Part *part);
void ICL_TIER(depthwise_line_input_gradient)(const IclConvShape *s, const float *dy, const float *w,
                                             float *dx, bool accumulate, const Part *part);
void ICL_TIER(depthwise_line_weight_gradient)(const IclConvShape *s, const float *x,
                                              const float *dy, float *sums, int sums_c,
                                              const Part *part);

static inline int least(int a, int b) { return a < b ? a : b; }
static inline int most(int a, int b) { return a > b ? a : b; }
static inline int blocks_of(int count, int some) { return (count + some - 1) / some; }
