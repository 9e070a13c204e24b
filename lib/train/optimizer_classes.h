/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The classes of the optimizer family, and the parameters they share. */
#pragma once

#include "optimizer.h"

/* clang-format off */
#define ICL_OPTIMIZER_LR(initial) \
    ICL_REAL_OR(IclOptimizer, lr, "learning_rate", initial, 0, 1e3, "learning rate")
#define ICL_OPTIMIZER_DECAY(initial) \
    ICL_REAL_OR(IclOptimizer, decay, "weight_decay", initial, 0, 1e3, \
                "decoupled weight decay of kernels, times the learning rate")

/* The last rows of every table. */
#define ICL_OPTIMIZER_PARAMS \
    ICL_BOOL(IclOptimizer, decay_norms, "no", "biases and vectors of norms decay too"), \
    ICL_REAL(IclOptimizer, clipvalue, "0", 0, 1e30, "hold each gradient to -clipvalue..clipvalue; 0: off"), \
    ICL_REAL(IclOptimizer, clipnorm, "0", 0, 1e30, "longest gradient of one weight tensor; 0: off"), \
    ICL_REAL(IclOptimizer, global_clipnorm, "0", 0, 1e30, \
             "longest gradient of all weights together; 0: off"), \
    ICL_REAL(IclOptimizer, agc, "0", 0, 1e3, \
             "longest gradient of a unit, in lengths of its weights, but of the last layer; 0: off"), \
    ICL_INT_OR(IclOptimizer, accumulate, "gradient_accumulation_steps", "1", 1, 1e6, \
               "batches whose mean gradient makes one update"), \
    ICL_REAL_OR(IclOptimizer, ema, "ema_momentum", "0", 0, 0.9999999, \
                "share an update keeps of the weights' average, which is judged and saved; 0: off"), \
    ICL_BOOL(IclOptimizer, ema_warmup, "no", "keep less at first: at most 1 - t ^ (-2/3)"), \
    ICL_REAL(IclOptimizer, l1, "0", 0, 1e3, "l1 * sum |w| of kernels is added to the loss"), \
    ICL_REAL(IclOptimizer, l2, "0", 0, 1e3, "l2 * sum w^2 of kernels is added to the loss"), \
    ICL_REAL(IclOptimizer, max_norm, "0", 0, 1e6, "longest kernel of a unit, after each update; 0: off"), \
    {0}
/* clang-format on */

/* The check of every class. */
char *icl_optimizer_check(const void *instance);

extern const IclOptimizerClass icl_sgd_class, icl_lion_class;
extern const IclOptimizerClass icl_adam_class, icl_adamw_class, icl_nadam_class, icl_adamax_class,
    icl_lamb_class;
extern const IclOptimizerClass icl_rmsprop_class, icl_adagrad_class, icl_adadelta_class;
