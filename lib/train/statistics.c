/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Over batches of n samples: mean = E[m], variance = E[v + m^2] - mean^2, each batch weighing n. */
#include "statistics.h"

#include "layers.h"

enum { MEAN, VARIANCE }; /* weights of a batch normalisation */

typedef struct Norm {
    IclWeight *mean, *variance;
    int first;             /* number of its first weight in the graph */
    size_t c;              /* channels */
    double *sum, *squares; /* [c] of m and of v + m^2, times n */
} Norm;

struct IclStatistics {
    IclFit *fit;
    GArray *norms; /* of Norm */
    double samples;
    uint64_t batches;
};

static void norm_clear(void *data)
{
    Norm *norm = data;

    g_free(norm->sum);
    g_free(norm->squares);
}

IclStatistics *icl_statistics_new(IclFit *fit)
{
    IclStatistics *statistics = g_new0(IclStatistics, 1);
    const IclGraph *graph = fit->graph;

    statistics->fit = fit;
    statistics->norms = g_array_new(FALSE, FALSE, sizeof(Norm));
    g_array_set_clear_func(statistics->norms, norm_clear);
    for (int i = 0, weights = 0; i < graph->n_nodes; i++) {
        IclLayer *layer = graph->nodes[i].layer;
        size_t c = (size_t)layer->out.c;
        if (layer->class == &icl_batchnorm_class) {
            Norm norm = {&layer->weights[MEAN], &layer->weights[VARIANCE], weights, c,
                         g_new0(double, c),     g_new0(double, c)};
            g_array_append_val(statistics->norms, norm);
        }
        weights += layer->n_weights;
    }
    return statistics;
}

void icl_statistics_free(IclStatistics *statistics)
{
    if (!statistics)
        return;
    g_array_unref(statistics->norms);
    g_free(statistics);
}

bool icl_statistics_wanted(const IclStatistics *statistics) { return statistics->norms->len > 0; }

void icl_statistics_add(IclStatistics *statistics, const float *x, int n)
{
    IclExecutor *training = statistics->fit->training;

    icl_fit_forward(statistics->fit, x, n, statistics->batches++);
    for (guint i = 0; i < statistics->norms->len; i++) {
        const Norm *norm = &g_array_index(statistics->norms, Norm, i);
        const float *mean = icl_executor_gradient(training, norm->first + MEAN);
        const float *variance = icl_executor_gradient(training, norm->first + VARIANCE);
        for (size_t k = 0; k < norm->c; k++) {
            norm->sum[k] += n * (double)mean[k];
            norm->squares[k] += n * (variance[k] + (double)mean[k] * mean[k]);
        }
    }
    statistics->samples += n;
}

void icl_statistics_set(const IclStatistics *statistics)
{
    for (guint i = 0; i < statistics->norms->len; i++) {
        const Norm *norm = &g_array_index(statistics->norms, Norm, i);
        float *means = norm->mean->tensor.data, *variances = norm->variance->tensor.data;
        for (size_t k = 0; k < norm->c; k++) {
            double mean = norm->sum[k] / statistics->samples;
            means[k] = (float)mean;
            variances[k] = (float)MAX(norm->squares[k] / statistics->samples - mean * mean, 0);
        }
    }
}
