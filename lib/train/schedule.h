/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The learning rate of each step. Times are given in epochs, so that they mean the same for any
 * batch; formulas are Keras', of one_cycle PyTorch's. Before any schedule there may be a linear
 * rise; then it begins, but the epochs of step and multistep count from the training's begin. */
#pragma once

#include "class.h"

typedef struct IclScheduleTime {
    double step; /* 0 at the first update */
    double steps_per_epoch;
    double epochs; /* planned */
} IclScheduleTime;

/* What a class sees of the time, in steps. */
typedef struct IclScheduleSpan {
    double step;   /* since the rise ended */
    double steps;  /* from there to the training's end; at least 1 */
    double warmup; /* of the rise */
    double epoch;  /* in one */
    double epochs; /* planned, the rise included */
} IclScheduleSpan;

typedef struct IclScheduleClass IclScheduleClass;

typedef struct IclSchedule {
    const IclScheduleClass *class;
    double warmup, warmup_lr; /* every class has these three parameters */
    int per;                  /* step or epoch */
} IclSchedule;

struct IclScheduleClass {
    IclClass base;
    double (*shape)(const IclSchedule *schedule, double lr, const IclScheduleSpan *span);
};

extern const IclFamily icl_schedule_family;

/* The learning rate of a step, where the optimizer's is lr. */
double icl_schedule_rate(const IclSchedule *schedule, double lr, const IclScheduleTime *time);
