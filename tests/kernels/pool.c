/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pooling: every tier against the reference; where the maximum's gradient goes; NaN. */
#include <math.h>
#include <stdio.h>

#include "kernels_test.h"

typedef struct Row {
    const char *name;
    IclPoolShape shape;
} Row;

#define SHAPE(n, h, w, c, k, s, p, oh, ow)      \
    {                                           \
        n, h, w, c, k, k, s, s, p, p, oh, ow, 0 \
    }

static const Row rows[] = {
    {"2x2", SHAPE(2, 8, 10, 16, 2, 2, 0, 4, 5)},
    {"3x3-stride-2-padded", SHAPE(2, 9, 11, 33, 3, 2, 1, 5, 6)},
    {"3x3-overlapping", SHAPE(1, 7, 7, 24, 3, 1, 1, 7, 7)},
    {"global", SHAPE(3, 7, 7, 127, 7, 1, 0, 1, 1)},
    {"global-1000", SHAPE(1, 5, 6, 1000, 6, 1, 0, 1, 1)},
    {"1-channel", SHAPE(2, 6, 6, 1, 2, 2, 0, 3, 3)},
    {"3-channels", SHAPE(2, 6, 7, 3, 3, 2, 1, 3, 4)},
    {"15-channels", SHAPE(1, 4, 4, 15, 2, 2, 0, 2, 2)},
    {"17-channels", SHAPE(1, 4, 4, 17, 2, 1, 0, 3, 3)},
    {"64-channels", SHAPE(1, 4, 4, 64, 2, 2, 0, 2, 2)},
    {"window-in-the-padding", SHAPE(1, 2, 2, 18, 2, 2, 2, 3, 3)},
};

static size_t input_count(const IclPoolShape *s) { return (size_t)s->n * s->h * s->w * s->c; }
static size_t output_count(const IclPoolShape *s) { return (size_t)s->n * s->oh * s->ow * s->c; }

typedef struct Layer {
    const IclPoolShape *shape;
    Guarded x, max, number, average, dy, dmax, daverage;
} Layer;

static Layer layer_new(const Row *row, int misalign)
{
    const IclPoolShape *s = &row->shape;
    Layer l = {
        s,
        guarded_random(input_count(s), misalign, 1),
        guarded_random(output_count(s), misalign, 2),
        guarded_new(output_count(s), misalign),
        guarded_random(output_count(s), misalign, 3),
        guarded_random(output_count(s), misalign, 4),
        guarded_random(input_count(s), misalign, 5),
        guarded_random(input_count(s), misalign, 6),
    };

    for (size_t i = 0; i < l.x.count; i++) /* coarse, so that windows hold equal entries */
        l.x.data[i] = floorf(l.x.data[i] * 4) / 4;
    return l;
}

static void layer_free(Layer *l)
{
    Guarded *all[] = {&l->x, &l->max, &l->number, &l->average, &l->dy, &l->dmax, &l->daverage};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        guarded_check(all[i], "pool");
        guarded_free(all[i]);
    }
}

static void layer_run(Layer *l, const IclPoolKernels *k, bool backwards, bool accumulate)
{
    int32_t *number = (int32_t *)l->number.data;

    for (int i = 0; i < l->shape->n; i++) {
        int image = backwards ? l->shape->n - 1 - i : i;
        k->max(l->shape, l->x.data, l->max.data, NULL, image);
        k->max(l->shape, l->x.data, l->max.data, number, image);
        k->average(l->shape, l->x.data, l->average.data, image);
        k->max_gradient(l->shape, l->dy.data, number, accumulate, l->dmax.data, image);
        k->average_gradient(l->shape, l->dy.data, accumulate, l->daverage.data, image);
    }
}

static void agrees_with_reference(const TierCase *data)
{
    for (int i = 0; i < 4; i++) {
        Layer got = layer_new(data->row, i % 2), want = layer_new(data->row, 0);
        layer_run(&got, &data->kernels->pool, true, i / 2);
        layer_run(&want, &data->reference->pool, false, i / 2);
        compare_bits("max", got.max.data, want.max.data, got.max.count);
        compare_bits("number", got.number.data, want.number.data, got.number.count);
        compare_bits("max gradient", got.dmax.data, want.dmax.data, got.dmax.count);
        compare_relative("average", got.average.data, want.average.data, 1e-6, got.average.count);
        compare_relative("average gradient", got.daverage.data, want.daverage.data, 1e-6,
                         got.daverage.count);
        layer_free(&got);
        layer_free(&want);
    }
}

/* A 2 x 2 window a channel, and the entry that is its maximum. */
typedef struct Choice {
    const char *name;
    float window[4];
    int chosen;
} Choice;

static const Choice choices[] = {
    {"largest", {1, 4, 2, 3}, 1},
    {"first-of-equals", {0, 2, 2, 2}, 1},
    {"first-of-four-equals", {-1, -1, -1, -1}, 0},
    {"nan-in-the-middle", {1, NAN, 9, 3}, 1},
    {"nan-first", {NAN, 5, 2, 3}, 0},
    {"nan-last", {7, 5, 2, NAN}, 3},
    {"first-of-nans", {7, NAN, NAN, 2}, 1},
    {"minus-infinity", {-INFINITY, -INFINITY, -INFINITY, -1}, 3},
};

/* What enters wider pixels has the bits that it has alone, and its numbers lie as they did. */
static void check_slice(const IclPoolKernels *k, const Row *row)
{
    Layer l = layer_new(row, 1);
    IclPoolShape s = *l.shape;
    size_t pixels = output_count(&s) / s.c;
    Guarded number = guarded_new(l.number.count, 0);
    Slice max = slice_new(pixels, s.c), noted = slice_new(pixels, s.c);
    Slice average = slice_new(pixels, s.c);

    layer_run(&l, k, false, false);
    s.pixel = max.pixel;
    for (int i = 0; i < s.n; i++) {
        k->max(&s, l.x.data, max.data, NULL, i);
        k->max(&s, l.x.data, noted.data, (int32_t *)number.data, i);
        k->average(&s, l.x.data, average.data, i);
    }
    slice_compare("max", &max, l.max.data);
    slice_compare("max, noted", &noted, l.max.data);
    slice_compare("average", &average, l.average.data);
    compare_bits("number", number.data, l.number.data, number.count);
    slice_free(&max);
    slice_free(&noted);
    slice_free(&average);
    guarded_free(&number);
    layer_free(&l);
}

static void slice_is_the_same(const TierCase *data)
{
    check_slice(&data->kernels->pool, data->row);
    check_slice(&data->reference->pool, data->row);
}

enum { CHOICE_CHANNELS = 19 };

static void choice_is_made(const TierCase *data)
{
    const Choice *choice = data->row;
    const IclPoolShape s = SHAPE(1, 2, 2, CHOICE_CHANNELS, 2, 2, 0, 1, 1);
    float x[4 * CHOICE_CHANNELS], y[CHOICE_CHANNELS], dy[CHOICE_CHANNELS], dx[4 * CHOICE_CHANNELS];
    int32_t number[CHOICE_CHANNELS];

    for (int i = 0; i < 4 * CHOICE_CHANNELS; i++) {
        x[i] = choice->window[i / CHOICE_CHANNELS];
        dx[i] = 1;
        dy[i % CHOICE_CHANNELS] = 2;
    }
    data->kernels->pool.max(&s, x, y, number, 0);
    data->kernels->pool.max_gradient(&s, dy, number, true, dx, 0);
    for (int k = 0; k < CHOICE_CHANNELS; k++)
        g_assert_true(y[k] == choice->window[choice->chosen] ||
                      isnan(choice->window[choice->chosen]));
    for (int k = 0; k < CHOICE_CHANNELS; k++)
        g_assert_cmpint(isnan(y[k]) != 0, ==, isnan(choice->window[choice->chosen]) != 0);
    for (int i = 0; i < 4 * CHOICE_CHANNELS; i++)
        g_assert_cmpfloat(dx[i], ==, i / CHOICE_CHANNELS == choice->chosen ? 3 : 1);
}

void pool_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        add_tier_tests("pool", rows[i].name, &rows[i], agrees_with_reference);
        add_tier_tests("pool/slice", rows[i].name, &rows[i], slice_is_the_same);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(choices); i++)
        add_tier_tests("pool/choice", choices[i].name, &choices[i], choice_is_made);
}

static const Row benches[] = {
    {"3x3/2 c=64 @112", SHAPE(1, 112, 112, 64, 3, 2, 1, 56, 56)},
    {"2x2/2 c=32 @28", SHAPE(8, 28, 28, 32, 2, 2, 0, 14, 14)},
    {"global c=1280 @7", SHAPE(1, 7, 7, 1280, 7, 1, 0, 1, 1)},
};

typedef struct Run {
    Layer layer;
    const IclPoolKernels *k;
} Run;

#define RUN(use, ...)                                        \
    static void run_##use(void *data)                        \
    {                                                        \
        Layer *l = &((Run *)data)->layer;                    \
        for (int i = 0; i < l->shape->n; i++)                \
            ((Run *)data)->k->use(l->shape, __VA_ARGS__, i); \
    }
RUN(max, l->x.data, l->max.data, (int32_t *)l->number.data)
RUN(max_gradient, l->dy.data, (int32_t *)l->number.data, false, l->dmax.data)
RUN(average, l->x.data, l->average.data)
RUN(average_gradient, l->dy.data, false, l->daverage.data)

static void bench_row(const Row *row, int tier)
{
    static const char *const uses[] = {"max", "max gradient", "average", "average gradient"};
    Run run = {layer_new(row, 0), &icl_kernels_of(tier)->pool};
    Timed timed[] = {{run_max, &run},
                     {run_max_gradient, &run},
                     {run_average, &run},
                     {run_average_gradient, &run}};
    const IclPoolShape *s = &row->shape;
    double once = 4.0 * (double)(input_count(s) + output_count(s));
    double output = 4.0 * (double)output_count(s);
    const double bytes[] = {once + output, once + output, once, once};

    bench_interleaved(timed, G_N_ELEMENTS(timed), 0.1);
    for (size_t i = 0; i < G_N_ELEMENTS(timed); i++)
        printf("pool %s %s %s: %.1f GB/s, %.3f ms\n", row->name, icl_tier_name(tier), uses[i],
               bytes[i] / timed[i].median * 1e-9, timed[i].median * 1e3);
    layer_free(&run.layer);
}

void pool_bench(const Bench *bench)
{
    for (size_t i = 0; i < G_N_ELEMENTS(benches); i++)
        for (int tier = ICL_TIER_BASELINE; tier < ICL_TIERS; tier++) {
            g_autofree char *line =
                g_strdup_printf("pool %s %s", benches[i].name, icl_tier_name(tier));
            if (icl_kernels_of(tier) && bench_wants(bench, line))
                bench_row(&benches[i], tier);
        }
}
