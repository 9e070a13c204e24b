/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Packing a grid's weights (conv_grid.h): [group][panel][taps][c][panel's vectors * VL]. Filters
 * that lie side by side are copied; of the input gradient the channels do, and blocks of VL by VL
 * are turned. */
#include "conv_grid.h"
#include "vector_samples.h"

/* A panel of one kernel position. */
typedef struct Panel {
    const float *w;     /* from the first filter on */
    const float *scale; /* [f] or NULL */
    size_t c_stride, f_stride;
    int c, f, width; /* zeros past f */
} Panel;

static inline int clamp_vector(int n) { return n < 0 ? 0 : n < VL ? n : VL; }

/* packed: [c][width] */
static void pack_copied(const Panel *p, float *packed)
{
    const float *w = p->w;

    for (int c = 0; c < p->c; c++, w += p->c_stride, packed += p->width)
        for (int j = 0; j < p->width; j += VL) {
            int n = clamp_vector(p->f - j);
            vf x = vload_n(w + j, n);
            vstore(packed + j, p->scale ? x * vload_n(p->scale + j, n) : x);
        }
}

static void pack_turned(const Panel *p, float *packed)
{
    for (int c = 0; c < p->c; c += VL)
        for (int j = 0; j < p->width; j += VL) {
            int n = clamp_vector(p->c - c), filters = clamp_vector(p->f - j);
            vf x[VL];
            UNROLLED(i, VL) {
                x[i] = (vf){0};
                if (i < filters)
                    x[i] = vload_n(p->w + (j + i) * p->f_stride + c, n);
                if (i < filters && p->scale)
                    x[i] *= p->scale[j + i];
            }
            vturn(x);
            UNROLLED(i, VL)
                if (i < n)
                    vstore(packed + (size_t)(c + i) * p->width + j, x[i]);
        }
}

int ICL_TIER(grid_pack_chunks)(const Grid *g) { return g->groups * grid_panels(g); }

void ICL_TIER(grid_pack)(const Grid *g, const WeightStrides *strides, const float *w,
                         const float *scale, float *packed, int chunk)
{
    int panels = grid_panels(g), group = chunk / panels;
    int first = grid_panel_start(g, chunk % panels), end = grid_panel_start(g, chunk % panels + 1);
    int width = (end - first) * VL, rest = g->f - first * VL;
    Panel panel = {.scale = scale ? scale + group * g->f + first * VL : NULL,
                   .c_stride = strides->c,
                   .f_stride = strides->f,
                   .c = g->c,
                   .f = rest < width ? rest : width,
                   .width = width};

    packed += ((size_t)group * panel_vectors(g->f) + first) * VL * grid_k(g);
    w += group * strides->group + first * VL * strides->f;
    for (int tap = 0; tap < g->y.taps * g->x.taps; tap++, packed += (size_t)g->c * width) {
        int ky = g->y.k_first + tap / g->x.taps * g->y.k_step;
        int kx = g->x.k_first + tap % g->x.taps * g->x.k_step;
        panel.w = w + (ky * strides->kw + kx) * strides->tap;
        (strides->f == 1 ? pack_copied : pack_turned)(&panel, packed);
    }
}
