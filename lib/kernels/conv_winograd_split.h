/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * How a convolution by Winograd is cut into chunks, and where the packed weights of a panel are. */
#pragma once

#include "conv_winograd.h"

enum {
    BLOCK_CHANNELS = 64,
    BLOCK_PANELS = 2,         /* of a chunk, at most: each transforms its input anew */
    BLOCK_BYTES = 1100 << 10, /* of transformed input and sums, in the second-level cache */
    BLOCK_TILES = 12,         /* at least, where there are as many ... */
    TAPS_TILES = 16,          /* ... for which each chunk transforms its weights */
    CHUNKS_WANTED = 8,
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
    int panels, panel_blocks, tile_blocks;
    int most;     /* tiles of a block */
    int channels; /* of a block: whole vectors */
} Split;

static inline Split split_of(const Winograd *g)
{
    Split s = {.down = (g->oh + g->m - 1) / g->m,
               .across = (g->ow + g->m - 1) / g->m,
               .panels = panels_of(g)};
    size_t vectors = (size_t)panel_vectors(g->c);
    size_t blocks = divide_up(vectors * VL, BLOCK_CHANNELS);

    s.tiles = g->n * s.down * s.across;
    s.channels = (int)divide_up(vectors, blocks) * VL;
    size_t panels = smallest((size_t)s.panels, BLOCK_PANELS);
    size_t tile = ((size_t)s.channels + panels * TILE_VECTORS * VL) * points(g) * sizeof(float);
    size_t most = smallest(BLOCK_BYTES / tile, (size_t)s.tiles / CHUNKS_WANTED);
    size_t least = g->taps ? TAPS_TILES : BLOCK_TILES;
    most = most < least ? least : most;
    s.tile_blocks = (int)divide_up((size_t)s.tiles, most);
    s.most = (int)divide_up((size_t)s.tiles, (size_t)s.tile_blocks);
    s.panel_blocks = (int)divide_up((size_t)s.panels, panels);
    size_t wanted = divide_up(CHUNKS_WANTED, (size_t)s.tile_blocks);
    if (wanted > (size_t)s.panel_blocks)
        s.panel_blocks = (int)smallest(wanted, (size_t)s.panels);
    return s;
}

static inline size_t packed_panel(const Winograd *g, int panel)
{
    return (size_t)panel_start(g, panel) * VL * g->c * (g->taps ? 9 : points(g));
}
