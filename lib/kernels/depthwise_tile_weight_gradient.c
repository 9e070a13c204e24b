/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Weight gradient of depthwise convolution in tiles: the tile's dy stays in registers, each input
 * under it is loaded once, and the sums of a column of taps are in registers while its rows go by.
 * Sums of a vector of channels lie side by side in memory between tiles. */
#include "depthwise_tile.h"

/* x, dy: of the tile's first row and column, which may lie outside. Bits: which exist. */
typedef struct Tile {
    const float *x, *dy;
    ptrdiff_t x_row, dy_row, column;
    unsigned rows, columns, dy_rows, dy_columns;
    float *sums; /* [vectors][columns of taps][rows of taps][VL] */
    int channels;
} Tile;

/* Zeros where there is none. */
INLINE void tile_load(const Tile *t, vf dy[][TILE_ROWS], int j, int n)
{
    const float *column = t->dy + j;
    const ptrdiff_t row = t->dy_row;
    unsigned rows = t->dy_rows;

    STEP(rows, 0);
    UNROLLED(o, TILE_COLUMNS) {
        const float *p = column;
        STEP(column, t->column);
        UNROLLED(i, TILE_ROWS) {
            if (i && i % 3 == 0)
                STEP(p, 3 * row);
            dy[o][i] = (vf){0};
            if (HAS(t->dy_columns, o) && HAS(rows, i))
                dy[o][i] = vload_n(p + i % 3 * row, n);
        }
    }
}

/* sums[column of taps] += a column of x times dy, for the columns of taps under which it lies */
INLINE void column_sum(const Tile *t, int taps, int stride, int q, const float *x,
                       vf dy[][TILE_ROWS], vf sum[][TILE_TAPS], int n)
{
    const ptrdiff_t row = t->x_row;
    unsigned rows = t->rows;

    STEP(rows, 0);
    UNROLLED(r, (TILE_ROWS - 1) * stride + taps) {
        if (r && r % 3 == 0)
            STEP(x, 3 * row);
        if (!HAS(rows, r))
            continue;
        vf in = vload_n(x + r % 3 * row, n);
        UNROLLED(o, TILE_COLUMNS)
            UNROLLED(i, TILE_ROWS) {
                const int kx = q - o * stride, ky = r - i * stride;
                if (kx >= 0 && kx < taps && ky >= 0 && ky < taps)
                    sum[kx][ky] += in * dy[o][i];
            }
    }
}

/* A column of taps is loaded before the tile's first column of x that it meets and stored after the
 * last. */
INLINE void tile_vector(const Tile *t, int taps, int stride, float *sums, int j, int n)
{
    const float *x = t->x + j;
    vf dy[TILE_COLUMNS][TILE_ROWS], sum[TILE_TAPS][TILE_TAPS];

    tile_load(t, dy, j, n);
    UNROLLED(q, (TILE_COLUMNS - 1) * stride + taps) {
        const int last = q - (TILE_COLUMNS - 1) * stride;
        if (q < taps)
            UNROLLED(k, taps)
                sum[q][k] = vload(sums + (q * taps + k) * VL);
        if (HAS(t->columns, q))
            column_sum(t, taps, stride, q, x, dy, sum, n);
        STEP(x, t->column);
        if (last >= 0)
            UNROLLED(k, taps)
                vstore(sums + (last * taps + k) * VL, sum[last][k]);
    }
}

INLINE void tile_run(const Tile *t, int taps, int stride)
{
    float *sums = t->sums;
    int j = 0;

    for (; j + VL <= t->channels; j += VL, sums += taps * taps * VL)
        tile_vector(t, taps, stride, sums, j, VL);
    if (j < t->channels && VL == 16)
        tile_vector(t, taps, stride, sums, j, t->channels - j);
}

static void run_3_1(const Tile *t) { tile_run(t, 3, 1); }
static void run_3_2(const Tile *t) { tile_run(t, 3, 2); }
static void run_5_1(const Tile *t) { tile_run(t, 5, 1); }
static void run_5_2(const Tile *t) { tile_run(t, 5, 2); }

static void run(const IclConvShape *s, const Tile *t)
{
    if (s->kh == 3)
        (s->sh == 1 ? run_3_1 : run_3_2)(t);
    else
        (s->sh == 1 ? run_5_1 : run_5_2)(t);
}

void ICL_TIER(depthwise_tile_weight_gradient)(const IclConvShape *s, const float *x,
                                              const float *dy, float *sums, const Part *part)
{
    const int top = part->row * s->sh - s->pt;
    Tile t = {
        .x_row = (ptrdiff_t)s->w * s->c,
        .dy_row = (ptrdiff_t)s->ow * s->c,
        .column = s->c,
        .rows = bits_inside(top, (part->rows - 1) * s->sh + s->kh, s->h),
        .dy_rows = bits_inside(0, TILE_ROWS, part->rows),
        .sums = sums,
        .channels = part->channels,
    };

    x += ((ptrdiff_t)part->image * s->h + top) * t.x_row + part->channel;
    dy += ((ptrdiff_t)part->image * s->oh + part->row) * t.dy_row + part->channel;
    for (int o = 0; o < s->ow; o += TILE_COLUMNS) {
        const int left = o * s->sw - s->pl, columns = least(TILE_COLUMNS, s->ow - o);
        t.x = x + left * t.column;
        t.dy = dy + o * t.column;
        t.columns = bits_inside(left, (columns - 1) * s->sw + s->kw, s->w);
        t.dy_columns = bits_inside(0, TILE_COLUMNS, columns);
        run(s, &t);
    }
}
