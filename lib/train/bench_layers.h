/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The times of a pass' steps, each by itself, and the peak they are held to: a network is as slow
 * as its slow layers, which the time of the whole does not show. */
#pragma once

#include <icl/bench.h>

#include "executor.h"

typedef struct IclStepTimes IclStepTimes;

/* Has the executor note its steps' times from now on. Borrows it. */
IclStepTimes *icl_step_times_new(IclExecutor *executor);
void icl_step_times_free(IclStepTimes *times); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclStepTimes, icl_step_times_free)

/* After each pass to be counted: keeps what was noted, and measures the peak once. */
void icl_step_times_keep(IclStepTimes *times);

/* The medians of what was kept; sets layers, n_layers and peak_gflops. */
void icl_step_times_report(const IclStepTimes *times, IclBench *bench);
