/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "executor_parts.h"

#include <string.h>

#include "layers.h"

/* The value, as backward finds it: kept, or made again. */
static float *value_of(const IclExecutor *e, int node, const IclSamples *samples)
{
    int root = e->plan->root[node];

    return icl_executor_at(e, samples->worker, e->plan->again[root]) +
           icl_executor_floats(e, root, samples->first % e->plan->again_room[root]);
}

static float *gradient_of(const IclExecutor *e, int node, const IclSamples *samples)
{
    int root = e->plan->root[node];

    return icl_executor_at(e, samples->worker, e->plan->gradient[root]) +
           icl_executor_floats(e, root, samples->first % e->plan->gradient_room[root]);
}

float *icl_executor_output_gradient(IclExecutor *e)
{
    IclSamples first = {.worker = &e->workers[0]};

    return gradient_of(e, e->plan->graph->n_nodes - 1, &first);
}

/* The first to reach a value's gradient sets it, later ones add. */
static float *reach_gradient(const IclExecutor *e, int node, const IclSamples *samples,
                             bool *accumulate)
{
    bool *written = &samples->worker->written[e->plan->root[node]];

    *accumulate = *written;
    *written = true;
    return e->plan->wanted[e->plan->root[node]] ? gradient_of(e, node, samples) : NULL;
}

/* Runs the step that makes the node's value once more, where it was not kept. */
static void make_again(IclExecutor *e, int node, const IclSamples *samples)
{
    const IclPlan *plan = e->plan;
    const IclWorker *worker = samples->worker;
    int root = plan->root[node], maker = plan->maker[root];

    if (maker == ICL_NOWHERE || !plan->steps[maker].again || worker->made[root])
        return;
    const IclPlanStep *step = &plan->steps[maker];
    const int *inputs = plan->graph->nodes[step->node].inputs;
    worker->made[root] = true;
    for (int k = 0; k < step->layer->n_inputs; k++)
        make_again(e, inputs[k], samples);
    IclPass pass = icl_executor_pass(e, step, samples);
    for (int k = 0; k < step->layer->n_inputs; k++)
        worker->in[k] = value_of(e, inputs[k], samples);
    pass.again = true;
    pass.out = value_of(e, root, samples);
    pass.shared = icl_executor_at(e, worker, step->shared_again);
    step->layer->class->forward(step->layer, &pass);
    icl_executor_lap(e, worker, e->backward_seconds, maker);
}

/* Sees to it that what backward reads is there. */
static IclPass backward_pass(IclExecutor *e, const IclPlanStep *step, const IclSamples *samples)
{
    const IclNode *node = &e->plan->graph->nodes[step->node];
    const IclWorker *worker = samples->worker;

    for (int k = 0; k < node->layer->n_inputs && icl_plan_reads_input(step); k++)
        make_again(e, node->inputs[k], samples);
    IclPass pass = icl_executor_pass(e, step, samples);
    for (int k = 0; k < node->layer->n_inputs; k++)
        worker->in[k] = value_of(e, node->inputs[k], samples);
    pass.out = value_of(e, step->out, samples);
    pass.dout = gradient_of(e, step->out, samples);
    if (step->add != ICL_NOWHERE)
        pass.epilogue.add = value_of(e, step->add, samples);
    pass.din = worker->din;
    pass.accumulate = worker->accumulate;
    pass.packed = e->arena + step->packed_backward;
    pass.shared = icl_executor_at(e, worker, step->shared_backward);
    pass.sums = e->arena + step->sums_backward;
    return pass;
}

static void backward_sums(IclExecutor *e, const IclPlanStep *step, const IclSamples *samples)
{
    IclPass pass = backward_pass(e, step, samples);

    if (step->add != ICL_NOWHERE)
        pass.dadd = reach_gradient(e, step->add, samples, &pass.accumulate_add);
    pass.sums += (size_t)samples->lane * step->lane_sums;
    step->layer->class->backward_sums(step->layer, &pass);
}

static void prepare(const IclExecutor *e, const IclPlanStep *step, IclTeam *team)
{
    if (step->backward && step->layer->class->backward_prepare)
        step->layer->class->backward_prepare(step->layer, e->arena + step->packed_backward, team);
}

static void backward_step(IclExecutor *e, const IclPlanStep *step, bool prepared,
                          const IclSamples *samples)
{
    const IclNode *node = &e->plan->graph->nodes[step->node];
    const IclWorker *worker = samples->worker;
    IclPass pass = backward_pass(e, step, samples);

    for (int k = 0; k < node->layer->n_inputs; k++)
        worker->din[k] = reach_gradient(e, node->inputs[k], samples, &worker->accumulate[k]);
    for (int w = 0; w < node->layer->n_weights && step->lane_gradients; w++)
        worker->dw[w] = icl_executor_lane_gradient(e, step, samples->lane, w);
    if (step->layer->class->flags & (ICL_LAYER_FUSES | ICL_LAYER_SELECTS) &&
        step->activation != ICL_ACT_NONE)
        icl_activation_backward(&pass, icl_executor_floats(e, step->node, samples->n));
    if (!prepared && samples->first == 0)
        prepare(e, step, samples->team);
    step->layer->class->backward(step->layer, &pass);
}

/* The gradient of what the next segment's first step normalises, then the segment's steps; of its
 * own first, only the sums. */
static void backward_part(IclExecutor *e, const IclPlanSegment *segment, const IclSamples *part)
{
    int last = segment->end - !icl_executor_sums_follow(e->plan, segment);

    for (int i = last; i >= segment->begin; i--) {
        const IclPlanStep *step = &e->plan->steps[i];
        if (!step->backward)
            continue;
        if (i < segment->end && icl_plan_normalises(step))
            backward_sums(e, step, part);
        else
            backward_step(e, step, segment->lanes > 1, part);
        icl_executor_lap(e, part->worker, e->backward_seconds, i);
    }
}

static void backward_lane(IclExecutor *e, const IclPlanSegment *segment, const IclSamples *lane)
{
    size_t nodes = (size_t)e->plan->graph->n_nodes;

    icl_executor_clear_gradients(e, segment, lane->lane);
    for (int first = lane->first; first < lane->first + lane->n; first += segment->part) {
        IclSamples part = icl_executor_from(lane, first, segment->part);
        memcpy(lane->worker->written, e->written, nodes * sizeof *e->written);
        memset(lane->worker->made, 0, nodes * sizeof *lane->worker->made);
        backward_part(e, segment, &part);
    }
}

static void backward_segment(IclExecutor *e, const IclPlanSegment *segment, const IclSamples *batch)
{
    const IclPlanStep *own = &e->plan->steps[segment->begin];

    for (int i = segment->begin; i < segment->end && segment->lanes > 1; i++)
        prepare(e, &e->plan->steps[i], batch->team);
    const IclWorker *worker = icl_executor_lanes(e, segment, batch, backward_lane);
    memcpy(e->written, worker->written, (size_t)e->plan->graph->n_nodes * sizeof *e->written);
    icl_executor_join_gradients(e, segment, batch->n, batch->team);
    if (!own->backward || !icl_plan_normalises(own))
        return;
    IclPass pass = icl_executor_pass(e, own, batch);
    pass.sums = e->arena + own->sums_backward;
    pass.lanes = icl_executor_lanes_of(segment, own, batch->n);
    own->layer->class->backward_join(own->layer, &pass);
}

void icl_executor_backward(IclExecutor *e, int n, uint64_t seed, uint64_t step, IclTeam *team)
{
    IclSamples batch = icl_executor_batch(e, n, seed, step, team);

    memset(e->written, 0, (size_t)e->plan->graph->n_nodes * sizeof *e->written);
    icl_executor_laps(e, e->backward_seconds);
    for (int i = e->plan->n_segments - 1; i >= 0; i--)
        backward_segment(e, &e->plan->segments[i], &batch);
}
