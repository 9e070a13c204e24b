/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Optimizers that follow the gradient, or its sign, as it is. */
#include "optimizer_classes.h"

typedef struct Sgd {
    IclOptimizer optimizer;
    double momentum;
    bool nesterov;
} Sgd;

static const IclParam sgd_params[] = {
    ICL_OPTIMIZER_LR("0.01"),
    ICL_REAL(Sgd, momentum, "0", 0, 1, "share of the last step that is taken again"),
    ICL_BOOL(Sgd, nesterov, "no", "look ahead along the momentum"),
    ICL_OPTIMIZER_DECAY("0"),
    ICL_OPTIMIZER_PARAMS,
};

static int sgd_slots(const IclOptimizer *optimizer)
{
    return ((const Sgd *)optimizer)->momentum > 0;
}

static void sgd_step(const IclOptimizer *optimizer, double lr, double t, IclOptimizerStep *step)
{
    const Sgd *sgd = (const Sgd *)optimizer;

    step->lr = (float)lr;
    step->beta1 = (float)sgd->momentum;
    step->nesterov = sgd->nesterov;
}

const IclOptimizerClass icl_sgd_class = {
    .base = {"sgd", "stochastic gradient descent, with momentum if asked for", sizeof(Sgd),
             sgd_params, .check = icl_optimizer_check},
    .kernel = offsetof(IclOptimizerKernels, sgd),
    .slots = sgd_slots,
    .step = sgd_step,
};

typedef struct Lion {
    IclOptimizer optimizer;
    double beta1, beta2;
} Lion;

static const IclParam lion_params[] = {
    ICL_OPTIMIZER_LR("1e-3"),
    ICL_REAL_OR(Lion, beta1, "beta_1", "0.9", 0, 0.999999,
                "share of the mean in the step's direction"),
    ICL_REAL_OR(Lion, beta2, "beta_2", "0.99", 0, 0.999999, "decay of the gradients' mean"),
    ICL_OPTIMIZER_DECAY("0"),
    ICL_OPTIMIZER_PARAMS,
};

static int lion_slots(const IclOptimizer *optimizer) { return 1; }

static void lion_step(const IclOptimizer *optimizer, double lr, double t, IclOptimizerStep *step)
{
    const Lion *lion = (const Lion *)optimizer;

    step->lr = (float)lr;
    step->beta1 = (float)lion->beta1;
    step->rest1 = (float)(1 - lion->beta1);
    step->beta2 = (float)lion->beta2;
    step->rest2 = (float)(1 - lion->beta2);
}

const IclOptimizerClass icl_lion_class = {
    .base = {"lion", "steps of one length by the sign of the momentum (Chen et al. 2023)",
             sizeof(Lion), lion_params, .check = icl_optimizer_check},
    .kernel = offsetof(IclOptimizerKernels, lion),
    .slots = lion_slots,
    .step = lion_step,
};
