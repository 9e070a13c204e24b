/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A small ResNet against PyTorch: golden.safetensors, made by golden.py. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "fit.h"
#include "model.h"

enum { SAMPLES = 6 };

typedef struct Fixture {
    IclStore *golden;
    IclOptimizer *optimizer;
    IclModel *model;
    IclFit *fit;
} Fixture;

static const IclTensor *golden(const Fixture *f, const char *kind, const char *path)
{
    g_autofree char *name = g_strconcat(kind, path, NULL);
    const IclTensor *tensor = icl_store_find(f->golden, name);

    if (!tensor)
        g_error("golden.safetensors has no %s", name);
    return tensor;
}

/* |a - b| <= 1e-4 |b| as vectors */
static void assert_near(const char *what, const float *a, const IclTensor *b)
{
    const float *wanted = b->data;
    double difference = 0, norm = 0;

    for (size_t i = 0; i < icl_tensor_count(b); i++) {
        difference += pow((double)a[i] - wanted[i], 2);
        norm += pow(wanted[i], 2);
    }
    if (!(sqrt(difference) <= 1e-4 * sqrt(norm) + 1e-7))
        g_error("%s: off by %g of %g", what, sqrt(difference), sqrt(norm));
}

static void set_initial(void *user, const IclLayer *layer, IclWeight *weight)
{
    g_autofree char *path = icl_weight_path(layer, weight);

    if (weight->role == ICL_WEIGHT_MOVING)
        return;
    const IclTensor *initial = golden(user, "initial/", path);
    g_assert_cmpint(initial->rank, ==, weight->tensor.rank);
    g_assert_cmpuint(icl_tensor_count(initial), ==, icl_tensor_count(&weight->tensor));
    memcpy(weight->tensor.data, initial->data, icl_tensor_count(initial) * sizeof(float));
}

static void fixture_set_up(Fixture *f, const char *optimizer)
{
    static const char *const labels[] = {"a", "b", "c", "d", "e", NULL};
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden.safetensors", NULL);
    GError *error = NULL;

    f->golden = icl_store_load(path, &error);
    g_assert_no_error(error);
    f->optimizer = icl_instance_parse(&icl_optimizer_family, optimizer, "row", &error);
    g_assert_no_error(error);
    f->model =
        icl_model_from_description(icl_store_get(f->golden, "text"), "golden", labels, 1, &error);
    g_assert_no_error(error);
    icl_graph_each_weight(icl_model_graph(f->model), set_initial, f);
    IclFitParams params = {.optimizer = f->optimizer, .seed = 1, .batch = SAMPLES, .threads = 2};
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

static IclLoss update(Fixture *f)
{
    IclTargets targets = {.y = golden(f, "y", "")->data};

    return icl_fit_update(f->fit, golden(f, "x", "")->data, &targets, SAMPLES, f->optimizer->lr);
}

typedef struct Comparison {
    Fixture *f;
    const char *kind;
    int number;
} Comparison;

static void compare_gradient(void *user, const IclLayer *layer, IclWeight *weight)
{
    Comparison *c = user;
    g_autofree char *path = icl_weight_path(layer, weight);
    const float *gradient = icl_executor_gradient(c->f->fit->training, c->number++);

    if (weight->role != ICL_WEIGHT_MOVING)
        assert_near(path, gradient, golden(c->f, "gradient/", path));
}

static void compare_moving(void *user, const IclLayer *layer, IclWeight *weight)
{
    const Comparison *c = user;
    g_autofree char *path = icl_weight_path(layer, weight);

    if (weight->role == ICL_WEIGHT_MOVING)
        assert_near(path, weight->tensor.data, golden(c->f, "moving/", path));
}

static void compare_weight(void *user, const IclLayer *layer, IclWeight *weight)
{
    const Comparison *c = user;
    g_autofree char *path = icl_weight_path(layer, weight);

    if (weight->role != ICL_WEIGHT_MOVING)
        assert_near(path, weight->tensor.data, golden(c->f, c->kind, path));
}

static void forward_and_gradients_agree(void)
{
    Fixture f;

    fixture_set_up(&f, "sgd lr=0.05");
    IclTargets targets = {.y = golden(&f, "y", "")->data};
    IclLoss loss = icl_fit_gradients(f.fit, golden(&f, "x", "")->data, &targets, SAMPLES);
    float mean = (float)(loss.sum / SAMPLES);
    assert_near("loss", &mean, golden(&f, "loss", ""));
    icl_graph_each_weight(icl_model_graph(f.model), compare_gradient, &(Comparison){&f});
    update(&f);
    icl_graph_each_weight(icl_model_graph(f.model), compare_moving, &(Comparison){&f});
    fixture_tear_down(&f);
}

/* The initial weights' logits: a learning rate of 0 leaves them as they are. */
static void logits_agree(void)
{
    Fixture f;
    IclTeam team;

    fixture_set_up(&f, "sgd lr=0");
    const IclTensor *x = golden(&f, "x", "");
    memcpy(icl_executor_input(f.fit->training), x->data, icl_tensor_count(x) * sizeof(float));
    icl_team_begin(&team, 2);
    const float *logits = icl_executor_forward(f.fit->training, SAMPLES, 0, 0, &team);
    icl_team_end(&team);
    assert_near("logits", logits, golden(&f, "logits", ""));
    fixture_tear_down(&f);
}

static const struct {
    const char *kind, *optimizer;
} optimizers[] = {{"sgd/", "sgd lr=0.05 momentum=0.9"}, {"adam/", "adam lr=0.01"}};

static void ten_steps_agree(gconstpointer row)
{
    const char *kind = optimizers[GPOINTER_TO_INT(row)].kind;
    Fixture f;

    fixture_set_up(&f, optimizers[GPOINTER_TO_INT(row)].optimizer);
    for (int i = 0; i < 10; i++)
        update(&f);
    icl_graph_each_weight(icl_model_graph(f.model), compare_weight, &(Comparison){&f, kind});
    fixture_tear_down(&f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/golden/logits", logits_agree);
    g_test_add_func("/golden/gradients-and-statistics", forward_and_gradients_agree);
    g_test_add_data_func("/golden/ten-steps/sgd", GINT_TO_POINTER(0), ten_steps_agree);
    g_test_add_data_func("/golden/ten-steps/adam", GINT_TO_POINTER(1), ten_steps_agree);
    return g_test_run();
}
