/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Optimizers, Keras 3's formulas and defaults. An update is, in this order: the mean of the
 * gradients gathered, the regularizers' gradient, clipping, decoupled weight decay
 * (w -= w * decay * lr) and the step, the average of the weights, the constraint. */
#pragma once

#include "class.h"
#include "kernels.h"

enum { ICL_OPTIMIZER_SLOTS_MAX = 3 };

typedef struct IclOptimizerClass IclOptimizerClass;

/* The parameters every class has; 0 or no: off. */
typedef struct IclOptimizer {
    const IclOptimizerClass *class;
    double lr, decay;
    bool decay_norms;                                 /* decay biases and norms' vectors too */
    double clipvalue, clipnorm, global_clipnorm, agc; /* one of them at most */
    int accumulate;                                   /* batches an update */
    double ema; /* share of the average that an update keeps */
    bool ema_warmup;
    double l1, l2, max_norm; /* of kernels */
} IclOptimizer;

struct IclOptimizerClass {
    IclClass base;
    size_t kernel;    /* its step: an IclOptimizerKernel's offset in IclOptimizerKernels */
    bool trust_ratio; /* the kernel leaves a direction in g, which is taken as long as |w| / |g| */
    int (*slots)(const IclOptimizer *optimizer);     /* vectors of state a weight */
    float (*initial)(const IclOptimizer *optimizer); /* that the state begins with; NULL: 0 */
    /* The numbers of step t (from 1) at learning rate lr, but for decay. They are functions of t
     * alone, so that a training goes on to the bit. */
    void (*step)(const IclOptimizer *optimizer, double lr, double t, IclOptimizerStep *step);
};

extern const IclFamily icl_optimizer_family;

/* Vectors of state a weight, the average among them. */
int icl_optimizer_slots(const IclOptimizer *optimizer);

/* The share of the average that update t (from 1) keeps: of the first, nothing. */
double icl_optimizer_average(const IclOptimizer *optimizer, double t);
