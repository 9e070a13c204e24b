/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "schedule.h"

#include <glib.h>
#include <math.h>

#include "schedule_classes.h"

static const IclClass *const classes[] = {&icl_constant_class.base,
                                          &icl_cosine_class.base,
                                          &icl_cosine_restarts_class.base,
                                          &icl_one_cycle_class.base,
                                          &icl_step_class.base,
                                          &icl_multistep_class.base,
                                          &icl_exponential_class.base,
                                          &icl_inverse_time_class.base,
                                          &icl_polynomial_class.base,
                                          NULL};

const IclFamily icl_schedule_family = {"schedules", "schedule", classes};

double icl_schedule_rate(const IclSchedule *schedule, double lr, const IclScheduleTime *time)
{
    double epoch = time->steps_per_epoch, warmup = round(schedule->warmup * epoch);
    double step = schedule->per ? floor(time->step / epoch) * epoch : time->step;
    IclScheduleSpan span = {.step = step - warmup,
                            .steps = MAX(time->epochs * epoch - warmup, 1),
                            .warmup = warmup,
                            .epoch = epoch,
                            .epochs = time->epochs};

    if (step < warmup)
        return schedule->warmup_lr + (lr - schedule->warmup_lr) * step / warmup;
    return schedule->class->shape(schedule, lr, &span);
}
