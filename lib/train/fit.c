/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "fit_parts.h"

#include <string.h>

static void add_pieces(GArray *pieces, int tensor, size_t count, size_t most)
{
    for (size_t at = 0; at < count; at += most) {
        IclFitChunk piece = {tensor, at, MIN(most, count - at)};
        g_array_append_val(pieces, piece);
    }
}

static void add_tensor(void *user, const IclLayer *layer, IclWeight *weight)
{
    IclFit *fit = user;
    bool kernel = weight->role == ICL_WEIGHT_KERNEL;
    IclFitTensor tensor = {.w = weight->tensor.data,
                           .offset = fit->n_gradients,
                           .count = icl_tensor_count(&weight->tensor),
                           .units = kernel ? (size_t)layer->out.c : 1,
                           .kernel = kernel,
                           .first_chunk = (int)fit->chunks->len};

    fit->n_gradients += icl_round_up(tensor.count, 16);
    if (weight->role == ICL_WEIGHT_MOVING)
        return;
    add_pieces(fit->chunks, (int)fit->tensors->len, tensor.count, ICL_CHUNK);
    add_pieces(fit->blocks, (int)fit->tensors->len, tensor.units, ICL_FIT_BLOCK);
    tensor.n_chunks = (int)fit->chunks->len - tensor.first_chunk;
    g_array_append_val(fit->tensors, tensor);
}

/* The last kernel, and what stands behind it. */
static void mark_head(GArray *tensors)
{
    for (guint i = tensors->len; i-- > 0;) {
        IclFitTensor *tensor = &g_array_index(tensors, IclFitTensor, i);
        tensor->head = true;
        if (tensor->kernel)
            return;
    }
}

static void fit_tensors(IclFit *fit)
{
    fit->tensors = g_array_new(FALSE, FALSE, sizeof(IclFitTensor));
    fit->chunks = g_array_new(FALSE, FALSE, sizeof(IclFitChunk));
    fit->blocks = g_array_new(FALSE, FALSE, sizeof(IclFitChunk));
    icl_graph_each_weight(fit->graph, add_tensor, fit);
    mark_head(fit->tensors);
    fit->sums = g_malloc0_n(fit->chunks->len + 1, sizeof *fit->sums);
}

static void fill(float *x, size_t count, float value)
{
    for (size_t i = 0; i < count; i++)
        x[i] = value;
}

/* Gradients that wait for more are state too: with accumulate, the executor's are a slot. */
static bool fit_slots(IclFit *fit, GError **error)
{
    const IclOptimizer *optimizer = fit->params.optimizer;
    size_t count;

    fit->own_slots = fit->n_slots = icl_optimizer_slots(optimizer) + fit->params.swa;
    for (int i = 0; i < fit->own_slots; i++)
        if (!(fit->slots[i] =
                  icl_memory_new(fit->n_gradients * sizeof(float), "the optimizer's state", error)))
            return false;
    for (int i = 0; optimizer->class->initial && i < optimizer->class->slots(optimizer); i++)
        fill(fit->slots[i], fit->n_gradients, optimizer->class->initial(optimizer));
    if (optimizer->accumulate > 1)
        fit->slots[fit->n_slots++] = icl_executor_gradients(fit->training, &count);
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
    fit_tensors(fit);
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
    for (int i = 0; i < fit->own_slots; i++)
        icl_memory_free(fit->slots[i]);
    g_clear_pointer(&fit->tensors, g_array_unref);
    g_clear_pointer(&fit->chunks, g_array_unref);
    g_clear_pointer(&fit->blocks, g_array_unref);
    g_free(fit->sums);
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
    IclTeam team;

    icl_team_begin(&team, icl_executor_threads(fit->training));
    IclLoss loss = add_gradients(fit, x, targets, n, &team);
    loss.sum += icl_fit_team_penalty(fit, &team) * n;
    icl_graph_each_weight(fit->graph, update_moving, &(Moving){fit->training, 0});
    if ((fit->updates + 1) % (uint64_t)fit->params.optimizer->accumulate == 0)
        icl_fit_apply(fit, learning_rate, &team);
    icl_team_end(&team);
    fit->updates++;
    return loss;
}

double icl_fit_penalty(IclFit *fit)
{
    IclTeam team;

    icl_team_begin(&team, icl_executor_threads(fit->training));
    double penalty = icl_fit_team_penalty(fit, &team);
    icl_team_end(&team);
    return penalty;
}

void icl_fit_forward(IclFit *fit, const float *x, int n, uint64_t ahead)
{
    IclTeam team;

    set_input(fit->training, x, n);
    icl_team_begin(&team, icl_executor_threads(fit->training));
    icl_executor_forward(fit->training, n, fit->params.seed, fit->updates + ahead, &team);
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
