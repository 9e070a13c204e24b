/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Ends a training in time. The epoch that is cut short is validated as any other, so that there is
 * a model. Which step is the last depends on the machine: it is the one callback after which the
 * same command may make other bytes. */
#include "callback.h"

typedef struct TimeLimit {
    IclCallback callback;
    double seconds;
} TimeLimit;

static const IclParam time_limit_params[] = {
    ICL_REAL(TimeLimit, seconds, NULL, 0, 1e9, "from the first step, those before a resume too"),
    {0},
};

typedef struct State {
    double spent; /* seconds before the present step */
} State;

static bool time_limit_step(const IclCallback *callback, double *doubles, IclTrainer *trainer,
                            const IclTrainProgress *progress, GError **error)
{
    const TimeLimit *limit = (const TimeLimit *)callback;
    State *state = (State *)doubles;

    state->spent += progress->seconds;
    if (state->spent >= limit->seconds)
        icl_trainer_stop(trainer, "stopped in epoch %d, step %d of %d: %g seconds are over",
                         progress->epoch + 1, progress->step, progress->steps, limit->seconds);
    return true;
}

const IclCallbackClass icl_time_limit_class = {
    .base = {"time_limit", "end the training after some time", sizeof(TimeLimit),
             time_limit_params},
    .n_state = sizeof(State) / sizeof(double),
    .step = time_limit_step,
};
