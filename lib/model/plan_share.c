/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A value replaces the one it is made of where nobody else reads that, in this pass or in backward.
 * A slice (plan_slices.c) lies in its concat's value.
 * Backward runs the steps in reverse, so a node's gradient is begun by its last reader:
 *
 * - what enters a sum has the sum's gradient, in the same memory where nobody writes to it while
 *   another still reads it there;
 * - batchnorm's input is read for the last time when its gradient is made: it takes its place;
 * - element by element, a gradient takes the place of the one it is made of. */
#include "layers.h"
#include "plan_parts.h"

typedef struct Sharing {
    const IclPlan *plan;
    IclPlanShares *shares;
    IclPlanReads reads;
    bool *common; /* [n_nodes]: others too read the memory of its gradient: it must stay */
} Sharing;

static void reads_add(IclPlanReads *reads, int node, int step)
{
    reads->count[node]++;
    reads->last[node] = step;
}

void icl_plan_reads_init(IclPlanReads *reads, const IclPlan *plan)
{
    int n = plan->graph->n_nodes;

    *reads = (IclPlanReads){g_new0(int, n), g_new(int, n)};
    for (int i = 0; i < n; i++)
        reads->last[i] = ICL_NOWHERE;
    for (int s = 0; s < plan->n_steps; s++) {
        const IclPlanStep *step = &plan->steps[s];
        for (int k = 0; k < step->layer->n_inputs; k++)
            reads_add(reads, icl_plan_input(plan, step, k), s);
        if (step->add != ICL_NOWHERE)
            reads_add(reads, plan->root[step->add], s);
        if (step->scale != ICL_NOWHERE)
            reads_add(reads, plan->root[step->scale], s);
    }
    reads->count[plan->root[n - 1]]++;
}

void icl_plan_reads_clear(IclPlanReads *reads)
{
    g_free(reads->count);
    g_free(reads->last);
}

static const IclPlanStep *maker_of(const IclPlan *plan, int node)
{
    return plan->maker[node] == ICL_NOWHERE ? NULL : &plan->steps[plan->maker[node]];
}

/* Step s, or one after it, reads a slice of the value. */
static bool slices_are_read(const Sharing *sharing, int value, int s)
{
    const IclPlan *plan = sharing->plan;

    for (int i = 0; i < value; i++)
        if (plan->slice[i] == value && sharing->reads.last[i] >= s)
            return true;
    return false;
}

/* Step s may overwrite its first input with its output. The last one leaves what it is given:
 * icl_executor_last_input(). */
static bool value_in_place(const Sharing *sharing, int s)
{
    const IclPlan *plan = sharing->plan;
    const IclPlanStep *step = &plan->steps[s];
    int from = icl_plan_input(plan, step, 0);
    const IclPlanStep *maker = maker_of(plan, from);

    if (!(step->layer->class->flags & ICL_LAYER_IN_PLACE) || sharing->reads.count[from] != 1 ||
        plan->room[from] != plan->room[step->out] || step->add != ICL_NOWHERE ||
        plan->slice[step->out] != ICL_NOWHERE || slices_are_read(sharing, from, s) ||
        step->out == plan->graph->n_nodes - 1 ||
        !icl_shape_equal(step->layer->in[0], step->layer->out))
        return false;
    if (!plan->training)
        return true;
    bool kept = (step->backward && icl_plan_reads_input(step)) ||
                (maker && maker->backward && icl_plan_reads_output(maker));
    return !kept && !step->again && !(maker && maker->again);
}

/* Backward of the step reads its output's gradient and leaves it as it is. */
static bool leaves_gradient(const IclPlanStep *step)
{
    unsigned flags = step->layer->class->flags;

    return (flags & ICL_LAYER_FUSES && step->activation == ICL_ACT_NONE) ||
           (flags & ICL_LAYER_NORMALIZES && step->add == ICL_NOWHERE);
}

/* Whether step s is the first of backward to write the node's gradient. */
static bool begins_gradient(const Sharing *sharing, int s, int node)
{
    return sharing->plan->wanted[node] && sharing->reads.last[node] == s;
}

/* Whether step s may give input k the gradient of its output. Where the step reads a node twice,
 * the second is added. */
static bool may_pass_on(const Sharing *sharing, int s, int k)
{
    const IclPlanStep *step = &sharing->plan->steps[s];
    int from = icl_plan_input(sharing->plan, step, k);

    for (int i = 0; i < step->layer->n_inputs; i++)
        if (i != k && icl_plan_input(sharing->plan, step, i) == from)
            return false;
    return begins_gradient(sharing, s, from);
}

/* Nothing but its maker's backward, which only reads it, ever touches the gradient of input k. */
static bool only_read(const Sharing *sharing, int s, int k)
{
    int from = icl_plan_input(sharing->plan, &sharing->plan->steps[s], k);
    const IclPlanStep *maker = maker_of(sharing->plan, from);

    return sharing->reads.count[from] == 1 && maker && leaves_gradient(maker);
}

/* All inputs of a sum share its gradient where they only read it; else one has it, the others a
 * copy. */
static void share_sum(Sharing *sharing, int s)
{
    const IclPlanStep *step = &sharing->plan->steps[s];
    int one = ICL_NOWHERE, readers = 0, inputs = step->layer->n_inputs;

    for (int k = 0; k < inputs; k++)
        if (may_pass_on(sharing, s, k)) {
            bool reads = only_read(sharing, s, k);
            readers += reads;
            one = !reads || one == ICL_NOWHERE ? k : one;
        }
    for (int k = 0; k < inputs; k++) {
        int from = icl_plan_input(sharing->plan, step, k);
        if (k != one && !(readers == inputs && may_pass_on(sharing, s, k)))
            continue;
        sharing->shares->gradient[from] = step->out;
        sharing->common[from] = readers == inputs && inputs > 1;
    }
}

static bool whole_batch(const IclPlan *plan, int segment)
{
    return plan->segments[segment].part == plan->batch;
}

/* Where the gradient of the only reader's input lies. */
static void share_input(Sharing *sharing, const IclPlanStep *step)
{
    const IclPlan *plan = sharing->plan;
    int from = icl_plan_input(plan, step, 0);
    const IclPlanStep *maker = maker_of(plan, from);
    unsigned flags = step->layer->class->flags;

    if (!maker || !plan->wanted[from] || sharing->reads.count[from] != 1 ||
        (flags & ICL_LAYER_NORMALIZES && !whole_batch(plan, step->segment - 1)))
        return;
    if (flags & ICL_LAYER_NORMALIZES && !maker->again && !icl_plan_reads_output(maker) &&
        sharing->shares->value[from] == from)
        sharing->shares->in_value[from] = true;
    else if (flags & ICL_LAYER_IN_PLACE && step->add == ICL_NOWHERE &&
             icl_shape_equal(step->layer->in[0], step->layer->out) && !sharing->common[step->out])
        sharing->shares->gradient[from] = step->out;
}

static void share_gradients(Sharing *sharing)
{
    const IclPlan *plan = sharing->plan;

    for (int s = plan->n_steps - 1; s >= 0; s--) {
        const IclPlanStep *step = &plan->steps[s];
        if (!step->backward)
            continue;
        if (step->layer->class == &icl_add_class) {
            share_sum(sharing, s);
            continue;
        }
        if (step->add != ICL_NOWHERE && begins_gradient(sharing, s, plan->root[step->add]))
            sharing->shares->gradient[plan->root[step->add]] = step->out;
        share_input(sharing, step);
    }
}

/* Each entry names where its buffer lies at last. */
static void resolve(int *shares, int n)
{
    for (int i = 0; i < n; i++)
        while (shares[shares[i]] != shares[i])
            shares[i] = shares[shares[i]];
}

void icl_plan_share(const IclPlan *plan, IclPlanShares *shares)
{
    int n = plan->graph->n_nodes;
    g_autofree bool *common = g_new0(bool, n);
    Sharing sharing = {.plan = plan, .shares = shares, .common = common};

    *shares = (IclPlanShares){g_new(int, n), g_new(int, n), g_new0(bool, n)};
    for (int i = 0; i < n; i++)
        shares->value[i] = shares->gradient[i] = i;
    for (int i = 0; i < n; i++)
        if (plan->slice[i] != ICL_NOWHERE)
            shares->value[i] = plan->slice[i];
    icl_plan_reads_init(&sharing.reads, plan);
    for (int s = 0; s < plan->n_steps; s++)
        if (value_in_place(&sharing, s))
            shares->value[plan->steps[s].out] = icl_plan_input(plan, &plan->steps[s], 0);
    if (plan->training)
        share_gradients(&sharing);
    resolve(shares->value, n);
    resolve(shares->gradient, n);
    icl_plan_reads_clear(&sharing.reads);
}

void icl_plan_shares_clear(IclPlanShares *shares)
{
    g_free(shares->value);
    g_free(shares->gradient);
    g_free(shares->in_value);
}
