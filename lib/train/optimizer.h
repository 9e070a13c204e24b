/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Optimizers, Keras 3's formulas and defaults. Weight decay is decoupled and applied first
 * (w -= w * decay * lr), to kernels only: biases and batchnorm's vectors do not decay. */
#pragma once

#include "class.h"

enum { ICL_SLOTS_MAX = 2 };

typedef struct IclOptimizerClass IclOptimizerClass;

typedef struct IclOptimizer {
    const IclOptimizerClass *class;
    double lr, decay; /* every class has these two parameters */
} IclOptimizer;

/* A run of entries of one weight. */
typedef struct IclUpdate {
    float *w, *g; /* g is left zero */
    float *slots[ICL_SLOTS_MAX];
    size_t count;
    double lr;
    double decay; /* 0 for weights that do not */
    double t;     /* number of this step, from 1 */
} IclUpdate;

struct IclOptimizerClass {
    IclClass base;
    int (*slots)(const IclOptimizer *optimizer); /* vectors of state a weight */
    void (*update)(const IclOptimizer *optimizer, const IclUpdate *update);
};

extern const IclFamily icl_optimizer_family;
