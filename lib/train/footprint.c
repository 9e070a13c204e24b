/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What icl_fit_new() and icl_classifier_new() would allocate, counted by the same plans. */
#include "footprint.h"

#include "executor.h"
#include "model.h"

/* What an executor of the plan allocates, but for gradients. */
static void add_plan(const IclPlan *plan, int threads, IclFootprint *footprint)
{
    footprint->activations += (gint64)(plan->arena * sizeof(float));
    footprint->packed += (gint64)(plan->packed * sizeof(float));
    footprint->scratch += (gint64)(plan->scratch * (size_t)icl_executor_threads_of(threads));
}

static gint64 memory_of(const IclFootprint *f) { return f->activations + f->packed + f->scratch; }

static bool add_inference(const IclGraph *graph, int batch, int threads, IclFootprint *footprint,
                          GError **error)
{
    g_autoptr(IclPlan) plan = icl_plan_new(graph, batch, false, error);

    if (plan)
        add_plan(plan, threads, footprint);
    return plan;
}

/* Validation's passes run in the memory of training's where that is large enough. */
static bool add_training(const IclGraph *graph, const IclOptimizer *optimizer, int batch,
                         int threads, IclFootprint *footprint, GError **error)
{
    g_autoptr(IclPlan) plan = icl_plan_new(graph, batch, true, error);
    IclFootprint within = {0};

    if (!plan || !add_inference(graph, batch, threads, &within, error))
        return false;
    add_plan(plan, threads, footprint);
    if (memory_of(&within) > memory_of(footprint)) {
        footprint->activations += within.activations;
        footprint->packed += within.packed;
        footprint->scratch += within.scratch;
    }
    footprint->gradients = footprint->weights;
    footprint->state = footprint->weights * icl_optimizer_slots(optimizer);
    return true;
}

static void add_weight(void *user, const IclLayer *layer, IclWeight *weight)
{
    *(gint64 *)user +=
        (gint64)icl_round_up(icl_tensor_count(&weight->tensor) * sizeof(float), ICL_ALIGN);
}

static IclFootprint weights_alone(const IclGraph *graph)
{
    IclFootprint footprint = {0};

    icl_graph_each_weight(graph, add_weight, &footprint.weights);
    return footprint;
}

bool icl_footprint_training(const IclGraph *graph, const IclOptimizer *optimizer, int batch,
                            int threads, IclFootprint *footprint, GError **error)
{
    IclFootprint counted = weights_alone(graph);

    if (!add_training(graph, optimizer, batch, threads, &counted, error))
        return false;
    *footprint = counted;
    return true;
}

bool icl_footprint(const IclModel *model, const IclFootprintParams *params, IclFootprint *footprint,
                   GError **error)
{
    const IclGraph *graph = icl_model_graph(model);
    IclFootprint counted = weights_alone(graph);
    IclOptimizer *optimizer =
        icl_instance_parse(&icl_optimizer_family, params->optimizer ? params->optimizer : "adamw",
                           "--optimizer", error);
    bool done =
        optimizer &&
        (params->train
             ? add_training(graph, optimizer, params->batch, params->threads, &counted, error)
             : add_inference(graph, params->batch, params->threads, &counted, error));

    icl_instance_free(optimizer);
    if (done)
        *footprint = counted;
    return done;
}

gint64 icl_footprint_total(const IclFootprint *f)
{
    return f->weights + memory_of(f) + f->gradients + f->state;
}
