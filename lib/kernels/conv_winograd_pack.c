/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Weights of a convolution by Winograd are packed transformed, [panel][point][c][panel's vectors *
 * VL], or, where that would be too much to fetch, as the taps [vector][c][9][VL]. */
#include "conv_winograd_split.h"
#include "conv_winograd_transform.h"

size_t ICL_TIER(winograd_packed_size)(const Winograd *g)
{
    return packed_start(g, panel_vectors(g->f));
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

/* step: floats from a tap, or a point, to the next */
static void pack_vector(const Winograd *g, const WinogradWeights *weights, size_t c, int f,
                        float *packed, size_t step)
{
    const int n = g->f - f < VL ? g->f - f : VL;
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
    const int first = panel_start(g, chunk), end = panel_start(g, chunk + 1);
    const size_t c = (size_t)g->c, width = (size_t)(end - first) * VL;

    for (int vector = first; vector < end; vector++)
        for (size_t i = 0; i < c; i++) {
            if (g->taps)
                pack_vector(g, weights, i, vector * VL,
                            packed + packed_start(g, vector) + i * 9 * VL, VL);
            else
                pack_vector(g, weights, i, vector * VL,
                            packed + packed_start(g, first) + i * width + (vector - first) * VL,
                            c * width);
        }
}
