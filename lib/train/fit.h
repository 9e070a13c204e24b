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

/* A piece of one weight, and where its gradient and state lie. */
typedef struct IclFitChunk {
    float *w;
    size_t offset; /* in gradients and slots */
    size_t count;
    bool decays;
} IclFitChunk;

typedef struct IclFitParams {
    const IclOptimizer *optimizer; /* borrowed */
    const IclCriterion *criterion; /* borrowed; NULL: cross entropy */
    uint64_t seed;                 /* of dropout */
    int batch, threads;
} IclFitParams;

typedef struct IclFit {
    IclFitParams params;
    IclGraph *graph;                   /* borrowed; its weights change */
    IclExecutor *training, *inference; /* the second in the first's memory: prepare it first */
    GArray *chunks;                    /* of IclFitChunk */
    float *slots[ICL_SLOTS_MAX];       /* the optimizer's state, laid out as the gradients */
    int n_slots;
    size_t n_gradients;
    uint64_t updates; /* done */
} IclFit;

/* Borrows the graph, whose weights begin as they are. NULL with ICL_ERROR_MEMORY. */
IclFit *icl_fit_new(IclGraph *graph, const IclFitParams *params, GError **error);
void icl_fit_free(IclFit *fit); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclFit, icl_fit_free)

/* One update from a batch: forward, loss, backward, moving averages, optimizer. x [n,h,w,c];
 * n <= batch. The loss is that before the update. */
IclLoss icl_fit_update(IclFit *fit, const float *x, const IclTargets *targets, int n,
                       double learning_rate);

/* The gradients of a batch, which the next update's are added to. */
IclLoss icl_fit_gradients(IclFit *fit, const float *x, const IclTargets *targets, int n);

/* The forward pass of an update alone: sets what the layers measure of the batch. */
void icl_fit_forward(IclFit *fit, const float *x, int n);

/* A batch through an inference executor whose weights are prepared. The loss is that of training
 * (NULL: cross entropy) without smoothing. classed: [classes], added to; NULL: not wanted. */
IclLoss icl_judge(IclExecutor *inference, const IclCriterion *criterion, const float *x,
                  const IclTargets *targets, int n, IclClassCount *classed);
