/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Products for few tiles. A row of points of FEW_TILES tiles and a vector of filters has its sums
 * in registers, and so has a channel the row's weights: six times a channel the taps are read from
 * the first-level cache and a row of them is transformed, which is cheaper than to store 36 vectors
 * that so few products would read. */
#include "conv_winograd_product.h"
#include "conv_winograd_transform.h"

enum {
    SPAN = 32,   /* channels whose taps stay in the first-level cache */
    FETCHED = 2, /* lines, a channel and row of points: 9 at least in all rows */
};

typedef struct FewRow {
    const float *taps, *v;
    float *sums;
    size_t v_point, v_vector, sums_point;
    int c;
    bool begun;
    const char *next; /* taps that come later */
} FewRow;

INLINE void row_run(const FewRow *p, const int m, const int row)
{
    const int a = m + 2;
    const size_t v_point = p->v_point;
    const float *taps = p->taps, *vector = p->v;
    const char *next = p->next;
    vf sum[WINOGRAD_SIDE][FEW_TILES];

    UNROLLED(k, a)
        UNROLLED(i, FEW_TILES)
            sum[k][i] = p->begun ? vload(p->sums + k * p->sums_point + i * VL) : (vf){0};
    for (int c = 0; c < p->c; c += VL, vector += p->v_vector) {
        const float *v = vector, *end = vector + (p->c - c < VL ? p->c - c : VL);
        for (; v < end; v++, taps += 9 * VL, next += FETCHED * FETCH_LINE) {
            vf w[3];
            UNROLLED(i, FETCHED)
                __builtin_prefetch(next + i * FETCH_LINE, 0, 2);
            winograd_filter_row(m, row, taps, w);
            UNROLLED(pair, a / 2) {
                const int first = winograd_pair_row(m, pair, 0);
                const int second = winograd_pair_row(m, pair, 1);
                vf u0, u1;
                winograd_filter_pair(pair, w, &u0, &u1);
                UNROLLED(i, FEW_TILES)
                    sum[first][i] += vset(v[first * v_point + i * VL]) * u0;
                UNROLLED(i, FEW_TILES)
                    sum[second][i] += vset(v[second * v_point + i * VL]) * u1;
            }
        }
    }
    UNROLLED(k, a)
        UNROLLED(i, FEW_TILES)
            vstore(p->sums + k * p->sums_point + i * VL, sum[k][i]);
}

typedef void (*RowFn)(const FewRow *p);

#define ROW(m, row) \
    static void row_##m##_##row(const FewRow *p) { row_run(p, m, row); }
ROW(2, 0)
ROW(2, 1)
ROW(2, 2)
ROW(2, 3)
ROW(4, 0)
ROW(4, 1)
ROW(4, 2)
ROW(4, 3)
ROW(4, 4) ROW(4, 5) static const RowFn rows[5][WINOGRAD_SIDE] = {
    [2] = {row_2_0, row_2_1, row_2_2, row_2_3},
    [4] = {row_4_0, row_4_1, row_4_2, row_4_3, row_4_4, row_4_5}};

void ICL_TIER(winograd_multiply_few)(const Winograd *g, const FewTiles *few)
{
    const int a = g->m + 2;
    FewRow p = {.v_point = few->v_point,
                .v_vector = few->v_vector,
                .sums_point = few->sums_point,
                .next = (const char *)(few->taps + 9 * VL * SPAN)};

    for (int channel = 0; channel < few->c; channel += SPAN, p.begun = true) {
        p.c = few->c - channel < SPAN ? few->c - channel : SPAN;
        p.taps = few->taps + (size_t)channel * 9 * VL;
        for (int tile = 0; tile < few->tiles; tile += FEW_TILES)
            for (int row = 0; row < a; row++) {
                size_t from = row * a * few->v_point + (size_t)tile * VL;
                p.v = few->v + channel / VL * few->v_vector + from;
                p.sums = few->sums + row * a * few->sums_point + (size_t)tile * VL;
                rows[g->m][row](&p);
                if (tile == 0)
                    p.next += FETCHED * FETCH_LINE * p.c;
            }
    }
}
