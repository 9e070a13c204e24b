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

static void executor_lists(IclExecutor *e)
{
    const IclPlan *plan = e->plan;
    int inputs = 1;

    for (int i = 0; i < plan->graph->n_nodes; i++)
        inputs = MAX(inputs, plan->graph->nodes[i].layer->n_inputs);
    e->in = g_new0(const float *, inputs);
    e->in_pixel = g_new0(int, inputs);
    e->din = g_new0(float *, inputs);
    e->accumulate = g_new0(bool, inputs);
    e->dw = g_new0(float *, ICL_WEIGHTS_MAX);
    e->written = g_new0(bool, plan->graph->n_nodes);
    e->written_before = g_new0(bool, plan->graph->n_nodes);
    e->made = g_new0(bool, plan->graph->n_nodes);
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

void icl_executor_free(IclExecutor *e)
{
    if (!e)
        return;
    icl_plan_free(e->plan);
    icl_memory_free(e->memory);
    icl_memory_free(e->gradients);
    g_free(e->gradient);
    g_free(e->first_weight);
    g_free(e->in);
    g_free(e->in_pixel);
    g_free(e->din);
    g_free(e->dw);
    g_free(e->accumulate);
    g_free(e->written);
    g_free(e->written_before);
    g_free(e->made);
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
    IclShape shape = e->plan->graph->nodes[root].layer->out;

    return e->arena + e->plan->value[root] +
           (size_t)(first % e->plan->room[root]) * shape.h * shape.w * e->plan->pixel[root];
}

float *icl_executor_input(IclExecutor *e) { return icl_executor_value(e, 0, 0); }

/* The same, as backward finds it. */
static float *later_value_of(const IclExecutor *e, int node, int first)
{
    int root = e->plan->root[node];

    return e->arena + e->plan->again[root] +
           (size_t)(first % e->plan->again_room[root]) *
               icl_shape_count(e->plan->graph->nodes[node].layer->out);
}

IclPass icl_executor_pass(IclExecutor *e, const IclPlanStep *step, int n, IclTeam *team)
{
    for (int w = 0; w < step->layer->n_weights && e->plan->training; w++)
        e->dw[w] = e->gradients + e->gradient[e->first_weight[step->node] + w];
    return (IclPass){.n = n,
                     .training = e->plan->training,
                     .in = e->in,
                     .in_pixel = e->in_pixel,
                     .out_pixel = e->plan->pixel[step->out],
                     .dw = e->dw,
                     .epilogue = {.activation = step->activation, .alpha = step->alpha},
                     .packed = (e->plan->training ? e->arena : e->packed) + step->packed,
                     .saved = e->arena + step->saved,
                     .scratch = e->scratch,
                     .scratch_stride = e->plan->scratch,
                     .team = team,
                     .node = step->node};
}

/* Samples that go together, and what they depend on beside the weights: dropout's numbers come from
 * the seed and the number of the training step. */
typedef struct Part {
    int first, n, batch;
    uint64_t seed, step;
    IclTeam *team;
} Part;

static IclPass pass_of(IclExecutor *e, const IclPlanStep *step, const Part *part)
{
    IclPass pass = icl_executor_pass(e, step, part->n, part->team);

    pass.first = part->first;
    pass.batch = part->batch;
    pass.seed = part->seed;
    pass.step = part->step;
    return pass;
}

static IclPass forward_pass(IclExecutor *e, const IclPlanStep *step, const Part *part)
{
    const IclNode *node = &e->plan->graph->nodes[step->node];
    IclPass pass = pass_of(e, step, part);
    int first = part->first;

    for (int k = 0; k < node->layer->n_inputs; k++) {
        e->in[k] = icl_executor_value(e, node->inputs[k], first);
        e->in_pixel[k] = e->plan->pixel[icl_plan_input(e->plan, step, k)];
    }
    pass.out = icl_executor_value(e, step->out, first);
    pass.epilogue.add = step->add == ICL_NOWHERE ? NULL : icl_executor_value(e, step->add, first);
    pass.epilogue.input_scale =
        step->scale == ICL_NOWHERE ? NULL : icl_executor_value(e, step->scale, first);
    pass.shared = e->arena + step->shared;
    pass.sums = e->arena + step->sums;
    return pass;
}

void icl_executor_time_steps(IclExecutor *e, double *forward, double *backward)
{
    e->forward_seconds = forward;
    e->backward_seconds = backward;
}

void icl_executor_lap(IclExecutor *e, double *seconds, int step)
{
    struct timespec time;

    if (!seconds)
        return;
    clock_gettime(CLOCK_MONOTONIC, &time);
    double now = (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
    seconds[step] += now - e->lap_begun;
    e->lap_begun = now;
}

/* Begins a pass' laps. */
static void laps_begin(IclExecutor *e, double *seconds)
{
    if (!seconds)
        return;
    icl_executor_lap(e, seconds, 0);
    memset(seconds, 0, (size_t)e->plan->n_steps * sizeof *seconds);
}

/* Steps begin..end-1 */
static void forward_steps(IclExecutor *e, int begin, int end, Part part)
{
    for (int i = begin; i < end; i = e->plan->steps[i].end) {
        const IclPlanStep *step = &e->plan->steps[i];
        if (step->band_rows) {
            icl_executor_group(e, i, part.first, part.n, part.team);
            continue;
        }
        IclPass pass = forward_pass(e, step, &part);
        if (pass.training && pass.first == 0 && step->layer->class->prepare)
            step->layer->class->prepare(step->layer, NULL, pass.packed, part.team);
        step->layer->class->forward(step->layer, &pass);
        icl_executor_lap(e, e->forward_seconds, i);
    }
}

static Part part_from(const Part *batch, int first, int most)
{
    Part part = *batch;

    part.first = first;
    part.n = MIN(most, batch->n - first);
    return part;
}

static void forward_inference(IclExecutor *e, const Part *batch)
{
    const IclPlan *plan = e->plan;

    for (int first = 0; first < batch->n; first += plan->part) {
        int end = MIN(first + plan->part, batch->n);
        for (int i = first; i < end && plan->split; i += plan->fine)
            forward_steps(e, 0, plan->split, part_from(batch, i, MIN(plan->fine, end - i)));
        forward_steps(e, plan->split, plan->n_steps, part_from(batch, first, plan->part));
    }
}

static bool sums_follow(const IclPlan *plan, const IclPlanSegment *segment)
{
    return segment->end < plan->n_steps && icl_plan_normalises(&plan->steps[segment->end]);
}

/* A segment's steps, and the sums of the next one's first. */
static void forward_segment(IclExecutor *e, const IclPlanSegment *segment, const Part *batch)
{
    for (int first = 0; first < batch->n; first += segment->part) {
        Part part = part_from(batch, first, segment->part);
        forward_steps(e, segment->begin, segment->end, part);
        if (!sums_follow(e->plan, segment))
            continue;
        const IclPlanStep *next = &e->plan->steps[segment->end];
        IclPass pass = forward_pass(e, next, &part);
        next->layer->class->forward_sums(next->layer, &pass);
        icl_executor_lap(e, e->forward_seconds, segment->end);
    }
}

const float *icl_executor_forward(IclExecutor *e, int n, uint64_t seed, uint64_t step,
                                  IclTeam *team)
{
    const IclPlan *plan = e->plan;
    Part batch = {0, n, n, seed, step, team};

    laps_begin(e, e->forward_seconds);
    if (!plan->training)
        forward_inference(e, &batch);
    for (int i = 0; i < plan->n_segments; i++)
        forward_segment(e, &plan->segments[i], &batch);
    return icl_executor_value(e, plan->graph->n_nodes - 1, 0);
}

const float *icl_executor_last_input(const IclExecutor *e)
{
    const IclGraph *graph = e->plan->graph;

    return icl_executor_value(e, graph->nodes[graph->n_nodes - 1].inputs[0], 0);
}

static float *gradient_of(const IclExecutor *e, int node, int first)
{
    int root = e->plan->root[node];

    return e->arena + e->plan->gradient[root] +
           (size_t)(first % e->plan->gradient_room[root]) *
               icl_shape_count(e->plan->graph->nodes[node].layer->out);
}

float *icl_executor_output_gradient(IclExecutor *e)
{
    return gradient_of(e, e->plan->graph->n_nodes - 1, 0);
}

/* The first to reach a value's gradient sets it, later ones add. */
static float *reach_gradient(IclExecutor *e, int node, int first, bool *accumulate)
{
    int root = e->plan->root[node];

    *accumulate = e->written[root];
    e->written[root] = true;
    return e->plan->wanted[root] ? gradient_of(e, root, first) : NULL;
}

/* Runs the step that makes the node's value once more, where it was not kept. */
static void make_again(IclExecutor *e, int node, const Part *part)
{
    const IclPlan *plan = e->plan;
    int root = plan->root[node], maker = plan->maker[root];

    if (maker == ICL_NOWHERE || !plan->steps[maker].again || e->made[root])
        return;
    const IclPlanStep *step = &plan->steps[maker];
    const int *inputs = plan->graph->nodes[step->node].inputs;
    e->made[root] = true;
    for (int k = 0; k < step->layer->n_inputs; k++)
        make_again(e, inputs[k], part);
    IclPass pass = pass_of(e, step, part);
    for (int k = 0; k < step->layer->n_inputs; k++)
        e->in[k] = later_value_of(e, inputs[k], part->first);
    pass.again = true;
    pass.out = later_value_of(e, root, part->first);
    pass.shared = e->arena + step->shared_again;
    step->layer->class->forward(step->layer, &pass);
    icl_executor_lap(e, e->backward_seconds, maker);
}

/* Sees to it that what backward reads is there. */
static IclPass backward_pass(IclExecutor *e, const IclPlanStep *step, const Part *part)
{
    const IclNode *node = &e->plan->graph->nodes[step->node];
    int first = part->first;

    for (int k = 0; k < node->layer->n_inputs && icl_plan_reads_input(step); k++)
        make_again(e, node->inputs[k], part);
    IclPass pass = pass_of(e, step, part);
    for (int k = 0; k < node->layer->n_inputs; k++)
        e->in[k] = later_value_of(e, node->inputs[k], first);
    pass.out = later_value_of(e, step->out, first);
    pass.dout = gradient_of(e, step->out, first);
    if (step->add != ICL_NOWHERE)
        pass.epilogue.add = later_value_of(e, step->add, first);
    pass.din = e->din;
    pass.accumulate = e->accumulate;
    pass.packed = e->arena + step->packed_backward;
    pass.shared = e->arena + step->shared_backward;
    pass.sums = e->arena + step->sums_backward;
    return pass;
}

static void backward_sums(IclExecutor *e, const IclPlanStep *step, const Part *part)
{
    IclPass pass = backward_pass(e, step, part);

    if (step->add != ICL_NOWHERE)
        pass.dadd = reach_gradient(e, step->add, part->first, &pass.accumulate_add);
    step->layer->class->backward_sums(step->layer, &pass);
}

static void backward_step(IclExecutor *e, const IclPlanStep *step, const Part *part)
{
    const IclNode *node = &e->plan->graph->nodes[step->node];
    IclPass pass = backward_pass(e, step, part);

    for (int k = 0; k < node->layer->n_inputs; k++)
        e->din[k] = reach_gradient(e, node->inputs[k], part->first, &e->accumulate[k]);
    if (step->layer->class->flags & (ICL_LAYER_FUSES | ICL_LAYER_SELECTS) &&
        step->activation != ICL_ACT_NONE)
        icl_activation_backward(&pass, (size_t)part->n * icl_shape_count(step->layer->out));
    step->layer->class->backward(step->layer, &pass);
}

/* The gradient of what the next segment's first step normalises, then the segment's steps; of its
 * own first, only the sums. */
static void backward_part(IclExecutor *e, const IclPlanSegment *segment, const Part *part)
{
    for (int i = segment->end - !sums_follow(e->plan, segment); i >= segment->begin; i--) {
        const IclPlanStep *step = &e->plan->steps[i];
        if (!step->backward)
            continue;
        if (i < segment->end && icl_plan_normalises(step))
            backward_sums(e, step, part);
        else
            backward_step(e, step, part);
        icl_executor_lap(e, e->backward_seconds, i);
    }
}

static void backward_segment(IclExecutor *e, const IclPlanSegment *segment, const Part *batch)
{
    size_t nodes = (size_t)e->plan->graph->n_nodes;

    memcpy(e->written_before, e->written, nodes * sizeof *e->written);
    for (int first = 0; first < batch->n; first += segment->part) {
        Part part = part_from(batch, first, segment->part);
        memcpy(e->written, e->written_before, nodes * sizeof *e->written);
        memset(e->made, 0, nodes * sizeof *e->made);
        backward_part(e, segment, &part);
    }
}

void icl_executor_backward(IclExecutor *e, int n, uint64_t seed, uint64_t step, IclTeam *team)
{
    Part batch = {0, n, n, seed, step, team};

    memset(e->written, 0, (size_t)e->plan->graph->n_nodes * sizeof *e->written);
    laps_begin(e, e->backward_seconds);
    for (int i = e->plan->n_segments - 1; i >= 0; i--)
        backward_segment(e, &e->plan->segments[i], &batch);
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
