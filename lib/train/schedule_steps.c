/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Rates that stay, or change at given epochs (Keras' PiecewiseConstantDecay): the step on the
 * boundary itself keeps the old rate. */
#include <glib.h>

#include "schedule_classes.h"

static const IclParam constant_params[] = {ICL_SCHEDULE_PARAMS};

static double constant_shape(const IclSchedule *schedule, double lr, const IclScheduleSpan *span)
{
    return lr;
}

const IclScheduleClass icl_constant_class = {
    .base = {"constant", "the optimizer's learning rate throughout", sizeof(IclSchedule),
             constant_params},
    .shape = constant_shape,
};

/* How many of the epochs `at` have passed. */
static int passed(const IclReals *at, const IclScheduleSpan *span)
{
    bool shares = true;
    int n = 0;

    for (int i = 0; i < at->n; i++)
        shares = shares && at->v[i] < 1;
    for (int i = 0; i < at->n; i++)
        n += span->step + span->warmup > at->v[i] * span->epoch * (shares ? span->epochs : 1);
    return n;
}

static double fall(double lr, double factor, int times)
{
    for (int i = 0; i < times; i++)
        lr *= factor;
    return lr;
}

typedef struct Step {
    IclSchedule schedule;
    IclReals at;
    double factor;
} Step;

#define AT_HELP "when the rate changes: epochs, or shares of the training where all are below 1"

static const IclParam step_params[] = {
    ICL_REALS(Step, at, "[0.5 0.75]", 0, 1e6, AT_HELP),
    ICL_REAL(Step, factor, "0.1", 0, 1, "what the rate is multiplied by each time"),
    ICL_SCHEDULE_PARAMS,
};

static double step_shape(const IclSchedule *schedule, double lr, const IclScheduleSpan *span)
{
    const Step *step = (const Step *)schedule;

    return fall(lr, step->factor, passed(&step->at, span));
}

const IclScheduleClass icl_step_class = {
    .base = {"step", "the rate falls by a factor at given epochs", sizeof(Step), step_params},
    .shape = step_shape,
};

typedef struct Multistep {
    IclSchedule schedule;
    IclReals at, values;
    double factor;
} Multistep;

static const IclParam multistep_params[] = {
    ICL_REALS(Multistep, at, NULL, 0, 1e6, AT_HELP ", ascending"),
    ICL_REALS(Multistep, values, "[]", 0, 1e3, "the learning rate from each of them on"),
    ICL_REAL(Multistep, factor, "0.1", 0, 1e3, "without values: what it is multiplied by"),
    ICL_SCHEDULE_PARAMS,
};

static char *multistep_check(const void *instance)
{
    const Multistep *multistep = instance;

    for (int i = 1; i < multistep->at.n; i++)
        if (!(multistep->at.v[i] > multistep->at.v[i - 1]))
            return g_strdup("at has epochs that do not ascend; write them in their order");
    if (!multistep->values.n || multistep->at.n == multistep->values.n)
        return NULL;
    return g_strdup_printf("at has %d epochs but values %d learning rates; give one for each, "
                           "the optimizer's lr is that before",
                           multistep->at.n, multistep->values.n);
}

static double multistep_shape(const IclSchedule *schedule, double lr, const IclScheduleSpan *span)
{
    const Multistep *multistep = (const Multistep *)schedule;
    int n = passed(&multistep->at, span);

    if (multistep->values.n)
        return n ? multistep->values.v[n - 1] : lr;
    return fall(lr, multistep->factor, n);
}

const IclScheduleClass icl_multistep_class = {
    .base = {"multistep", "the rate takes given values from given epochs on", sizeof(Multistep),
             multistep_params, .check = multistep_check},
    .shape = multistep_shape,
};
