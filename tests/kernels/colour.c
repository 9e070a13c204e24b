/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Changes of colours: every tier against the reference on ragged counts, misaligned. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels_test.h"

static const int counts[] = {0, 1, 2, 3, 7, 15, 16, 17, 31, 33, 127, 5000};

typedef struct Row {
    const char *name;
    IclColourChange changes[4];
    int n;
} Row;

static const Row rows[] = {
    {"none", {{0}}, 0},
    {"brightness", {{ICL_COLOUR_LINEAR, 1.3f, 0}}, 1},
    {"contrast", {{ICL_COLOUR_LINEAR, 0.6f, 50}}, 1},
    {"saturation", {{ICL_COLOUR_SATURATION, 0.3f, 0}}, 1},
    {"saturation-more", {{ICL_COLOUR_SATURATION, 1.9f, 0}}, 1},
    {"hue", {{ICL_COLOUR_HUE, 0.5f, 0}}, 1},
    {"hue-back", {{ICL_COLOUR_HUE, -0.5f, 0}}, 1},
    {"hue-little", {{ICL_COLOUR_HUE, 0.07f, 0}}, 1},
    {"all",
     {{ICL_COLOUR_HUE, -0.1f, 0},
      {ICL_COLOUR_LINEAR, 0.8f, 0},
      {ICL_COLOUR_SATURATION, 1.4f, 0},
      {ICL_COLOUR_LINEAR, 1.2f, -20}},
     4},
};

/* 0..255, with grey pixels, primary colours and black among them. */
static Guarded pixels_new(size_t n, int misalign)
{
    Guarded g = guarded_random(3 * n, misalign, (int)n);

    for (size_t i = 0; i < 3 * n; i++)
        g.data[i] = (g.data[i] + 1) * 127.5f;
    for (size_t i = 0; i < n; i += 5) {
        float *x = g.data + 3 * i;
        x[1] = x[0];
        x[2] = i % 2 ? x[0] : i % 3 ? 255 : 0;
    }
    return g;
}

static void agrees(const TierCase *data)
{
    const Row *row = data->row;
    double bounds[15000];

    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        size_t n = (size_t)counts[i];
        Guarded got = pixels_new(n, 1), want = pixels_new(n, 0);
        for (size_t k = 0; k < 3 * n; k++)
            bounds[k] = 1e-3;
        double sum = data->kernels->colour.change(row->changes, row->n, n, got.data);
        double expected = data->reference->colour.change(row->changes, row->n, n, want.data);
        compare(row->name, got.data, want.data, bounds, 3 * n);
        g_assert_cmpfloat_with_epsilon(sum, expected, 1e-3 * n + 1e-9);
        guarded_check(&got, row->name);
        guarded_free(&got);
        guarded_free(&want);
    }
}

void colour_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        add_tier_tests("colour", rows[i].name, &rows[i], agrees);
}

typedef struct ChangeRun {
    const IclKernels *kernels;
    const Row *row;
    float *x;
} ChangeRun;

enum { BENCHED = 224 * 224 };

static void change_run(void *data)
{
    const ChangeRun *run = data;

    run->kernels->colour.change(run->row->changes, run->row->n, BENCHED, run->x);
}

void colour_bench(const Bench *bench)
{
    Guarded x = pixels_new(BENCHED, 0);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        for (int tier = 0; tier < ICL_TIERS; tier++) {
            g_autofree char *line =
                g_strdup_printf("colour %s %s", rows[i].name, icl_tier_name(tier));
            ChangeRun run = {icl_kernels_of(tier), &rows[i], x.data};
            Timed timed = {change_run, &run};
            if (!run.kernels || tier == ICL_TIER_OPENBLAS || !bench_wants(bench, line))
                continue;
            bench_interleaved(&timed, 1, 0.1);
            printf("%-40s %8.1f us of 224x224\n", line, timed.median * 1e6);
        }
    guarded_free(&x);
}
