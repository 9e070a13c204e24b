/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What the normalizing layers give, against Keras 3.15 (LayerNormalization(), GroupNormalization()
 * of the same input, in double), and the same whatever batch is around a sample. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "executor.h"

enum { SAMPLES = 2, H = 2, W = 3, C = 4, COUNT = SAMPLES * H * W * C, POINTS = 8 };

static const int points[POINTS] = {0, 1, 5, 11, 23, 24, 37, 47};

static const struct {
    const char *text;
    double values[POINTS];
} rows[] = {
    {"layernorm",
     {-1.3123405, 0.5249362, -1.3982115, -1.043324, 0.7223012, -0.7223012, -0.2407671, 1.3123405}},
    {"groupnorm 2",
     {-1.5948789, 0.7554691, -0.9233509, -1.4525232, 0.5810091, -0.5810093, 0.2905046, 1.5948788}},
    {"groupnorm 4",
     {-1.2854717, 0.5696933, -1.3292842, -1.4057543, 0.6301658, -0.6301657, 0.3393199, 1.2854714}},
};

static IclGraph *row_graph(const char *text)
{
    g_autofree char *whole = g_strdup_printf("input %d %d %d ! %s ! flatten", H, W, C, text);
    GError *error = NULL;
    g_autoptr(IclChain) chain = icl_chain_parse(whole, -1, "row", &error);
    g_assert_no_error(error);
    IclGraph *graph = icl_graph_new(chain, 1 << 20, &error);
    g_assert_no_error(error);
    icl_graph_initialize(graph, 1);
    return graph;
}

/* y of the samples from `first` on */
static void run(const IclGraph *graph, bool training, int threads, int first, int n, float *y)
{
    g_autoptr(IclExecutor) executor = icl_executor_new(graph, n, training, threads, NULL);
    float *x = icl_executor_input(executor);
    int offset = first * H * W * C, count = n * H * W * C;
    IclTeam team;

    for (int i = 0; i < count; i++)
        x[i] = (float)((offset + i) * 7 % 11) / 4;
    icl_team_begin(&team, threads);
    memcpy(y, icl_executor_forward(executor, n, 0, 0, &team), (size_t)count * sizeof *y);
    icl_team_end(&team);
}

static void values_are_keras(gconstpointer data)
{
    int row = GPOINTER_TO_INT(data);
    g_autoptr(IclGraph) graph = row_graph(rows[row].text);
    float y[COUNT], other[COUNT];

    run(graph, true, 1, 0, SAMPLES, y);
    for (int i = 0; i < POINTS; i++)
        g_assert_cmpfloat_with_epsilon(y[points[i]], rows[row].values[i], 2e-6);
    run(graph, false, 2, 0, SAMPLES, other);
    g_assert_cmpmem(y, sizeof y, other, sizeof other);
    run(graph, false, 2, 1, 1, other);
    g_assert_cmpmem(y + COUNT / 2, sizeof y / 2, other, sizeof y / 2);
}

/* An input of one value throughout is normalised to nothing, not to what is not a number. */
static void even_inputs_are_no_trouble(gconstpointer data)
{
    g_autoptr(IclGraph) graph = row_graph(rows[GPOINTER_TO_INT(data)].text);
    g_autoptr(IclExecutor) executor = icl_executor_new(graph, 1, true, 1, NULL);
    IclTeam team;

    for (int i = 0; i < H * W * C; i++)
        icl_executor_input(executor)[i] = 1;
    icl_team_begin(&team, 1);
    const float *y = icl_executor_forward(executor, 1, 0, 0, &team);
    icl_team_end(&team);
    for (int i = 0; i < H * W * C; i++)
        g_assert_cmpfloat_with_epsilon(y[i], 0, 1e-5);
}

static void groups_divide_channels(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IclChain) chain = icl_chain_parse("input 4 4 3 ! groupnorm 2", -1, "row", NULL);

    g_assert_null(icl_graph_new(chain, 1 << 20, &error));
    g_assert_error(error, ICL_ERROR, ICL_ERROR_VALUE);
    g_assert_nonnull(strstr(error->message, "groups 2 does not divide 3 channels"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *keras = g_strdup_printf("/norms/keras/%s", rows[i].text);
        g_autofree char *even = g_strdup_printf("/norms/even/%s", rows[i].text);
        g_test_add_data_func(keras, GINT_TO_POINTER((int)i), values_are_keras);
        g_test_add_data_func(even, GINT_TO_POINTER((int)i), even_inputs_are_no_trouble);
    }
    g_test_add_func("/norms/groups", groups_divide_channels);
    return g_test_run();
}
