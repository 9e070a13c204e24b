/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "plan.h"

#include <string.h>

#include "layers.h"
#include "plan_parts.h"

enum { ALIGN_FLOATS = ICL_ALIGN / sizeof(float) };

IclNeeds icl_plan_needs(const IclPlan *plan, const IclPlanStep *step, int n)
{
    IclNeeds needs = {0};

    if (step->layer->class->needs)
        step->layer->class->needs(step->layer, n, plan->training, &needs);
    return needs;
}

/* The most that any number of samples up to `part` needs: needs are not monotonous in it. */
static IclNeeds most_needed(const IclPlan *plan, const IclPlanStep *step, int part)
{
    IclNeeds most = {0};

    for (int n = 1; n <= part; n++) {
        IclNeeds needs = icl_plan_needs(plan, step, n);
        most.packed = MAX(most.packed, needs.packed);
        most.saved = MAX(most.saved, needs.saved);
        most.shared = MAX(most.shared, needs.shared);
        most.sums = MAX(most.sums, needs.sums);
        most.scratch = MAX(most.scratch, needs.scratch);
    }
    return most;
}

/* How many samples a step sees at a time. */
static int step_part(const IclPlan *plan, int number)
{
    const IclPlanStep *step = &plan->steps[number];

    if (!plan->training)
        return number < plan->split ? plan->fine : plan->part;
    int part = plan->segments[step->segment].part;
    return icl_plan_normalises(step) ? MAX(part, plan->segments[step->segment - 1].part) : part;
}

/* What kernels need for bands, be they one after another or each by itself. */
static void group_needs(IclPlan *plan, int head)
{
    IclPlanWindow windows[ICL_GROUP_MOST] = {0};
    IclPlanPart parts[ICL_GROUP_MOST];

    for (int i = 0; i < 2 * icl_plan_band_count(plan, head); i++) {
        if (i % 2)
            memset(windows, 0, sizeof windows);
        icl_plan_cut(plan, head, i / 2, windows, parts);
        for (int s = head; s < plan->steps[head].end; s++) {
            const IclLayer *layer = plan->steps[s].layer;
            IclNeeds needs = {0};
            if (parts[s - head].rows.rows)
                layer->class->band(layer, &parts[s - head].rows, &needs);
            plan->scratch = MAX(plan->scratch, icl_round_up(needs.scratch, ICL_ALIGN));
        }
    }
}

static void plan_needs(IclPlan *plan)
{
    for (int i = 0; i < plan->n_steps; i++) {
        IclPlanStep *step = &plan->steps[i];
        step->needs = most_needed(plan, step, step_part(plan, i));
        plan->scratch = MAX(plan->scratch, icl_round_up(step->needs.scratch, ICL_ALIGN));
        if (step->band_rows)
            group_needs(plan, i);
        if (plan->training) {
            step->needs.saved = icl_plan_needs(plan, step, plan->batch).saved;
            continue;
        }
        step->packed = plan->packed;
        plan->packed += icl_round_up(step->needs.packed, ALIGN_FLOATS);
    }
}

/* A gradient is wanted where weights are trained at or before the node. */
static void plan_wanted(IclPlan *plan)
{
    for (int i = 1; i < plan->graph->n_nodes; i++) {
        const IclNode *node = &plan->graph->nodes[i];
        for (int w = 0; w < node->layer->n_weights; w++)
            plan->wanted[i] |= node->layer->weights[w].role != ICL_WEIGHT_MOVING;
        for (int k = 0; k < node->layer->n_inputs; k++)
            plan->wanted[i] |= plan->wanted[node->inputs[k]];
    }
    for (int s = 0; s < plan->n_steps; s++)
        plan->steps[s].backward = plan->wanted[plan->steps[s].out];
}

bool icl_plan_reads_input(const IclPlanStep *step)
{
    return step->layer->class->flags & ICL_LAYER_READS_INPUT;
}

/* Behind a convolution or an add, an activation's slope is read off the output. */
bool icl_plan_reads_output(const IclPlanStep *step)
{
    unsigned flags = step->layer->class->flags;
    bool from_input = flags & ICL_LAYER_NORMALIZES && step->add == ICL_NOWHERE;

    return flags & ICL_LAYER_READS_OUTPUT || (step->activation != ICL_ACT_NONE && !from_input);
}

bool icl_plan_normalises(const IclPlanStep *step) { return step->layer->class->forward_sums; }

/* Multiply-adds an entry of the node's value that the steps do whose backward reads it again. */
static int64_t work_later(const IclPlan *plan, int node)
{
    int64_t work = 0;

    for (int s = 0; s < plan->n_steps; s++) {
        const IclPlanStep *step = &plan->steps[s];
        for (int k = 0; k < step->layer->n_inputs && step->backward; k++)
            if (icl_plan_reads_input(step) && icl_plan_input(plan, step, k) == node)
                work += step->layer->macs;
    }
    return work / (int64_t)icl_shape_count(plan->graph->nodes[node].layer->out);
}

/* A value is made again where backward has what it is made of at hand, as its own step reads that
 * later, and where that is cheap: in parts, as that reading is then from the cache; or else where
 * the step that reads the value has work enough, as the time that memory takes for an entry, read
 * and written, is that of some 40 multiply-adds, and backward does twice as many as forward. */
static void plan_again(IclPlan *plan)
{
    enum { ENOUGH = 256 };

    for (int s = 0; s < plan->n_steps; s++) {
        IclPlanStep *step = &plan->steps[s];
        step->again = step->backward && step->layer->class->flags & ICL_LAYER_AGAIN &&
                      icl_plan_reads_input(step) && !icl_plan_reads_output(step) &&
                      step->add == ICL_NOWHERE &&
                      (plan->segments[step->segment].part < plan->batch ||
                       work_later(plan, step->out) >= ENOUGH);
    }
}

static void plan_makers(IclPlan *plan)
{
    for (int i = 0; i < plan->graph->n_nodes; i++)
        plan->maker[i] = ICL_NOWHERE;
    for (int s = 0; s < plan->n_steps; s++)
        plan->maker[plan->steps[s].out] = s;
}

static void plan_buffers(IclPlan *plan)
{
    IclPlanShares shares;

    icl_plan_share(plan, &shares);
    icl_plan_layout(plan, &shares);
    icl_plan_shares_clear(&shares);
}

static bool check_size(const IclGraph *graph, int batch, GError **error)
{
    size_t total = 0;

    for (int i = 0; i < graph->n_nodes; i++) {
        IclShape s = graph->nodes[i].layer->out;
        double floats = (double)s.h * s.w * s.c * batch;
        if (floats > 0x1p36)
            return icl_layer_error(
                graph->nodes[i].layer, error,
                "a batch of %d gives %dx%dx%d numbers each, %.0f GiB; use a smaller batch "
                "or picture",
                batch, s.h, s.w, s.c, floats * 4 / 0x1p30);
        total += (size_t)floats;
    }
    return total < (size_t)1 << 40 ||
           icl_layer_error(graph->nodes[0].layer, error,
                           "a batch of %d is too large; use a smaller one", batch);
}

IclPlan *icl_plan_new(const IclGraph *graph, int batch, bool training, GError **error)
{
    if (!check_size(graph, batch, error))
        return NULL;
    IclPlan *plan = g_new0(IclPlan, 1);
    int n = graph->n_nodes;

    *plan = (IclPlan){.graph = graph,
                      .batch = batch,
                      .fine = batch,
                      .part = batch,
                      .training = training,
                      .n_steps = n - 1,
                      .steps = g_new0(IclPlanStep, n),
                      .root = g_new0(int, n),
                      .maker = g_new0(int, n),
                      .value = g_new0(size_t, n),
                      .again = g_new0(size_t, n),
                      .room = g_new0(int, n),
                      .slice = g_new0(int, n),
                      .channel = g_new0(int, n),
                      .pixel = g_new0(int, n),
                      .again_room = g_new0(int, n),
                      .gradient_room = g_new0(int, n),
                      .within = g_new0(bool, n),
                      .gradient = g_new0(size_t, n),
                      .wanted = g_new0(bool, n)};
    for (int i = 0; i < n; i++)
        plan->root[i] = i;
    for (int i = 1; i < n; i++)
        plan->steps[i - 1] = (IclPlanStep){.node = i,
                                           .out = i,
                                           .layer = graph->nodes[i].layer,
                                           .add = ICL_NOWHERE,
                                           .scale = ICL_NOWHERE};
    icl_plan_fuse(plan);
    plan_makers(plan);
    icl_plan_slices(plan);
    if (training) {
        plan_wanted(plan);
        icl_plan_segments(plan);
        plan_again(plan);
    }
    size_t buffers = icl_plan_bands(plan);
    icl_plan_batch(plan);
    plan_needs(plan);
    plan->buffers = plan->scratch;
    plan->scratch += icl_round_up(buffers * sizeof(float), ICL_ALIGN);
    plan_buffers(plan);
    return plan;
}

void icl_plan_free(IclPlan *plan)
{
    if (!plan)
        return;
    g_free(plan->steps);
    g_free(plan->root);
    g_free(plan->maker);
    g_free(plan->value);
    g_free(plan->again);
    g_free(plan->room);
    g_free(plan->slice);
    g_free(plan->channel);
    g_free(plan->pixel);
    g_free(plan->again_room);
    g_free(plan->gradient_room);
    g_free(plan->segments);
    g_free(plan->within);
    g_free(plan->gradient);
    g_free(plan->wanted);
    g_free(plan);
}
