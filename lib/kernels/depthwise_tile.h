/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The register tile of depthwise convolution: a few rows by one or two columns of outputs of one
 * vector of channels. Tall and narrow: an input is loaded once for all rows of taps, and once more
 * for few others, by the next columns from the first cache and by the next rows; and what is read
 * and written runs along the rows, as prefetching likes it. Taps of a column stay in registers
 * while the rows go by. */
#pragma once

#include "depthwise.h"

/* 7 divides the heights of networks for 224 pixels: 112, 56, 28, 14, 7. */
#if ICL_VL == 16 || defined(__aarch64__) /* 32 registers */
enum { TILE_ROWS = 7, TILE_COLUMNS = 2 };
#else /* 16 */
enum { TILE_ROWS = 7, TILE_COLUMNS = 1 };
#endif

enum { TILE_TAPS = 5 }; /* most in a row */

/* p += by. The compiler is kept from knowing where it points to, or it works out the addresses of a
 * whole tile ahead of the loop over channels, keeps them in memory and loads each before its use;
 * likewise each bit of a number that is tested. */
#define STEP(p, by)                     \
    do {                                \
        (p) += (by);                    \
        __asm__ volatile("" : "+r"(p)); \
    } while (0)

#define HAS(bits, i) __builtin_expect(((bits) >> (i)) & 1, 1)

/* Bit i: first + i lies in 0..size-1. */
static inline unsigned bits_inside(int first, int count, int size)
{
    int low = first < 0 ? -first : 0, high = least(count, size - first);

    return low < high ? (1u << high) - (1u << low) : 0;
}

/* Rows of a block, no more than `rows`, that cut `count` rows most evenly. */
static inline int even_rows(int count, int rows)
{
    return count > rows ? blocks_of(count, blocks_of(count, rows)) : most(count, 1);
}
