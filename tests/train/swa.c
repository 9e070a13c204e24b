/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Stochastic weight averaging against PyTorch's swa_utils (golden_swa.py): the average, the
 * statistics that are measured anew, the learning rates. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "callback.h"
#include "model.h"
#include "statistics.h"
#include "trainer_epoch.h"

enum { EPOCHS = 5, START = 1, EVERY = 2, BATCHES = 3, N = 4 };

static IclStore *golden_open(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden_swa.safetensors", NULL);
    GError *error = NULL;
    IclStore *golden = icl_store_load(path, &error);

    g_assert_no_error(error);
    return golden;
}

static const IclTensor *golden_find(const IclStore *golden, const char *kind, const char *path)
{
    g_autofree char *name = g_strconcat(kind, path, NULL);
    const IclTensor *tensor = icl_store_find(golden, name);

    if (!tensor)
        g_error("golden_swa.safetensors has no %s", name);
    return tensor;
}

static void set_initial(void *user, const IclLayer *layer, IclWeight *weight)
{
    g_autofree char *path = icl_weight_path(layer, weight);

    if (weight->role == ICL_WEIGHT_MOVING)
        return;
    const IclTensor *initial = golden_find(user, "initial/", path);
    g_assert_cmpuint(icl_tensor_count(initial), ==, icl_tensor_count(&weight->tensor));
    memcpy(weight->tensor.data, initial->data, icl_tensor_count(initial) * sizeof(float));
}

/* |got - wanted| <= 1e-5 |wanted| as vectors */
static void compare_average(void *user, const IclLayer *layer, IclWeight *weight)
{
    g_autofree char *path = icl_weight_path(layer, weight);
    const float *got = weight->tensor.data;
    const IclTensor *tensor = golden_find(user, "average/", path);
    const float *wanted = tensor->data;
    double off = 0, norm = 0;

    for (size_t i = 0; i < icl_tensor_count(tensor); i++) {
        off += pow((double)got[i] - wanted[i], 2);
        norm += pow(wanted[i], 2);
    }
    g_test_message("%s off by %.2g", path, sqrt(off / norm));
    if (!(sqrt(off) <= 1e-5 * sqrt(norm)))
        g_error("%s: off by %g of %g", path, sqrt(off), sqrt(norm));
}

/* The epochs of the golden run. */
static void train(IclFit *fit, const float *x, const int *y, size_t entries)
{
    for (int epoch = 0, n = 0; epoch < EPOCHS; epoch++) {
        for (size_t i = 0; i < BATCHES; i++)
            icl_fit_update(fit, x + i * N * entries, &(IclTargets){.y = y + i * N}, N, 0.3);
        if (epoch >= START && (epoch - START) % EVERY == 0)
            icl_fit_swa_add(fit, n++);
    }
}

static void average_and_statistics_are_pytorch(void)
{
    static const char *const labels[] = {"a", "b", "c", NULL};
    g_autoptr(IclStore) golden = golden_open();
    GError *error = NULL;
    g_autoptr(IclModel) model =
        icl_model_from_description(icl_store_get(golden, "text"), "golden", labels, 1, &error);
    g_assert_no_error(error);
    IclGraph *graph = icl_model_graph(model);
    IclOptimizer *optimizer =
        icl_instance_parse(&icl_optimizer_family, "sgd momentum=0.9", "row", NULL);
    IclFitParams params = {.optimizer = optimizer, .batch = N, .threads = 2, .swa = true};
    g_autoptr(IclFit) fit = icl_fit_new(graph, &params, NULL);
    g_autoptr(IclStatistics) statistics = icl_statistics_new(fit);
    const float *x = golden_find(golden, "x", "")->data;
    size_t entries = icl_shape_count(icl_graph_input(graph));

    icl_graph_each_weight(graph, set_initial, golden);
    train(fit, x, golden_find(golden, "y", "")->data, entries);
    icl_fit_swa_swap(fit);
    for (size_t i = 0; i < BATCHES; i++)
        icl_statistics_add(statistics, x + i * N * entries, N);
    icl_statistics_set(statistics);
    icl_graph_each_weight(graph, compare_average, golden);
    icl_instance_free(optimizer);
}

/* Dropout draws anew for each batch, so that its chance is measured, not one draw of it. */
static void each_batch_drops_others(void)
{
    static const char *const labels[] = {"a", "b", NULL};
    const float x[3] = {1, 1, 1};
    g_autoptr(IclModel) model = icl_model_from_description(
        "input 1 1 3 ! dropout 0.5 ! batchnorm ! dense 2", "dropout", labels, 1, NULL);
    const IclLayer *norm = icl_model_graph(model)->nodes[2].layer;
    IclOptimizer *optimizer = icl_instance_parse(&icl_optimizer_family, "sgd", "row", NULL);
    IclFitParams params = {.optimizer = optimizer, .batch = 1, .threads = 1};
    g_autoptr(IclFit) fit = icl_fit_new(icl_model_graph(model), &params, NULL);
    g_autoptr(IclStatistics) statistics = icl_statistics_new(fit);

    for (int i = 0; i < 2000; i++)
        icl_statistics_add(statistics, x, 1);
    icl_statistics_set(statistics);
    for (int c = 0; c < 3; c++) {
        g_assert_cmpfloat_with_epsilon(icl_layer_data(norm, 0)[c], 1, 0.1);
        g_assert_cmpfloat_with_epsilon(icl_layer_data(norm, 1)[c], 1, 0.1);
    }
    icl_instance_free(optimizer);
}

static const struct {
    const char *schedule, *callback;
} rates[] = {
    {"constant", "swa start=4 lr=0.05 anneal_epochs=5"},
    {"exponential 0.9 per=epoch", "swa start=3 lr=0.2 anneal_epochs=4 anneal_strategy=linear"},
    {"exponential 0.8 per=epoch", "swa start=0.5 lr=0.01 anneal_epochs=0"},
};

static void rates_are_pytorch(gconstpointer row)
{
    int i = GPOINTER_TO_INT(row);
    g_autofree char *name = g_strdup_printf("rates%d", i);
    g_autoptr(IclStore) golden = golden_open();
    const IclTensor *tensor = golden_find(golden, name, "");
    IclTrainer trainer = {.rate_scale = 1};
    IclTrainOptions *o = &trainer.options;

    o->epoch_size = 70; /* of 7 steps */
    o->params.batch = 10;
    o->params.epochs = (int)icl_tensor_count(tensor);
    o->optimizer_instance = icl_instance_parse(&icl_optimizer_family, "sgd lr=0.1", "row", NULL);
    o->schedule_instance = icl_instance_parse(&icl_schedule_family, rates[i].schedule, "row", NULL);
    o->callbacks = icl_instances_parse(&icl_callback_family, rates[i].callback, "row", NULL);
    for (; trainer.epoch < o->params.epochs; trainer.epoch++)
        g_assert_cmpfloat_with_epsilon(
            icl_callbacks_rate(&trainer, icl_trainer_scheduled_rate(&trainer, trainer.epoch * 7)),
            ((const float *)tensor->data)[trainer.epoch], 1e-7);
    icl_instance_free(o->optimizer_instance);
    icl_instance_free(o->schedule_instance);
    g_ptr_array_unref(o->callbacks);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/swa/average-and-statistics", average_and_statistics_are_pytorch);
    g_test_add_func("/swa/dropout", each_batch_drops_others);
    for (gsize i = 0; i < G_N_ELEMENTS(rates); i++) {
        g_autofree char *name = g_strdup_printf("/swa/rates/%s", rates[i].callback);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), rates_are_pytorch);
    }
    return g_test_run();
}
