/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Batch normalisation: every tier against the reference over ragged rows; moments about a large
 * mean. */
#include <math.h>
#include <stdio.h>

#include "kernels_test.h"
#include "triad.h"

static const int channels[] = {1, 2, 3, 7, 10, 15, 16, 17, 24, 31, 33, 64, 65, 127, 256, 257, 1000};
static const int row_counts[] = {1, 2, 15, 16, 33, 200};

typedef struct Layer {
    size_t rows;
    int c;
    Guarded x, dy, y, dx, mean, m2, scale, shift, sum_dy, sum_dyx;
} Layer;

static Layer layer_new(size_t rows, int c, int misalign)
{
    size_t n = rows * (size_t)c, k = (size_t)c;

    return (Layer){
        rows,
        c,
        guarded_random(n, misalign, 1),
        guarded_random(n, misalign, 2),
        guarded_random(n, misalign, 3),
        guarded_random(n, misalign, 4),
        guarded_random(k, misalign, 5),
        guarded_random(k, misalign, 6),
        guarded_random(k, misalign, 7),
        guarded_random(k, misalign, 8),
        guarded_random(k, misalign, 9),
        guarded_random(k, misalign, 10),
    };
}

static void layer_free(Layer *l)
{
    Guarded *all[] = {&l->x,  &l->dy,    &l->y,     &l->dx,     &l->mean,
                      &l->m2, &l->scale, &l->shift, &l->sum_dy, &l->sum_dyx};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        guarded_check(all[i], "batchnorm");
        guarded_free(all[i]);
    }
}

/* `add` may be y's own memory. */
static void layer_run(Layer *l, const IclBatchnormKernels *k, IclActivation activation,
                      bool accumulate, const float *add)
{
    const IclNorm norm = {l->scale.data, l->shift.data, activation, 0.1f};
    const IclNormGradient gradient = {l->scale.data, l->shift.data, l->mean.data};

    k->apply(&norm, l->x.data, add, l->rows, l->c, l->y.data);
    k->gradient_apply(&norm, &gradient, l->x.data, l->dy.data, l->rows, l->c, accumulate,
                      l->dx.data);
    k->gradient_sums(&norm, l->x.data, l->dy.data, l->mean.data, l->rows, l->c, l->sum_dy.data,
                     l->sum_dyx.data);
    k->moments(l->x.data, l->rows, l->c, l->mean.data, l->m2.data);
}

static void agrees_at(const TierCase *data, size_t rows, int c, IclActivation activation,
                      bool accumulate)
{
    Layer got = layer_new(rows, c, 1), want = layer_new(rows, c, 0);
    double bound = 1e-7 * sqrt((double)rows) + 3e-7;

    layer_run(&got, &data->kernels->batchnorm, activation, accumulate,
              accumulate ? got.y.data : NULL);
    layer_run(&want, &data->reference->batchnorm, activation, accumulate,
              accumulate ? want.y.data : NULL);
    compare_relative("y", got.y.data, want.y.data, 1e-6, got.y.count);
    compare_relative("dx", got.dx.data, want.dx.data, bound, got.dx.count);
    compare_relative("sum dy", got.sum_dy.data, want.sum_dy.data, bound, got.sum_dy.count);
    compare_relative("sum dyx", got.sum_dyx.data, want.sum_dyx.data, 4 * bound, got.sum_dyx.count);
    for (size_t k = 0; k < got.mean.count; k++) {
        g_assert_true(fabsf(got.mean.data[k] - want.mean.data[k]) <= 2e-7f);
        g_assert_true(fabsf(got.m2.data[k] - want.m2.data[k]) <= 1e-6f * want.m2.data[k] + 1e-12f);
    }
    layer_free(&got);
    layer_free(&want);
}

static void agrees_with_reference(const TierCase *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(row_counts); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(channels); j++)
            for (int a = 0; a < 2; a++) /* every activation, with and without accumulating */
                agrees_at(data, (size_t)row_counts[i], channels[j],
                          (IclActivation)((i + j) / 2 * 2 + (size_t)a) % ICL_ACTS, (i + j) % 2);
}

/* A mean 1000 times the deviation: sums of squares would lose all digits. */
static void large_mean_keeps_its_variance(const TierCase *data)
{
    enum { ROWS = 3000, C = 5 };
    Guarded x = guarded_random(ROWS * C, 1, 1);
    float mean[C], m2[C], exact_mean[C], exact_m2[C];

    for (size_t i = 0; i < x.count; i++)
        x.data[i] = x.data[i] + 1000;
    data->kernels->batchnorm.moments(x.data, ROWS, C, mean, m2);
    data->reference->batchnorm.moments(x.data, ROWS, C, exact_mean, exact_m2);
    for (int k = 0; k < C; k++) {
        g_assert_true(fabsf(mean[k] - exact_mean[k]) <= 6.2e-5f); /* one unit in the last place */
        g_assert_true(fabsf(m2[k] - exact_m2[k]) <= 1e-5f * exact_m2[k]);
    }
    guarded_free(&x);
}

static void constant_rows_have_no_variance(const TierCase *data)
{
    enum { ROWS = 777, C = 19 };
    Guarded x = guarded_new(ROWS * C, 1);
    float mean[C], m2[C];

    for (size_t i = 0; i < x.count; i++)
        x.data[i] = 0.1f;
    data->kernels->batchnorm.moments(x.data, ROWS, C, mean, m2);
    for (int k = 0; k < C; k++) {
        g_assert_cmpfloat(mean[k], ==, 0.1f);
        g_assert_true(m2[k] >= 0 && m2[k] < 1e-10f);
    }
    guarded_free(&x);
}

static void may_run_in_place(const TierCase *data)
{
    static const int some[] = {3, 16, 24, 127};

    for (size_t i = 0; i < G_N_ELEMENTS(some); i++) {
        Layer l = layer_new(37, some[i], 1), place = layer_new(37, some[i], 1);
        const IclBatchnormKernels *k = &data->kernels->batchnorm;
        const IclNorm norm = {l.scale.data, l.shift.data, ICL_ACT_SWISH, 0};
        const IclNormGradient gradient = {l.scale.data, l.shift.data, l.mean.data};
        k->gradient_apply(&norm, &gradient, l.x.data, l.dy.data, l.rows, l.c, false, l.dx.data);
        k->gradient_apply(&norm, &gradient, place.x.data, l.dy.data, l.rows, l.c, false,
                          place.x.data);
        compare_bits("dx in x's place", place.x.data, l.dx.data, l.dx.count);
        k->gradient_apply(&norm, &gradient, l.x.data, place.dy.data, l.rows, l.c, false,
                          place.dy.data);
        compare_bits("dx in dy's place", place.dy.data, l.dx.data, l.dx.count);
        k->apply(&norm, l.x.data, NULL, l.rows, l.c, l.y.data);
        k->apply(&norm, l.x.data, NULL, l.rows, l.c, l.x.data);
        compare_bits("y in x's place", l.x.data, l.y.data, l.y.count);
        layer_free(&l);
        layer_free(&place);
    }
}

void batchnorm_tests(void)
{
    add_tier_tests("batchnorm", "agrees-with-reference", NULL, agrees_with_reference);
    add_tier_tests("batchnorm", "large-mean-keeps-its-variance", NULL,
                   large_mean_keeps_its_variance);
    add_tier_tests("batchnorm", "constant-rows-have-no-variance", NULL,
                   constant_rows_have_no_variance);
    add_tier_tests("batchnorm", "may-run-in-place", NULL, may_run_in_place);
}

typedef struct Run {
    Layer layer;
    const IclBatchnormKernels *k;
} Run;

enum { CHUNK_ROWS = 512 }; /* of a layer's own chunks */

static void run_moments(void *data)
{
    Run *r = data;
    Layer *l = &r->layer;
    for (size_t i = 0; i + CHUNK_ROWS <= l->rows; i += CHUNK_ROWS)
        r->k->moments(l->x.data + i * (size_t)l->c, CHUNK_ROWS, l->c, l->mean.data, l->m2.data);
}

static IclNorm run_norm(const Run *r, IclActivation activation)
{
    return (IclNorm){r->layer.scale.data, r->layer.shift.data, activation, 0};
}

static void run_apply(void *data)
{
    Run *r = data;
    Layer *l = &r->layer;
    IclNorm norm = run_norm(r, ICL_ACT_RELU);
    r->k->apply(&norm, l->x.data, NULL, l->rows, l->c, l->y.data);
}

static void run_apply_add(void *data)
{
    Run *r = data;
    Layer *l = &r->layer;
    IclNorm norm = run_norm(r, ICL_ACT_RELU);
    r->k->apply(&norm, l->x.data, l->dy.data, l->rows, l->c, l->y.data);
}

static void run_sums_of(const Run *r, IclActivation activation)
{
    const Layer *l = &r->layer;
    IclNorm norm = run_norm(r, activation);
    r->k->gradient_sums(&norm, l->x.data, l->dy.data, l->mean.data, l->rows, l->c, l->sum_dy.data,
                        l->sum_dyx.data);
}
static void run_sums(void *data) { run_sums_of(data, ICL_ACT_RELU); }
static void run_sums_swish(void *data) { run_sums_of(data, ICL_ACT_SWISH); }

static void run_gradient_of(const Run *r, IclActivation activation)
{
    const Layer *l = &r->layer;
    IclNorm norm = run_norm(r, activation);
    IclNormGradient gradient = {l->scale.data, l->shift.data, l->mean.data};
    r->k->gradient_apply(&norm, &gradient, l->x.data, l->dy.data, l->rows, l->c, false, l->dx.data);
}
static void run_gradient(void *data) { run_gradient_of(data, ICL_ACT_RELU); }
static void run_gradient_swish(void *data) { run_gradient_of(data, ICL_ACT_SWISH); }

void batchnorm_bench(const Bench *bench)
{
    static const int some[] = {24, 64, 1000};
    static const struct {
        const char *format;
        void (*run)(void *data);
        double bytes;
    } uses[] = {
        {"batchnorm moments c=%s", run_moments, 4},
        {"batchnorm apply relu c=%s", run_apply, 8},
        {"batchnorm apply add relu c=%s", run_apply_add, 12},
        {"batchnorm gradient sums relu c=%s", run_sums, 8},
        {"batchnorm gradient sums swish c=%s", run_sums_swish, 8},
        {"batchnorm gradient apply relu c=%s", run_gradient, 12},
        {"batchnorm gradient apply swish c=%s", run_gradient_swish, 12},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(some); i++) {
        Run run = {layer_new((size_t)(BENCH_COUNT / some[i]), some[i], 0), NULL};
        g_autofree char *c = g_strdup_printf("%d", some[i]);
        for (int tier = ICL_TIER_BASELINE; tier < ICL_TIERS; tier++)
            for (size_t u = 0; icl_kernels_of(tier) && u < G_N_ELEMENTS(uses); u++) {
                run.k = &icl_kernels_of(tier)->batchnorm;
                bench_bytes(bench, tier, uses[u].run, &run, uses[u].bytes, uses[u].format, c);
            }
        layer_free(&run.layer);
    }
}
