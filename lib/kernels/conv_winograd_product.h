/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The products of a convolution by Winograd: for each point, sums over the channels of transformed
 * input times transformed weights. Meanwhile they fetch what comes after them. */
#pragma once

#include "conv_winograd_split.h"

/* Memory to fetch: `rows` runs of FETCH_RUN bytes, `row` bytes apart. */
enum { FETCH_LINE = 64, FETCH_RUN = 256 };

typedef struct Fetch {
    const char *at;
    size_t row;
    int rows;
} Fetch;

typedef struct Fetches {
    Fetch list[TILE_VECTORS + 3]; /* a panel's taps; input, results and what is added to them */
    int count, present;           /* of the list */
} Fetches;

/* Takes `rows` runs from the list. */
static inline Fetch fetch_take(Fetches *fetches, int rows)
{
    Fetch *fetch = &fetches->list[fetches->present], taken = *fetch;

    if (fetches->present == fetches->count)
        return (Fetch){.rows = 0};
    fetch->at += rows * fetch->row;
    fetch->rows -= rows;
    if (fetch->rows <= 0)
        fetches->present++;
    return taken;
}

/* Some points of a panel: sums[point][tile] (+)= sum over c of v[c][point][tile] * u[point][c]. */
typedef struct Points {
    const float *u, *v;
    float *sums;
    size_t u_point, v_point, v_vector, sums_point;
    int count, tiles, channels, vectors;
    bool begun; /* sums hold those of the channels before */
    Fetches *fetches;
} Points;

void ICL_TIER(winograd_multiply)(const Points *points);

/* A vector of filters, of taps [c][9][VL] that are transformed in the registers: for few tiles,
 * where stores of u would take longer than the products. All points. */
typedef struct FewTiles {
    const float *taps, *v;
    float *sums; /* [point][tile][VL] */
    size_t v_point, v_vector, sums_point;
    int tiles, c;
} FewTiles;

void ICL_TIER(winograd_multiply_few)(const Winograd *g, const FewTiles *few);
