/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What the files of the executor share: steps one by one, and groups of them in bands. */
#pragma once

#include "executor.h"

/* Where a thread is in the bands of a group. */
typedef struct IclBandPlace {
    int next; /* the band that follows on its last */
    IclPlanWindow windows[ICL_GROUP_MOST];
} IclBandPlace;

/* What a thread has for itself, and the first of them for a team that works together. */
typedef struct IclWorker {
    int thread;
    IclTeam alone; /* of one thread */
    char *scratch;
    float *own;       /* where the plan's offsets go on behind the arena */
    const float **in; /* [most inputs of a node], and the same for the gradients */
    int *in_pixel;    /* the same, of inference */
    float **din, **dw;
    bool *accumulate;
    bool *written; /* [n_nodes]: whether the gradient holds something in this backward pass */
    bool *made;    /* [n_nodes]: whether the value is there again in this backward pass */
} IclWorker;

/* Samples that go together, and what they depend on beside the weights: dropout's numbers come from
 * the seed and the number of the training step. */
typedef struct IclSamples {
    int first, n, batch;
    int lane, begin; /* in training: the lane they are of, and its first sample */
    uint64_t seed, step;
    IclWorker *worker;
    IclTeam *team;
} IclSamples;

struct IclExecutor {
    IclPlan *plan;
    int threads;
    void *memory; /* the next three, one behind the other; NULL: a lender's */
    float *arena, *packed;
    char *scratch;
    float *gradients; /* training: all weights, in the graph's order */
    size_t n_gradients;
    size_t *gradient;     /* [weights]: offset of each */
    int *first_weight;    /* [n_nodes]: number of the node's first weight */
    IclWorker *workers;   /* [threads] */
    bool *written;        /* [n_nodes]: the workers', before they come to the segment */
    IclBandPlace *places; /* [threads] */
    double *forward_seconds, *backward_seconds; /* [steps], for who measures; or NULL */
    double lap_begun; /* where they are wanted: the end of the last step */
};

/* What is at an offset of the plan, as the worker sees it. */
static inline float *icl_executor_at(const IclExecutor *e, const IclWorker *worker, size_t offset)
{
    size_t arena = e->plan->arena;
    return offset < arena ? e->arena + offset : worker->own + (offset - arena);
}

/* So many samples of the node's value. */
static inline size_t icl_executor_floats(const IclExecutor *e, int node, int samples)
{
    return (size_t)samples * icl_shape_count(e->plan->graph->nodes[node].layer->out);
}

/* The same with what lies between its pixels. */
static inline size_t icl_executor_wide_floats(const IclExecutor *e, int node, int samples)
{
    IclShape shape = e->plan->graph->nodes[node].layer->out;
    return (size_t)samples * shape.h * shape.w * e->plan->pixel[node];
}

/* The node's value from sample `first` on: the first worker's, where each has its own. */
float *icl_executor_value(const IclExecutor *e, int node, int first);

/* What a pass has of its step whichever way it goes. */
IclPass icl_executor_pass(const IclExecutor *e, const IclPlanStep *step, const IclSamples *samples);

/* The whole batch, for the team. */
IclSamples icl_executor_batch(IclExecutor *e, int n, uint64_t seed, uint64_t step, IclTeam *team);

/* Of the samples the first `most` from `first` on. */
IclSamples icl_executor_from(const IclSamples *samples, int first, int most);

/* Begins a pass' laps where `seconds` are wanted. A lap adds to seconds[step] what has passed since
 * the last; the first worker's stand for all. */
void icl_executor_laps(IclExecutor *e, double *seconds);
void icl_executor_lap(IclExecutor *e, const IclWorker *worker, double *seconds, int step);

/* The group that begins with step `head`. */
void icl_executor_group(IclExecutor *e, int head, const IclSamples *samples);

/* Whether sums of the step behind the segment are made in it. */
bool icl_executor_sums_follow(const IclPlan *plan, const IclPlanSegment *segment);

/* Takes the batch's lanes through the segment: each thread one after another; or the team all of
 * them, where there are more threads than lanes. Returns the worker of the first. */
typedef void IclLaneFn(IclExecutor *e, const IclPlanSegment *segment, const IclSamples *lane);
const IclWorker *icl_executor_lanes(IclExecutor *e, const IclPlanSegment *segment,
                                    const IclSamples *batch, IclLaneFn *fn);

/* The lanes whose sums of the step are to be joined. */
IclLanes icl_executor_lanes_of(const IclPlanSegment *segment, const IclPlanStep *step, int n);

/* Where a lane has its own sum of the gradient of the step's weight, and how all are cleared and
 * added to the weights' gradients. */
float *icl_executor_lane_gradient(const IclExecutor *e, const IclPlanStep *step, int lane,
                                  int weight);
void icl_executor_clear_gradients(const IclExecutor *e, const IclPlanSegment *segment, int lane);
void icl_executor_join_gradients(IclExecutor *e, const IclPlanSegment *segment, int n,
                                 IclTeam *team);
