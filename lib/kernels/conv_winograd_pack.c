/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Weights of a convolution by Winograd are packed transformed, [panel][point][c][panel's vectors *
 * VL], or, where that would be too much to fetch, as the taps [panel][c][9][panel's vectors * VL].
 */
#include "conv_winograd_split.h"
#include "conv_winograd_transform.h"

size_t ICL_TIER(winograd_packed_size)(const Winograd *g)
{
    return (size_t)(g->taps ? 9 : points(g)) * g->c * panel_vectors(g->f) * VL;
}

/* n filters side by side, or `stride` floats apart */
static vf load_filters(const float *w, size_t stride, int n)
{
    float lanes[VL] = {0};

    if (stride == 1)
        return vload_part(w, n);
    for (int i = 0; i < n; i++)
        lanes[i] = w[i * stride];
    return vload(lanes);
}

static void pack_vector(const Winograd *g, const WinogradWeights *weights, size_t c, int f, int n,
                        float *packed, size_t step)
{
    vf taps[9], scale = weights->scale ? vload_part(weights->scale + f, n) : vset(1);

    for (int tap = 0; tap < 9; tap++) {
        const float *w = weights->w + tap * weights->tap + c * weights->c + f * weights->f;
        taps[tap] = load_filters(w, weights->f, n) * scale;
        if (g->taps)
            vstore(packed + tap * step, taps[tap]);
    }
    if (!g->taps && g->m == 2)
        winograd_filter_tile(2, taps, packed, step);
    else if (!g->taps)
        winograd_filter_tile(4, taps, packed, step);
}

int ICL_TIER(winograd_pack_chunks)(const Winograd *g) { return panels_of(g); }

void ICL_TIER(winograd_pack)(const Winograd *g, const WinogradWeights *weights, float *packed,
                             int chunk)
{
    int vector = panel_start(g, chunk), vectors = panel_start(g, chunk + 1) - vector;
    size_t width = (size_t)vectors * VL, c = (size_t)g->c;
    size_t step = g->taps ? width : c * width, channel = g->taps ? 9 * width : width;

    packed += (size_t)vector * VL * (g->taps ? 9 : points(g)) * c;
    for (size_t i = 0; i < c; i++, packed += channel)
        for (int j = 0; j < vectors; j++) {
            int f = (vector + j) * VL, n = g->f - f < VL ? g->f - f : VL;
            pack_vector(g, weights, i, f, n, packed + j * VL, step);
        }
}
