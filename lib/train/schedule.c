/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "schedule.h"

#include <glib.h>
#include <math.h>

static double constant_rate(const void *instance, double lr, const IclScheduleTime *time)
{
    return lr;
}

static const IclScheduleClass constant_class = {
    .base = {"constant", "the optimizer's learning rate throughout", sizeof(IclSchedule), NULL},
    .rate = constant_rate,
};

typedef struct Cosine {
    IclSchedule schedule;
    double warmup, alpha;
} Cosine;

static const IclParam cosine_params[] = {
    ICL_REAL(Cosine, warmup, "0", 0, 1e6, "epochs of linear rise from 0 before the decay"),
    ICL_REAL(Cosine, alpha, "0", 0, 1, "share of the learning rate that is left at the end"),
    {0},
};

static double cosine_rate(const void *instance, double lr, const IclScheduleTime *time)
{
    const Cosine *cosine = instance;
    double warmup = round(cosine->warmup * time->steps_per_epoch);
    double decay = MAX(time->epochs * time->steps_per_epoch - warmup, 1);

    if (time->step < warmup)
        return lr * time->step / warmup;
    double p = MIN((time->step - warmup) / decay, 1);
    return lr * ((1 - cosine->alpha) * 0.5 * (1 + cos(3.14159265358979323846 * p)) + cosine->alpha);
}

static const IclScheduleClass cosine_class = {
    .base = {"cosine", "half a cosine from the learning rate down (Loshchilov and Hutter 2016)",
             sizeof(Cosine), cosine_params},
    .rate = cosine_rate,
};

typedef struct Step {
    IclSchedule schedule;
    IclReals at;
    double factor, warmup;
} Step;

static const IclParam step_params[] = {
    ICL_REALS(Step, at, "[0.5 0.75]", 0, 1e6,
              "when the rate falls: epochs, or shares of the training where all are below 1"),
    ICL_REAL(Step, factor, "0.1", 0, 1, "what the rate is multiplied by each time"),
    ICL_REAL(Step, warmup, "0", 0, 1e6, "epochs of linear rise from 0 before"),
    {0},
};

/* As Keras: the step on the boundary itself keeps the old rate. */
static double step_rate(const void *instance, double lr, const IclScheduleTime *time)
{
    const Step *step = instance;
    double warmup = round(step->warmup * time->steps_per_epoch), unit = time->steps_per_epoch;
    bool shares = true;

    for (int i = 0; i < step->at.n; i++)
        shares = shares && step->at.v[i] < 1;
    if (time->step < warmup)
        return lr * time->step / warmup;
    for (int i = 0; i < step->at.n; i++)
        if (time->step > step->at.v[i] * unit * (shares ? time->epochs : 1))
            lr *= step->factor;
    return lr;
}

static const IclScheduleClass step_class = {
    .base = {"step", "the rate falls by a factor at given epochs", sizeof(Step), step_params},
    .rate = step_rate,
};

static const IclClass *const classes[] = {&constant_class.base, &cosine_class.base,
                                          &step_class.base, NULL};

const IclFamily icl_schedule_family = {"schedules", "schedule", classes};
