/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Losses and their gradients against Keras (golden_losses.py), and against central differences. */
#include <glib.h>
#include <math.h>

#include "loss.h"
#include "store.h"

enum { N = 6, CLASSES = 7 };

static const char *const rows[] = {
    "cross_entropy",
    "cross_entropy smoothing=0.1",
    "binary",
    "binary smoothing=0.2",
    "focal",
    "focal gamma=0.5 alpha=0.7 smoothing=0.1",
    "binary_focal",
    "binary_focal gamma=1.5 balance=yes alpha=0.3 smoothing=0.1",
    "mse",
    "mse smoothing=0.1",
    "kl",
    "kl smoothing=0.1",
};

static IclStore *golden_load(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden_losses.safetensors", NULL);
    GError *error = NULL;
    IclStore *store = icl_store_load(path, &error);

    g_assert_no_error(error);
    return store;
}

static const void *golden(const IclStore *store, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *name = g_strdup_vprintf(format, args);
    va_end(args);
    const IclTensor *tensor = icl_store_find(store, name);
    if (!tensor)
        g_error("golden_losses.safetensors has no %s", name);
    return tensor->data;
}

static IclCriterion *criterion_new(const char *text)
{
    GError *error = NULL;
    IclCriterion *criterion = icl_instance_parse(&icl_loss_family, text, "row", &error);

    g_assert_no_error(error);
    return criterion;
}

static IclTargets golden_targets(const IclStore *store, const char *kind, const char *text)
{
    bool labels = g_str_has_prefix(text, "binary");

    if (g_str_equal(kind, "y"))
        return (IclTargets){.y = golden(store, "y")};
    return (IclTargets){.soft = golden(store, labels ? "labels" : "mixed"),
                        .weight = g_str_equal(kind, "weight") ? golden(store, "weight") : NULL};
}

/* Both are rounded to float once: the bound is a few units in the last place. */
static void row_is_keras(const IclStore *store, const char *kind, const char *text)
{
    IclCriterion *criterion = criterion_new(text);
    IclTargets targets = golden_targets(store, kind, text);
    float dlogits[N * CLASSES];
    IclLossBatch batch = {.logits = golden(store, "logits"),
                          .targets = &targets,
                          .n = N,
                          .classes = CLASSES,
                          .dlogits = dlogits};
    const float *value = golden(store, "%s/%s/value", kind, text);
    const float *gradient = golden(store, "%s/%s/gradient", kind, text);
    double loss = icl_loss(criterion, &batch).sum / N;

    if (fabs(loss - *value) > 2e-7 * fabs(*value))
        g_error("%s of %s is %.9g, Keras has %.9g", text, kind, loss, *value);
    for (int i = 0; i < N * CLASSES; i++)
        if (fabs(dlogits[i] - gradient[i]) > 1e-9 + 2e-7 * fabs(gradient[i]))
            g_error("%s of %s: gradient [%d] is %.9g, Keras has %.9g", text, kind, i, dlogits[i],
                    gradient[i]);
    icl_instance_free(criterion);
}

static void losses_are_keras(void)
{
    static const char *const kinds[] = {"y", "soft", "weight"};
    g_autoptr(IclStore) store = golden_load();

    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++)
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
            row_is_keras(store, kinds[k], rows[i]);
}

/* The logits are floats: a step of 2^-6 is one of theirs, and the cubic term the bound. */
static void gradient_is_the_slope(const IclCriterion *criterion, const IclTargets *targets)
{
    const double step = 0x1p-6;
    float z[3] = {0.5f, -1.25f, 2}, dz[3], other[3];
    IclLossBatch batch = {
        .logits = z, .targets = targets, .n = 1, .classes = 3, .dlogits = dz, .plain = true};

    icl_loss(criterion, &batch);
    batch.dlogits = other;
    for (int c = 0; c < 3; c++) {
        float was = z[c];
        z[c] = was + (float)step;
        double above = icl_loss(criterion, &batch).sum;
        z[c] = was - (float)step;
        double below = icl_loss(criterion, &batch).sum;
        z[c] = was;
        g_assert_cmpfloat_with_epsilon(dz[c], (above - below) / (2 * step), 1e-4);
    }
}

static void gradients_are_slopes(void)
{
    const int y = 1;
    const float soft[3] = {0.25f, 0.5f, 0.25f}, weight = 1;
    const IclTargets targets[] = {{.y = &y}, {.soft = soft}, {.soft = soft, .weight = &weight}};

    for (const IclClass *const *class = icl_loss_family.classes; *class; class ++)
        for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
            IclCriterion *criterion = criterion_new((*class)->name);
            gradient_is_the_slope(criterion, &targets[i]);
            icl_instance_free(criterion);
        }
}

/* Logits a thousand apart: the loss is their difference, nothing overflows. */
static void large_logits_are_no_trouble(void)
{
    const float logits[] = {1000, -1000, 0};
    float dlogits[3];

    for (const IclClass *const *class = icl_loss_family.classes; *class; class ++)
        for (int y = 0; y < 3; y++) {
            IclCriterion *criterion = criterion_new((*class)->name);
            IclLossBatch batch = {.logits = logits,
                                  .targets = &(IclTargets){.y = &y},
                                  .n = 1,
                                  .classes = 3,
                                  .dlogits = dlogits};
            double loss = icl_loss(criterion, &batch).sum;
            g_assert_true(isfinite(loss) && loss >= 0);
            for (int c = 0; c < 3; c++)
                g_assert_true(isfinite(dlogits[c]));
            if (g_str_equal((*class)->name, "cross_entropy"))
                g_assert_cmpfloat(loss, ==, y == 0 ? 0 : y == 1 ? 2000 : 1000);
            icl_instance_free(criterion);
        }
}

/* Keras' losses_test: logits against the unit vectors, weighted [1.2, 3.4, 5.6]. */
static void cross_entropy_is_keras_own(void)
{
    const float logits[] = {8, 1, 1, 0, 9, 1, 2, 3, 5}, weight[] = {1.2f, 3.4f, 5.6f};
    const int y[] = {0, 1, 2};
    IclTargets targets = {.y = y};
    IclLossBatch batch = {.logits = logits, .targets = &targets, .n = 3, .classes = 3};

    g_assert_cmpfloat_with_epsilon(icl_loss(NULL, &batch).sum / 3,
                                   (0.001822 + 0.000459 + 0.169846) / 3, 1e-6);
    targets.weight = weight;
    g_assert_cmpfloat_with_epsilon(icl_loss(NULL, &batch).sum / 3, 0.31829, 1e-5);
}

/* Validation: smoothing is left out. */
static void plain_is_not_smoothed(void)
{
    const float logits[] = {2, 0, 1};
    const int y = 0;
    IclCriterion smooth = icl_cross_entropy(0.3);
    IclLossBatch batch = {
        .logits = logits, .targets = &(IclTargets){.y = &y}, .n = 1, .classes = 3, .plain = true};

    g_assert_cmpfloat(icl_loss(&smooth, &batch).sum, ==, icl_loss(NULL, &batch).sum);
    batch.plain = false;
    g_assert_cmpfloat(icl_loss(&smooth, &batch).sum, >, icl_loss(NULL, &batch).sum);
}

static void right_ones_are_counted(void)
{
    static const struct {
        float z[CLASSES];
        int y, correct, top5;
    } samples[] = {
        {{7, 6, 5, 4, 3, 2, 1}, 0, 1, 1},   {{7, 6, 5, 4, 3, 2, 1}, 1, 0, 1},
        {{7, 6, 5, 4, 3, 2, 1}, 4, 0, 1},   {{7, 6, 5, 4, 3, 2, 1}, 5, 0, 0},
        {{1, 1, 1, 1, 1, 1, 1}, 0, 1, 1}, /* the first of equals */
        {{1, 1, 1, 1, 1, 1, 1}, 1, 0, 1},   {{1, 1, 1, 1, 1, 1, 1}, 5, 0, 0},
        {{NAN, 6, 5, 4, 3, 2, 1}, 1, 0, 1}, {{NAN, 6, 5, 4, 3, 2, 1}, 0, 0, 0},
    };
    IclClassCount classed[CLASSES] = {{0}};

    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        IclLossBatch batch = {.logits = samples[i].z,
                              .targets = &(IclTargets){.y = &samples[i].y},
                              .n = 1,
                              .classes = CLASSES,
                              .classed = classed};
        IclLoss loss = icl_loss(NULL, &batch);
        g_assert_cmpint(loss.correct, ==, samples[i].correct);
        g_assert_cmpint(loss.top5, ==, samples[i].top5);
    }
    g_assert_cmpint(classed[0].seen, ==, 3);
    g_assert_cmpint(classed[0].correct, ==, 2);
    g_assert_cmpint(classed[5].seen, ==, 2);
    g_assert_cmpint(classed[5].correct, ==, 0);
    g_assert_cmpint(classed[6].seen, ==, 0);
}

/* Keras' binary_accuracy at 0.5, where a mixed label is on above 0.5; the recall of each label. */
static void labels_are_counted(void)
{
    static const struct {
        float z[4], on[4];
        double correct;
        int seen[4], found[4];
    } samples[] = {
        {{1, -1, 2, -2}, {1, 0, 1, 0}, 1, {1, 0, 1, 0}, {1, 0, 1, 0}},
        {{1, -1, 2, -2}, {0, 0, 0, 0}, 0.5, {0}, {0}},
        {{-1, -1, -2, -2}, {1, 1, 1, 0}, 0.25, {1, 1, 1, 0}, {0}},
        {{0, 0, 0x1p-20f, -1},
         {1, 0, 1, 0.5f},
         0.75,
         {1, 0, 1, 0},
         {0, 0, 1, 0}}, /* q 0.5 is off */
        {{1, 1, -1, 5}, {0.75f, 0.25f, 0.5f, 0.51f}, 0.75, {1, 0, 0, 1}, {1, 0, 0, 1}},
        {{NAN, NAN, 1, -1}, {1, 0, 1, 0}, 0.5, {1, 0, 1, 0}, {0, 0, 1, 0}},
    };
    static const char *const losses[] = {"binary", "binary_focal"};

    for (size_t i = 0; i < 2 * G_N_ELEMENTS(samples); i++) {
        IclCriterion *criterion = criterion_new(losses[i % 2]);
        IclClassCount classed[4] = {{0}};
        IclLossBatch batch = {.logits = samples[i / 2].z,
                              .targets = &(IclTargets){.soft = samples[i / 2].on},
                              .n = 1,
                              .classes = 4,
                              .classed = classed};
        IclLoss loss = icl_loss(criterion, &batch);
        g_assert_cmpfloat(loss.correct, ==, samples[i / 2].correct);
        g_assert_cmpint(loss.top5, ==, 0);
        for (int c = 0; c < 4; c++) {
            g_assert_cmpint(classed[c].seen, ==, samples[i / 2].seen[c]);
            g_assert_cmpint(classed[c].correct, ==, samples[i / 2].found[c]);
        }
        icl_instance_free(criterion);
    }
}

static double weighed(const IclLossBatch *batch, const char *loss, const float *weight)
{
    IclCriterion *criterion = criterion_new(loss);
    criterion->label_weight = weight;
    double sum = icl_loss(criterion, batch).sum;
    icl_instance_free(criterion);
    return sum;
}

/* Off by 3, 5, 7 and on by 2, 11, 13: those of what each label is; validation knows no weights. */
static void labels_are_weighed(void)
{
    static const float z[] = {1, -2, 0.5f}, on[] = {1, 0, 1}, weight[] = {3, 5, 7, 2, 11, 13};
    static const double factor[] = {2, 5, 13}, right[] = {1, 2, 0.5};
    float dlogits[3];
    IclLossBatch batch = {.logits = z,
                          .targets = &(IclTargets){.soft = on},
                          .n = 1,
                          .classes = 3,
                          .dlogits = dlogits};
    double sum = 0;

    double loss = weighed(&batch, "binary", weight);
    for (int c = 0; c < 3; c++) {
        double wrong = 1 / (1 + exp(right[c])), slope = factor[c] * wrong / 3;
        sum += factor[c] * log1p(exp(-right[c])) / 3;
        g_assert_cmpfloat_with_epsilon(dlogits[c], on[c] > 0 ? -slope : slope, 1e-7);
    }
    g_assert_cmpfloat_with_epsilon(loss, sum, 1e-12);
    g_assert_cmpfloat_with_epsilon(weighed(&batch, "binary_focal gamma=0", weight), sum, 1e-12);
    batch.plain = true;
    g_assert_cmpfloat(weighed(&batch, "binary", weight), ==, weighed(&batch, "binary", NULL));
}

/* Of soft targets alone, the largest is the true class; with y beside them, y is. */
static void soft_targets_have_a_class(void)
{
    const float logits[] = {0, 3, 1}, soft[] = {0.3f, 0.5f, 0.2f};
    const int y = 2;
    IclTargets targets = {.soft = soft};
    IclLossBatch batch = {.logits = logits, .targets = &targets, .n = 1, .classes = 3};

    g_assert_cmpint(icl_loss(NULL, &batch).correct, ==, 1);
    targets.y = &y;
    g_assert_cmpint(icl_loss(NULL, &batch).correct, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/losses/keras", losses_are_keras);
    g_test_add_func("/losses/keras-own", cross_entropy_is_keras_own);
    g_test_add_func("/losses/slopes", gradients_are_slopes);
    g_test_add_func("/losses/large-logits", large_logits_are_no_trouble);
    g_test_add_func("/losses/plain", plain_is_not_smoothed);
    g_test_add_func("/losses/counts", right_ones_are_counted);
    g_test_add_func("/losses/soft-class", soft_targets_have_a_class);
    g_test_add_func("/losses/labels", labels_are_counted);
    g_test_add_func("/losses/label-weights", labels_are_weighed);
    return g_test_run();
}
