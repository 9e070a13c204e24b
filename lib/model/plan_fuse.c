/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "plan_fuse.h"

#include "layers.h"

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

static void fuse_step(IclPlan *plan, const Uses *uses, IclPlanStep *step, bool *gone)
{
    unsigned flags = step->layer->class->flags;
    const IclNode *next = only_reader(plan, uses, step->out);

    if (flags & ICL_LAYER_FUSES && next && next->layer->class == &icl_batchnorm_class) {
        step->batchnorm = next->layer;
        absorb(step, uses, gone);
        next = only_reader(plan, uses, step->out);
    }
    if (flags & ICL_LAYER_FUSES)
        next = pass_view(plan, uses, step, next, gone);
    if (flags & ICL_LAYER_FUSES && next && other_branch(next, step) != ICL_NOWHERE) {
        step->add = other_branch(next, step);
        absorb(step, uses, gone);
        next = only_reader(plan, uses, step->out);
    }
    if (flags & (ICL_LAYER_FUSES | ICL_LAYER_ACTIVATES) && next) {
        step->activation = icl_layer_activation(next->layer, &step->alpha);
        if (step->activation != ICL_ACT_NONE)
            absorb(step, uses, gone);
    }
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
        if (step.layer->class->flags & ICL_LAYER_VIEW) {
            plan->root[step.node] = plan->root[plan->graph->nodes[step.node].inputs[0]];
            continue;
        }
        fuse_step(plan, &uses, &step, gone);
        plan->steps[kept++] = step;
    }
    plan->n_steps = kept;
    g_free(uses.count);
    g_free(uses.by);
}
