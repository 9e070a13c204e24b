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

struct IclExecutor {
    IclPlan *plan;
    int threads;
    void *memory; /* the next three, one behind the other; NULL: a lender's */
    float *arena, *packed;
    char *scratch;
    float *gradients; /* training: all weights, in the graph's order */
    size_t n_gradients;
    size_t *gradient;  /* [weights]: offset of each */
    int *first_weight; /* [n_nodes]: number of the node's first weight */
    const float **in;  /* [most inputs of a node], and the same for the gradients */
    int *in_pixel;     /* the same, of inference */
    float **din, **dw;
    bool *accumulate;
    bool *written; /* [n_nodes]: whether the gradient holds something in this backward pass */
    bool *written_before; /* [n_nodes]: the same, when a segment begins */
    bool *made;           /* [n_nodes]: whether the value is there again in this backward pass */
    IclBandPlace *places; /* [threads] */
    double *forward_seconds, *backward_seconds; /* [steps], for who measures; or NULL */
    double lap_begun; /* where they are wanted: the end of the last step */
};

/* The node's value from sample `first` on. */
float *icl_executor_value(const IclExecutor *e, int node, int first);

/* What a pass has of its step whichever way it goes. */
IclPass icl_executor_pass(IclExecutor *e, const IclPlanStep *step, int n, IclTeam *team);

/* Where `seconds` are wanted: adds to seconds[step] what has passed since the last lap. */
void icl_executor_lap(IclExecutor *e, double *seconds, int step);

/* The group that begins with step `head`, for n samples from `first` on. */
void icl_executor_group(IclExecutor *e, int head, int first, int n, IclTeam *team);
