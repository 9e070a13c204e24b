/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The memory that is predicted is the memory that is taken, as the system counts it: each row runs
 * in a process of its own. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "executor.h"
#include "fit.h"
#include "footprint.h"
#include "model.h"

static const struct {
    const char *name;
    IclFootprintParams params;
} rows[] = {
    {"resnet18", {.batch = 1, .threads = 1}},
    {"resnet18", {.batch = 8, .threads = 2}},
    {"resnet18", {.batch = 2, .threads = 2, .train = true, .optimizer = "sgd momentum=0.9"}},
    {"resnet18", {.batch = 1, .threads = 1, .train = true, .optimizer = "adamw"}},
    {"mobilenet_v2", {.batch = 4, .threads = 1, .train = true, .optimizer = "sgd"}},
    {"mobilenet_v2", {.batch = 2, .threads = 1, .train = true, .optimizer = "lamb ema=0.9"}},
};

/* The most this process has ever held, in bytes; 0: not known. */
static double most_held(void)
{
    FILE *file = fopen("/proc/self/status", "re");
    char line[256];
    long kib = 0;

    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            break;
    if (file)
        fclose(file);
    return (double)kib * 1024;
}

static IclModel *row_model(int row)
{
    g_autofree char *file = g_strconcat(rows[row].name, ".icl", NULL);
    g_autofree char *path = g_build_filename(g_getenv("ICL_MODELS"), file, NULL), *text = NULL;
    GError *error = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    IclModel *model = icl_model_from_description(text, file, NULL, 1, &error);
    g_assert_no_error(error);
    return model;
}

static void infer(IclGraph *graph, const IclFootprintParams *p, const float *x)
{
    g_autoptr(IclExecutor) executor = icl_executor_new(graph, p->batch, false, p->threads, NULL);
    IclTeam team;

    memcpy(icl_executor_input(executor), x,
           icl_shape_count(icl_graph_input(graph)) * (size_t)p->batch * sizeof *x);
    icl_team_begin(&team, p->threads);
    icl_executor_forward(executor, p->batch, 0, 0, &team);
    icl_team_end(&team);
}

/* An update, and what validation does behind it. */
static void train(IclGraph *graph, const IclFootprintParams *p, const float *x)
{
    IclOptimizer *optimizer =
        icl_instance_parse(&icl_optimizer_family, p->optimizer, "optimizer", NULL);
    IclFitParams params = {.optimizer = optimizer, .batch = p->batch, .threads = p->threads};
    g_autoptr(IclFit) fit = icl_fit_new(graph, &params, NULL);
    const IclTargets targets = {.y = (const int[8]){0}};

    icl_fit_update(fit, x, &targets, p->batch, 1e-4);
    icl_executor_prepare(fit->inference);
    icl_judge(fit->inference, NULL, x, &targets, p->batch, NULL);
    icl_instance_free(optimizer);
}

/* What the row really takes, over what was predicted. */
static double row_ratio(int row)
{
    enum { PICTURE = 224 * 224 * 3 };
    const IclFootprintParams *params = &rows[row].params;
    g_autofree float *x = g_new(float, PICTURE * params->batch);
    IclFootprint footprint;

    for (int i = 0; i < PICTURE * params->batch; i++)
        x[i] = 0.5f;
    double before = most_held();
    g_autoptr(IclModel) model = row_model(row);
    g_assert_true(icl_footprint(model, params, &footprint, NULL));
    (params->train ? train : infer)(icl_model_graph(model), params, x);
    return (most_held() - before) / (double)icl_footprint_total(&footprint);
}

static void memory_is_predicted(gconstpointer row)
{
    int status, channel[2];
    double ratio = 0;

    if (most_held() == 0) {
        g_test_skip("the system does not say what a process holds");
        return;
    }
    g_assert_cmpint(pipe(channel), ==, 0);
    pid_t child = fork();
    if (child == 0) {
        ratio = row_ratio(GPOINTER_TO_INT(row));
        _exit(write(channel[1], &ratio, sizeof ratio) != sizeof ratio);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpint(read(channel[0], &ratio, sizeof ratio), ==, sizeof ratio);
    g_test_message("%.3f of what was predicted", ratio);
    g_assert_cmpfloat(ratio, >, 0.95);
    g_assert_cmpfloat(ratio, <, 1.05);
    close(channel[0]);
    close(channel[1]);
}

static void a_bad_optimizer_is_refused(void)
{
    g_autoptr(IclModel) model = row_model(0);
    IclFootprintParams params = {.batch = 1, .train = true, .optimizer = "nonsense"};
    g_autoptr(GError) error = NULL;
    IclFootprint footprint;

    g_assert_false(icl_footprint(model, &params, &footprint, &error));
    g_assert_error(error, ICL_ERROR, ICL_ERROR_SYNTAX);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/footprint/%s/%s/%zu", rows[i].name,
                                                rows[i].params.train ? "training" : "inference", i);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), memory_is_predicted);
    }
    g_test_add_func("/footprint/bad-optimizer", a_bad_optimizer_is_refused);
    return g_test_run();
}
