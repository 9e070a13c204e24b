/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' CosineDecay and CosineDecayRestarts, and the one-cycle policy in PyTorch's steps. */
#include <glib.h>
#include <math.h>

#include "schedule_classes.h"

/* From 1 at p = 0 to 0 at p = 1. */
static double half_cosine(double p) { return 0.5 * (1 + cos(3.14159265358979323846 * p)); }

typedef struct Cosine {
    IclSchedule schedule;
    double alpha;
} Cosine;

#define ALPHA(type) \
    ICL_REAL(type, alpha, "0", 0, 1, "share of the learning rate that is left at the end")

static const IclParam cosine_params[] = {ALPHA(Cosine), ICL_SCHEDULE_PARAMS};

static double cosine_shape(const IclSchedule *schedule, double lr, const IclScheduleSpan *span)
{
    double alpha = ((const Cosine *)schedule)->alpha, p = MIN(span->step / span->steps, 1);

    return lr * ((1 - alpha) * half_cosine(p) + alpha);
}

const IclScheduleClass icl_cosine_class = {
    .base = {"cosine", "half a cosine from the learning rate down (Loshchilov and Hutter 2016)",
             sizeof(Cosine), cosine_params},
    .shape = cosine_shape,
};

typedef struct CosineRestarts {
    IclSchedule schedule;
    double first, t_mul, m_mul, alpha;
} CosineRestarts;

static const IclParam cosine_restarts_params[] = {
    ICL_REAL(CosineRestarts, first, NULL, 1e-3, 1e6, "epochs of the first way down"),
    ICL_REAL(CosineRestarts, t_mul, "2", 1, 100, "how many times longer each next one is"),
    ICL_REAL(CosineRestarts, m_mul, "1", 0, 1, "what the rate it begins with is multiplied by"),
    ALPHA(CosineRestarts),
    ICL_SCHEDULE_PARAMS,
};

static double cosine_restarts_shape(const IclSchedule *schedule, double lr,
                                    const IclScheduleSpan *span)
{
    const CosineRestarts *c = (const CosineRestarts *)schedule;
    double step = span->step, length = MAX(c->first * span->epoch, 1), height = 1;

    while (step >= length) {
        step -= length;
        length *= c->t_mul;
        height *= c->m_mul;
    }
    return lr * ((1 - c->alpha) * height * half_cosine(step / length) + c->alpha);
}

const IclScheduleClass icl_cosine_restarts_class = {
    .base = {"cosine_restarts", "half a cosine down, again and again (SGDR)",
             sizeof(CosineRestarts), cosine_restarts_params},
    .shape = cosine_restarts_shape,
};

typedef struct OneCycle {
    IclSchedule schedule;
    double pct, div, div_final;
} OneCycle;

static const IclParam one_cycle_params[] = {
    ICL_REAL(OneCycle, pct, "0.25", 0, 1, "share of the training in which the rate rises"),
    ICL_REAL(OneCycle, div, "25", 1, 1e9, "the rate begins at lr / div"),
    ICL_REAL(OneCycle, div_final, "1e5", 1, 1e12, "and ends at lr / div_final"),
    ICL_SCHEDULE_PARAMS,
};

/* PyTorch: the rise's last step is pct * steps - 1, the training's steps - 1. */
static double one_cycle_shape(const IclSchedule *schedule, double lr, const IclScheduleSpan *span)
{
    const OneCycle *cycle = (const OneCycle *)schedule;
    double top = MAX(cycle->pct * span->steps - 1, 0), end = MAX(span->steps - 1, top);
    bool rises = span->step < top;
    double p = rises ? span->step / top : MIN((span->step - top) / MAX(end - top, 1), 1);
    double from = rises ? lr / cycle->div : lr, to = rises ? lr : lr / cycle->div_final;

    return to + (from - to) * half_cosine(p);
}

const IclScheduleClass icl_one_cycle_class = {
    .base = {"one_cycle",
             "up to the learning rate and down, in half cosines (Smith 2018); "
             "momentum stays as it is",
             sizeof(OneCycle), one_cycle_params},
    .shape = one_cycle_shape,
};
