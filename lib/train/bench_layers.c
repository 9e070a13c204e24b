/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "bench_layers.h"

#include <time.h>

#include "peak.h"
#include "percentile.h"

struct IclStepTimes {
    IclExecutor *executor;
    int n_steps;
    double *forward, *backward; /* [n_steps]: of the pass just run */
    GArray **kept;              /* [n_steps * 2]: of all passes, a step's forward and backward */
    GArray *peaks;              /* GFLOP/s */
};

IclStepTimes *icl_step_times_new(IclExecutor *executor)
{
    IclStepTimes *times = g_new0(IclStepTimes, 1);

    times->executor = executor;
    times->n_steps = icl_executor_plan(executor)->n_steps;
    times->forward = g_new0(double, times->n_steps);
    times->backward = g_new0(double, times->n_steps);
    times->kept = g_new(GArray *, 2 * times->n_steps);
    for (int i = 0; i < 2 * times->n_steps; i++)
        times->kept[i] = g_array_new(FALSE, FALSE, sizeof(double));
    times->peaks = g_array_new(FALSE, FALSE, sizeof(double));
    icl_executor_time_steps(executor, times->forward, times->backward);
    return times;
}

void icl_step_times_free(IclStepTimes *times)
{
    if (!times)
        return;
    icl_executor_time_steps(times->executor, NULL, NULL);
    for (int i = 0; i < 2 * times->n_steps; i++)
        g_array_unref(times->kept[i]);
    g_array_unref(times->peaks);
    g_free(times->kept);
    g_free(times->forward);
    g_free(times->backward);
    g_free(times);
}

static void peak_chunk(void *data, int chunk, int thread)
{
    float numbers[ICL_PEAK_FLOATS] = {0};

    ((const IclPeak *)data)->run(numbers);
}

/* GFLOP/s of all the executor's threads at once; several runs each, so that one who comes late
 * counts little. */
static double peak_now(int threads)
{
    enum { RUNS = 4 };
    IclPeak peak = icl_peak_widest();
    struct timespec begin, end;
    IclTeam team;

    icl_team_begin(&team, threads);
    icl_team_run(&team, threads, peak_chunk, &peak);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    icl_team_run(&team, threads * RUNS, peak_chunk, &peak);
    clock_gettime(CLOCK_MONOTONIC, &end);
    icl_team_end(&team);
    double ns = (double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec);
    return peak.operations * threads * RUNS / ns;
}

void icl_step_times_keep(IclStepTimes *times)
{
    double peak = peak_now(icl_executor_threads(times->executor));

    for (int i = 0; i < times->n_steps; i++) {
        g_array_append_val(times->kept[2 * i], times->forward[i]);
        g_array_append_val(times->kept[2 * i + 1], times->backward[i]);
    }
    g_array_append_val(times->peaks, peak);
}

/* The node that reads `node`'s value first. */
static int reader_of(const IclGraph *graph, int node)
{
    for (int reader = node + 1; reader < graph->n_nodes; reader++)
        for (int k = 0; k < graph->nodes[reader].layer->n_inputs; k++)
            if (graph->nodes[reader].inputs[k] == node)
                return reader;
    return graph->n_nodes;
}

/* "conv2d+batchnorm+relu" */
static char *fused_classes(const IclGraph *graph, const IclPlanStep *step)
{
    GString *text = g_string_new(step->layer->class->base.name);

    for (int node = step->node; node < step->out;) {
        node = reader_of(graph, node);
        g_string_append_printf(text, "+%s", graph->nodes[node].layer->class->base.name);
    }
    return g_string_free(text, FALSE);
}

/* "56x56x64 > 28x28x128, 3x3" */
static char *step_shape(const IclLayer *layer)
{
    const IclTensor *kernel = layer->n_weights ? &layer->weights[0].tensor : NULL;
    IclShape in = layer->in[0], out = layer->out;
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%dx%dx%d > %dx%dx%d", in.h, in.w, in.c, out.h, out.w, out.c);
    if (kernel && kernel->rank == 4)
        g_string_append_printf(text, ", %dx%d", (int)kernel->dims[0], (int)kernel->dims[1]);
    return g_string_free(text, FALSE);
}

/* Backward makes the weights' gradient, and the input's where it is wanted: as many each. */
static gint64 backward_multiply_adds(const IclPlan *plan, const IclPlanStep *step)
{
    const IclNode *node = &plan->graph->nodes[step->node];

    return step->backward ? step->layer->macs * (1 + plan->wanted[node->inputs[0]]) : 0;
}

void icl_step_times_report(const IclStepTimes *times, IclBench *bench)
{
    const IclPlan *plan = icl_executor_plan(times->executor);

    bench->peak_gflops = icl_percentile(times->peaks, 0.5);
    bench->n_layers = times->n_steps;
    bench->layers = g_new(IclBenchLayer, times->n_steps);
    for (int i = 0; i < times->n_steps; i++) {
        const IclPlanStep *step = &plan->steps[i];
        bench->layers[i] = (IclBenchLayer){
            .path = g_strdup(step->layer->path),
            .classes = fused_classes(plan->graph, step),
            .shape = step_shape(step->layer),
            .forward_ms = icl_percentile(times->kept[2 * i], 0.5) * 1e3,
            .backward_ms = icl_percentile(times->kept[2 * i + 1], 0.5) * 1e3,
            .forward_multiply_adds = step->layer->macs,
            .backward_multiply_adds = backward_multiply_adds(plan, step),
        };
    }
}
