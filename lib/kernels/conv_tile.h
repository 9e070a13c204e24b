/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The micro-kernel of indirect GEMM (Dukhan, "The Indirect Convolution Algorithm", 2019): a few
 * rows (output pixels) by a few vectors of filters, whose sums stay in registers over all taps and
 * channels. A sum starts at the bias and runs over taps and channels in order in every size of
 * tile, so that a pixel's result does not depend on which tile it fell into. */
#pragma once

#include "conv_panel.h"
#include "vector_rows.h"

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
    const float *w;     /* [taps][c][vectors * VL] */
    const float *scale; /* [first + c]: factors of the channels' weights; or NULL */
    const char *next; /* weights of a later block, fetched `next_step` bytes a channel meanwhile */
    size_t next_step;
    const float *bias; /* vectors * VL */
    float *sums; /* [row][vectors * VL]: unfinished ones, between blocks of taps and channels */
    bool begun, last; /* sums start there rather than at the bias; they are finished now */
    const float *add; /* or NULL */
    float *y;
    bool far; /* y is outside of the caches: fetched while the sums run, so that stores find it */
    int f;    /* filters there are, the rest of the vectors is not written */
    IclActivation activation;
    float alpha;
} Tile;

/* What is rare, apart: activations of more than a clamp, a loop each. */
#define TILE_FINISH(ACT, name)                                                  \
    static void __attribute__((noinline))                                       \
    tile_finish_##name(const Tile *t, int row, int rows, int nv)                \
    {                                                                           \
        const float *sums = t->sums + (size_t)row * nv * VL;                    \
        for (int m = row; m < row + rows; m++)                                  \
            for (int j = 0; j < nv; j++, sums += VL) {                          \
                size_t at = t->out[m] + (size_t)j * VL;                         \
                int count = t->f - j * VL < VL ? t->f - j * VL : VL;            \
                vf sum = vload(sums);                                           \
                if (t->add)                                                     \
                    sum += vload_part(t->add + at, count);                      \
                vstore_part(t->y + at, vactivation(ACT, t->alpha, sum), count); \
            }                                                                   \
    }
EACH_ACTIVATION(TILE_FINISH)
#define TILE_FINISH_ENTRY(ACT, name) [ACT] = tile_finish_##name,
static void (*const tile_finishes[])(const Tile *t, int row, int rows,
                                     int nv) = {EACH_ACTIVATION(TILE_FINISH_ENTRY)};

/* Whether the sums go to y from their registers; those of a ragged last vector where a masked store
 * is one instruction. */
static bool tile_is_plain(const Tile *t, int nv)
{
    return (t->f == nv * VL || VL >= 8) && t->activation <= ICL_ACT_RELU6;
}

/* count: filters of the last vector */
INLINE void tile_store(const Tile *t, vf sum[][TILE_VECTORS], int row, const int mr, const int nv,
                       const int count)
{
    const int last = (nv - 1) * VL;
    const size_t *out = t->out + row;
    const float *add = t->add;
    float *y = t->y;
    const IclActivation activation = t->activation;

    UNROLLED(m, mr) {
        const size_t at = out[m];
        if (add) {
            UNROLLED(j, nv - 1)
                sum[m][j] += vload(add + at + j * VL);
            sum[m][nv - 1] += vload_n(add + at + last, count);
        }
        if (activation != ICL_ACT_NONE)
            UNROLLED(j, nv)
                sum[m][j] = vrelu(sum[m][j]);
        if (activation == ICL_ACT_RELU6)
            UNROLLED(j, nv)
                sum[m][j] = vmin(vset(6), sum[m][j]);
        UNROLLED(j, nv - 1)
            vstore(y + at + j * VL, sum[m][j]);
        vstore_n(y + at + last, sum[m][nv - 1], count);
    }
}

/* What a tile's loop goes through: the rows' channels and the weights, a step a channel. */
typedef struct Steps {
    const float *p[TILE_ROWS], *w, *scale;
    const char *next;
    size_t next_step;
} Steps;

INLINE void tile_step(Steps *s, vf sum[][TILE_VECTORS], int c, const int mr, const int nv,
                      const bool scaled)
{
    vf b[TILE_VECTORS];

    __builtin_prefetch(s->next, 0, 2);
    UNROLLED(j, nv)
        b[j] = scaled ? vload(s->w + j * VL) * vset(s->scale[c]) : vload(s->w + j * VL);
    UNROLLED(m, mr) {
        vf a = vset(s->p[m][c]);
        UNROLLED(j, nv)
            sum[m][j] += a * b[j];
    }
    s->w += nv * VL;
    s->next += s->next_step;
}

INLINE void tile_fetch(const Tile *t, const float *p, int row, const int mr, const int nv)
{
    UNROLLED(m, mr)
        UNROLLED(j, nv)
            __builtin_prefetch(p + t->out[row + m] + j * VL);
}

/* As many steps as there are vectors of results, each after one of them is fetched. */
INLINE void tile_fetch_steps(const Tile *t, const float *p, int row, Steps *s,
                             vf sum[][TILE_VECTORS], int c, const int mr, const int nv,
                             const bool scaled)
{
    for (int m = 0; m < mr; m++) {
        const float *at = p + t->out[row + m];
        UNROLLED(j, nv) {
            __builtin_prefetch(at + j * VL);
            tile_step(s, sum, c++, mr, nv, scaled);
        }
    }
}

/* The first steps of a far tile, with a vector each of where the results go (and first of `add`,
 * which is read before): in one burst they would hold up the weights. Where channels are fewer,
 * they come first all the same. */
INLINE int tile_far(const Tile *t, int row, Steps *s, vf sum[][TILE_VECTORS], const int mr,
                    const int nv, const bool scaled)
{
    const int steps = mr * nv;

    if (t->c < 2 * steps) {
        tile_fetch(t, t->y, row, mr, nv);
        if (t->add)
            tile_fetch(t, t->add, row, mr, nv);
        return 0;
    }
    if (t->add)
        tile_fetch_steps(t, t->add, row, s, sum, 0, mr, nv, scaled);
    tile_fetch_steps(t, t->y, row, s, sum, t->add ? steps : 0, mr, nv, scaled);
    return t->add ? 2 * steps : steps;
}

INLINE void tile_run(const Tile *t, int row, const int mr, const int nv, const bool scaled)
{
    vf sum[TILE_ROWS][TILE_VECTORS];
    const float *const *rows = t->rows + row;
    float *sums = t->sums + (size_t)row * nv * VL;
    Steps s = {.w = t->w, .next = t->next, .next_step = t->next_step};

    if (scaled)
        s.scale = t->scale + t->first;

    UNROLLED(m, mr)
        UNROLLED(j, nv)
            sum[m][j] = vload(t->begun ? sums + (m * nv + j) * VL : t->bias + j * VL);
    for (int tap = 0; tap < t->taps; tap++, rows += t->stride) {
        UNROLLED(m, mr)
            s.p[m] = rows[m] + t->first;
        int c = 0;
        if (t->far && t->last && !tap)
            c = tile_far(t, row, &s, sum, mr, nv, scaled);
        for (; c < t->c; c++)
            tile_step(&s, sum, c, mr, nv, scaled);
    }
    if (t->last && tile_is_plain(t, nv)) {
        if (t->f == nv * VL)
            tile_store(t, sum, row, mr, nv, VL);
        else
            tile_store(t, sum, row, mr, nv, t->f - (nv - 1) * VL);
        return;
    }
    UNROLLED(m, mr)
        UNROLLED(j, nv)
            vstore(sums + (m * nv + j) * VL, sum[m][j]);
    if (t->last)
        tile_finishes[t->activation](t, row, mr, nv);
}

typedef void (*TileFn)(const Tile *t, int row);

#define TILE(mr, nv) \
    static void tile_##mr##x##nv(const Tile *t, int row) { tile_run(t, row, mr, nv, false); }
TILE_EACH(TILE)
static const TileFn tiles[TILE_VECTORS + 1][TILE_ROWS + 1] = TILE_TABLE(tile);

#define SCALED_TILE(mr, nv) \
    static void scaled_##mr##x##nv(const Tile *t, int row) { tile_run(t, row, mr, nv, true); }
TILE_EACH(SCALED_TILE)
static const TileFn scaled_tiles[TILE_VECTORS + 1][TILE_ROWS + 1] = TILE_TABLE(scaled);
