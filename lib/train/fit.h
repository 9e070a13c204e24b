/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A network being fitted: its executors, the optimizer's state, and what one update is. Where
 * batches come from and what the learning rate is, is the caller's: the trainer's or the learner's.
 */
#pragma once

#include "executor.h"
#include "loss.h"
#include "optimizer.h"

/* A trained weight, and where its gradient and state lie. */
typedef struct IclFitTensor {
    float *w;
    size_t offset; /* in gradients and slots */
    size_t count;
    size_t units; /* of a kernel: [count / units, units]; else 1 */
    bool kernel, head;
    int first_chunk, n_chunks;
} IclFitTensor;

/* A piece of one, and of its units. */
typedef struct IclFitChunk {
    int tensor;
    size_t at, count; /* at: in the tensor */
} IclFitChunk;

typedef struct IclFitParams {
    const IclOptimizer *optimizer; /* borrowed */
    const IclCriterion *criterion; /* borrowed; NULL: cross entropy */
    uint64_t seed;                 /* of dropout */
    int batch, threads;
    bool swa; /* keeps an equal average of the weights: icl_fit_swa_add() */
} IclFitParams;

/* The optimizer's own, either average of the weights, the gradients gathered. */
enum { ICL_FIT_SLOTS_MAX = ICL_OPTIMIZER_SLOTS_MAX + 3 };

typedef struct IclFit {
    IclFitParams params;
    IclGraph *graph;                   /* borrowed; its weights change */
    IclExecutor *training, *inference; /* the second in the first's memory: prepare it first */
    GArray *tensors;                   /* of IclFitTensor */
    GArray *chunks, *blocks;           /* of IclFitChunk: runs of entries, runs of units */
    double (*sums)[2];                 /* [chunks] of two sums that a pass takes */
    float *slots[ICL_FIT_SLOTS_MAX];   /* all state, laid out as the gradients */
    int n_slots, own_slots;            /* the rest is the executor's memory */
    size_t n_gradients;
    uint64_t updates; /* batches learned from; with accumulate, several make an update */
} IclFit;

/* Borrows the graph, whose weights begin as they are. NULL with ICL_ERROR_MEMORY. */
IclFit *icl_fit_new(IclGraph *graph, const IclFitParams *params, GError **error);
void icl_fit_free(IclFit *fit); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclFit, icl_fit_free)

/* One update from a batch: forward, loss, backward, moving averages, optimizer. x [n,h,w,c];
 * n <= batch. The loss is that before the update, and has the regularizers' part. */
IclLoss icl_fit_update(IclFit *fit, const float *x, const IclTargets *targets, int n,
                       double learning_rate);

/* The gradients of a batch, which the next update's are added to. */
IclLoss icl_fit_gradients(IclFit *fit, const float *x, const IclTargets *targets, int n);

/* The forward pass of an update alone: sets what the layers measure of the batch. Dropout draws
 * what it would `ahead` updates from now. */
void icl_fit_forward(IclFit *fit, const float *x, int n, uint64_t ahead);

/* What l1 and l2 add to the loss. */
double icl_fit_penalty(IclFit *fit);

/* Puts the average of the weights in their place, or back: twice is as it was. With the optimizer's
 * ema, for validation and for the model that is saved; without, or before the first update, nothing
 * happens. */
void icl_fit_swap_average(IclFit *fit);

/* Takes the weights as they are into an equal average with those of `n` calls before: PyTorch's
 * AveragedModel. */
void icl_fit_swa_add(IclFit *fit, int n);

/* Puts that average in the weights' place, or back. */
void icl_fit_swa_swap(IclFit *fit);

/* A batch through an inference executor whose weights are prepared. The loss is that of training
 * (NULL: cross entropy) without smoothing. classed: [classes], added to; NULL: not wanted. */
IclLoss icl_judge(IclExecutor *inference, const IclCriterion *criterion, const float *x,
                  const IclTargets *targets, int n, IclClassCount *classed);
