/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Lanes of a batch through a segment (plan_segments.c). A thread that has a lane for itself hands
 * nothing to others from step to step, and waits for them once a segment. Sums over samples are
 * each lane's own and joined in the lanes' order, so who took them makes no difference. */
#include "executor_parts.h"

#include <string.h>

#include "copy.h"

typedef struct Lanes {
    IclExecutor *e;
    const IclPlanSegment *segment;
    const IclSamples *batch;
    IclLaneFn *fn;
    bool together; /* the team takes one lane after another */
    const IclWorker *first;
} Lanes;

static int lane_count(const IclPlanSegment *segment, int n)
{
    return (n + segment->lane - 1) / segment->lane;
}

static void run_lane(void *data, int number, int thread)
{
    Lanes *lanes = data;
    IclWorker *worker = &lanes->e->workers[lanes->together ? 0 : thread];
    int each = lanes->segment->lane;
    IclSamples lane = icl_executor_from(lanes->batch, number * each, each);

    lane.lane = number;
    lane.begin = lane.first;
    if (!lanes->together) {
        lane.worker = worker;
        lane.team = &worker->alone;
    }
    lanes->fn(lanes->e, lanes->segment, &lane);
    if (number == 0)
        lanes->first = worker;
}

const IclWorker *icl_executor_lanes(IclExecutor *e, const IclPlanSegment *segment,
                                    const IclSamples *batch, IclLaneFn *fn)
{
    int count = lane_count(segment, batch->n);
    Lanes lanes = {e, segment, batch, fn, count < batch->team->size, NULL};

    if (!lanes.together)
        icl_team_run(batch->team, count, run_lane, &lanes);
    for (int i = 0; i < count && lanes.together; i++)
        run_lane(&lanes, i, 0);
    return lanes.first;
}

IclLanes icl_executor_lanes_of(const IclPlanSegment *segment, const IclPlanStep *step, int n)
{
    return (IclLanes){lane_count(segment, n), segment->lane, step->lane_sums};
}

float *icl_executor_lane_gradient(const IclExecutor *e, const IclPlanStep *step, int lane,
                                  int weight)
{
    const size_t *offset = e->gradient + e->first_weight[step->node];

    return e->arena + step->gradients + (size_t)lane * step->lane_gradients + offset[weight] -
           offset[0];
}

void icl_executor_clear_gradients(const IclExecutor *e, const IclPlanSegment *segment, int lane)
{
    for (int i = segment->begin; i < segment->end; i++) {
        const IclPlanStep *step = &e->plan->steps[i];
        if (step->lane_gradients)
            memset(icl_executor_lane_gradient(e, step, lane, 0), 0,
                   step->lane_gradients * sizeof(float));
    }
}

typedef struct Join {
    const IclExecutor *e;
    const IclPlanStep *step;
    int lanes;
} Join;

static void join_chunk(void *data, int chunk, int thread)
{
    const Join *join = data;
    const IclExecutor *e = join->e;
    size_t first = (size_t)chunk * ICL_CHUNK,
           count = icl_chunk_size(join->step->lane_gradients, chunk);
    float *sum = e->gradients + e->gradient[e->first_weight[join->step->node]] + first;

    for (int lane = 0; lane < join->lanes; lane++)
        icl_copy_or_add(icl_executor_lane_gradient(e, join->step, lane, 0) + first, sum, count,
                        true);
}

void icl_executor_join_gradients(IclExecutor *e, const IclPlanSegment *segment, int n,
                                 IclTeam *team)
{
    for (int i = segment->begin; i < segment->end; i++) {
        const IclPlanStep *step = &e->plan->steps[i];
        Join join = {e, step, lane_count(segment, n)};
        icl_team_run(team, icl_chunk_count(step->lane_gradients), join_chunk, &join);
    }
}
