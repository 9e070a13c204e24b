/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The optimizers' steps and what stands before and behind them: every tier against the reference on
 * ragged counts, and Keras' own first step. */
#include <math.h>
#include <stdio.h>

#include "kernels_test.h"
#include "triad.h"

static const int counts[] = {0, 1, 2, 3, 7, 15, 16, 17, 31, 33, 127, 1000};

enum { COUNT_MAX = 1000, SLOTS = 3 };

typedef struct Weights {
    Guarded w, g, slots[SLOTS];
} Weights;

/* State that may be the root of a square, or the largest of squares, is not below 0. */
static Weights weights_new(size_t count, int misalign)
{
    Weights weights = {guarded_random(count, misalign, 1), guarded_random(count, misalign + 1, 2)};

    for (int i = 0; i < SLOTS; i++)
        weights.slots[i] = guarded_random(count, misalign + i, i + 3);
    for (size_t i = 0; i < count; i++)
        weights.slots[1].data[i] = fabsf(weights.slots[1].data[i]);
    return weights;
}

static void weights_free(Weights *weights)
{
    Guarded *all[] = {&weights->w, &weights->g, &weights->slots[0], &weights->slots[1],
                      &weights->slots[2]};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        guarded_check(all[i], "weights");
        guarded_free(all[i]);
    }
}

typedef struct Step {
    const char *name;
    size_t kernel; /* in IclOptimizerKernels */
    IclOptimizerStep numbers;
    bool squares;   /* the first slot is of squares */
    bool direction; /* g is left for step() */
    int traffic;    /* vectors read and written */
} Step;

#define KERNEL(name) offsetof(IclOptimizerKernels, name)
#define BETAS        .beta1 = 0.9f, .rest1 = 0.1f, .beta2 = 0.99f, .rest2 = 0.01f, .epsilon = 1e-7f
#define FACTORS      .mean = 1.5f, .fresh = 0.3f, .square = 2

static const Step steps[] = {
    {"sgd", KERNEL(sgd), {.lr = 0.1f}, .traffic = 4},
    {"sgd-decay", KERNEL(sgd), {.lr = 0.1f, .decay = 0.03f}, .traffic = 4},
    {"momentum", KERNEL(sgd), {.lr = 0.1f, .beta1 = 0.9f, .decay = 0.03f}, .traffic = 6},
    {"nesterov", KERNEL(sgd), {.lr = 0.1f, .beta1 = 0.9f, .nesterov = true}, .traffic = 6},
    {"lion", KERNEL(lion), {.lr = 0.1f, .decay = 0.03f, BETAS}, .traffic = 6},
    {"adam", KERNEL(adam), {.lr = 0.07f, BETAS}, .traffic = 8},
    {"adamw", KERNEL(adam), {.lr = 0.07f, .decay = 0.03f, BETAS}, .traffic = 8},
    {"amsgrad", KERNEL(adam), {.lr = 0.07f, .amsgrad = true, BETAS}, .traffic = 10},
    {"nadam", KERNEL(nadam), {.lr = 0.07f, .decay = 0.03f, BETAS, FACTORS}, .traffic = 8},
    {"adamax", KERNEL(adamax), {.lr = 0.07f, .decay = 0.03f, BETAS}, .traffic = 8},
    {"lamb", KERNEL(lamb), {.decay = 0.03f, BETAS, FACTORS}, .direction = true, .traffic = 8},
    {"rmsprop",
     KERNEL(rmsprop),
     {.lr = 0.1f, .beta1 = 0.9f, .rest1 = 0.1f, .epsilon = 1e-7f},
     true,
     .traffic = 6},
    {"rmsprop-momentum", KERNEL(rmsprop), {.lr = 0.1f, .decay = 0.03f, BETAS}, true, .traffic = 8},
    {"rmsprop-centered",
     KERNEL(rmsprop),
     {.lr = 0.1f, .beta1 = 0.5f, .rest1 = 0.5f, .epsilon = 0.1f, .centered = true},
     true,
     .traffic = 8},
    {"rmsprop-both",
     KERNEL(rmsprop),
     {.lr = 0.1f, .beta1 = 0.5f, .rest1 = 0.5f, .beta2 = 0.9f, .epsilon = 0.1f, .centered = true},
     true,
     .traffic = 10},
    {"adagrad",
     KERNEL(adagrad),
     {.lr = 0.1f, .decay = 0.03f, .epsilon = 1e-3f},
     true,
     .traffic = 6},
    {"adadelta",
     KERNEL(adadelta),
     {.lr = 0.1f, .decay = 0.03f, .beta1 = 0.9f, .rest1 = 0.1f, .epsilon = 1e-3f},
     true,
     .traffic = 8},
};

static void step_run(const Step *step, const IclOptimizerKernels *k, Weights *weights)
{
    IclOptimizerKernel *kernel = *(IclOptimizerKernel *const *)((const char *)k + step->kernel);
    float *slots[SLOTS];

    for (int i = 0; i < SLOTS; i++)
        slots[i] = weights->slots[i].data;
    kernel(weights->w.data, weights->g.data, slots, weights->w.count, &step->numbers);
}

/* A step may cancel most of a weight of about 1: the bound is absolute, too. */
static void compare_near(const char *what, const Guarded *got, const Guarded *want)
{
    double bounds[COUNT_MAX];

    for (size_t i = 0; i < want->count; i++)
        bounds[i] = 3e-7 * (1 + fabs(want->data[i]));
    compare(what, got->data, want->data, bounds, want->count);
}

static Weights step_weights(const Step *step, size_t count, int misalign)
{
    Weights weights = weights_new(count, misalign);

    for (size_t i = 0; step->squares && i < count; i++)
        weights.slots[0].data[i] = fabsf(weights.slots[0].data[i]) + 1;
    return weights;
}

static void agrees_with_reference(const TierCase *data)
{
    static const char *const names[] = {"slot 0", "slot 1", "slot 2"};
    const Step *step = data->row;

    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        Weights got = step_weights(step, (size_t)counts[i], 1);
        Weights want = step_weights(step, (size_t)counts[i], 0);
        step_run(step, &data->kernels->optimizer, &got);
        step_run(step, &data->reference->optimizer, &want);
        compare_near("w", &got.w, &want.w);
        compare_near("g", &got.g, &want.g);
        for (int k = 0; k < SLOTS; k++)
            compare_near(names[k], &got.slots[k], &want.slots[k]);
        for (int k = 0; k < counts[i]; k++)
            g_assert_true(step->direction || got.g.data[k] == 0);
        weights_free(&got);
        weights_free(&want);
    }
}

/* keras/src/optimizers/{sgd,adam}_test.py, test_single_step */
static void keras_steps_by(const IclOptimizerKernels *k)
{
    const float by_sgd[] = {0.5f, -1, -0.5f, 3}, by_adam[] = {0.5f, 1.5f, 2.5f, 3.5f};
    const IclOptimizerStep s = {.lr = (float)(0.5 * sqrt(1 - 0.999) / (1 - 0.9)),
                                .rest1 = 0.1f,
                                .rest2 = 0.001f,
                                .epsilon = 1e-7f};
    float w[] = {1, 2, 3, 4}, g[] = {1, 6, 7, 2}, m[4] = {0}, v[4] = {0};

    k->sgd(w, g, (float *[]){NULL}, 4, &(IclOptimizerStep){.lr = 0.5f});
    compare_relative("sgd", w, by_sgd, 1e-6, 4);
    for (int i = 0; i < 4; i++) {
        w[i] = (float)i + 1;
        g[i] = ((const float[]){1, 6, 7, 2})[i];
    }
    k->adam(w, g, (float *[]){m, v, NULL}, 4, &s);
    compare_relative("adam", w, by_adam, 5e-6, 4);
}

static void keras_steps(const TierCase *data)
{
    keras_steps_by(&data->kernels->optimizer);
    keras_steps_by(&data->reference->optimizer);
}

/* A decay that is less than half a unit in the last place is still seen beside a step. */
static void small_decays_count(const TierCase *data)
{
    const IclOptimizerStep s = {.lr = 1, .decay = 0x1p-26f};
    float w = 1, g = 0x1.8p-26f;

    data->kernels->optimizer.sgd(&w, &g, (float *[]){NULL}, 1, &s);
    g_assert_cmpfloat(w, <, 1);
}

typedef void EntryKernel(const IclOptimizerKernels *k, Weights *weights);

static void run_step_alone(const IclOptimizerKernels *k, Weights *p)
{
    k->step(p->w.data, p->g.data, p->w.count, 0.3f);
}
static void run_regularize(const IclOptimizerKernels *k, Weights *p)
{
    if (p->w.count > 2)
        p->w.data[2] = 0; /* has no sign */
    k->regularize(p->w.data, p->g.data, p->w.count, 0.5f, 0.1f, 0.2f);
}
static void run_clip(const IclOptimizerKernels *k, Weights *p)
{
    k->clip(p->g.data, p->g.count, 2, 0.75f);
}
static void run_average(const IclOptimizerKernels *k, Weights *p)
{
    k->average(p->slots[0].data, p->w.data, p->w.count, 0.9f);
}

static const struct {
    const char *name;
    EntryKernel *run;
} entries[] = {{"step", run_step_alone},
               {"regularize", run_regularize},
               {"clip", run_clip},
               {"average", run_average}};

static void entries_agree(const TierCase *data)
{
    for (size_t e = 0; e < G_N_ELEMENTS(entries); e++)
        for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
            Weights got = weights_new((size_t)counts[i], 1);
            Weights want = weights_new((size_t)counts[i], 0);
            entries[e].run(&data->kernels->optimizer, &got);
            entries[e].run(&data->reference->optimizer, &want);
            compare_near(entries[e].name, &got.w, &want.w);
            compare_near(entries[e].name, &got.g, &want.g);
            compare_near(entries[e].name, &got.slots[0], &want.slots[0]);
            weights_free(&got);
            weights_free(&want);
        }
}

/* What is not a number is not hidden by clipping. */
static void clip_keeps_nan(const TierCase *data)
{
    float g[] = {NAN, 3, -3, INFINITY};

    data->kernels->optimizer.clip(g, 4, 1, 2);
    g_assert_true(isnan(g[0]));
    g_assert_true(g[1] == 2 && g[2] == -2 && g[3] == 2);
}

static const struct {
    size_t rows, stride, units;
} matrices[] = {{0, 5, 5},    {1, 1, 1},   {7, 3, 3},  {40, 17, 17},
                {33, 40, 16}, {5, 99, 31}, {64, 7, 2}, {3, 200, 127}};

static void unit_sums_agree(const TierCase *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(matrices); i++) {
        size_t rows = matrices[i].rows, stride = matrices[i].stride, units = matrices[i].units;
        Guarded x = guarded_random(rows * stride, 1, 7), factor = guarded_random(units, 2, 8);
        Guarded same = guarded_random(rows * stride, 0, 7);
        double got[127], want[127];
        data->kernels->optimizer.unit_squares(x.data, rows, stride, units, got);
        data->reference->optimizer.unit_squares(x.data, rows, stride, units, want);
        for (size_t u = 0; u < units; u++)
            g_assert_cmpfloat(fabs(got[u] - want[u]), <=, 1e-6 * want[u]);
        data->kernels->optimizer.scale_units(x.data, rows, stride, units, factor.data);
        data->reference->optimizer.scale_units(same.data, rows, stride, units, factor.data);
        compare_relative("scaled", x.data, same.data, 0, rows * stride);
        double sum = data->kernels->optimizer.sum_abs(x.data, rows * stride);
        g_assert_cmpfloat_with_epsilon(
            sum, data->reference->optimizer.sum_abs(x.data, rows * stride), 1e-12 * sum + 1e-30);
        guarded_check(&x, "units");
        guarded_check(&factor, "factors");
        guarded_free(&x);
        guarded_free(&factor);
        guarded_free(&same);
    }
}

void optimizer_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        add_tier_tests("optimizer", steps[i].name, &steps[i], agrees_with_reference);
    add_tier_tests("optimizer", "keras", NULL, keras_steps);
    add_tier_tests("optimizer", "small-decays", NULL, small_decays_count);
    add_tier_tests("optimizer", "entries", NULL, entries_agree);
    add_tier_tests("optimizer", "clip-nan", NULL, clip_keeps_nan);
    add_tier_tests("optimizer", "units", NULL, unit_sums_agree);
}

typedef struct Run {
    const IclOptimizerKernels *kernels;
    const Step *step;
    Weights weights;
} Run;

static void run_step(void *data)
{
    Run *run = data;
    step_run(run->step, run->kernels, &run->weights);
}

void optimizer_bench(const Bench *bench)
{
    Run run = {.weights = weights_new(BENCH_COUNT, 0)};

    for (int tier = ICL_TIER_BASELINE; tier < ICL_TIERS; tier++)
        for (size_t i = 0; icl_kernels_of(tier) && i < G_N_ELEMENTS(steps); i++) {
            run.kernels = &icl_kernels_of(tier)->optimizer;
            run.step = &steps[i];
            bench_bytes(bench, tier, run_step, &run, 4.0 * steps[i].traffic, "optimizer %s",
                        steps[i].name);
        }
    weights_free(&run.weights);
}
