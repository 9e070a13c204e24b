/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Training takes a batch in parts, so that what a step makes is in a core's own cache when the next
 * one reads it: moments of what a convolution has just made, gradients on their way through. A
 * batchnorm is where all parts meet, forward for its moments and backward for its sums: the steps
 * from one to the next are a segment. So is what begins with a step of many weights, which it would
 * read for each part. */
#include "plan_parts.h"

#ifndef ICL_PART_FLOATS
#define ICL_PART_FLOATS \
    (1 << 19) /* a part's values, forward: a cache of 2 MiB, or two of them by half */
#endif

typedef struct Segment {
    size_t values, weights; /* floats: of one sample, of all steps */
} Segment;

static size_t value_count(const IclPlan *plan, int node)
{
    return icl_shape_count(plan->graph->nodes[node].layer->out);
}

static void segment_add(Segment *segment, const IclPlan *plan, const IclPlanStep *step)
{
    segment->values += value_count(plan, step->out);
    segment->weights += icl_plan_needs(plan, step, 1).packed;
}

/* More values than the caches hold are no gain; fewer than weights would be read in vain. */
static int segment_part(const IclPlan *plan, const Segment *segment)
{
    size_t part = 1;

    while (part < (size_t)plan->batch &&
           (segment->values * part <= ICL_PART_FLOATS || segment->values * part < segment->weights))
        part *= 2;
    return (int)MIN(part, (size_t)plan->batch);
}

static bool begins_segment(const IclPlan *plan, const Segment *before, const IclPlanStep *step)
{
    enum { MANY = 4 };

    return icl_plan_normalises(step) ||
           icl_plan_needs(plan, step, 1).packed > MANY * before->values + ICL_PART_FLOATS / 4;
}

static void end_segment(IclPlan *plan, GArray *segments, int begin, int end, Segment *segment)
{
    if (end < plan->n_steps && icl_plan_normalises(&plan->steps[end]))
        segment->values += value_count(plan, plan->steps[end].out); /* its input, for its moments */
    IclPlanSegment done = {begin, end, segment_part(plan, segment)};
    for (int i = begin; i < end; i++)
        plan->steps[i].segment = (int)segments->len;
    g_array_append_val(segments, done);
    *segment = (Segment){0};
}

void icl_plan_segments(IclPlan *plan)
{
    GArray *segments = g_array_new(FALSE, FALSE, sizeof(IclPlanSegment));
    Segment segment = {0};
    int begin = 0;

    for (int i = 0; i < plan->n_steps; i++) {
        if (begins_segment(plan, &segment, &plan->steps[i])) {
            end_segment(plan, segments, begin, i, &segment);
            begin = i;
        }
        segment_add(&segment, plan, &plan->steps[i]);
    }
    end_segment(plan, segments, begin, plan->n_steps, &segment);
    plan->n_segments = (int)segments->len;
    plan->segments = (IclPlanSegment *)g_array_free(segments, FALSE);
}
