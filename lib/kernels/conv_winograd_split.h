/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * How a convolution by Winograd is cut into chunks, and where the packed weights of a panel are. */
#pragma once

#include "conv_winograd.h"

enum {
    BLOCK_CHANNELS = 64,
    BLOCK_PANELS = 2,         /* of a chunk, at most */
    BLOCK_BYTES = 1100 << 10, /* of transformed input and sums, in the second-level cache ... */
    STORED_BYTES = 400 << 10, /* ... beside stored weights, which more tiles do not spare */
    BLOCK_TILES = 12,         /* at least, where there are as many ... */
    TAPS_TILES = 24,          /* ... for which each chunk transforms its weights */
    CHUNKS_WANTED = 8,
    FEW_TILES = TILE_VECTORS == 4 ? 4 : 2, /* whose sums of a row of points fit the registers */
    FEW_GROUPS = 4 / FEW_TILES,            /* for which weights are transformed anew each time */
};

static inline size_t smallest(size_t a, size_t b) { return a < b ? a : b; }

static inline size_t divide_up(size_t a, size_t b) { return (a + b - 1) / b; }

static inline int points(const Winograd *g) { return (g->m + 2) * (g->m + 2); }

static inline int panels_of(const Winograd *g)
{
    return (panel_vectors(g->f) + TILE_VECTORS - 1) / TILE_VECTORS;
}

static inline int panel_start(const Winograd *g, int i)
{
    return panel_first(g->f, panels_of(g), i);
}

/* How the shape alone cuts the work. */
typedef struct Split {
    int down, across; /* tiles of an image */
    int tiles;        /* of all */
    bool few;         /* tiles: conv_winograd_few.c */
    int panels, panel_blocks, tile_blocks;
    int most;     /* tiles of a block */
    int channels; /* of a block: whole vectors */
} Split;

/* Blocks of tiles, where panels are cut into so many: as few as the cache allows. */
static inline int tile_blocks_of(const Winograd *g, const Split *s, int panel_blocks)
{
    size_t panels = divide_up((size_t)s->panels, (size_t)panel_blocks), count = (size_t)s->tiles;
    size_t tile = ((size_t)s->channels + panels * TILE_VECTORS * VL) * points(g) * sizeof(float);
    size_t least = g->taps ? TAPS_TILES : BLOCK_TILES;
    size_t most = (g->taps ? BLOCK_BYTES : STORED_BYTES) / tile;
    size_t wanted = divide_up(CHUNKS_WANTED, (size_t)panel_blocks);
    size_t blocks = divide_up(count, most > least ? most : least);

    size_t more = smallest(wanted, count / least);

    return (int)(blocks > more ? blocks : more);
}

/* Vectors transformed: a block of panels transforms all input, one of tiles all weights. */
static inline double transforms_of(const Winograd *g, const Split *s, int panel_blocks)
{
    double input = (double)s->tiles * panel_vectors(g->c) * panel_blocks;
    double weights = (double)g->c * panel_vectors(g->f) * tile_blocks_of(g, s, panel_blocks);

    return 2 * input + (g->taps ? weights : 0);
}

/* As many chunks as wanted, if there can be, and of those cuts the one of the fewest transforms. */
static inline int panel_blocks_of(const Winograd *g, const Split *s)
{
    int best = 0, most = 0;

    for (int blocks = (s->panels + BLOCK_PANELS - 1) / BLOCK_PANELS; blocks <= s->panels;
         blocks++) {
        int chunks = (int)smallest((size_t)(blocks * tile_blocks_of(g, s, blocks)), CHUNKS_WANTED);
        if (chunks < most ||
            (chunks == most && transforms_of(g, s, blocks) >= transforms_of(g, s, best)))
            continue;
        best = blocks;
        most = chunks;
    }
    return best;
}

static inline Split split_of(const Winograd *g)
{
    Split s = {.down = (g->oh + g->m - 1) / g->m,
               .across = (g->ow + g->m - 1) / g->m,
               .panels = panels_of(g)};
    size_t vectors = (size_t)panel_vectors(g->c);

    s.channels = (int)divide_up(vectors, divide_up(vectors * VL, BLOCK_CHANNELS)) * VL;
    s.tiles = g->n * s.down * s.across;
    s.few = g->taps && s.tiles <= FEW_TILES * FEW_GROUPS;
    s.panel_blocks =
        s.few ? (int)smallest((size_t)s.panels, CHUNKS_WANTED) : panel_blocks_of(g, &s);
    s.tile_blocks = s.few ? 1 : tile_blocks_of(g, &s, s.panel_blocks);
    s.most = (int)divide_up((size_t)s.tiles, (size_t)s.tile_blocks);
    return s;
}

/* Packed from a vector of filters on: transformed, [panel][point][c][panel's vectors * VL], or the
 * taps, [vector][c][9][VL]. */
static inline size_t packed_start(const Winograd *g, int vector)
{
    return (size_t)vector * VL * g->c * (g->taps ? 9 : points(g));
}
