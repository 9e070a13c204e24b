/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Loops that memory limits, timed beside a triad of the same size in the same run. */
#pragma once

#include <stdio.h>

#include "kernels_test.h"

enum { BENCH_COUNT = 4000000 }; /* floats an array: past the second-level caches */

typedef struct Triad {
    float *a, *b, *c;
} Triad;

static void triad_run(void *data)
{
    const Triad *t = data;
    float *a = t->a, *b = t->b, *c = t->c;

    for (int i = 0; i < BENCH_COUNT; i++)
        a[i] = b[i] + 0.5f * c[i];
}

/* `bytes` an entry, of BENCH_COUNT entries. */
static inline void bench_bytes(const Bench *bench, int tier, void (*run)(void *data), void *data,
                               double bytes, const char *format, const char *name)
{
    g_autofree char *what = g_strdup_printf(format, name);
    g_autofree char *line = g_strdup_printf("%s %s", what, icl_tier_name(tier));
    static const double triad_bytes = 12;

    if (!bench_wants(bench, line))
        return;
    Guarded a = guarded_new(BENCH_COUNT, 0), b = guarded_new(BENCH_COUNT, 0),
            c = guarded_new(BENCH_COUNT, 0);
    Triad triad = {a.data, b.data, c.data};
    Timed timed[] = {{run, data}, {triad_run, &triad}};
    bench_interleaved(timed, G_N_ELEMENTS(timed), 0.15);
    double speed = bytes * BENCH_COUNT / timed[0].median * 1e-9;
    double limit = triad_bytes * BENCH_COUNT / timed[1].median * 1e-9;
    printf("%s: %.1f GB/s, %.0f %% of the triad's %.1f\n", line, speed, 100 * speed / limit, limit);
    guarded_free(&a);
    guarded_free(&b);
    guarded_free(&c);
}
