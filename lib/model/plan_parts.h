/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What makes a plan, in this order: fusing, slices, groups, cutting of the batch, sharing of
 * memory, layout. */
#pragma once

#include "plan.h"

/* Convolution, the product with a factor a channel before it, batchnorm, residual add and
 * activation become one step; views become none. In training a batchnorm takes up the add and the
 * activation behind it, and a convolution the activation. */
void icl_plan_fuse(IclPlan *plan);

/* Sets slice, channel and pixel. */
void icl_plan_slices(IclPlan *plan);

/* Sets end and band_rows of the steps, and what lies within groups; the floats of a thread's
 * buffers. */
size_t icl_plan_bands(IclPlan *plan);

/* Sets split, fine and part of an inference plan, and room but for the values that cross the split.
 */
void icl_plan_batch(IclPlan *plan);

/* Sets the segments of a training plan. */
void icl_plan_segments(IclPlan *plan);

/* What a step needs for n samples. */
IclNeeds icl_plan_needs(const IclPlan *plan, const IclPlanStep *step, int n);

/* Which buffers are one: a step that runs in place, and in training gradients that are the same
 * numbers, or replace what nobody reads any more. */
typedef struct IclPlanShares {
    int *value;     /* [n_nodes]: in whose value's memory the node's value lies */
    int *gradient;  /* [n_nodes]: in whose gradient's memory the node's gradient lies */
    bool *in_value; /* [n_nodes]: that gradient lies in its own node's value's memory */
} IclPlanShares;

void icl_plan_share(const IclPlan *plan, IclPlanShares *shares);
void icl_plan_shares_clear(IclPlanShares *shares);

/* Lives of all buffers, and their places in the arena. */
void icl_plan_layout(IclPlan *plan, const IclPlanShares *shares);

/* How often each value is read, by which step last; the network's output once more. */
typedef struct IclPlanReads {
    int *count; /* [n_nodes]; what is fused reads too */
    int *last;  /* [n_nodes]: step, or ICL_NOWHERE */
} IclPlanReads;

void icl_plan_reads_init(IclPlanReads *reads, const IclPlan *plan);
void icl_plan_reads_clear(IclPlanReads *reads);
