/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Whether a 3x3 convolution goes by Winograd, and by which tile: by the shape of a sample, so
 * that its result does not depend on the batch. */
#include "conv_winograd_split.h"
#include "cpu.h"

enum {
    SAMPLES = 4,
    CHANNELS_LEAST = 16, /* of fewer, transforms take longer than the sums that they spare */
};

#define VECTORS_A_CYCLE 2.0 /* multiplied and added */
#define MEMORY_RATE     3.0 /* bytes a cycle */
#define CACHE_RATE      6.0
#define TRANSFORM_RATE  9.0
#define WEIGHTS_MOST    1e6 /* bytes, in the second-level cache */

bool ICL_TIER(winograd_applies)(const IclConvShape *s)
{
    bool few = s->c < CHANNELS_LEAST || s->f < CHANNELS_LEAST;

    return s->kh == 3 && s->kw == 3 && s->sh == 1 && s->sw == 1 && s->dh == 1 && s->dw == 1 &&
           s->groups == 1 && s->winograd != ICL_WINOGRAD_OFF &&
           !(few && s->winograd == ICL_WINOGRAD_AUTO);
}

/* Cycles of a core for SAMPLES samples, whatever the batch: between a frame alone, which waits for
 * weights, and a large batch, which does not. Weights come from memory, or from the third-level
 * cache where they are few. Direct sums are taken at their best, and a transform is bound by the
 * second-level cache. The rates are those of a Sapphire Rapids. */
static double weight_cycles(double floats)
{
    double bytes = floats * sizeof(float);

    return bytes / (bytes > WEIGHTS_MOST ? MEMORY_RATE : CACHE_RATE);
}

static double direct_cycles(const Winograd *g)
{
    double weights = 9.0 * g->c * panel_vectors(g->f);

    return SAMPLES * weights * g->oh * g->ow / VECTORS_A_CYCLE + weight_cycles(weights * VL);
}

static double winograd_cycles(const Winograd *g)
{
    Winograd few = *g;
    few.n = SAMPLES;
    Split s = split_of(&few);
    double c = g->c, vectors = panel_vectors(g->f);
    double moved = s.tiles * ((double)panel_vectors(g->c) * s.panel_blocks + vectors) +
                   (g->taps ? c * vectors * s.tile_blocks : 0);

    return points(g) * s.tiles * c * vectors / VECTORS_A_CYCLE +
           points(g) * moved * VL * sizeof(float) / TRANSFORM_RATE +
           weight_cycles((g->taps ? 9 : points(g)) * c * vectors * VL);
}

/* Transformed weights that are too many for the second-level cache are not stored. */
static Winograd of_side(const Winograd *g, int m)
{
    Winograd tried = *g;
    tried.m = m;
    tried.taps = (double)points(&tried) * g->c * g->f * sizeof(float) > WEIGHTS_MOST;
    return tried;
}

static Winograd choose(const IclConvShape *s, Winograd g)
{
    const IclWinograd allowed = (IclWinograd)s->winograd;

    if (!ICL_TIER(winograd_applies)(s))
        return g;
    const Winograd f2 = of_side(&g, 2), f4 = of_side(&g, 4);
    const Winograd best = winograd_cycles(&f2) < winograd_cycles(&f4) ? f2 : f4;
    if (allowed != ICL_WINOGRAD_AUTO)
        return allowed == ICL_WINOGRAD_2 ? f2 : f4;
    return winograd_cycles(&best) < direct_cycles(&g) ? best : g;
}

Winograd ICL_TIER(winograd_forward)(const IclConvShape *s)
{
    return choose(s, (Winograd){.n = s->n,
                                .h = s->h,
                                .w = s->w,
                                .c = s->c,
                                .oh = s->oh,
                                .ow = s->ow,
                                .f = s->f,
                                .pixel = icl_conv_pixel(s),
                                .top = s->pt,
                                .left = s->pl});
}

Winograd ICL_TIER(winograd_input_gradient)(const IclConvShape *s)
{
    return choose(s, (Winograd){.n = s->n,
                                .h = s->oh,
                                .w = s->ow,
                                .c = s->f,
                                .oh = s->h,
                                .ow = s->w,
                                .f = s->c,
                                .pixel = s->c,
                                .top = 2 - s->pt,
                                .left = 2 - s->pl});
}
