/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "executor_parts.h"

#include <string.h>
#include <time.h>

#include "layers.h"

static void executor_number_weights(IclExecutor *e)
{
    const IclGraph *graph = e->plan->graph;
    int weights = 0;

    e->first_weight = g_new0(int, graph->n_nodes);
    e->gradient = g_new0(size_t, graph->n_nodes * ICL_WEIGHTS_MAX);
    for (int i = 0; i < graph->n_nodes; i++) {
        const IclLayer *layer = graph->nodes[i].layer;
        e->first_weight[i] = weights;
        for (int w = 0; w < layer->n_weights; w++) {
            e->gradient[weights++] = e->n_gradients;
            e->n_gradients += icl_round_up(icl_tensor_count(&layer->weights[w].tensor), 16);
        }
    }
}

static void worker_init(IclWorker *worker, const IclPlan *plan, int thread, int inputs)
{
    *worker = (IclWorker){.thread = thread,
                          .alone = {.size = 1},
                          .in = g_new0(const float *, inputs),
                          .in_pixel = g_new0(int, inputs),
                          .din = g_new0(float *, inputs),
                          .accumulate = g_new0(bool, inputs),
                          .dw = g_new0(float *, ICL_WEIGHTS_MAX),
                          .written = g_new0(bool, plan->graph->n_nodes),
                          .made = g_new0(bool, plan->graph->n_nodes)};
}

static void executor_lists(IclExecutor *e)
{
    const IclPlan *plan = e->plan;
    int inputs = 1;

    for (int i = 0; i < plan->graph->n_nodes; i++)
        inputs = MAX(inputs, plan->graph->nodes[i].layer->n_inputs);
    e->workers = g_new0(IclWorker, e->threads);
    for (int i = 0; i < e->threads; i++)
        worker_init(&e->workers[i], plan, i, inputs);
    e->written = g_new0(bool, plan->graph->n_nodes);
}

/* Bytes of the arena, of packed weights, and of both with scratch memory. */
static size_t arena_size(const IclExecutor *e) { return e->plan->arena * sizeof(float); }
static size_t packed_size(const IclExecutor *e) { return e->plan->packed * sizeof(float); }
static size_t memory_size(const IclExecutor *e)
{
    return arena_size(e) + packed_size(e) + e->plan->scratch * (size_t)e->threads;
}

static void executor_place(IclExecutor *e, void *memory)
{
    e->arena = memory;
    e->packed = (float *)((char *)memory + arena_size(e));
    e->scratch = (char *)e->packed + packed_size(e);
    for (int i = 0; i < e->threads; i++) {
        e->workers[i].scratch = e->scratch + (size_t)i * e->plan->scratch;
        e->workers[i].own = (float *)(e->workers[i].scratch + e->plan->own);
    }
}

static bool executor_allocate(IclExecutor *e, GError **error)
{
    if (!(e->memory = icl_memory_new(memory_size(e), "the activations", error)))
        return false;
    executor_place(e, e->memory);
    return !e->plan->training ||
           (e->gradients = icl_memory_new(e->n_gradients * sizeof(float), "the gradients", error));
}

static IclExecutor *executor_planned(const IclGraph *graph, int batch, bool training, int threads,
                                     GError **error)
{
    IclPlan *plan = icl_plan_new(graph, batch, training, error);

    if (!plan)
        return NULL;
    IclExecutor *e = g_new0(IclExecutor, 1);
    e->plan = plan;
    e->threads = icl_executor_threads_of(threads);
    e->places = g_new0(IclBandPlace, e->threads);
    executor_number_weights(e);
    executor_lists(e);
    return e;
}

IclExecutor *icl_executor_new(const IclGraph *graph, int batch, bool training, int threads,
                              GError **error)
{
    g_autoptr(IclExecutor) e = executor_planned(graph, batch, training, threads, error);

    if (!e || !executor_allocate(e, error))
        return NULL;
    if (!training)
        icl_executor_prepare(e);
    return g_steal_pointer(&e);
}

IclExecutor *icl_executor_new_within(const IclExecutor *lender, GError **error)
{
    const IclPlan *plan = lender->plan;
    g_autoptr(IclExecutor) e =
        executor_planned(plan->graph, plan->batch, false, lender->threads, error);

    if (!e)
        return NULL;
    if (memory_size(e) <= memory_size(lender))
        executor_place(e, lender->arena);
    else if (!executor_allocate(e, error))
        return NULL;
    return g_steal_pointer(&e);
}

static void worker_clear(IclWorker *worker)
{
    g_free(worker->in);
    g_free(worker->in_pixel);
    g_free(worker->din);
    g_free(worker->dw);
    g_free(worker->accumulate);
    g_free(worker->written);
    g_free(worker->made);
}

void icl_executor_free(IclExecutor *e)
{
    if (!e)
        return;
    icl_plan_free(e->plan);
    icl_memory_free(e->memory);
    icl_memory_free(e->gradients);
    g_free(e->gradient);
    g_free(e->first_weight);
    for (int i = 0; i < e->threads; i++)
        worker_clear(&e->workers[i]);
    g_free(e->workers);
    g_free(e->written);
    g_free(e->places);
    g_free(e);
}

const IclPlan *icl_executor_plan(const IclExecutor *e) { return e->plan; }

int icl_executor_threads(const IclExecutor *e) { return e->threads; }

int icl_executor_threads_of(int threads)
{
    return threads > 0 ? MIN(threads, ICL_THREADS_MAX) : icl_threads_available();
}

static void prepare_step(const IclExecutor *e, const IclPlanStep *step, IclTeam *team)
{
    if (!step->layer->class->prepare)
        return;
    size_t c = (size_t)step->layer->out.c;
    g_autofree float *factors = step->batchnorm ? g_new(float, 2 * c) : NULL;
    IclFold fold = {factors, factors ? factors + c : NULL};

    if (factors)
        icl_batchnorm_fold(step->batchnorm, factors, factors + c);
    step->layer->class->prepare(step->layer, factors ? &fold : NULL, e->packed + step->packed,
                                team);
}

void icl_executor_prepare(IclExecutor *e)
{
    IclTeam team;

    icl_team_begin(&team, e->threads);
    for (int i = 0; i < e->plan->n_steps; i++)
        prepare_step(e, &e->plan->steps[i], &team);
    icl_team_end(&team);
}

float *icl_executor_value(const IclExecutor *e, int node, int first)
{
    int root = e->plan->root[node];

    return icl_executor_at(e, &e->workers[0], e->plan->value[root]) +
           icl_executor_wide_floats(e, root, first % e->plan->room[root]);
}

float *icl_executor_input(IclExecutor *e) { return icl_executor_value(e, 0, 0); }

IclPass icl_executor_pass(const IclExecutor *e, const IclPlanStep *step, const IclSamples *samples)
{
    const IclWorker *worker = samples->worker;

    for (int w = 0; w < step->layer->n_weights && e->plan->training; w++)
        worker->dw[w] = e->gradients + e->gradient[e->first_weight[step->node] + w];
    return (IclPass){.n = samples->n,
                     .first = samples->first,
                     .batch = samples->batch,
                     .begin = samples->begin,
                     .training = e->plan->training,
                     .in = worker->in,
                     .in_pixel = worker->in_pixel,
                     .out_pixel = e->plan->pixel[step->out],
                     .dw = worker->dw,
                     .epilogue = {.activation = step->activation, .alpha = step->alpha},
                     .packed = (e->plan->training ? e->arena : e->packed) + step->packed,
                     .saved = e->arena + step->saved,
                     .scratch = worker->scratch,
                     .scratch_stride = e->plan->scratch,
                     .team = samples->team,
                     .seed = samples->seed,
                     .step = samples->step,
                     .node = step->node};
}

IclSamples icl_executor_batch(IclExecutor *e, int n, uint64_t seed, uint64_t step, IclTeam *team)
{
    return (IclSamples){
        .n = n, .batch = n, .seed = seed, .step = step, .worker = &e->workers[0], .team = team};
}

IclSamples icl_executor_from(const IclSamples *samples, int first, int most)
{
    IclSamples part = *samples;

    part.first = first;
    part.n = MIN(most, samples->first + samples->n - first);
    return part;
}

bool icl_executor_sums_follow(const IclPlan *plan, const IclPlanSegment *segment)
{
    return segment->end < plan->n_steps && icl_plan_normalises(&plan->steps[segment->end]);
}

void icl_executor_time_steps(IclExecutor *e, double *forward, double *backward)
{
    e->forward_seconds = forward;
    e->backward_seconds = backward;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void icl_executor_laps(IclExecutor *e, double *seconds)
{
    if (!seconds)
        return;
    memset(seconds, 0, (size_t)e->plan->n_steps * sizeof *seconds);
    e->lap_begun = now();
}

void icl_executor_lap(IclExecutor *e, const IclWorker *worker, double *seconds, int step)
{
    if (!seconds || worker->thread)
        return;
    double time = now();
    seconds[step] += time - e->lap_begun;
    e->lap_begun = time;
}

const float *icl_executor_last_input(const IclExecutor *e)
{
    const IclGraph *graph = e->plan->graph;

    return icl_executor_value(e, graph->nodes[graph->n_nodes - 1].inputs[0], 0);
}

float *icl_executor_gradients(IclExecutor *e, size_t *count)
{
    *count = e->n_gradients;
    return e->gradients;
}

float *icl_executor_gradient(IclExecutor *e, int weight)
{
    return e->gradients + e->gradient[weight];
}
