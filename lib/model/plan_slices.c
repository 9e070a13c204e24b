/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Inference has the branches of a concat written where it wants them: a branch's value is a slice
 * of the concat's, the same pixels, some of their channels. The step that makes it must know how to
 * write so, and whoever else reads it, as the layers of a DenseNet do, how to read so; otherwise
 * the concat copies that branch. A concat whose value is a slice in its turn hands its branches
 * on. */
#include "layers.h"
#include "plan_parts.h"

static bool step_has(const IclPlanStep *step, unsigned flag)
{
    return step->layer->class->flags & flag;
}

/* Whether the step, where it reads the value at all, can do so from within wider pixels. */
static bool reads_slice(const IclPlan *plan, const IclPlanStep *step, int value)
{
    bool whole = (step->add != ICL_NOWHERE && plan->root[step->add] == value) ||
                 (step->scale != ICL_NOWHERE && plan->root[step->scale] == value);

    for (int k = 0; k < step->layer->n_inputs; k++)
        whole |= icl_plan_input(plan, step, k) == value && !step_has(step, ICL_LAYER_READS_SLICE);
    return !whole;
}

/* What is added to a step's sums lies as its output does: such an output stays whole. */
static bool may_be_slice(const IclPlan *plan, int value)
{
    if (plan->maker[value] == ICL_NOWHERE)
        return false;
    const IclPlanStep *maker = &plan->steps[plan->maker[value]];
    if (maker->add != ICL_NOWHERE || !step_has(maker, ICL_LAYER_WRITES_SLICE))
        return false;
    for (int s = 0; s < plan->n_steps; s++)
        if (!reads_slice(plan, &plan->steps[s], value))
            return false;
    return true;
}

static bool is_output(const IclPlan *plan, int value)
{
    return value == plan->root[plan->graph->n_nodes - 1];
}

/* icl_executor_last_input() gives it away. */
static bool is_last_input(const IclPlan *plan, int value)
{
    return value == plan->root[plan->graph->nodes[plan->graph->n_nodes - 1].inputs[0]];
}

static void slice_inputs(IclPlan *plan, const IclPlanStep *concat)
{
    int channel = 0;

    for (int k = 0; k < concat->layer->n_inputs; k++) {
        const IclShape in = concat->layer->in[k];
        int value = icl_plan_input(plan, concat, k);
        if (plan->slice[value] == ICL_NOWHERE && !is_last_input(plan, value) &&
            icl_shape_equal(in, plan->graph->nodes[value].layer->out) &&
            may_be_slice(plan, value)) {
            plan->slice[value] = concat->out;
            plan->channel[value] = channel;
        }
        channel += in.c;
    }
}

/* Whole values, and slices of slices as slices of what is whole. */
static void set_pixels(IclPlan *plan)
{
    for (int i = plan->graph->n_nodes - 1; i >= 0; i--) {
        int in = plan->slice[i];
        if (in != ICL_NOWHERE && plan->slice[in] != ICL_NOWHERE) {
            plan->channel[i] += plan->channel[in];
            plan->slice[i] = plan->slice[in];
        }
        plan->pixel[i] = plan->graph->nodes[in == ICL_NOWHERE ? i : plan->slice[i]].layer->out.c;
    }
}

void icl_plan_slices(IclPlan *plan)
{
    for (int i = 0; i < plan->graph->n_nodes; i++)
        plan->slice[i] = ICL_NOWHERE;
    for (int s = 0; s < plan->n_steps && !plan->training; s++)
        if (plan->steps[s].layer->class == &icl_concat_class &&
            !is_output(plan, plan->steps[s].out))
            slice_inputs(plan, &plan->steps[s]);
    set_pixels(plan);
}
