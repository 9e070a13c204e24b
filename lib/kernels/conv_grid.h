/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * One indirect GEMM: a grid of output pixels (its rows), each a sum over taps of input pixels. The
 * forward convolution is one grid; the input gradient of stride s is s x s of them, one for each
 * phase of dx, which read dy through flipped taps.
 *
 * Chunks are blocks of rows times blocks of filter panels. Where taps of few channels lie side by
 * side ("runs": first layers, narrow networks), the input rows are copied once with their padding,
 * and a whole kernel row becomes one tap of many channels. */
#pragma once

#include "conv_tile.h"

/* One direction. Row r under tap t reads input first + r * step + t * tap_step, or zero outside of
 * 0..in-1, with the weights of kernel position k_first + t * k_step; it writes out_first + r *
 * out_step. */
typedef struct Axis {
    int rows, in, out;
    int first, step, taps, tap_step;
    int k_first, k_step;
    int out_first, out_step;
    int gap; /* outputs after each one that no row of any grid gives: zeros are written there */
} Axis;

typedef struct Grid {
    int n;
    Axis y, x;
    int groups, c, f; /* c input channels and f filters in a group */
    size_t pixel;     /* floats from an output pixel to the next */
} Grid;

/* Weights of one group: [kh * kw][.][.], whose c and f are this far apart. */
typedef struct WeightStrides {
    size_t tap, c, f, group;
    int kw;
} WeightStrides;

/* What becomes of the sums; `add` may be y itself. */
typedef struct GridOutput {
    const float *bias, *add;
    IclActivation activation;
    float alpha;
    float *y;
} GridOutput;

static inline size_t grid_packed_size(const Grid *g)
{
    return (size_t)g->groups * panel_vectors(g->f) * VL * g->y.taps * g->x.taps * g->c;
}

/* Products of a sum. */
static inline size_t grid_k(const Grid *g) { return (size_t)g->y.taps * g->x.taps * g->c; }

/* Panels of a group, and the first vector of one. */
static inline int grid_panels(const Grid *g)
{
    return panel_count(g->f, grid_k(g), g->y.rows * g->x.rows);
}

static inline int grid_panel_start(const Grid *g, int i)
{
    return panel_first(g->f, grid_panels(g), i);
}

/* A chunk is a panel; filters or channels lie side by side (stride 1). scale: [groups * f] or NULL,
 * a factor for each filter's weights. */
int ICL_TIER(grid_pack_chunks)(const Grid *g);
void ICL_TIER(grid_pack)(const Grid *g, const WeightStrides *strides, const float *w,
                         const float *scale, float *packed, int chunk);
int ICL_TIER(grid_chunks)(const Grid *g);
size_t ICL_TIER(grid_scratch_size)(const Grid *g);
/* input_scale: [n,c] or NULL; of grids of one tap, in one group */
void ICL_TIER(grid_run)(const Grid *g, const float *x, const float *input_scale,
                        const float *packed, const GridOutput *output, int chunk, void *scratch);
