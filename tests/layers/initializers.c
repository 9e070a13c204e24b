/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * How kernels begin, by Keras' names: mean, variance and bounds of many draws, fans as Keras counts
 * them, and orthogonal rows or columns. */
#include <glib.h>
#include <math.h>

#include "graph.h"

static const struct {
    const char *init;
    double variance, bound; /* both times the row's fan: 0: in units of their own */
    enum { MEAN, IN, NONE } fan;
} rows[] = {
    {"glorot_uniform", 1, 3, MEAN},
    {"glorot_normal", 1, 4 / 0.773741, MEAN},
    {"he_uniform", 2, 6, IN},
    {"he_normal", 2, 8 / 0.773741, IN},
    {"lecun_uniform", 1, 3, IN},
    {"lecun_normal", 1, 4 / 0.773741, IN},
    {"truncated_normal", 0.05 * 0.05 * 0.773741, 0.01, NONE},
    {"zeros", 0, 0, NONE},
};

static const struct {
    const char *text;
    double in, out;
} layers[] = {
    {"input 9 9 3 ! conv2d 48 1 ! conv2d 80 3 init=%s", 9 * 48, 9 * 80},
    {"input 9 9 3 ! conv2d 48 1 ! conv2d 96 3 groups=2 init=%s", 9 * 24, 9 * 48},
    {"input 3 3 3 ! conv2d 2500 1 ! depthwise_conv2d 3 init=%s", 9 * 2500, 9},
    {"input 1 1 300 ! dense 100 init=%s", 300, 100},
};

static IclGraph *graph_new(const char *format, const char *init)
{
    g_auto(GStrv) parts = g_strsplit(format, "%s", 2);
    g_autofree char *joined = g_strjoinv(init, parts);
    g_autofree char *text = g_strconcat(joined, " ! globalpool", NULL);
    GError *error = NULL;
    g_autoptr(IclChain) chain = icl_chain_parse(text, -1, "row", &error);
    g_assert_no_error(error);
    IclGraph *graph = icl_graph_new(chain, (size_t)1 << 24, &error);
    g_assert_no_error(error);
    icl_graph_initialize(graph, 3);
    return graph;
}

static const IclTensor *last_kernel(const IclGraph *graph)
{
    return &graph->nodes[graph->n_nodes - 2].layer->weights[0].tensor;
}

/* Variances of at least 20,000 draws: within 4 %, which is four deviations. */
static void row_holds(int row, int layer)
{
    double fan = rows[row].fan == NONE ? 1
                 : rows[row].fan == IN ? layers[layer].in
                                       : (layers[layer].in + layers[layer].out) / 2;
    g_autoptr(IclGraph) graph = graph_new(layers[layer].text, rows[row].init);
    const IclTensor *kernel = last_kernel(graph);
    const float *w = kernel->data;
    size_t n = icl_tensor_count(kernel);
    double mean = 0, squares = 0, most = 0;

    for (size_t i = 0; i < n; i++) {
        mean += w[i] / (double)n;
        squares += (double)w[i] * w[i] / (double)n;
        most = MAX(most, fabs(w[i]));
    }
    double variance = rows[row].variance / fan;
    g_test_message("%s of layer %d: variance %g, wanted %g; at most %g", rows[row].init, layer,
                   squares, variance, most);
    g_assert_cmpfloat(fabs(mean), <=, 5 * sqrt(variance / (double)n));
    g_assert_cmpfloat(fabs(squares - variance), <=, 0.04 * variance);
    g_assert_cmpfloat(most * most, <=, rows[row].bound / fan * (1 + 1e-5));
    g_assert_cmpfloat(most * most, >=, rows[row].bound / fan * 0.9);
}

static void draws_are_as_named(void)
{
    for (size_t r = 0; r < G_N_ELEMENTS(rows); r++)
        for (size_t l = 0; l < G_N_ELEMENTS(layers); l++)
            row_holds((int)r, (int)l);
}

/* Of the kernel as a matrix [all but the last dimension, last]. */
static void orthogonal_is_orthonormal(void)
{
    static const char *const texts[] = {
        "input 9 9 3 ! conv2d 20 3 init=%s", "input 9 9 3 ! conv2d 40 3 init=%s",
        "input 1 1 30 ! dense 30 init=%s", "input 5 5 7 ! depthwise_conv2d 3 multiplier=4 init=%s"};

    for (size_t t = 0; t < G_N_ELEMENTS(texts); t++) {
        g_autoptr(IclGraph) graph = graph_new(texts[t], "orthogonal");
        const IclTensor *kernel = last_kernel(graph);
        size_t columns = (size_t)kernel->dims[kernel->rank - 1];
        size_t lines = icl_tensor_count(kernel) / columns, m = MIN(lines, columns);
        const float *w = kernel->data;
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j <= i; j++) {
                double sum = 0;
                for (size_t k = 0; k < MAX(lines, columns); k++)
                    sum += columns <= lines ? (double)w[k * columns + i] * w[k * columns + j]
                                            : (double)w[i * columns + k] * w[j * columns + k];
                g_assert_cmpfloat_with_epsilon(sum, i == j, 1e-6);
            }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/initializers/draws", draws_are_as_named);
    g_test_add_func("/initializers/orthogonal", orthogonal_is_orthonormal);
    return g_test_run();
}
