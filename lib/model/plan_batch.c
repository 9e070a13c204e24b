/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * How many samples of a batch go through the steps at a time: what makes a sample's traffic with
 * the memory behind a core's own cache cheapest. It moves a step's weights, shared by the samples
 * that pass together, and the step's input and output, where those of all these samples do not stay
 * in the cache. Early steps have large values and few weights, late ones the reverse: hence two
 * numbers. */
#include "layers.h"
#include "plan_parts.h"

enum {
    CACHE_FLOATS = 1 << 18,  /* of a core's own cache, for values */
    SHARED_FLOATS = 1 << 21, /* of the cache behind it, a core's share */
    STEP_COST = 4096,        /* of beginning a step, in floats from the shared cache */
    PART_MOST = 64,
};

/* What a step moves, in floats. */
typedef struct Traffic {
    size_t weights, values; /* of all samples; of one */
} Traffic;

static size_t value_count(const IclPlan *plan, int node)
{
    if (plan->within[node]) /* a band of it, which stays in the cache */
        return 0;
    return icl_shape_count(plan->graph->nodes[node].layer->out);
}

/* A concat moves what is not there yet. */
static Traffic concat_traffic(const IclPlan *plan, const IclPlanStep *step)
{
    Traffic traffic = {0};

    for (int k = 0; k < step->layer->n_inputs; k++)
        if (!icl_plan_is_slice(plan, icl_plan_input(plan, step, k), step->out))
            traffic.values += 2 * icl_shape_count(step->layer->in[k]);
    return traffic;
}

static Traffic traffic_of(const IclPlan *plan, const IclPlanStep *step)
{
    const IclNode *node = &plan->graph->nodes[step->node];
    Traffic traffic = {icl_plan_needs(plan, step, 1).packed, value_count(plan, step->out)};

    if (step->layer->class == &icl_concat_class)
        return concat_traffic(plan, step);
    for (int k = 0; k < node->layer->n_inputs; k++)
        traffic.values += value_count(plan, node->inputs[k]);
    return traffic;
}

/* Of `moved` floats, of something that takes `size`: a float from the shared cache costs 1. */
static double cost_of(double moved, size_t size)
{
    return moved * (size <= CACHE_FLOATS ? 0.1 : size <= SHARED_FLOATS ? 1 : 3);
}

/* Of one of `part` samples in steps first..end-1. */
static double cost(const Traffic *steps, int first, int end, size_t part)
{
    double sum = (double)STEP_COST * (end - first) / (double)part;
    size_t weights = 0;

    for (int i = first; i < end; i++) {
        weights += steps[i].weights;
        sum += cost_of((double)steps[i].values, steps[i].values * part);
    }
    return sum + cost_of((double)weights / (double)part, weights);
}

/* The best number for these steps: a multiple of `fine`, `most` at most; the least of equals. */
static int best_part(const Traffic *steps, int first, int end, int fine, int most, double *least)
{
    int best = fine;

    *least = cost(steps, first, end, (size_t)fine);
    for (int part = 2 * fine; part <= most; part += fine) {
        double floats = cost(steps, first, end, (size_t)part);
        if (floats < *least * 0.99)
            *least = floats, best = part;
    }
    return best;
}

static void plan_split(IclPlan *plan)
{
    int n = plan->n_steps, most = MIN(plan->batch, PART_MOST);
    g_autofree Traffic *steps = g_new(Traffic, n + 1);
    double least, early, late;

    for (int i = 0; i < n; i++)
        steps[i] = traffic_of(plan, &plan->steps[i]);
    plan->fine = plan->part = best_part(steps, 0, n, 1, most, &least);
    for (int split = plan->steps[0].end; split < n; split = plan->steps[split].end) {
        int fine = best_part(steps, 0, split, 1, most, &early);
        int part = best_part(steps, split, n, fine, most, &late);
        if (early + late < least * 0.99) {
            least = early + late;
            plan->split = split, plan->fine = fine, plan->part = part;
        }
    }
    if (plan->fine == plan->part) /* no cut: values need not live longer for it */
        plan->split = 0;
}

void icl_plan_batch(IclPlan *plan)
{
    int n = plan->graph->n_nodes;

    if (!plan->training)
        plan_split(plan);
    for (int i = 0; i < n; i++)
        plan->room[i] = plan->fine;
    plan->room[0] = plan->room[plan->root[n - 1]] = plan->batch;
}
