/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Twenty batches by every optimizer, and by every option that all of them have, against Keras
 * (golden_optimizers.py); and what holds of an update whatever the optimizer. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "fit.h"
#include "model.h"

enum { STEPS = 20, N = 6 };

static const char *const rows[] = {
    "sgd lr=0.3",
    "sgd lr=0.1 momentum=0.9",
    "sgd lr=0.1 momentum=0.9 nesterov=yes decay=0.05",
    "adam lr=0.02",
    "adam lr=0.02 beta1=0.8 beta2=0.9 epsilon=1e-3 amsgrad=yes",
    "adamw lr=0.02",
    "adamw lr=0.02 decay=0.3 decay_norms=yes",
    "adamw lr=0.02 amsgrad=yes",
    "nadam lr=0.02",
    "adamax lr=0.02",
    "rmsprop lr=0.01",
    "rmsprop lr=0.01 momentum=0.8 decay=0.1",
    "rmsprop lr=0.01 rho=0.8 epsilon=1e-3 centered=yes",
    "rmsprop lr=0.01 momentum=0.5 epsilon=1e-3 centered=yes",
    "adagrad lr=0.05",
    "adadelta lr=1",
    "lion lr=3e-3",
    "lamb lr=0.02 decay=0.05",
    "sgd lr=0.3 clipvalue=0.02",
    "sgd lr=0.3 clipnorm=0.05",
    "sgd lr=0.3 global_clipnorm=0.1",
    "sgd lr=0.3 agc=0.05",
    "sgd lr=0.3 l1=0.01",
    "adam lr=0.02 l2=0.02",
    "sgd lr=0.3 max_norm=0.5",
    "sgd lr=0.3 momentum=0.9 accumulate=4",
    "adamw lr=0.02 accumulate=2 global_clipnorm=0.1 l2=0.01",
    "adam lr=0.02 ema=0.9",
    "lamb lr=0.02 ema=0.8 max_norm=0.9",
};

static const char *const penalized[] = {
    "sgd lr=0.3 l1=0.01",
    "adam lr=0.02 l2=0.02",
    "adamw lr=0.02 accumulate=2 global_clipnorm=0.1 l2=0.01",
};

typedef struct Fixture {
    IclStore *golden;
    IclOptimizer *optimizer;
    IclModel *model;
    IclFit *fit;
} Fixture;

static const IclTensor *golden(const Fixture *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *name = g_strdup_vprintf(format, args);
    va_end(args);
    const IclTensor *tensor = icl_store_find(f->golden, name);
    if (!tensor)
        g_error("golden_optimizers.safetensors has no %s", name);
    return tensor;
}

static void set_initial(void *user, const IclLayer *layer, IclWeight *weight)
{
    g_autofree char *path = icl_weight_path(layer, weight);
    const IclTensor *initial = golden(user, "initial/%s", path);

    g_assert_cmpuint(icl_tensor_count(initial), ==, icl_tensor_count(&weight->tensor));
    memcpy(weight->tensor.data, initial->data, icl_tensor_count(initial) * sizeof(float));
}

static void fixture_set_up(Fixture *f, const char *optimizer, int batch, int threads)
{
    static const char *const labels[] = {"a", "b", "c", "d", NULL};
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "golden_optimizers.safetensors", NULL);
    GError *error = NULL;

    f->golden = icl_store_load(path, &error);
    g_assert_no_error(error);
    f->optimizer = icl_instance_parse(&icl_optimizer_family, optimizer, "row", &error);
    g_assert_no_error(error);
    f->model =
        icl_model_from_description(icl_store_get(f->golden, "text"), "golden", labels, 1, &error);
    g_assert_no_error(error);
    icl_graph_each_weight(icl_model_graph(f->model), set_initial, f);
    IclFitParams params = {.optimizer = f->optimizer, .batch = batch, .threads = threads};
    f->fit = icl_fit_new(icl_model_graph(f->model), &params, &error);
    g_assert_no_error(error);
}

static void fixture_tear_down(Fixture *f)
{
    icl_fit_free(f->fit);
    icl_model_unref(f->model);
    icl_instance_free(f->optimizer);
    icl_store_free(f->golden);
}

/* `batches` of the golden ones at once. */
static double update(Fixture *f, int step, int batches)
{
    size_t entries = icl_shape_count(icl_graph_input(icl_model_graph(f->model)));
    const float *x = golden(f, "x")->data;
    const int *y = golden(f, "y")->data;

    return icl_fit_update(f->fit, x + (size_t)step * N * entries,
                          &(IclTargets){.y = y + (size_t)step * N}, N * batches, f->optimizer->lr)
               .sum /
           (N * batches);
}

typedef struct Comparison {
    const Fixture *f;
    const char *row, *kind;
} Comparison;

/* |got - wanted| <= 1e-5 |wanted| as vectors */
static void compare_weight(void *user, const IclLayer *layer, IclWeight *weight)
{
    const Comparison *c = user;
    g_autofree char *path = icl_weight_path(layer, weight);
    const float *got = weight->tensor.data;
    const IclTensor *tensor = golden(c->f, "%s/%s%s", c->row, c->kind, path);
    const float *wanted = tensor->data;
    double off = 0, norm = 0;

    for (size_t i = 0; i < icl_tensor_count(tensor); i++) {
        off += pow((double)got[i] - wanted[i], 2);
        norm += pow(wanted[i], 2);
    }
    g_test_message("%s: %s%s off by %.2g", c->row, c->kind, path, sqrt(off / norm));
    if (!(sqrt(off) <= 1e-5 * sqrt(norm)))
        g_error("%s: %s%s off by %g of %g", c->row, c->kind, path, sqrt(off), sqrt(norm));
}

static void twenty_steps_are_keras(gconstpointer row)
{
    Fixture f;

    fixture_set_up(&f, row, N, 2);
    const float *losses = golden(&f, "%s/losses", (const char *)row)->data;
    for (int i = 0; i < STEPS; i++)
        g_assert_cmpfloat_with_epsilon(update(&f, i, 1), losses[i], 1e-5);
    icl_graph_each_weight(icl_model_graph(f.model), compare_weight, &(Comparison){&f, row, ""});
    icl_fit_swap_average(f.fit);
    if (f.optimizer->ema > 0)
        icl_graph_each_weight(icl_model_graph(f.model), compare_weight,
                              &(Comparison){&f, row, "average/"});
    icl_fit_swap_average(f.fit);
    icl_graph_each_weight(icl_model_graph(f.model), compare_weight, &(Comparison){&f, row, ""});
    fixture_tear_down(&f);
}

static void assert_same_weights(const Fixture *a, const Fixture *b, double bound)
{
    const float *one = icl_model_graph(a->model)->weights,
                *two = icl_model_graph(b->model)->weights;

    for (guint i = 0; i < a->fit->tensors->len; i++) {
        const IclFitTensor *at = &g_array_index(a->fit->tensors, IclFitTensor, i);
        const IclFitTensor *bt = &g_array_index(b->fit->tensors, IclFitTensor, i);
        for (size_t k = 0; k < at->count; k++)
            g_assert_cmpfloat(fabs(at->w[k] - bt->w[k]), <=, bound);
    }
    g_assert_true(one != two);
}

static void threads_do_not_matter(gconstpointer row)
{
    Fixture f[3];

    for (int threads = 1; threads <= 3; threads++) {
        fixture_set_up(&f[threads - 1], row, N, threads);
        for (int i = 0; i < STEPS; i++)
            update(&f[threads - 1], i, 1);
    }
    assert_same_weights(&f[0], &f[1], 0);
    assert_same_weights(&f[0], &f[2], 0);
    for (int i = 0; i < 3; i++)
        fixture_tear_down(&f[i]);
}

/* State and weights carried over to another fit, after any batch: it goes on to the bit. */
static void resumes_to_the_bit(gconstpointer row)
{
    enum { AT = 7 };
    Fixture whole, first, second;

    fixture_set_up(&whole, row, N, 2);
    fixture_set_up(&first, row, N, 2);
    fixture_set_up(&second, row, N, 2);
    for (int i = 0; i < STEPS; i++)
        update(&whole, i, 1);
    for (int i = 0; i < AT; i++)
        update(&first, i, 1);
    for (guint i = 0; i < first.fit->tensors->len; i++) {
        const IclFitTensor *from = &g_array_index(first.fit->tensors, IclFitTensor, i);
        const IclFitTensor *to = &g_array_index(second.fit->tensors, IclFitTensor, i);
        memcpy(to->w, from->w, from->count * sizeof(float));
    }
    for (int i = 0; i < first.fit->n_slots; i++)
        memcpy(second.fit->slots[i], first.fit->slots[i], first.fit->n_gradients * sizeof(float));
    second.fit->updates = first.fit->updates;
    for (int i = AT; i < STEPS; i++)
        update(&second, i, 1);
    assert_same_weights(&whole, &second, 0);
    fixture_tear_down(&whole);
    fixture_tear_down(&first);
    fixture_tear_down(&second);
}

/* Four batches gathered are one of four times the samples. */
static void gathered_batches_are_one(void)
{
    Fixture gathered, one;

    fixture_set_up(&gathered, "adam lr=0.02 clipnorm=0.1 l2=0.01 accumulate=4", N, 2);
    fixture_set_up(&one, "adam lr=0.02 clipnorm=0.1 l2=0.01", 4 * N, 2);
    for (int i = 0; i < STEPS; i++)
        update(&gathered, i, 1);
    for (int i = 0; i < STEPS; i += 4)
        update(&one, i, 4);
    assert_same_weights(&gathered, &one, 2e-6);
    fixture_tear_down(&gathered);
    fixture_tear_down(&one);
}

/* A batch all of whose samples weigh nothing moves nothing but the decay. */
static void weights_of_samples_count(void)
{
    static const float nothing[N] = {0}, twice[N] = {2, 2, 2, 2, 2, 2};
    Fixture f, still;

    fixture_set_up(&f, "sgd lr=0.3", N, 2);
    fixture_set_up(&still, "sgd lr=0.6", N, 2);
    IclTargets targets = {.y = golden(&f, "y")->data, .weight = nothing};
    g_assert_cmpfloat(icl_fit_update(f.fit, golden(&f, "x")->data, &targets, N, 0.3).sum, ==, 0);
    assert_same_weights(&f, &still, 0);
    targets.weight = twice;
    icl_fit_update(f.fit, golden(&f, "x")->data, &targets, N, 0.3);
    targets.weight = NULL;
    icl_fit_update(still.fit, golden(&f, "x")->data, &targets, N, 0.6);
    assert_same_weights(&f, &still, 1e-7);
    fixture_tear_down(&f);
    fixture_tear_down(&still);
}

/* l1 sum |w| + l2 sum w^2 of kernels, in what an update reports too. */
static void penalty_is_of_kernels(void)
{
    Fixture f, plain;
    double wanted = 0;

    fixture_set_up(&f, "sgd lr=0 l1=0.01 l2=0.02", N, 2);
    fixture_set_up(&plain, "sgd lr=0", N, 2);
    for (guint i = 0; i < f.fit->tensors->len; i++) {
        const IclFitTensor *tensor = &g_array_index(f.fit->tensors, IclFitTensor, i);
        for (size_t k = 0; tensor->kernel && k < tensor->count; k++)
            wanted += 0.01 * fabs(tensor->w[k]) + 0.02 * tensor->w[k] * tensor->w[k];
    }
    g_assert_cmpfloat_with_epsilon(icl_fit_penalty(f.fit), wanted, 1e-6 * wanted);
    g_assert_cmpfloat_with_epsilon(update(&f, 0, 1) - update(&plain, 0, 1), wanted, 1e-6);
    fixture_tear_down(&f);
    fixture_tear_down(&plain);
}

/* Keras' val_loss: what stands in a trainer's validation. */
static void validation_is_keras(gconstpointer row)
{
    Fixture f;
    double sum = 0;

    fixture_set_up(&f, row, N, 2);
    for (int i = 0; i < STEPS; i++)
        update(&f, i, 1);
    icl_executor_prepare(f.fit->inference);
    size_t entries = icl_shape_count(icl_graph_input(icl_model_graph(f.model)));
    for (size_t i = 0; i < (size_t)STEPS * N; i += N) {
        IclTargets targets = {.y = (const int *)golden(&f, "y")->data + i};
        const float *x = (const float *)golden(&f, "x")->data + i * entries;
        sum += icl_judge(f.fit->inference, NULL, x, &targets, N, NULL).sum;
    }
    const float *wanted = golden(&f, "%s/val_loss", (const char *)row)->data;
    g_assert_cmpfloat_with_epsilon(sum / (STEPS * N) + icl_fit_penalty(f.fit), *wanted, 1e-5);
    fixture_tear_down(&f);
}

/* timm's ModelEmaV3 with its warm-up: 1 - (1 + step)^(-2/3), of steps from 0. */
static void average_keeps_less_at_first(void)
{
    static const struct {
        double t, wanted;
    } points[] = {{1, 0}, {2, 0.37003948}, {9, 0.768879575}, {1000, 0.99}, {100001, 0.999}};
    IclOptimizer *o =
        icl_instance_parse(&icl_optimizer_family, "sgd ema=0.999 ema_warmup=yes", "row", NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(points); i++)
        g_assert_cmpfloat_with_epsilon(icl_optimizer_average(o, points[i].t), points[i].wanted,
                                       1e-8);
    icl_instance_free(o);
}

/* Before the first update there is no average to put in place. */
static void swapping_nothing_does_nothing(void)
{
    Fixture f, other;

    fixture_set_up(&f, "sgd lr=0.3 ema=0.9 accumulate=2", N, 1);
    fixture_set_up(&other, "sgd", N, 1);
    update(&f, 0, 1);
    icl_fit_swap_average(f.fit);
    assert_same_weights(&f, &other, 0);
    fixture_tear_down(&f);
    fixture_tear_down(&other);
}

/* After 10,000 steps nadam's factors are still what the product gives. */
static void numbers_are_functions_of_time(void)
{
    IclOptimizer *o = icl_instance_parse(&icl_optimizer_family, "nadam", "row", NULL);
    IclOptimizerStep step = {0};
    double product = 1;

    for (double t = 1; t <= 10000; t++) {
        double now = 0.9 * (1 - 0.5 * pow(0.96, t)), next = 0.9 * (1 - 0.5 * pow(0.96, t + 1));
        product *= now;
        if ((int)t % 7 && t > 30)
            continue;
        o->class->step(o, 1, t, &step);
        g_assert_cmpfloat_with_epsilon(step.mean, next / (1 - product * next), 1e-6);
        g_assert_cmpfloat_with_epsilon(step.fresh, (1 - now) / (1 - product), 1e-6);
    }
    icl_instance_free(o);
}

static void every_optimizer_has_a_row(void)
{
    for (const IclClass *const *class = icl_optimizer_family.classes; *class; class ++) {
        g_autofree char *begin = g_strconcat((*class)->name, " ", NULL);
        bool found = false;
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
            found |= g_str_has_prefix(rows[i], begin);
        if (!found)
            g_error("%s has no row in tests/train/optimizers.c", (*class)->name);
    }
}

static void add_rows(const char *what, void (*test)(gconstpointer))
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/optimizers/%s/%s", what, rows[i]);
        g_test_add_data_func(name, rows[i], test);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/optimizers/all", every_optimizer_has_a_row);
    add_rows("keras", twenty_steps_are_keras);
    add_rows("threads", threads_do_not_matter);
    add_rows("resume", resumes_to_the_bit);
    g_test_add_func("/optimizers/gathered", gathered_batches_are_one);
    g_test_add_func("/optimizers/sample-weights", weights_of_samples_count);
    g_test_add_func("/optimizers/penalty", penalty_is_of_kernels);
    for (size_t i = 0; i < G_N_ELEMENTS(penalized); i++) {
        g_autofree char *name = g_strdup_printf("/optimizers/val-loss/%s", penalized[i]);
        g_test_add_data_func(name, penalized[i], validation_is_keras);
    }
    g_test_add_func("/optimizers/average/warm-up", average_keeps_less_at_first);
    g_test_add_func("/optimizers/average/before-first", swapping_nothing_does_nothing);
    g_test_add_func("/optimizers/numbers", numbers_are_functions_of_time);
    return g_test_run();
}
