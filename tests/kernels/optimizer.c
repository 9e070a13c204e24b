/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The optimizers' steps: every tier against the reference on ragged counts, and Keras' own first
 * step. */
#include <math.h>
#include <stdio.h>

#include "kernels_test.h"
#include "triad.h"

static const int counts[] = {0, 1, 2, 3, 7, 15, 16, 17, 31, 33, 127, 1000};

enum { COUNT_MAX = 1000 };

typedef struct Weights {
    Guarded w, g, m, v;
} Weights;

static Weights weights_new(size_t count, int misalign)
{
    Weights weights = {guarded_random(count, misalign, 1), guarded_random(count, misalign + 1, 2),
                       guarded_random(count, misalign + 2, 3), guarded_random(count, misalign, 4)};

    for (size_t i = 0; i < count; i++)
        weights.v.data[i] = fabsf(weights.v.data[i]);
    return weights;
}

static void weights_free(Weights *weights)
{
    Guarded *all[] = {&weights->w, &weights->g, &weights->m, &weights->v};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        guarded_check(all[i], "weights");
        guarded_free(all[i]);
    }
}

typedef struct Step {
    const char *name;
    bool adam, nesterov;
    float momentum, decay;
} Step;

static const Step steps[] = {
    {"sgd", false, false, 0, 0},         {"sgd-decay", false, false, 0, 0.3f},
    {"momentum", false, false, 0.9f, 0}, {"momentum-decay", false, false, 0.9f, 0.3f},
    {"nesterov", false, true, 0.9f, 0},  {"nesterov-decay", false, true, 0.9f, 0.3f},
    {"adam", true, false, 0, 0},         {"adamw", true, false, 0, 0.3f},
};

static void step_run(const Step *step, const IclOptimizerKernels *k, Weights *weights)
{
    float *w = weights->w.data, *g = weights->g.data, *m = weights->m.data;

    if (step->adam)
        k->adam(w, g, m, weights->v.data, weights->w.count, 0.1f, 0.07f, 0.9f, 0.999f, 1e-7f,
                step->decay);
    else
        k->sgd(w, g, step->momentum > 0 ? m : NULL, weights->w.count, 0.1f, step->momentum,
               step->nesterov, step->decay);
}

/* A step may cancel most of a weight of about 1: the bound is absolute, too. */
static void compare_near(const char *what, const Guarded *got, const Guarded *want)
{
    double bounds[COUNT_MAX];

    for (size_t i = 0; i < want->count; i++)
        bounds[i] = 3e-7 * (1 + fabs(want->data[i]));
    compare(what, got->data, want->data, bounds, want->count);
}

static void agrees_with_reference(const TierCase *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        Weights got = weights_new((size_t)counts[i], 1), want = weights_new((size_t)counts[i], 0);
        step_run(data->row, &data->kernels->optimizer, &got);
        step_run(data->row, &data->reference->optimizer, &want);
        compare_near("w", &got.w, &want.w);
        compare_near("m", &got.m, &want.m);
        compare_near("v", &got.v, &want.v);
        for (int k = 0; k < counts[i]; k++)
            g_assert_true(got.g.data[k] == 0 && want.g.data[k] == 0);
        weights_free(&got);
        weights_free(&want);
    }
}

/* keras/src/optimizers/{sgd,adam}_test.py, test_single_step */
static void keras_sgd_step_by(const IclOptimizerKernels *k)
{
    float w[] = {1, 2, 3, 4}, g[] = {1, 6, 7, 2};
    const float want[] = {0.5f, -1, -0.5f, 3};

    k->sgd(w, g, NULL, 4, 0.5f, 0, false, 0);
    compare_relative("w", w, want, 1e-6, 4);
}

static void keras_adam_step_by(const IclOptimizerKernels *k)
{
    float w[] = {1, 2, 3, 4}, g[] = {1, 6, 7, 2}, m[4] = {0}, v[4] = {0};
    const float want[] = {0.5f, 1.5f, 2.5f, 3.5f};

    k->adam(w, g, m, v, 4, 0.5f, (float)(0.5 * sqrt(1 - 0.999) / (1 - 0.9)), 0.9f, 0.999f, 1e-7f,
            0);
    compare_relative("w", w, want, 5e-6, 4);
}

static void keras_sgd_step(const TierCase *data)
{
    keras_sgd_step_by(&data->kernels->optimizer);
    keras_sgd_step_by(&data->reference->optimizer);
}

static void keras_adam_step(const TierCase *data)
{
    keras_adam_step_by(&data->kernels->optimizer);
    keras_adam_step_by(&data->reference->optimizer);
}

void optimizer_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        add_tier_tests("optimizer", steps[i].name, &steps[i], agrees_with_reference);
    add_tier_tests("optimizer/keras", "sgd", NULL, keras_sgd_step);
    add_tier_tests("optimizer/keras", "adam", NULL, keras_adam_step);
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
        for (size_t i = 0; icl_kernels_of(tier) && i < G_N_ELEMENTS(steps); i += 2) {
            double bytes = steps[i].adam ? 32 : steps[i].momentum > 0 ? 24 : 16;
            run.kernels = &icl_kernels_of(tier)->optimizer;
            run.step = &steps[i];
            bench_bytes(bench, tier, run_step, &run, bytes, "optimizer %s", steps[i].name);
        }
    weights_free(&run.weights);
}
