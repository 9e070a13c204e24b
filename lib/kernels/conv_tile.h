/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The micro-kernel of indirect GEMM (Dukhan, "The Indirect Convolution Algorithm", 2019): a few
 * rows (output pixels) by a few vectors of filters, whose sums stay in registers over all taps and
 * channels. A sum starts at the bias and runs over taps and channels in order in every size of
 * tile, so that a pixel's result does not depend on which tile it fell into. */
#pragma once

#include "conv_panel.h"

/* Output pixels side by side that nothing gives. */
typedef struct Gap {
    size_t at, pixels; /* at: floats from y */
} Gap;

typedef struct Tile {
    const float *const *rows; /* rows[tap * stride + row]: a row's channels under a tap */
    size_t stride;
    const size_t *out; /* out[row]: floats from y (and add) to its results */
    const Gap *gaps;   /* [row][gap_lines]: where zeros belong besides, or NULL */
    int gap_lines;
    size_t pixel; /* floats of an output pixel */
    size_t first; /* the group's first channel */
    int taps, c;
    const float *w;   /* [taps][c][vectors * VL] */
    const char *next; /* weights of a later block, fetched `next_step` bytes a channel meanwhile */
    size_t next_step;
    const float *bias; /* vectors * VL */
    float *sums; /* [row][vectors * VL]: unfinished ones, between blocks of taps and channels */
    bool begun, last; /* sums start there rather than at the bias; they are finished now */
    const float *add; /* or NULL */
    float *y;
    int f; /* filters there are, the rest of the vectors is not written */
    IclActivation activation;
    float alpha;
} Tile;

/* What is rare, apart: ragged filters, activations of more than a clamp. */
static void __attribute__((noinline)) tile_finish(const Tile *t, int row, int rows, int nv)
{
    for (int m = row; m < row + rows; m++)
        for (int j = 0; j < nv; j++) {
            size_t at = t->out[m] + (size_t)j * VL;
            int count = t->f - j * VL < VL ? t->f - j * VL : VL;
            vf sum = vload(t->sums + ((size_t)m * nv + j) * VL);
            if (t->add)
                sum += vload_part(t->add + at, count);
            vstore_part(t->y + at, vactivation(t->activation, t->alpha, sum), count);
        }
}

static bool tile_is_plain(const Tile *t, int nv)
{
    return t->f == nv * VL && t->activation <= ICL_ACT_RELU6;
}

INLINE void tile_store(const Tile *t, vf sum[][TILE_VECTORS], int row, const int mr, const int nv)
{
    UNROLLED(m, mr) {
        size_t at = t->out[row + m];
        if (t->add)
            UNROLLED(j, nv)
                sum[m][j] += vload(t->add + at + j * VL);
        if (t->activation != ICL_ACT_NONE)
            UNROLLED(j, nv)
                sum[m][j] = vrelu(sum[m][j]);
        if (t->activation == ICL_ACT_RELU6)
            UNROLLED(j, nv)
                sum[m][j] = vmin(vset(6), sum[m][j]);
        UNROLLED(j, nv)
            vstore(t->y + at + j * VL, sum[m][j]);
    }
}

INLINE void tile_run(const Tile *t, int row, const int mr, const int nv)
{
    vf sum[TILE_ROWS][TILE_VECTORS];
    const float *w = t->w, *const *rows = t->rows + row;
    const char *next = t->next;
    const float *from = t->begun ? t->sums + (size_t)row * nv * VL : t->bias;
    const size_t step = t->begun ? nv * VL : 0;

    UNROLLED(m, mr)
        UNROLLED(j, nv)
            sum[m][j] = vload(from + m * step + j * VL);
    for (int tap = 0; tap < t->taps; tap++, rows += t->stride) {
        const float *p[TILE_ROWS];
        UNROLLED(m, mr)
            p[m] = rows[m] + t->first;
        for (int c = 0; c < t->c; c++, w += nv * VL, next += t->next_step) {
            vf b[TILE_VECTORS];
            if (nv == TILE_VECTORS / 2) /* the panels of many rows */
                __builtin_prefetch(next, 0, 2);
            UNROLLED(j, nv)
                b[j] = vload(w + j * VL);
            UNROLLED(m, mr) {
                vf a = vset(p[m][c]);
                UNROLLED(j, nv)
                    sum[m][j] += a * b[j];
            }
        }
    }
    if (t->last && tile_is_plain(t, nv)) {
        tile_store(t, sum, row, mr, nv);
        return;
    }
    UNROLLED(m, mr)
        UNROLLED(j, nv)
            vstore(t->sums + ((size_t)(row + m) * nv + j) * VL, sum[m][j]);
    if (t->last)
        tile_finish(t, row, mr, nv);
}

typedef void (*TileFn)(const Tile *t, int row);

#define TILE(mr, nv) \
    static void tile_##mr##x##nv(const Tile *t, int row) { tile_run(t, row, mr, nv); }
TILE_EACH(TILE)
static const TileFn tiles[TILE_VECTORS + 1][TILE_ROWS + 1] = TILE_TABLE(tile);
