/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The step number s runs at time s + 1; the input is there at 0, and logits are read (and in
 * training their gradient written) at n + 1, after the last of n steps. Backward runs step s at
 * 2n + 1 - s. What is of one part alone is, where a thread takes parts by itself, in memory of its
 * own, whose offsets follow on the arena's. */
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
    GArray *buffers, *own;          /* of IclBuffer: in the arena, and in each thread's memory */
    GPtrArray *places, *own_places; /* of size_t *: where each one's offset belongs */
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

static void use_in_step(Layout *layout, int s, int time)
{
    const IclPlan *plan = layout->plan;
    const IclPlanStep *step = &plan->steps[s];

    use_value(layout, step->out, time);
    for (int k = 0; k < step->layer->n_inputs; k++)
        use_value(layout, icl_plan_input(plan, step, k), time);
    if (step->add != ICL_NOWHERE)
        use_value(layout, step->add, time);
    if (step->scale != ICL_NOWHERE)
        use_value(layout, step->scale, time);
}

/* The steps of a group take turns: what one of them uses lives through all. */
static void forward_lives(Layout *layout)
{
    const IclPlan *plan = layout->plan;
    int output = plan->root[plan->graph->n_nodes - 1];

    use_value(layout, 0, 0);
    for (int head = 0; head < plan->n_steps; head = plan->steps[head].end)
        for (int s = head; s < plan->steps[head].end; s++) {
            use_in_step(layout, s, forward_time(head));
            use_in_step(layout, s, forward_time(plan->steps[head].end - 1));
        }
    for (int s = 0; s < plan->n_steps && plan->training; s++)
        if (icl_plan_normalises(&plan->steps[s]))
            use_value(layout, icl_plan_input(plan, &plan->steps[s], 0), forward_time(s) - 1);
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
            if (icl_plan_normalises(step))
                use_later(layout, from, backward_time(plan, s) + 1);
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
        int given = time + icl_plan_normalises(step);
        use_gradient(layout, step->out, time);
        use_gradient(layout, step->out, given);
        for (int k = 0; k < step->layer->n_inputs; k++)
            if (plan->wanted[icl_plan_input(plan, step, k)])
                use_gradient(layout, icl_plan_input(plan, step, k), given);
        if (step->add != ICL_NOWHERE && plan->wanted[plan->root[step->add]])
            use_gradient(layout, plan->root[step->add], time);
    }
}

/* The number of the segment and the way in which a time lies, and its bounds. A segment's parts go
 * through it one after the other: what outlives a part, lives from its first time to its last. */
typedef struct Span {
    int number, part, lanes;
    Life life;
} Span;

static Span span_of(const IclPlan *plan, int time)
{
    int n = plan->n_steps, count = plan->n_segments;

    for (int g = 0; g < count; g++) {
        const IclPlanSegment *s = &plan->segments[g];
        Life forward = {g ? s->begin + 1 : 0, s->end};
        Life backward = {2 * n + 2 - s->end, 2 * n + 1 - s->begin + (g == 0)};
        if (time >= forward.first && time <= forward.last)
            return (Span){g, s->part, s->lanes, forward};
        if (time >= backward.first && time <= backward.last)
            return (Span){count + g, s->part, s->lanes, backward};
    }
    return (Span){2 * count, plan->batch, 1, {time, time}};
}

/* Whether threads take lanes by themselves at some time of the life. */
static bool in_lanes(const IclPlan *plan, Life life)
{
    for (int time = life.first; plan->training && time <= life.last && life.first != NEVER; time++)
        if (span_of(plan, time).lanes > 1)
            return true;
    return false;
}

static Life over_parts(const IclPlan *plan, Life life)
{
    if (!plan->training || life.first == NEVER)
        return life;
    Span first = span_of(plan, life.first), last = span_of(plan, life.last);
    return (Life){first.part < plan->batch ? first.life.first : life.first,
                  last.part < plan->batch ? last.life.last : life.last};
}

/* Whole batches of what outlives a segment, else a part. */
static void part_or_batch(const IclPlan *plan, Life *life, int *room)
{
    *room = plan->batch;
    if (life->first == NEVER)
        return;
    Span first = span_of(plan, life->first), last = span_of(plan, life->last);
    if (first.number == last.number)
        *room = first.part;
    else
        *life = over_parts(plan, *life);
}

static int longest_part(const IclPlan *plan, Life life)
{
    int part = 1;

    for (int time = life.first; time <= life.last && life.first != NEVER; time++)
        part = MAX(part, span_of(plan, time).part);
    return part;
}

/* Who reads a value that is made again, has its own part made. */
static void training_rooms(Layout *layout, IclPlan *plan)
{
    for (int i = 0; i < plan->graph->n_nodes; i++) {
        part_or_batch(plan, &layout->value[i], &plan->room[i]);
        part_or_batch(plan, &layout->gradient[i], &plan->gradient_room[i]);
        plan->again_room[i] = longest_part(plan, layout->again[i]);
    }
    plan->room[0] = plan->batch;
    layout->value[0] = over_parts(plan, layout->value[0]);
}

static void layout_batch(Layout *layout, size_t size, int first, int last, size_t *place)
{
    layout_add(layout, size, over_parts(layout->plan, (Life){first, last}), place);
}

/* What is of a part alone. */
static void layout_add_part(Layout *layout, size_t size, Life life, size_t *place)
{
    if (!in_lanes(layout->plan, life)) {
        layout_add(layout, size, life, place);
        return;
    }
    IclBuffer buffer = {size, life.first, life.last, 0};
    g_array_append_val(layout->own, buffer);
    g_ptr_array_add(layout->own_places, place);
}

static size_t gradient_floats(const IclLayer *layer)
{
    size_t floats = 0;

    for (int w = 0; w < layer->n_weights; w++)
        floats += icl_round_up(icl_tensor_count(&layer->weights[w].tensor), 16);
    return floats;
}

static void layout_value(Layout *layout, size_t one, int room, Life life, size_t *place)
{
    if (room < layout->plan->batch)
        layout_add_part(layout, one * room, life, place);
    else
        layout_add(layout, one * room, life, place);
}

/* What a step has beside its inputs and output. */
static void layout_step(Layout *layout, IclPlanStep *step, int s)
{
    const IclPlan *plan = layout->plan;
    int now = forward_time(s), back = backward_time(plan, s), sums = icl_plan_normalises(step);

    layout_add_part(layout, step->needs.shared, (Life){now - sums, now}, &step->shared);
    if (!plan->training)
        return;
    const IclPlanSegment *segment = &plan->segments[step->segment];
    layout_batch(layout, step->needs.packed, now, now, &step->packed);
    step->lane_sums = icl_round_up(step->needs.sums, 16);
    layout_batch(layout, step->lane_sums * segment[-sums].lanes, now - sums, now, &step->sums);
    layout_batch(layout, step->needs.saved, now - sums, step->backward ? back + sums : now,
                 &step->saved);
    if (step->backward) {
        layout_batch(layout, step->needs.packed, back, back, &step->packed_backward);
        step->lane_gradients = segment->lanes > 1 && !sums ? gradient_floats(step->layer) : 0;
        layout_batch(layout, step->lane_gradients * segment->lanes, back, back, &step->gradients);
        layout_batch(layout, step->lane_sums * segment->lanes, back, back + sums,
                     &step->sums_backward);
        layout_add_part(layout, step->needs.shared, (Life){back, back + sums},
                        &step->shared_backward);
    }
    if (step->again)
        layout_add_part(layout, step->needs.shared, layout->again[step->out], &step->shared_again);
}

static void layout_nodes(Layout *layout, IclPlan *plan)
{
    for (int i = 0; i < plan->graph->n_nodes; i++) {
        size_t one = icl_shape_count(plan->graph->nodes[i].layer->out);
        layout_value(layout, plan->within[i] ? 0 : one, plan->room[i], layout->value[i],
                     &plan->value[i]);
        layout_value(layout, one, plan->again_room[i], layout->again[i], &plan->again[i]);
        layout_value(layout, one, plan->gradient_room[i], layout->gradient[i], &plan->gradient[i]);
    }
    for (int s = 0; s < plan->n_steps; s++)
        layout_step(layout, &plan->steps[s], s);
}

/* What lies in another's memory has its place. */
static void follow_shares(IclPlan *plan, const IclPlanShares *shares)
{
    for (int i = 0; i < plan->graph->n_nodes; i++) {
        int maker = plan->maker[i];
        plan->value[i] = plan->value[shares->value[i]] + plan->channel[i];
        plan->room[i] = plan->room[shares->value[i]];
        if (maker == ICL_NOWHERE || !plan->steps[maker].again) {
            plan->again[i] = plan->value[i];
            plan->again_room[i] = plan->room[i];
        }
    }
    for (int i = 0; i < plan->graph->n_nodes; i++) {
        int home = shares->gradient[i];
        plan->gradient[i] = shares->in_value[home] ? plan->value[home] : plan->gradient[home];
        plan->gradient_room[i] =
            shares->in_value[home] ? plan->room[home] : plan->gradient_room[home];
    }
}

/* The buffers that each thread has for itself. */
static void layout_own(Layout *layout, IclPlan *plan)
{
    IclBuffer *own = (IclBuffer *)layout->own->data;
    size_t floats = icl_arena_place(own, (int)layout->own->len);

    for (guint i = 0; i < layout->own_places->len; i++)
        *(size_t *)layout->own_places->pdata[i] = plan->arena + own[i].offset;
    plan->own = plan->scratch;
    plan->scratch += icl_round_up(floats * sizeof(float), ICL_ALIGN);
}

static void layout_place(Layout *layout, IclPlan *plan)
{
    IclBuffer *buffers = (IclBuffer *)layout->buffers->data;

    plan->arena = icl_arena_place(buffers, (int)layout->buffers->len);
    plan->bound = icl_arena_bound(buffers, (int)layout->buffers->len);
    for (guint i = 0; i < layout->places->len; i++)
        *(size_t *)layout->places->pdata[i] = buffers[i].offset;
    layout_own(layout, plan);
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
    g_autoptr(GArray) own = g_array_new(FALSE, TRUE, sizeof(IclBuffer));
    g_autoptr(GPtrArray) places = g_ptr_array_new(), own_places = g_ptr_array_new();
    Layout layout = {plan, shares, value, again, gradient, buffers, own, places, own_places};

    forward_lives(&layout);
    if (plan->training) {
        backward_reads(&layout);
        gradient_lives(&layout);
    }
    if (plan->training)
        training_rooms(&layout, plan);
    else
        layout_rooms(&layout, plan);
    layout_nodes(&layout, plan);
    layout_place(&layout, plan);
    follow_shares(plan, shares);
}
