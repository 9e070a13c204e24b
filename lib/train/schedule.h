/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The learning rate of each step. Times are given in epochs, so that they mean the same for any
 * batch; formulas are Keras' of CosineDecay and PiecewiseConstantDecay. */
#pragma once

#include "class.h"

typedef struct IclScheduleTime {
    double step; /* 0 at the first update */
    double steps_per_epoch;
    double epochs; /* planned */
} IclScheduleTime;

typedef struct IclScheduleClass {
    IclClass base;
    double (*rate)(const void *instance, double lr, const IclScheduleTime *time);
} IclScheduleClass;

typedef struct IclSchedule {
    const IclScheduleClass *class;
} IclSchedule;

extern const IclFamily icl_schedule_family;
