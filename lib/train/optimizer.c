/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "optimizer.h"

#include <math.h>

#include "kernels.h"

typedef struct Sgd {
    IclOptimizer optimizer;
    double momentum;
    bool nesterov;
} Sgd;

#define LR(type, initial)                                                                          \
    {                                                                                              \
        "lr", ICL_PARAM_REAL, offsetof(type, optimizer.lr), initial, 0, 1e3, NULL, "learning rate" \
    }
#define DECAY(type, initial)                                                             \
    {                                                                                    \
        "decay", ICL_PARAM_REAL, offsetof(type, optimizer.decay), initial, 0, 1e3, NULL, \
            "decoupled weight decay of kernels, times the learning rate"                 \
    }

static const IclParam sgd_params[] = {
    LR(Sgd, "0.01"),
    ICL_REAL(Sgd, momentum, "0", 0, 1, "share of the last step that is taken again"),
    ICL_BOOL(Sgd, nesterov, "no", "look ahead along the momentum"),
    DECAY(Sgd, "0"),
    {0},
};

static int sgd_slots(const IclOptimizer *optimizer)
{
    return ((const Sgd *)optimizer)->momentum > 0;
}

static void sgd_update(const IclOptimizer *optimizer, const IclUpdate *u)
{
    const Sgd *sgd = (const Sgd *)optimizer;

    icl_kernels()->optimizer.sgd(u->w, u->g, u->slots[0], u->count, (float)u->lr,
                                 (float)sgd->momentum, sgd->nesterov, (float)u->decay);
}

static const IclOptimizerClass sgd_class = {
    .base = {"sgd", "stochastic gradient descent, with momentum if asked for", sizeof(Sgd),
             sgd_params},
    .slots = sgd_slots,
    .update = sgd_update,
};

typedef struct Adam {
    IclOptimizer optimizer;
    double beta1, beta2, epsilon;
} Adam;

#define ADAM_BETAS                                                                      \
    ICL_REAL(Adam, beta1, "0.9", 0, 0.999999, "decay of the gradients' mean"),          \
        ICL_REAL(Adam, beta2, "0.999", 0, 0.999999, "decay of the gradients' squares"), \
        ICL_REAL(Adam, epsilon, "1e-7", 1e-30, 1, "added to the root of the squares")

static const IclParam adam_params[] = {LR(Adam, "1e-3"), ADAM_BETAS, DECAY(Adam, "0"), {0}};
static const IclParam adamw_params[] = {LR(Adam, "1e-3"), DECAY(Adam, "0.004"), ADAM_BETAS, {0}};

static int adam_slots(const IclOptimizer *optimizer) { return 2; }

static void adam_update(const IclOptimizer *optimizer, const IclUpdate *u)
{
    const Adam *adam = (const Adam *)optimizer;
    double alpha = u->lr * sqrt(1 - pow(adam->beta2, u->t)) / (1 - pow(adam->beta1, u->t));

    icl_kernels()->optimizer.adam(u->w, u->g, u->slots[0], u->slots[1], u->count, (float)u->lr,
                                  (float)alpha, (float)adam->beta1, (float)adam->beta2,
                                  (float)adam->epsilon, (float)u->decay);
}

static const IclOptimizerClass adam_class = {
    .base = {"adam", "Adam (Kingma and Ba 2014)", sizeof(Adam), adam_params},
    .slots = adam_slots,
    .update = adam_update,
};

static const IclOptimizerClass adamw_class = {
    .base = {"adamw", "Adam with decoupled weight decay (Loshchilov and Hutter 2017)", sizeof(Adam),
             adamw_params},
    .slots = adam_slots,
    .update = adam_update,
};

static const IclClass *const classes[] = {&sgd_class.base, &adam_class.base, &adamw_class.base,
                                          NULL};

const IclFamily icl_optimizer_family = {"optimizers", "optimizer", classes};
