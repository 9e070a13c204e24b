/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Sizes of the register tiles, which the convolutions share: rows by 1..TILE_VECTORS vectors of
 * filters, as many as sums, weights and one broadcast fit the registers; and how filters are cut
 * into panels of that width. */
#pragma once

#include "vector_math.h"

enum { TILE_ROWS = 12 };

#if ICL_VL == 16 || defined(__aarch64__) /* 32 registers */
enum { TILE_VECTORS = 4 };
static const int tile_rows[TILE_VECTORS + 1] = {0, 12, 12, 8, 6};
#define TILE_EACH(DO) TILE_12(DO, 1) TILE_12(DO, 2) TILE_8(DO, 3) TILE_6(DO, 4)
#define TILE_TABLE(name)                                                                           \
    {                                                                                              \
        {NULL}, {NAMES_12(name, 1)}, {NAMES_12(name, 2)}, {NAMES_8(name, 3)}, { NAMES_6(name, 4) } \
    }
#else /* 16 */
enum { TILE_VECTORS = 3 };
static const int tile_rows[TILE_VECTORS + 1] = {0, 12, 6, 4};
#define TILE_EACH(DO) TILE_12(DO, 1) TILE_6(DO, 2) TILE_4(DO, 3)
#define TILE_TABLE(name)                                                      \
    {                                                                         \
        {NULL}, {NAMES_12(name, 1)}, {NAMES_6(name, 2)}, { NAMES_4(name, 3) } \
    }
#endif

/* TILE_EACH(DO) is DO(rows, vectors) for each size; TILE_TABLE(name) the table [vectors][rows] of
 * name_ROWSxVECTORS. */
#define TILE_4(DO, nv)    DO(1, nv) DO(2, nv) DO(3, nv) DO(4, nv)
#define TILE_6(DO, nv)    TILE_4(DO, nv) DO(5, nv) DO(6, nv)
#define TILE_8(DO, nv)    TILE_6(DO, nv) DO(7, nv) DO(8, nv)
#define TILE_12(DO, nv)   TILE_8(DO, nv) DO(9, nv) DO(10, nv) DO(11, nv) DO(12, nv)
#define NAMES_4(name, nv) NULL, name##_1x##nv, name##_2x##nv, name##_3x##nv, name##_4x##nv
#define NAMES_6(name, nv) NAMES_4(name, nv), name##_5x##nv, name##_6x##nv
#define NAMES_8(name, nv) NAMES_6(name, nv), name##_7x##nv, name##_8x##nv
#define NAMES_12(name, nv) \
    NAMES_8(name, nv), name##_9x##nv, name##_10x##nv, name##_11x##nv, name##_12x##nv

static inline int panel_vectors(int f) { return (f + VL - 1) / VL; }

/* How many panels `f` filters are cut into for sums of k products, as equal as can be: as wide as
 * the registers allow, but where the weights of a wide one (k rows) come from the second-level
 * cache for each of a sample's few tiles, narrower and of more rows. */
static inline int panel_count(int f, size_t k, int sample_rows)
{
    int vectors = panel_vectors(f);

    if (TILE_VECTORS == 4)
        return k < 1024 || sample_rows >= 64 ? (vectors + 3) / 4 : (vectors + 2) / 3;
    return vectors < TILE_VECTORS ? 1 : vectors / 2;
}

/* The first vector of panel i of `count`; panel_first(f, count, count) ends the last one. */
static inline int panel_first(int f, int count, int i)
{
    return (int)((int64_t)panel_vectors(f) * i / count);
}
