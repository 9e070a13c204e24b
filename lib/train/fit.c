/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "fit.h"

#include <string.h>

static void add_chunks(void *user, const IclLayer *layer, IclWeight *weight)
{
    IclFit *fit = user;
    size_t count = icl_tensor_count(&weight->tensor);

    for (size_t at = 0; at < count && weight->role != ICL_WEIGHT_MOVING; at += ICL_CHUNK) {
        IclFitChunk chunk = {(float *)weight->tensor.data + at, fit->n_gradients + at,
                             MIN((size_t)ICL_CHUNK, count - at), weight->role == ICL_WEIGHT_KERNEL};
        g_array_append_val(fit->chunks, chunk);
    }
    fit->n_gradients += icl_round_up(count, 16);
}

static bool fit_slots(IclFit *fit, GError **error)
{
    const IclOptimizer *optimizer = fit->params.optimizer;

    fit->chunks = g_array_new(FALSE, FALSE, sizeof(IclFitChunk));
    icl_graph_each_weight(fit->graph, add_chunks, fit);
    fit->n_slots = optimizer->class->slots(optimizer);
    for (int i = 0; i < fit->n_slots; i++)
        if (!(fit->slots[i] =
                  icl_memory_new(fit->n_gradients * sizeof(float), "the optimizer's state", error)))
            return false;
    return true;
}

static bool fit_executors(IclFit *fit, GError **error)
{
    int batch = fit->params.batch, threads = fit->params.threads;

    return (fit->training = icl_executor_new(fit->graph, batch, true, threads, error)) &&
           (fit->inference = icl_executor_new_within(fit->training, error));
}

IclFit *icl_fit_new(IclGraph *graph, const IclFitParams *params, GError **error)
{
    g_autoptr(IclFit) fit = g_new0(IclFit, 1);

    fit->params = *params;
    fit->graph = graph;
    if (!fit_executors(fit, error) || !fit_slots(fit, error))
        return NULL;
    return g_steal_pointer(&fit);
}

void icl_fit_free(IclFit *fit)
{
    if (!fit)
        return;
    icl_executor_free(fit->training);
    icl_executor_free(fit->inference);
    for (int i = 0; i < ICL_SLOTS_MAX; i++)
        icl_memory_free(fit->slots[i]);
    g_clear_pointer(&fit->chunks, g_array_unref);
    g_free(fit);
}

/* moving = moving * momentum + batch * (1 - momentum) */
typedef struct Moving {
    IclExecutor *executor;
    int weight;
} Moving;

static void update_moving(void *user, const IclLayer *layer, IclWeight *weight)
{
    Moving *moving = user;
    const float *batch = icl_executor_gradient(moving->executor, moving->weight++);
    float *w = weight->tensor.data;

    if (weight->role == ICL_WEIGHT_MOVING)
        for (size_t i = 0; i < icl_tensor_count(&weight->tensor); i++)
            w[i] = w[i] * weight->momentum + batch[i] * (1 - weight->momentum);
}

typedef struct Step {
    const IclFit *fit;
    float *gradients;
    double learning_rate;
} Step;

static void update_chunk(void *user, int number, int thread)
{
    const Step *step = user;
    const IclFit *fit = step->fit;
    const IclFitChunk *chunk = &g_array_index(fit->chunks, IclFitChunk, number);
    const IclOptimizer *optimizer = fit->params.optimizer;
    IclUpdate update = {.w = chunk->w,
                        .g = step->gradients + chunk->offset,
                        .count = chunk->count,
                        .lr = step->learning_rate,
                        .decay = chunk->decays ? optimizer->decay : 0,
                        .t = (double)fit->updates + 1};

    for (int i = 0; i < fit->n_slots; i++)
        update.slots[i] = fit->slots[i] + chunk->offset;
    optimizer->class->update(optimizer, &update);
}

static void set_input(IclExecutor *executor, const float *x, int n)
{
    size_t entries = icl_shape_count(icl_graph_input(icl_executor_plan(executor)->graph));

    memcpy(icl_executor_input(executor), x, entries * (size_t)n * sizeof *x);
}

static IclLoss add_gradients(IclFit *fit, const float *x, const IclTargets *targets, int n,
                             IclTeam *team)
{
    const IclFitParams *p = &fit->params;

    set_input(fit->training, x, n);
    IclLossBatch batch = {.logits =
                              icl_executor_forward(fit->training, n, p->seed, fit->updates, team),
                          .targets = targets,
                          .n = n,
                          .classes = icl_graph_output(fit->graph).c,
                          .dlogits = icl_executor_output_gradient(fit->training)};
    IclLoss loss = icl_loss(p->criterion, &batch);
    icl_executor_backward(fit->training, n, p->seed, fit->updates, team);
    return loss;
}

IclLoss icl_fit_gradients(IclFit *fit, const float *x, const IclTargets *targets, int n)
{
    IclTeam team;

    icl_team_begin(&team, icl_executor_threads(fit->training));
    IclLoss loss = add_gradients(fit, x, targets, n, &team);
    icl_team_end(&team);
    return loss;
}

IclLoss icl_fit_update(IclFit *fit, const float *x, const IclTargets *targets, int n,
                       double learning_rate)
{
    size_t count;
    float *gradients = icl_executor_gradients(fit->training, &count);
    IclTeam team;

    icl_team_begin(&team, icl_executor_threads(fit->training));
    IclLoss loss = add_gradients(fit, x, targets, n, &team);
    icl_graph_each_weight(fit->graph, update_moving, &(Moving){fit->training, 0});
    icl_team_run(&team, (int)fit->chunks->len, update_chunk,
                 &(Step){fit, gradients, learning_rate});
    icl_team_end(&team);
    fit->updates++;
    return loss;
}

void icl_fit_forward(IclFit *fit, const float *x, int n)
{
    IclTeam team;

    set_input(fit->training, x, n);
    icl_team_begin(&team, icl_executor_threads(fit->training));
    icl_executor_forward(fit->training, n, fit->params.seed, fit->updates, &team);
    icl_team_end(&team);
}

IclLoss icl_judge(IclExecutor *inference, const IclCriterion *criterion, const float *x,
                  const IclTargets *targets, int n, IclClassCount *classed)
{
    IclLossBatch batch = {.targets = targets,
                          .n = n,
                          .classes = icl_graph_output(icl_executor_plan(inference)->graph).c,
                          .plain = true,
                          .classed = classed};
    IclTeam team;

    set_input(inference, x, n);
    icl_team_begin(&team, icl_executor_threads(inference));
    batch.logits = icl_executor_forward(inference, n, 0, 0, &team);
    icl_team_end(&team);
    return icl_loss(criterion, &batch);
}
