/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "executor_parts.h"

static float *value_of(const IclExecutor *e, int node, const IclSamples *samples)
{
    int root = e->plan->root[node];

    return icl_executor_at(e, samples->worker, e->plan->value[root]) +
           icl_executor_wide_floats(e, root, samples->first % e->plan->room[root]);
}

static IclPass forward_pass(const IclExecutor *e, const IclPlanStep *step,
                            const IclSamples *samples)
{
    const IclNode *node = &e->plan->graph->nodes[step->node];
    IclPass pass = icl_executor_pass(e, step, samples);

    for (int k = 0; k < node->layer->n_inputs; k++) {
        samples->worker->in[k] = value_of(e, node->inputs[k], samples);
        samples->worker->in_pixel[k] = e->plan->pixel[icl_plan_input(e->plan, step, k)];
    }
    pass.out = value_of(e, step->out, samples);
    pass.epilogue.add = step->add == ICL_NOWHERE ? NULL : value_of(e, step->add, samples);
    pass.epilogue.input_scale =
        step->scale == ICL_NOWHERE ? NULL : value_of(e, step->scale, samples);
    pass.shared = icl_executor_at(e, samples->worker, step->shared);
    pass.sums = e->arena + step->sums;
    return pass;
}

static void prepare(const IclExecutor *e, const IclPlanStep *step, IclTeam *team)
{
    if (step->layer->class->prepare)
        step->layer->class->prepare(step->layer, NULL, e->arena + step->packed, team);
}

/* Steps begin..end-1 */
static void forward_steps(IclExecutor *e, int begin, int end, bool prepared,
                          const IclSamples *samples)
{
    for (int i = begin; i < end; i = e->plan->steps[i].end) {
        const IclPlanStep *step = &e->plan->steps[i];
        if (step->band_rows) {
            icl_executor_group(e, i, samples);
            continue;
        }
        IclPass pass = forward_pass(e, step, samples);
        if (!prepared && samples->first == 0)
            prepare(e, step, samples->team);
        step->layer->class->forward(step->layer, &pass);
        icl_executor_lap(e, samples->worker, e->forward_seconds, i);
    }
}

static void forward_inference(IclExecutor *e, const IclSamples *batch)
{
    const IclPlan *plan = e->plan;

    for (int first = 0; first < batch->n; first += plan->part) {
        IclSamples part = icl_executor_from(batch, first, plan->part);
        for (int i = first; i < first + part.n && plan->split; i += plan->fine) {
            IclSamples fine = icl_executor_from(&part, i, plan->fine);
            forward_steps(e, 0, plan->split, true, &fine);
        }
        forward_steps(e, plan->split, plan->n_steps, true, &part);
    }
}

/* A segment's steps, and the sums of the next one's first. */
static void forward_lane(IclExecutor *e, const IclPlanSegment *segment, const IclSamples *lane)
{
    const IclPlanStep *next = &e->plan->steps[segment->end];

    for (int first = lane->first; first < lane->first + lane->n; first += segment->part) {
        IclSamples part = icl_executor_from(lane, first, segment->part);
        forward_steps(e, segment->begin, segment->end, segment->lanes > 1, &part);
        if (!icl_executor_sums_follow(e->plan, segment))
            continue;
        IclPass pass = forward_pass(e, next, &part);
        pass.sums += (size_t)lane->lane * next->lane_sums;
        next->layer->class->forward_sums(next->layer, &pass);
        icl_executor_lap(e, lane->worker, e->forward_seconds, segment->end);
    }
}

static void forward_segment(IclExecutor *e, const IclPlanSegment *segment, const IclSamples *batch)
{
    const IclPlanStep *next = &e->plan->steps[segment->end];

    for (int i = segment->begin; i < segment->end && segment->lanes > 1; i++)
        prepare(e, &e->plan->steps[i], batch->team);
    icl_executor_lanes(e, segment, batch, forward_lane);
    if (!icl_executor_sums_follow(e->plan, segment))
        return;
    IclPass pass = forward_pass(e, next, batch);
    pass.lanes = icl_executor_lanes_of(segment, next, batch->n);
    next->layer->class->forward_join(next->layer, &pass);
}

const float *icl_executor_forward(IclExecutor *e, int n, uint64_t seed, uint64_t step,
                                  IclTeam *team)
{
    const IclPlan *plan = e->plan;
    IclSamples batch = icl_executor_batch(e, n, seed, step, team);

    icl_executor_laps(e, e->forward_seconds);
    if (!plan->training)
        forward_inference(e, &batch);
    for (int i = 0; i < plan->n_segments; i++)
        forward_segment(e, &plan->segments[i], &batch);
    return icl_executor_value(e, plan->graph->n_nodes - 1, 0);
}
