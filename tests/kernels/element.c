/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Element-wise kernels: every tier against the reference on ragged counts, misaligned; the bounds
 * that vector_math.h states, against double; infinities, NaN, large logits. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels_test.h"
#include "triad.h"

static const int counts[] = {0, 1, 2, 3, 7, 15, 16, 17, 31, 33, 127, 1000};

typedef struct Activation {
    const char *name;
    IclActivation id;
    double bound; /* of f relative to itself, and of f' */
} Activation;

static const Activation activations[] = {
    {"none", ICL_ACT_NONE, 0},          {"relu", ICL_ACT_RELU, 0},
    {"relu6", ICL_ACT_RELU6, 0},        {"leaky_relu", ICL_ACT_LEAKY_RELU, 1e-7},
    {"sigmoid", ICL_ACT_SIGMOID, 4e-7}, {"tanh", ICL_ACT_TANH, 3e-7},
    {"swish", ICL_ACT_SWISH, 4e-7},     {"hard_swish", ICL_ACT_HARD_SWISH, 5e-7},
};

enum { COUNT_MAX = 1000 };

static Guarded spread(size_t count, int misalign, int seed) /* over the bends of all activations */
{
    Guarded g = guarded_random(count, misalign, seed);

    for (size_t i = 0; i < count; i++)
        g.data[i] *= 9;
    return g;
}

static void activation_agrees(const TierCase *data)
{
    const Activation *a = data->row;

    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        size_t n = (size_t)counts[i];
        Guarded x = spread(n, 1, counts[i]), got = guarded_new(n, 3), want = guarded_new(n, 0);
        double bounds[COUNT_MAX];
        data->kernels->element.activation(a->id, 0.1f, x.data, got.data, n);
        data->reference->element.activation(a->id, 0.1f, x.data, want.data, n);
        for (size_t k = 0; k < n; k++)
            bounds[k] = a->bound * fabs(want.data[k]) + FLT_MIN;
        compare(a->name, got.data, want.data, bounds, n);
        guarded_check(&got, a->name);
        guarded_free(&x);
        guarded_free(&got);
        guarded_free(&want);
    }
}

static void gradient_agrees_at(const TierCase *data, size_t n, bool accumulate)
{
    const Activation *a = data->row;
    Guarded x = spread(n, 1, (int)n), y = guarded_new(n, 2), dy = guarded_random(n, 3, 2);
    Guarded got = guarded_random(n, 1, 3), want = guarded_random(n, 0, 3);
    const bool input = icl_activation_needs_input(a->id);
    double bounds[COUNT_MAX];

    data->reference->element.activation(a->id, 0.1f, x.data, y.data, n);
    const float *in = input ? x.data : NULL, *out = input ? NULL : y.data; /* only one is read */
    data->kernels->element.activation_gradient(a->id, 0.1f, in, out, dy.data, accumulate, got.data,
                                               n);
    data->reference->element.activation_gradient(a->id, 0.1f, in, out, dy.data, accumulate,
                                                 want.data, n);
    for (size_t k = 0; k < n; k++)
        bounds[k] = 1e-6;
    compare(a->name, got.data, want.data, bounds, n);
    guarded_check(&got, a->name);
    Guarded *all[] = {&x, &y, &dy, &got, &want};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        guarded_free(all[i]);
}

static void gradient_agrees(const TierCase *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        for (int accumulate = 0; accumulate < 2; accumulate++)
            gradient_agrees_at(data, (size_t)counts[i], accumulate);
}

/* Against double, over all x with a normal result: the bounds of vector_math.h. */
static double exact_sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double exact_swish(double x) { return x / (1 + exp(-x)); }

typedef struct Accuracy {
    const char *name;
    IclActivation id;
    double (*exact)(double x);
    double low, high, bound;
} Accuracy;

static const Accuracy accuracies[] = {
    {"sigmoid", ICL_ACT_SIGMOID, exact_sigmoid, -87.3, 100, 4e-7},
    {"tanh", ICL_ACT_TANH, tanh, -20, 20, 3e-7},
    {"tanh-near-0", ICL_ACT_TANH, tanh, -1e-3, 1e-3, 3e-7},
    {"swish", ICL_ACT_SWISH, exact_swish, -87.3, 100, 4e-7},
};

static void accurate(const TierCase *data)
{
    const Accuracy *a = data->row;
    enum { STEPS = 100, BLOCK = COUNT_MAX };
    float x[BLOCK], y[BLOCK];

    for (int step = 0; step < STEPS; step++) {
        for (int i = 0; i < BLOCK; i++)
            x[i] = (float)(a->low + (a->high - a->low) * (step * BLOCK + i) / (STEPS * BLOCK));
        data->kernels->element.activation(a->id, 0, x, y, BLOCK);
        for (int i = 0; i < BLOCK; i++)
            if (!(fabs(y[i] - a->exact(x[i])) <= a->bound * fabs(a->exact(x[i]))))
                g_error("%s(%.9g) is %.9g, not %.9g", a->name, x[i], y[i], a->exact(x[i]));
    }
}

/* x, f(x), f'(x) at the ends of the line */
typedef struct Limit {
    const char *name;
    IclActivation id;
    float x, y, slope;
} Limit;

static const Limit limits[] = {
    {"sigmoid-of-minus-100", ICL_ACT_SIGMOID, -100, 0, 0},
    {"sigmoid-of-100", ICL_ACT_SIGMOID, 100, 1, 0},
    {"sigmoid-of-minus-infinity", ICL_ACT_SIGMOID, -INFINITY, 0, 0},
    {"sigmoid-of-infinity", ICL_ACT_SIGMOID, INFINITY, 1, 0},
    {"sigmoid-of-most", ICL_ACT_SIGMOID, -FLT_MAX, 0, 0},
    {"tanh-of-minus-infinity", ICL_ACT_TANH, -INFINITY, -1, 0},
    {"tanh-of-1e30", ICL_ACT_TANH, 1e30f, 1, 0},
    {"tanh-of-0", ICL_ACT_TANH, 0, 0, 1},
    {"swish-of-minus-infinity", ICL_ACT_SWISH, -INFINITY, 0, 0},
    {"swish-of-infinity", ICL_ACT_SWISH, INFINITY, INFINITY, 1},
    {"swish-of-minus-100", ICL_ACT_SWISH, -100, 0, 0},
    {"swish-of-100", ICL_ACT_SWISH, 100, 100, 1},
    {"hard_swish-of-minus-infinity", ICL_ACT_HARD_SWISH, -INFINITY, 0, 0},
    {"hard_swish-of-infinity", ICL_ACT_HARD_SWISH, INFINITY, INFINITY, 1},
    {"relu-of-minus-infinity", ICL_ACT_RELU, -INFINITY, 0, 0},
    {"relu6-of-infinity", ICL_ACT_RELU6, INFINITY, 6, 0},
    {"relu-of-0", ICL_ACT_RELU, 0, 0, 0},
};

static void limit_is_reached_by(const IclElementKernels *k, const Limit *limit)
{
    enum { N = 21 };
    float x[N], y[N], one[N], slope[N];

    for (int i = 0; i < N; i++) {
        x[i] = limit->x;
        one[i] = 1;
    }
    k->activation(limit->id, 0.1f, x, y, N);
    k->activation_gradient(limit->id, 0.1f, x, y, one, false, slope, N);
    for (int i = 0; i < N; i++) {
        g_assert_true(y[i] == limit->y || fabsf(y[i] - limit->y) < 1e-30f);
        g_assert_true(fabsf(slope[i] - limit->slope) < 1e-30f);
    }
}

static void limit_is_reached(const TierCase *data)
{
    limit_is_reached_by(&data->kernels->element, data->row);
    limit_is_reached_by(&data->reference->element, data->row);
}

static void nan_stays_nan(const TierCase *data)
{
    const Activation *a = data->row;
    float x[17], y[17], r[17];

    for (int i = 0; i < 17; i++)
        x[i] = NAN;
    data->kernels->element.activation(a->id, 0.1f, x, y, 17);
    data->reference->element.activation(a->id, 0.1f, x, r, 17);
    for (int i = 0; i < 17; i++)
        g_assert_true(isnan(y[i]) && isnan(r[i]));
}

/* The loops of two arrays: one row a kernel. */
typedef struct Loop {
    const char *name;
    void (*run)(const IclElementKernels *k, const float *a, const float *b, float *y, size_t count);
} Loop;

static void run_add(const IclElementKernels *k, const float *a, const float *b, float *y, size_t n)
{
    k->add(a, b, y, n);
}
static void run_multiply(const IclElementKernels *k, const float *a, const float *b, float *y,
                         size_t n)
{
    k->multiply(a, b, y, n);
}
static void run_multiply_add(const IclElementKernels *k, const float *a, const float *b, float *y,
                             size_t n)
{
    k->multiply_add(a, b, y, n);
}
static void run_add_in_place(const IclElementKernels *k, const float *a, const float *b, float *y,
                             size_t n)
{
    k->add(y, b, y, n);
}
static void run_multiply_in_place(const IclElementKernels *k, const float *a, const float *b,
                                  float *y, size_t n)
{
    k->multiply(y, b, y, n);
}
static void run_scale(const IclElementKernels *k, const float *a, const float *b, float *y,
                      size_t n)
{
    k->scale(y, 0.37f, n);
}

static const Loop loops[] = {
    {"add", run_add},
    {"multiply", run_multiply},
    {"multiply-add", run_multiply_add},
    {"add-in-place", run_add_in_place},
    {"multiply-in-place", run_multiply_in_place},
    {"scale", run_scale},
};

static void loop_agrees(const TierCase *data)
{
    const Loop *loop = data->row;

    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        size_t n = (size_t)counts[i];
        Guarded a = guarded_random(n, 1, 1), b = guarded_random(n, 2, 2);
        Guarded got = guarded_random(n, 3, 3), want = guarded_random(n, 0, 3);
        loop->run(&data->kernels->element, a.data, b.data, got.data, n);
        loop->run(&data->reference->element, a.data, b.data, want.data, n);
        compare_relative(loop->name, got.data, want.data, 1.2e-7, n);
        guarded_check(&got, loop->name);
        Guarded *all[] = {&a, &b, &got, &want};
        for (size_t k = 0; k < G_N_ELEMENTS(all); k++)
            guarded_free(all[k]);
    }
}

/* Kernels over rows of c channels. */
static const int channels[] = {1, 2, 3, 7, 10, 15, 16, 17, 24, 31, 33, 64, 65, 127, 1000};
static const int row_counts[] = {0, 1, 2, 15, 33, 130};

static void rows_agree_at(const TierCase *data, size_t rows, int c)
{
    const IclElementKernels *k = &data->kernels->element, *r = &data->reference->element;
    const size_t n = rows * (size_t)c;
    Guarded a = guarded_random(n, 1, 1), b = guarded_random(n, 2, 2),
            s = guarded_random((size_t)c, 3, 3);
    Guarded got = guarded_random(n, 1, 4), want = guarded_random(n, 0, 4);
    Guarded sum = guarded_random((size_t)c, 1, 5), exact = guarded_random((size_t)c, 0, 5);

    for (int accumulate = 0; accumulate < 2; accumulate++) {
        k->scale_rows(a.data, s.data, rows, c, accumulate, got.data);
        r->scale_rows(a.data, s.data, rows, c, accumulate, want.data);
        compare_relative("scale_rows", got.data, want.data, 2e-7, n);
    }
    k->sum_rows(a.data, rows, c, sum.data);
    r->sum_rows(a.data, rows, c, exact.data);
    for (int i = 0; i < c; i++)
        g_assert_true(fabsf(sum.data[i] - exact.data[i]) <= 1e-6f * (float)(rows + 1));
    k->dot_rows(a.data, b.data, rows, c, sum.data);
    r->dot_rows(a.data, b.data, rows, c, exact.data);
    for (int i = 0; i < c; i++)
        g_assert_true(fabsf(sum.data[i] - exact.data[i]) <= 1e-6f * (float)(rows + 1));
    Guarded *all[] = {&a, &b, &s, &got, &want, &sum, &exact};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        guarded_check(all[i], "rows");
        guarded_free(all[i]);
    }
}

static void rows_agree(const TierCase *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(row_counts); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(channels); j++)
            rows_agree_at(data, (size_t)row_counts[i], channels[j]);
}

static void squares_agree(const TierCase *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        Guarded x = guarded_random((size_t)counts[i], 1, 1);
        double got = data->kernels->element.sum_squares(x.data, x.count);
        double want = data->reference->element.sum_squares(x.data, x.count);
        g_assert_true(fabs(got - want) <= 1e-13 * want);
        guarded_free(&x);
    }
}

static void softmax_agrees(const TierCase *data)
{
    for (size_t j = 0; j < G_N_ELEMENTS(channels); j++) {
        int c = channels[j];
        size_t n = 5 * (size_t)c;
        Guarded x = spread(n, 1, c), got = guarded_new(n, 3), want = guarded_new(n, 0);
        for (int k = 0; k < c; k++)
            x.data[k] -= 1000; /* row 0: all far below 0 */
        data->kernels->element.softmax(x.data, 5, c, got.data);
        data->reference->element.softmax(x.data, 5, c, want.data);
        double bounds[5 * COUNT_MAX];
        for (size_t k = 0; k < n; k++)
            bounds[k] = 3e-6 * want.data[k] + FLT_MIN; /* x - maximum is rounded: up to 18 units */
        compare("softmax", got.data, want.data, bounds, n);
        data->kernels->element.softmax(x.data, 5, c, x.data);
        compare_bits("softmax in place", x.data, got.data, n);
        guarded_check(&got, "softmax");
        guarded_free(&x);
        guarded_free(&got);
        guarded_free(&want);
    }
}

static void softmax_takes_large_logits(const TierCase *data)
{
    float x[4] = {3e38f, 3e38f, -3e38f, -INFINITY}, y[4];

    data->kernels->element.softmax(x, 1, 4, y);
    g_assert_cmpfloat(y[0], ==, 0.5);
    g_assert_cmpfloat(y[1], ==, 0.5);
    g_assert_cmpfloat(y[2], ==, 0);
    g_assert_cmpfloat(y[3], ==, 0);
}

void element_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(activations); i++) {
        const Activation *a = &activations[i];
        add_tier_tests("element/activation", a->name, a, activation_agrees);
        add_tier_tests("element/gradient", a->name, a, gradient_agrees);
        add_tier_tests("element/nan-stays-nan", a->name, a, nan_stays_nan);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(accuracies); i++)
        add_tier_tests("element/accurate", accuracies[i].name, &accuracies[i], accurate);
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++)
        add_tier_tests("element/limit", limits[i].name, &limits[i], limit_is_reached);
    for (size_t i = 0; i < G_N_ELEMENTS(loops); i++)
        add_tier_tests("element", loops[i].name, &loops[i], loop_agrees);
    add_tier_tests("element", "rows", NULL, rows_agree);
    add_tier_tests("element", "sum-squares", NULL, squares_agree);
    add_tier_tests("element", "softmax", NULL, softmax_agrees);
    add_tier_tests("element", "softmax-takes-large-logits", NULL, softmax_takes_large_logits);
}

typedef struct Run {
    const IclElementKernels *kernels;
    Guarded x, y, dy, dx;
    IclActivation activation;
} Run;

static void run_activation(void *data)
{
    Run *r = data;
    r->kernels->activation(r->activation, 0.1f, r->x.data, r->y.data, r->x.count);
}

static void run_gradient(void *data)
{
    Run *r = data;
    r->kernels->activation_gradient(r->activation, 0.1f, r->x.data, r->y.data, r->dy.data, false,
                                    r->dx.data, r->x.count);
}

static void run_sum(void *data)
{
    Run *r = data;
    r->kernels->add(r->x.data, r->y.data, r->dx.data, r->x.count);
}

static void run_softmax(void *data)
{
    Run *r = data;
    r->kernels->softmax(r->x.data, r->x.count / 1000, 1000, r->y.data);
}

void element_bench(const Bench *bench)
{
    Run run = {
        .x = spread(BENCH_COUNT, 0, 1),
        .y = guarded_new(BENCH_COUNT, 0),
        .dy = guarded_random(BENCH_COUNT, 0, 2),
        .dx = guarded_new(BENCH_COUNT, 0),
    };

    for (int tier = ICL_TIER_BASELINE; tier < ICL_TIERS; tier++) {
        if (!icl_kernels_of(tier))
            continue;
        run.kernels = &icl_kernels_of(tier)->element;
        for (size_t i = 0; i < G_N_ELEMENTS(activations); i++) {
            run.activation = activations[i].id;
            bench_bytes(bench, tier, run_activation, &run, 8, "activation %s", activations[i].name);
            bench_bytes(bench, tier, run_gradient, &run, 12, "gradient %s", activations[i].name);
        }
        bench_bytes(bench, tier, run_sum, &run, 12, "%s", "add");
        bench_bytes(bench, tier, run_softmax, &run, 8, "%s", "softmax c=1000");
    }
    Guarded *all[] = {&run.x, &run.y, &run.dy, &run.dx};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        guarded_free(all[i]);
}
