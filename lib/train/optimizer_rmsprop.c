/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Optimizers that divide the gradient by the root of its squares' mean or sum; Keras adds epsilon
 * inside the root. */
#include "optimizer_classes.h"

typedef struct Rmsprop {
    IclOptimizer optimizer;
    double rho, momentum, epsilon;
    bool centered;
} Rmsprop;

static const IclParam rmsprop_params[] = {
    ICL_OPTIMIZER_LR("1e-3"),
    ICL_REAL(Rmsprop, rho, "0.9", 0, 0.999999, "decay of the gradients' squares"),
    ICL_REAL(Rmsprop, momentum, "0", 0, 1, "share of the last step that is taken again"),
    ICL_REAL(Rmsprop, epsilon, "1e-7", 1e-30, 1, "added to the squares"),
    ICL_BOOL(Rmsprop, centered, "no", "divide by the gradients' deviation"),
    ICL_OPTIMIZER_DECAY("0"),
    ICL_OPTIMIZER_PARAMS,
};

static int rmsprop_slots(const IclOptimizer *optimizer)
{
    const Rmsprop *rmsprop = (const Rmsprop *)optimizer;
    return 1 + rmsprop->centered + (rmsprop->momentum > 0);
}

static void rmsprop_step(const IclOptimizer *optimizer, double lr, double t, IclOptimizerStep *step)
{
    const Rmsprop *rmsprop = (const Rmsprop *)optimizer;

    step->lr = (float)lr;
    step->beta1 = (float)rmsprop->rho;
    step->rest1 = (float)(1 - rmsprop->rho);
    step->beta2 = (float)rmsprop->momentum;
    step->epsilon = (float)rmsprop->epsilon;
    step->centered = rmsprop->centered;
}

const IclOptimizerClass icl_rmsprop_class = {
    .base = {"rmsprop", "gradients over the root of their squares' mean (Hinton 2012)",
             sizeof(Rmsprop), rmsprop_params, .check = icl_optimizer_check},
    .kernel = offsetof(IclOptimizerKernels, rmsprop),
    .slots = rmsprop_slots,
    .step = rmsprop_step,
};

typedef struct Adagrad {
    IclOptimizer optimizer;
    double initial, epsilon;
} Adagrad;

static const IclParam adagrad_params[] = {
    ICL_OPTIMIZER_LR("1e-3"),
    ICL_REAL_OR(Adagrad, initial, "initial_accumulator_value", "0.1", 0, 1e6,
                "that the sums of squares begin with"),
    ICL_REAL(Adagrad, epsilon, "1e-7", 1e-30, 1, "added to the squares"),
    ICL_OPTIMIZER_DECAY("0"),
    ICL_OPTIMIZER_PARAMS,
};

static int adagrad_slots(const IclOptimizer *optimizer) { return 1; }

static float adagrad_initial(const IclOptimizer *optimizer)
{
    return (float)((const Adagrad *)optimizer)->initial;
}

static void adagrad_step(const IclOptimizer *optimizer, double lr, double t, IclOptimizerStep *step)
{
    step->lr = (float)lr;
    step->epsilon = (float)((const Adagrad *)optimizer)->epsilon;
}

const IclOptimizerClass icl_adagrad_class = {
    .base = {"adagrad", "gradients over the root of their squares' sum (Duchi et al. 2011)",
             sizeof(Adagrad), adagrad_params, .check = icl_optimizer_check},
    .kernel = offsetof(IclOptimizerKernels, adagrad),
    .slots = adagrad_slots,
    .initial = adagrad_initial,
    .step = adagrad_step,
};

typedef struct Adadelta {
    IclOptimizer optimizer;
    double rho, epsilon;
} Adadelta;

static const IclParam adadelta_params[] = {
    ICL_OPTIMIZER_LR("1e-3"),
    ICL_REAL(Adadelta, rho, "0.95", 0, 0.999999, "decay of the squares of gradients and steps"),
    ICL_REAL(Adadelta, epsilon, "1e-7", 1e-30, 1, "added to the squares"),
    ICL_OPTIMIZER_DECAY("0"),
    ICL_OPTIMIZER_PARAMS,
};

static int adadelta_slots(const IclOptimizer *optimizer) { return 2; }

static void adadelta_step(const IclOptimizer *optimizer, double lr, double t,
                          IclOptimizerStep *step)
{
    const Adadelta *adadelta = (const Adadelta *)optimizer;

    step->lr = (float)lr;
    step->beta1 = (float)adadelta->rho;
    step->rest1 = (float)(1 - adadelta->rho);
    step->epsilon = (float)adadelta->epsilon;
}

const IclOptimizerClass icl_adadelta_class = {
    .base = {"adadelta", "steps in the unit of the weights, by their own past (Zeiler 2012)",
             sizeof(Adadelta), adadelta_params, .check = icl_optimizer_check},
    .kernel = offsetof(IclOptimizerKernels, adadelta),
    .slots = adadelta_slots,
    .step = adadelta_step,
};
