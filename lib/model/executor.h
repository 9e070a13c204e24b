/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A plan with its memory: runs the network forward, and in training backward. Any number of
 * executors may share a graph as long as nobody changes its weights. Running cannot fail. */
#pragma once

#include "plan.h"
#include "threads.h"

typedef struct IclExecutor IclExecutor;

/* threads: the most a team may have; 0: all. Borrows the graph. NULL with ICL_ERROR_MEMORY. */
IclExecutor *icl_executor_new(const IclGraph *graph, int batch, bool training, int threads,
                              GError **error);

/* For inference of the graph and batch that `lender` trains, in the lender's memory where that is
 * large enough: a pass of one undoes the other's, so prepare before the first after training. */
IclExecutor *icl_executor_new_within(const IclExecutor *lender, GError **error);
void icl_executor_free(IclExecutor *executor); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclExecutor, icl_executor_free)

const IclPlan *icl_executor_plan(const IclExecutor *executor);
int icl_executor_threads(const IclExecutor *executor);
int icl_executor_threads_of(int threads); /* of one that is asked for so many */

/* Inference: packs the weights again after they changed. (icl_executor_new has done it once.) */
void icl_executor_prepare(IclExecutor *executor);

/* [batch,h,w,c]: to be filled before each forward pass, which may overwrite it. */
float *icl_executor_input(IclExecutor *executor);

/* Runs n <= batch samples; logits [n, classes], valid until the next pass. In training, `step`
 * numbers the pass (for dropout, with `seed`), and moving weights' gradients are set to the batch's
 * statistics. */
const float *icl_executor_forward(IclExecutor *executor, int n, uint64_t seed, uint64_t step,
                                  IclTeam *team);

/* [n,h,w,c]: what entered the last layer in the last pass, valid until the next; of a batch that
 * the plan takes in one part. */
const float *icl_executor_last_input(const IclExecutor *executor);

/* Training: [n, classes], to be filled with d loss / d logits before backward. */
float *icl_executor_output_gradient(IclExecutor *executor);
/* Adds to the gradients of all trained weights. */
void icl_executor_backward(IclExecutor *executor, int n, uint64_t seed, uint64_t step,
                           IclTeam *team);

/* From now on a pass notes the seconds that each step of the plan took: forward[step] and, in
 * training, backward[step], making its value again included. Borrows both; NULL: no longer. */
void icl_executor_time_steps(IclExecutor *executor, double *forward, double *backward);

/* Gradients of all weights in the graph's order, each padded to 16 floats; and where a weight's
 * begins. */
float *icl_executor_gradients(IclExecutor *executor, size_t *count);
float *icl_executor_gradient(IclExecutor *executor, int weight);
