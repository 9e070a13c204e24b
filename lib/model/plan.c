/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "plan.h"

#include "arena.h"
#include "layers.h"
#include "plan_fuse.h"

enum {
    ALIGN_FLOATS = ICL_ALIGN / sizeof(float),
    CACHE_FLOATS = 1 << 18, /* of a core's second-level cache, for activations */
};

/* The most that any number of samples up to the part needs: needs are not monotonous in it. */
static IclNeeds most_needed(const IclLayer *layer, int part, bool training)
{
    IclNeeds most = {0};

    for (int n = 1; n <= part && layer->class->needs; n++) {
        IclNeeds needs = {0};
        layer->class->needs(layer, n, training, &needs);
        most.packed = MAX(most.packed, needs.packed);
        most.saved = MAX(most.saved, needs.saved);
        most.shared = MAX(most.shared, needs.shared);
        most.scratch = MAX(most.scratch, needs.scratch);
    }
    return most;
}

/* As many samples as keep two of the largest values in the cache; more, where the weights, which
 * each part reads again, are more than its activations. */
static void plan_part(IclPlan *plan)
{
    size_t largest = 1, values = 1, packed = 0;

    plan->part = plan->batch;
    if (plan->training)
        return;
    for (int i = 0; i < plan->n_steps; i++) {
        const IclPlanStep *step = &plan->steps[i];
        size_t size = icl_shape_count(plan->graph->nodes[step->out].layer->out);
        largest = MAX(largest, size);
        values += size;
        packed += most_needed(step->layer, 1, false).packed;
    }
    size_t part = MAX(CACHE_FLOATS / (2 * largest), (packed + values - 1) / values);
    int parts = (int)((plan->batch - 1) / CLAMP(part, 1, (size_t)plan->batch)) + 1;
    plan->part = (plan->batch + parts - 1) / parts;
    plan->whole[0] = plan->whole[plan->root[plan->graph->n_nodes - 1]] = true;
}

static void plan_needs(IclPlan *plan)
{
    for (int i = 0; i < plan->n_steps; i++) {
        IclPlanStep *step = &plan->steps[i];
        step->needs = most_needed(step->layer, plan->part, plan->training);
        plan->scratch = MAX(plan->scratch, icl_round_up(step->needs.scratch, ICL_ALIGN));
        if (plan->training)
            continue;
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
        plan->steps[i - 1].backward = plan->wanted[i];
    }
}

/* The buffers of a plan, as the arena sees them; `place` is where each one's offset belongs. */
typedef struct Layout {
    GArray *buffers;   /* of IclBuffer */
    GPtrArray *places; /* of size_t * */
} Layout;

static void layout_add(Layout *layout, size_t size, int first, int last, size_t *place)
{
    IclBuffer buffer = {size, first, last, 0};

    g_array_append_val(layout->buffers, buffer);
    g_ptr_array_add(layout->places, place);
}

static size_t value_size(const IclPlan *plan, int node)
{
    return icl_shape_count(plan->graph->nodes[node].layer->out) *
           (size_t)(plan->whole[node] ? plan->batch : plan->part);
}

static void extend(int *last, int time) { *last = MAX(*last, time); }

/* Inference: step i at time i + 1; the input is there at 0, the output is read at n_steps + 1. */
static void layout_inference(const IclPlan *plan, Layout *layout)
{
    int n = plan->graph->n_nodes;
    g_autofree int *first = g_new(int, n), *last = g_new0(int, n);

    for (int i = 0; i < n; i++)
        first[i] = i ? -1 : 0;
    for (int i = 0; i < plan->n_steps; i++) {
        IclPlanStep *step = &plan->steps[i];
        const IclNode *node = &plan->graph->nodes[step->node];
        first[step->out] = i + 1;
        extend(&last[step->out], i + 1);
        for (int k = 0; k < node->layer->n_inputs; k++)
            extend(&last[plan->root[node->inputs[k]]], i + 1);
        if (step->add != ICL_NOWHERE)
            extend(&last[plan->root[step->add]], i + 1);
        layout_add(layout, step->needs.shared, i + 1, i + 1, &step->shared);
    }
    extend(&last[plan->root[n - 1]], plan->n_steps + 1);
    for (int i = 0; i < n; i++)
        if (plan->whole[i])
            first[i] = 0, last[i] = plan->n_steps + 1;
    for (int i = 0; i < n; i++)
        if (first[i] >= 0)
            layout_add(layout, value_size(plan, i), first[i], last[i], &plan->value[i]);
}

/* Training: node i runs forward at time i and backward at 2n - i; the loss is at n. */
static void layout_training(const IclPlan *plan, Layout *layout)
{
    int n = plan->graph->n_nodes;
    g_autofree int *last = g_new0(int, n), *gradient_first = g_new0(int, n);

    last[n - 1] = gradient_first[n - 1] = n;
    for (int i = 1; i < n; i++) {
        const IclNode *node = &plan->graph->nodes[i];
        bool back = plan->wanted[i];
        extend(&last[i],
               back && node->layer->class->flags & ICL_LAYER_READS_OUTPUT ? 2 * n - i : i);
        for (int k = 0; k < node->layer->n_inputs; k++) {
            int from = node->inputs[k];
            extend(&last[from],
                   back && node->layer->class->flags & ICL_LAYER_READS_INPUT ? 2 * n - i : i);
            gradient_first[from] = 2 * n - i; /* the last consumer is the first to write it */
        }
    }
    for (int i = 0; i < n; i++) {
        layout_add(layout, value_size(plan, i), i, last[i], &plan->value[i]);
        if (plan->wanted[i])
            layout_add(layout, value_size(plan, i), gradient_first[i], 2 * n - i,
                       &plan->gradient[i]);
    }
    for (int s = 0; s < plan->n_steps; s++) {
        IclPlanStep *step = &plan->steps[s];
        int i = step->node, back = 2 * n - i;
        layout_add(layout, step->needs.packed, i, i, &step->packed);
        layout_add(layout, step->needs.saved, i, step->backward ? back : i, &step->saved);
        layout_add(layout, step->needs.shared, i, i, &step->shared);
        if (step->backward)
            layout_add(layout, step->needs.shared, back, back, &step->shared_backward);
    }
}

static void plan_layout(IclPlan *plan)
{
    Layout layout = {g_array_new(FALSE, TRUE, sizeof(IclBuffer)), g_ptr_array_new()};

    (plan->training ? layout_training : layout_inference)(plan, &layout);
    IclBuffer *buffers = (IclBuffer *)layout.buffers->data;
    plan->arena = icl_arena_place(buffers, (int)layout.buffers->len);
    plan->bound = icl_arena_bound(buffers, (int)layout.buffers->len);
    for (guint i = 0; i < layout.places->len; i++)
        *(size_t *)layout.places->pdata[i] = buffers[i].offset;
    g_array_unref(layout.buffers);
    g_ptr_array_unref(layout.places);
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
                      .training = training,
                      .n_steps = n - 1,
                      .steps = g_new0(IclPlanStep, n),
                      .root = g_new0(int, n),
                      .value = g_new0(size_t, n),
                      .whole = g_new0(bool, n),
                      .gradient = g_new0(size_t, n),
                      .wanted = g_new0(bool, n)};
    for (int i = 0; i < n; i++)
        plan->root[i] = i;
    for (int i = 1; i < n; i++)
        plan->steps[i - 1] =
            (IclPlanStep){.node = i, .out = i, .layer = graph->nodes[i].layer, .add = ICL_NOWHERE};
    if (training)
        plan_wanted(plan);
    else
        icl_plan_fuse(plan);
    plan_part(plan);
    plan_needs(plan);
    plan_layout(plan);
    return plan;
}

void icl_plan_free(IclPlan *plan)
{
    if (!plan)
        return;
    g_free(plan->steps);
    g_free(plan->root);
    g_free(plan->value);
    g_free(plan->whole);
    g_free(plan->gradient);
    g_free(plan->wanted);
    g_free(plan);
}
