/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Layers that draw: in training the right share is zero, the rest is scaled so that the mean stays,
 * each pass draws anew, and a pass of the same number draws the same; at inference they are gone.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "executor.h"

enum { BATCH = 4000, ENTRIES = 6 };

static const struct {
    const char *name, *text;
    double rate;
    gboolean whole; /* a sample is zero or kept as one */
} rows[] = {
    {"dropout", "dropout 0.3", 0.3, FALSE},
    {"dropout-of-none", "dropout 0", 0, FALSE},
    {"stochastic-depth", "stochastic_depth 0.3", 0.3, TRUE},
    {"stochastic-depth-of-none", "stochastic_depth 0", 0, TRUE},
    {"stochastic-depth-of-most", "stochastic_depth 0.9", 0.9, TRUE},
};

enum { PIXELS = 2, CHANNELS = ENTRIES / PIXELS };

static IclExecutor *executor_new(const IclGraph *graph, bool training)
{
    GError *error = NULL;
    IclExecutor *executor = icl_executor_new(graph, BATCH, training, 2, &error);

    g_assert_no_error(error);
    return executor;
}

static IclGraph *row_graph(const char *text)
{
    g_autofree char *whole = g_strdup_printf("input 1 2 3 ! %s ! flatten", text);
    GError *error = NULL;
    g_autoptr(IclChain) chain = icl_chain_parse(whole, -1, "row", &error);
    g_assert_no_error(error);
    IclGraph *graph = icl_graph_new(chain, 1 << 20, &error);
    g_assert_no_error(error);
    return graph;
}

/* What comes of ones; caller frees. */
static float *pass_of_ones(IclExecutor *executor, guint64 step)
{
    IclTeam team;
    float *x = icl_executor_input(executor);

    for (int i = 0; i < BATCH * ENTRIES; i++)
        x[i] = 1;
    icl_team_begin(&team, 2);
    float *y = g_memdup2(icl_executor_forward(executor, BATCH, 9, step, &team),
                         BATCH * ENTRIES * sizeof *y);
    icl_team_end(&team);
    return y;
}

/* Each entry is 0 or 1 / (1 - rate); the share of zeros is right within five standard deviations.
 */
static void expect_share(const float *y, double rate, gboolean whole)
{
    float kept = (float)(1 / (1 - rate));
    int zeros = 0, draws = whole ? BATCH : BATCH * ENTRIES;

    for (int i = 0; i < BATCH * ENTRIES; i++) {
        g_assert_true(y[i] == 0 || y[i] == kept);
        if (whole)
            g_assert_cmpfloat(y[i], ==, y[i - i % ENTRIES]);
        zeros += y[i] == 0 && (!whole || i % ENTRIES == 0);
    }
    g_assert_cmpfloat(fabs(zeros - rate * draws), <=, 5 * sqrt(draws * rate * (1 - rate)));
}

static void share_is_zero_in_training(gconstpointer row)
{
    int r = GPOINTER_TO_INT(row);
    g_autoptr(IclGraph) graph = row_graph(rows[r].text);
    g_autoptr(IclExecutor) executor = executor_new(graph, true);
    g_autofree float *first = pass_of_ones(executor, 1), *other = pass_of_ones(executor, 2);
    g_autofree float *again = pass_of_ones(executor, 1);
    gsize size = BATCH * ENTRIES * sizeof *first;

    expect_share(first, rows[r].rate, rows[r].whole);
    expect_share(other, rows[r].rate, rows[r].whole);
    g_assert_cmpmem(first, size, again, size);
    g_assert_cmpint(memcmp(first, other, size) == 0, ==, rows[r].rate == 0);
}

/* A channel is zero or kept in all pixels of a sample. */
static void channels_go_as_one(void)
{
    g_autoptr(IclGraph) graph = row_graph("spatial_dropout 0.3");
    g_autoptr(IclExecutor) executor = executor_new(graph, true);
    g_autofree float *y = pass_of_ones(executor, 1), *again = pass_of_ones(executor, 1);
    int zeros = 0, draws = BATCH * CHANNELS;

    for (int i = 0; i < BATCH * ENTRIES; i++) {
        g_assert_true(y[i] == 0 || y[i] == (float)(1 / 0.7));
        g_assert_cmpfloat(y[i], ==, y[i / ENTRIES * ENTRIES + i % CHANNELS]);
        g_assert_cmpfloat(y[i], ==, again[i]);
        zeros += y[i] == 0;
    }
    g_assert_cmpfloat(fabs(zeros / PIXELS - 0.3 * draws), <=, 5 * sqrt(draws * 0.3 * 0.7));
}

/* Mean and deviation of what is added, within five deviations of theirs. */
static void noise_is_normal(void)
{
    g_autoptr(IclGraph) graph = row_graph("gaussian_noise 0.5");
    g_autoptr(IclExecutor) executor = executor_new(graph, true);
    g_autofree float *y = pass_of_ones(executor, 1), *other = pass_of_ones(executor, 2);
    double n = BATCH * ENTRIES, mean = 0, squares = 0;

    for (int i = 0; i < BATCH * ENTRIES; i++) {
        mean += (y[i] - 1) / n;
        squares += (y[i] - 1) * (y[i] - 1) / n;
    }
    g_assert_cmpfloat(fabs(mean), <=, 5 * 0.5 / sqrt(n));
    g_assert_cmpfloat(fabs(squares - 0.25), <=, 5 * 0.25 * sqrt(2 / n));
    g_assert_cmpint(memcmp(y, other, BATCH * ENTRIES * sizeof *y), !=, 0);
}

static void inference_keeps_all(gconstpointer data)
{
    g_autoptr(IclGraph) graph = row_graph(data);
    g_autoptr(IclExecutor) executor = executor_new(graph, false);
    g_autofree float *y = pass_of_ones(executor, 1);

    for (int i = 0; i < BATCH * ENTRIES; i++)
        g_assert_cmpfloat(y[i], ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *share = g_strdup_printf("/random-layers/%s/training", rows[i].name);
        g_autofree char *kept = g_strdup_printf("/random-layers/%s/inference", rows[i].name);
        g_test_add_data_func(share, GINT_TO_POINTER((int)i), share_is_zero_in_training);
        g_test_add_data_func(kept, rows[i].text, inference_keeps_all);
    }
    g_test_add_func("/random-layers/spatial-dropout/training", channels_go_as_one);
    g_test_add_data_func("/random-layers/spatial-dropout/inference", "spatial_dropout 0.3",
                         inference_keeps_all);
    g_test_add_func("/random-layers/gaussian-noise/training", noise_is_normal);
    g_test_add_data_func("/random-layers/gaussian-noise/inference", "gaussian_noise 0.5",
                         inference_keeps_all);
    return g_test_run();
}
