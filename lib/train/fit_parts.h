/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What the files of the fit share. */
#pragma once

#include "fit.h"

enum { ICL_FIT_BLOCK = 256 /* units of a block, at most */ };

/* The slot of the optimizer's average; -1: none. */
static inline int icl_fit_average_slot(const IclFit *fit)
{
    const IclOptimizer *optimizer = fit->params.optimizer;
    return optimizer->ema > 0 ? optimizer->class->slots(optimizer) : -1;
}

/* That of swa's; -1: none. */
static inline int icl_fit_swa_slot(const IclFit *fit)
{
    return fit->params.swa ? icl_optimizer_slots(fit->params.optimizer) : -1;
}

/* Updates made of the batches learned from. */
static inline uint64_t icl_fit_steps(const IclFit *fit)
{
    return fit->updates / (uint64_t)fit->params.optimizer->accumulate;
}

/* The update of the gradients gathered, which are then zero. */
void icl_fit_apply(IclFit *fit, double learning_rate, IclTeam *team);

double icl_fit_team_penalty(IclFit *fit, IclTeam *team);
