/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The step number s runs at time s + 1; the input is there at 0, and logits are read (and in
 * training their gradient written) at n + 1, after the last of n steps. Backward runs step s at
 * 2n + 1 - s. */
#include "arena.h"
#include "plan_parts.h"

enum { NEVER = -1 };

/* When a buffer's first and last use are; NEVER, NEVER: not at all. */
typedef struct Life {
    int first, last;
} Life;

typedef struct Layout {
    const IclPlan *plan;
    const IclPlanShares *shares;
    Life *value, *again, *gradient; /* [n_nodes]: of memory, so at the node it lies with */
    GArray *buffers;                /* of IclBuffer */
    GPtrArray *places;              /* of size_t *: where each one's offset belongs */
} Layout;

static int forward_time(int step) { return step + 1; }
static int backward_time(const IclPlan *plan, int step) { return 2 * plan->n_steps + 1 - step; }
static int loss_time(const IclPlan *plan) { return plan->n_steps + 1; }

static void use(Life *life, int time)
{
    life->first = life->first == NEVER ? time : MIN(life->first, time);
    life->last = MAX(life->last, time);
}

static void layout_add(Layout *layout, size_t size, Life life, size_t *place)
{
    IclBuffer buffer = {life.first == NEVER ? 0 : size, life.first, life.last, 0};

    g_array_append_val(layout->buffers, buffer);
    g_ptr_array_add(layout->places, place);
}

static void use_value(Layout *layout, int node, int time)
{
    use(&layout->value[layout->shares->value[layout->plan->root[node]]], time);
}

static void use_gradient(Layout *layout, int node, int time)
{
    int home = layout->shares->gradient[node];

    if (layout->shares->in_value[home])
        use_value(layout, home, time);
    else
        use(&layout->gradient[home], time);
}

/* Backward reads the value: as it was kept, or as it is made again. */
static void use_later(Layout *layout, int node, int time)
{
    int maker = layout->plan->maker[node];

    if (maker != ICL_NOWHERE && layout->plan->steps[maker].again)
        use(&layout->again[node], time);
    else
        use_value(layout, node, time);
}

static void forward_lives(Layout *layout)
{
    const IclPlan *plan = layout->plan;
    int output = plan->root[plan->graph->n_nodes - 1];

    use_value(layout, 0, 0);
    for (int s = 0; s < plan->n_steps; s++) {
        const IclPlanStep *step = &plan->steps[s];
        use_value(layout, step->out, forward_time(s));
        for (int k = 0; k < step->layer->n_inputs; k++)
            use_value(layout, icl_plan_input(plan, step, k), forward_time(s));
        if (step->add != ICL_NOWHERE)
            use_value(layout, step->add, forward_time(s));
        if (step->scale != ICL_NOWHERE)
            use_value(layout, step->scale, forward_time(s));
    }
    use_value(layout, output, loss_time(plan));
}

/* Where the batch is cut, input and output live as long as the pass; and what the steps before the
 * split give to those behind it holds a part, which comes together while they run again and again.
 */
static void layout_rooms(Layout *layout, IclPlan *plan)
{
    int output = plan->root[plan->graph->n_nodes - 1];

    if (!plan->split && plan->part == plan->batch)
        return;
    for (int i = 0; i < plan->graph->n_nodes; i++) {
        Life *life = &layout->value[i];
        if (life->first == NEVER)
            continue;
        if (i == 0 || i == layout->shares->value[output]) {
            *life = (Life){0, loss_time(plan)};
        } else if (life->last > plan->split) {
            plan->room[i] = plan->part;
            life->first = life->first > plan->split ? life->first : 1;
        }
    }
}

/* Latest step first: who makes a value again at a time needs its own inputs from then on. */
static void backward_reads(Layout *layout)
{
    const IclPlan *plan = layout->plan;

    for (int s = plan->n_steps - 1; s >= 0; s--) {
        const IclPlanStep *step = &plan->steps[s];
        bool again = step->again && layout->again[step->out].first != NEVER;
        if (!step->backward)
            continue;
        for (int k = 0; k < step->layer->n_inputs; k++) {
            int from = icl_plan_input(plan, step, k);
            if (icl_plan_reads_input(step))
                use_later(layout, from, backward_time(plan, s));
            if (again)
                use_later(layout, from, layout->again[step->out].first);
        }
        if (icl_plan_reads_output(step))
            use_later(layout, step->out, backward_time(plan, s));
    }
}

static void gradient_lives(Layout *layout)
{
    const IclPlan *plan = layout->plan;

    use_gradient(layout, plan->root[plan->graph->n_nodes - 1], loss_time(plan));
    for (int s = 0; s < plan->n_steps; s++) {
        const IclPlanStep *step = &plan->steps[s];
        int time = backward_time(plan, s);
        if (!step->backward)
            continue;
        use_gradient(layout, step->out, time);
        for (int k = 0; k < step->layer->n_inputs; k++)
            if (plan->wanted[icl_plan_input(plan, step, k)])
                use_gradient(layout, icl_plan_input(plan, step, k), time);
        if (step->add != ICL_NOWHERE && plan->wanted[plan->root[step->add]])
            use_gradient(layout, plan->root[step->add], time);
    }
}

/* What a step has beside its inputs and output. */
static void layout_step(Layout *layout, IclPlanStep *step, int s)
{
    const IclPlan *plan = layout->plan;
    int now = forward_time(s), back = backward_time(plan, s),
        again = layout->again[step->out].first;

    layout_add(layout, step->needs.shared, (Life){now, now}, &step->shared);
    if (!plan->training)
        return;
    layout_add(layout, step->needs.packed, (Life){now, now}, &step->packed);
    layout_add(layout, step->needs.saved, (Life){now, step->backward ? back : now}, &step->saved);
    if (step->backward)
        layout_add(layout, step->needs.shared, (Life){back, back}, &step->shared_backward);
    if (step->again)
        layout_add(layout, step->needs.shared, (Life){again, again}, &step->shared_again);
}

static size_t value_size(const IclPlan *plan, int node)
{
    return icl_shape_count(plan->graph->nodes[node].layer->out) * (size_t)plan->room[node];
}

static void layout_nodes(Layout *layout, IclPlan *plan)
{
    for (int i = 0; i < plan->graph->n_nodes; i++) {
        size_t size = value_size(plan, i);
        layout_add(layout, size, layout->value[i], &plan->value[i]);
        layout_add(layout, size, layout->again[i], &plan->again[i]);
        layout_add(layout, size, layout->gradient[i], &plan->gradient[i]);
    }
    for (int s = 0; s < plan->n_steps; s++)
        layout_step(layout, &plan->steps[s], s);
}

/* What lies in another's memory has its place. */
static void follow_shares(IclPlan *plan, const IclPlanShares *shares)
{
    for (int i = 0; i < plan->graph->n_nodes; i++) {
        int maker = plan->maker[i];
        plan->value[i] = plan->value[shares->value[i]];
        plan->room[i] = plan->room[shares->value[i]];
        if (maker == ICL_NOWHERE || !plan->steps[maker].again)
            plan->again[i] = plan->value[i];
    }
    for (int i = 0; i < plan->graph->n_nodes; i++) {
        int home = shares->gradient[i];
        plan->gradient[i] = shares->in_value[home] ? plan->value[home] : plan->gradient[home];
    }
}

static void layout_place(Layout *layout, IclPlan *plan)
{
    IclBuffer *buffers = (IclBuffer *)layout->buffers->data;

    plan->arena = icl_arena_place(buffers, (int)layout->buffers->len);
    plan->bound = icl_arena_bound(buffers, (int)layout->buffers->len);
    for (guint i = 0; i < layout->places->len; i++)
        *(size_t *)layout->places->pdata[i] = buffers[i].offset;
}

static Life *lives_new(int n)
{
    Life *lives = g_new(Life, n);

    for (int i = 0; i < n; i++)
        lives[i] = (Life){NEVER, NEVER};
    return lives;
}

void icl_plan_layout(IclPlan *plan, const IclPlanShares *shares)
{
    int n = plan->graph->n_nodes;
    g_autofree Life *value = lives_new(n), *again = lives_new(n), *gradient = lives_new(n);
    g_autoptr(GArray) buffers = g_array_new(FALSE, TRUE, sizeof(IclBuffer));
    g_autoptr(GPtrArray) places = g_ptr_array_new();
    Layout layout = {plan, shares, value, again, gradient, buffers, places};

    forward_lives(&layout);
    if (plan->training) {
        backward_reads(&layout);
        gradient_lives(&layout);
    }
    layout_rooms(&layout, plan);
    layout_nodes(&layout, plan);
    layout_place(&layout, plan);
    follow_shares(plan, shares);
}
