/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Adam and its kin: the gradients' mean over the root of their squares. */
#include <math.h>

#include "optimizer_classes.h"

typedef struct Adam {
    IclOptimizer optimizer;
    double beta1, beta2, epsilon;
    bool amsgrad; /* adam and adamw */
} Adam;

/* clang-format off */
#define ADAM_BETAS                                                                      \
    ICL_REAL_OR(Adam, beta1, "beta_1", "0.9", 0, 0.999999, "decay of the gradients' mean"),          \
    ICL_REAL_OR(Adam, beta2, "beta_2", "0.999", 0, 0.999999, "decay of the gradients' squares"),     \
    ICL_REAL(Adam, epsilon, "1e-7", 1e-30, 1, "added to what the mean is divided by")
#define AMSGRAD ICL_BOOL(Adam, amsgrad, "no", "the squares' mean never falls")
/* clang-format on */

static const IclParam adam_params[] = {ICL_OPTIMIZER_LR("1e-3"), ADAM_BETAS,
                                       ICL_OPTIMIZER_DECAY("0"), AMSGRAD, ICL_OPTIMIZER_PARAMS};
static const IclParam adamw_params[] = {ICL_OPTIMIZER_LR("1e-3"), ICL_OPTIMIZER_DECAY("0.004"),
                                        ADAM_BETAS, AMSGRAD, ICL_OPTIMIZER_PARAMS};
static const IclParam plain_params[] = {ICL_OPTIMIZER_LR("1e-3"), ADAM_BETAS,
                                        ICL_OPTIMIZER_DECAY("0"), ICL_OPTIMIZER_PARAMS};

static int two_slots(const IclOptimizer *optimizer) { return 2; }

static int adam_slots(const IclOptimizer *optimizer)
{
    return ((const Adam *)optimizer)->amsgrad ? 3 : 2;
}

static void set_betas(const Adam *adam, double lr, IclOptimizerStep *step)
{
    step->lr = (float)lr;
    step->beta1 = (float)adam->beta1;
    step->rest1 = (float)(1 - adam->beta1);
    step->beta2 = (float)adam->beta2;
    step->rest2 = (float)(1 - adam->beta2);
    step->epsilon = (float)adam->epsilon;
}

static void adam_step(const IclOptimizer *optimizer, double lr, double t, IclOptimizerStep *step)
{
    const Adam *adam = (const Adam *)optimizer;

    set_betas(adam, lr * sqrt(1 - pow(adam->beta2, t)) / (1 - pow(adam->beta1, t)), step);
    step->amsgrad = adam->amsgrad;
}

/* The product over i = 1..t of beta1 (1 - 0.96^i / 2): the factor's power of 0.96 is soon nothing,
 * so that any t takes no longer than the first thousand. */
static double nadam_product(double beta1, double t)
{
    double product = pow(beta1, t), power = 0.96;

    for (double i = 1; i <= t && power > 1e-20; i++, power *= 0.96)
        product *= 1 - 0.5 * power;
    return product;
}

static void nadam_step(const IclOptimizer *optimizer, double lr, double t, IclOptimizerStep *step)
{
    const Adam *adam = (const Adam *)optimizer;
    double now = adam->beta1 * (1 - 0.5 * pow(0.96, t));
    double next = adam->beta1 * (1 - 0.5 * pow(0.96, t + 1));

    set_betas(adam, lr, step);
    step->mean = (float)(next / (1 - nadam_product(adam->beta1, t + 1)));
    step->fresh = (float)((1 - now) / (1 - nadam_product(adam->beta1, t)));
    step->square = (float)(1 / (1 - pow(adam->beta2, t)));
}

static void adamax_step(const IclOptimizer *optimizer, double lr, double t, IclOptimizerStep *step)
{
    const Adam *adam = (const Adam *)optimizer;

    set_betas(adam, lr / (1 - pow(adam->beta1, t)), step);
}

static void lamb_step(const IclOptimizer *optimizer, double lr, double t, IclOptimizerStep *step)
{
    const Adam *adam = (const Adam *)optimizer;

    set_betas(adam, lr, step);
    step->mean = (float)(1 / (1 - pow(adam->beta1, t)));
    step->square = (float)(1 / (1 - pow(adam->beta2, t)));
}

const IclOptimizerClass icl_adam_class = {
    .base = {"adam", "Adam (Kingma and Ba 2014)", sizeof(Adam), adam_params,
             .check = icl_optimizer_check},
    .kernel = offsetof(IclOptimizerKernels, adam),
    .slots = adam_slots,
    .step = adam_step,
};

const IclOptimizerClass icl_adamw_class = {
    .base = {"adamw", "Adam with decoupled weight decay (Loshchilov and Hutter 2017)", sizeof(Adam),
             adamw_params, .check = icl_optimizer_check},
    .kernel = offsetof(IclOptimizerKernels, adam),
    .slots = adam_slots,
    .step = adam_step,
};

const IclOptimizerClass icl_nadam_class = {
    .base = {"nadam", "Adam that looks ahead along its mean (Dozat 2016)", sizeof(Adam),
             plain_params, .check = icl_optimizer_check},
    .kernel = offsetof(IclOptimizerKernels, nadam),
    .slots = two_slots,
    .step = nadam_step,
};

const IclOptimizerClass icl_adamax_class = {
    .base = {"adamax", "Adam by the largest gradient in place of the squares' mean", sizeof(Adam),
             plain_params, .check = icl_optimizer_check},
    .kernel = offsetof(IclOptimizerKernels, adamax),
    .slots = two_slots,
    .step = adamax_step,
};

const IclOptimizerClass icl_lamb_class = {
    .base = {"lamb", "Adam in steps as long as each tensor's weights, for large batches (2019)",
             sizeof(Adam), plain_params, .check = icl_optimizer_check},
    .kernel = offsetof(IclOptimizerKernels, lamb),
    .trust_ratio = true,
    .slots = two_slots,
    .step = lamb_step,
};
