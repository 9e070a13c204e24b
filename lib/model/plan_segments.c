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

#ifndef ICL_LANE_FLOATS
#define ICL_LANE_FLOATS (1 << 16) /* the same where each thread has a part for itself */
#define ICL_LANES_LEAST 4
#endif

enum {
    LANES_MOST = 16,
    SAMPLE_FLOATS = 1 << 17, /* a sample's values, at most, that stay in one core's cache */
};

typedef struct Segment {
    size_t values, weights; /* floats: of one sample, of all steps */
    size_t trained;         /* weights that have a gradient */
} Segment;

static size_t value_count(const IclPlan *plan, int node)
{
    return icl_shape_count(plan->graph->nodes[node].layer->out);
}

static void segment_add(Segment *segment, const IclPlan *plan, const IclPlanStep *step)
{
    segment->values += value_count(plan, step->out);
    segment->weights += icl_plan_needs(plan, step, 1).packed;
    for (int w = 0; w < step->layer->n_weights; w++)
        segment->trained += icl_tensor_count(&step->layer->weights[w].tensor);
}

/* More values than the caches hold, `most`, are no gain; fewer than weights would be read in vain.
 */
static int segment_part(const IclPlan *plan, const Segment *segment, size_t most)
{
    size_t part = 1;

    while (part < (size_t)plan->batch &&
           (segment->values * part <= most || segment->values * part < segment->weights))
        part *= 2;
    return (int)MIN(part, (size_t)plan->batch);
}

/* Small samples go in lanes, which threads take side by side, where there are enough of them and
 * their sums of gradients are little beside the values. Their number is the shapes' alone, so that
 * the sums are the same for any number of threads. */
static IclPlanSegment segment_cut(const IclPlan *plan, const Segment *segment, int begin, int end)
{
    int part = segment_part(plan, segment, ICL_LANE_FLOATS);
    int parts = (plan->batch + part - 1) / part,
        lane = (parts + LANES_MOST - 1) / LANES_MOST * part;
    int lanes = (plan->batch + lane - 1) / lane;

    if (lanes >= ICL_LANES_LEAST && segment->values <= SAMPLE_FLOATS &&
        segment->trained * (size_t)lanes <= segment->values * (size_t)plan->batch)
        return (IclPlanSegment){begin, end, part, lanes, lane};
    return (IclPlanSegment){begin, end, segment_part(plan, segment, ICL_PART_FLOATS), 1,
                            plan->batch};
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
    IclPlanSegment done = segment_cut(plan, segment, begin, end);
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
