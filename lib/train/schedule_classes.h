/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The classes of the schedule family, and the parameters they share. */
#pragma once

#include "schedule.h"

/* clang-format off */
#define ICL_SCHEDULE_PARAMS                                                                         \
    ICL_REAL(IclSchedule, warmup, "0", 0, 1e6, "epochs of linear rise before"),                     \
    ICL_REAL(IclSchedule, warmup_lr, "0", 0, 1e3, "learning rate that the rise begins with"),       \
    ICL_ENUM(IclSchedule, per, "step", "step epoch", "how often the rate changes"),                 \
    {0}
/* clang-format on */

extern const IclScheduleClass icl_constant_class, icl_step_class, icl_multistep_class;
extern const IclScheduleClass icl_exponential_class, icl_inverse_time_class, icl_polynomial_class;
extern const IclScheduleClass icl_cosine_class, icl_cosine_restarts_class, icl_one_cycle_class;
