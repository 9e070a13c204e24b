/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "layers.h"
#include "plan_parts.h"

typedef struct Uses {
    int *count; /* [n_nodes]: how often the value is read; the network's output once more */
    int *by;    /* [n_nodes]: the last reader */
} Uses;

static Uses uses_new(const IclGraph *graph)
{
    Uses uses = {g_new0(int, graph->n_nodes), g_new0(int, graph->n_nodes)};

    for (int i = 1; i < graph->n_nodes; i++)
        for (int k = 0; k < graph->nodes[i].layer->n_inputs; k++) {
            int from = graph->nodes[i].inputs[k];
            uses.count[from]++;
            uses.by[from] = i;
        }
    uses.count[graph->n_nodes - 1]++;
    return uses;
}

/* The layer that alone reads `node`, or NULL. */
static const IclNode *only_reader(const IclPlan *plan, const Uses *uses, int node)
{
    bool inner = node < plan->graph->n_nodes - 1;
    return inner && uses->count[node] == 1 ? &plan->graph->nodes[uses->by[node]] : NULL;
}

static void absorb(IclPlanStep *step, const Uses *uses, bool *gone)
{
    step->out = uses->by[step->out];
    gone[step->out] = true;
}

/* An add of two, whose other branch is there before this step runs. */
static int other_branch(const IclNode *add, const IclPlanStep *step)
{
    if (add->layer->class != &icl_add_class || add->layer->n_inputs != 2)
        return ICL_NOWHERE;
    int other = add->inputs[add->inputs[0] == step->out];
    return other < step->node ? other : ICL_NOWHERE;
}

/* A view before the add that takes up the step, stochastic depth, is no hindrance: the reader after
 * it where that is so, else `next`. */
static const IclNode *pass_view(const IclPlan *plan, const Uses *uses, IclPlanStep *step,
                                const IclNode *next, bool *gone)
{
    IclPlanStep behind = *step;

    if (!next || !(next->layer->class->flags & ICL_LAYER_VIEW))
        return next;
    behind.out = uses->by[step->out];
    const IclNode *add = only_reader(plan, uses, behind.out);
    if (!add || other_branch(add, &behind) == ICL_NOWHERE)
        return next;
    absorb(step, uses, gone);
    return add;
}

/* Takes up the add that reads the step's value, where its other branch is there. */
static bool fuse_add(const Uses *uses, const IclNode *next, IclPlanStep *step, bool *gone)
{
    if (!next || other_branch(next, step) == ICL_NOWHERE)
        return false;
    step->add = other_branch(next, step);
    absorb(step, uses, gone);
    return true;
}

static void fuse_activation(const Uses *uses, const IclNode *next, IclPlanStep *step, bool *gone)
{
    step->activation = icl_layer_activation(next->layer, &step->alpha);
    if (step->activation != ICL_ACT_NONE)
        absorb(step, uses, gone);
}

static bool is_vector(const IclPlan *plan, int node)
{
    IclShape shape = plan->graph->nodes[node].layer->out;
    return shape.h == 1 && shape.w == 1;
}

/* A product whose one factor is a number a channel, on its way to nothing but a convolution that
 * scales its input by itself: a view of the other factor. */
static bool pass_product(IclPlan *plan, const Uses *uses, int node)
{
    const IclNode *product = &plan->graph->nodes[node], *next = only_reader(plan, uses, node);

    if (plan->training || product->layer->class != &icl_multiply_class || !next ||
        !icl_layer_scales_input(next->layer) || is_vector(plan, node))
        return false;
    int full = is_vector(plan, product->inputs[0]), factor = 1 - full;
    if (!is_vector(plan, product->inputs[factor]))
        return false;
    plan->root[node] = plan->root[product->inputs[full]];
    return true;
}

/* What scales the input of a step that reads such a product. */
static int input_scale(const IclPlan *plan, const IclPlanStep *step)
{
    int from = plan->graph->nodes[step->node].inputs[0];
    const IclNode *product = &plan->graph->nodes[from];

    if (product->layer->class != &icl_multiply_class || plan->root[from] == from)
        return ICL_NOWHERE;
    return product->inputs[plan->root[product->inputs[0]] == plan->root[from]];
}

static void fuse_inference(IclPlan *plan, const Uses *uses, IclPlanStep *step, bool *gone)
{
    unsigned flags = step->layer->class->flags;
    const IclNode *next = only_reader(plan, uses, step->out);

    if (!(flags & (ICL_LAYER_FUSES | ICL_LAYER_NORMALIZES)))
        return;
    if (flags & ICL_LAYER_FUSES && next && next->layer->class == &icl_batchnorm_class) {
        step->batchnorm = next->layer;
        absorb(step, uses, gone);
        next = only_reader(plan, uses, step->out);
    }
    next = pass_view(plan, uses, step, next, gone);
    if (fuse_add(uses, next, step, gone))
        next = only_reader(plan, uses, step->out);
    if (next)
        fuse_activation(uses, next, step, gone);
}

/* Whether backward has what it takes the activation's slope from: of what a batchnorm alone enters,
 * batchnorm's input; else the activation's output. */
static bool slope_is_known(const IclPlanStep *step, const IclLayer *activation)
{
    float alpha;
    bool from_input = step->layer->class->flags & ICL_LAYER_NORMALIZES && step->add == ICL_NOWHERE;

    return from_input || !icl_activation_needs_input(icl_layer_activation(activation, &alpha));
}

/* Whether an activation's only reader is a maximum: its slope comes from what that gives then, of
 * fewer entries, and what is before both need not be kept. */
static bool follows_maximum(const IclPlan *plan, const Uses *uses, int node)
{
    const IclNode *next = only_reader(plan, uses, node);
    float alpha;
    IclActivation activation = icl_layer_activation(plan->graph->nodes[node].layer, &alpha);

    return plan->training && next && next->layer->class->flags & ICL_LAYER_SELECTS &&
           activation != ICL_ACT_NONE && !icl_activation_needs_input(activation);
}

/* The activation that was before the maximum, a view now. */
static void take_activation(const IclPlan *plan, IclPlanStep *step)
{
    int from = plan->graph->nodes[step->node].inputs[0];

    if (plan->training && step->layer->class->flags & ICL_LAYER_SELECTS && plan->root[from] != from)
        step->activation = icl_layer_activation(plan->graph->nodes[from].layer, &step->alpha);
}

static void fuse_training(IclPlan *plan, const Uses *uses, IclPlanStep *step, bool *gone)
{
    unsigned flags = step->layer->class->flags;
    const IclNode *next = only_reader(plan, uses, step->out);

    if (!(flags & (ICL_LAYER_FUSES | ICL_LAYER_NORMALIZES)))
        return;
    if (flags & ICL_LAYER_NORMALIZES && fuse_add(uses, next, step, gone))
        next = only_reader(plan, uses, step->out);
    bool normalises = flags & ICL_LAYER_NORMALIZES;
    if (next && slope_is_known(step, next->layer) &&
        (normalises || !follows_maximum(plan, uses, uses->by[step->out])))
        fuse_activation(uses, next, step, gone);
}

/* Dropout is one at inference only. */
static bool is_view(const IclPlan *plan, const IclLayer *layer)
{
    return plan->training ? layer->class == &icl_flatten_class
                          : layer->class->flags & ICL_LAYER_VIEW;
}

void icl_plan_fuse(IclPlan *plan)
{
    Uses uses = uses_new(plan->graph);
    g_autofree bool *gone = g_new0(bool, plan->graph->n_nodes);
    int kept = 0;

    for (int i = 0; i < plan->n_steps; i++) {
        IclPlanStep step = plan->steps[i];
        if (gone[step.node])
            continue;
        if (is_view(plan, step.layer) || follows_maximum(plan, &uses, step.node)) {
            plan->root[step.node] = plan->root[plan->graph->nodes[step.node].inputs[0]];
            continue;
        }
        if (pass_product(plan, &uses, step.node))
            continue;
        step.scale = input_scale(plan, &step);
        take_activation(plan, &step);
        (plan->training ? fuse_training : fuse_inference)(plan, &uses, &step, gone);
        plan->steps[kept++] = step;
    }
    plan->n_steps = kept;
    g_free(uses.count);
    g_free(uses.by);
}
