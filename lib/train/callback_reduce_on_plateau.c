/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' ReduceLROnPlateau, decision by decision. */
#include <string.h>

#include "callback.h"
#include "monitor.h"

typedef struct ReduceOnPlateau {
    IclCallback callback;
    IclMonitor monitor;
    double factor, min_lr;
    int patience, cooldown;
} ReduceOnPlateau;

typedef struct State {
    double best, wait, cooldown;
} State;

static const IclParam reduce_on_plateau_params[] = {
    ICL_MONITOR_PARAMS(ReduceOnPlateau, "val_loss", "1e-4"),
    ICL_REAL(ReduceOnPlateau, factor, "0.1", 0, 0.999999,
             "what the learning rate is multiplied by"),
    ICL_INT(ReduceOnPlateau, patience, "10", 0, 1e6, "epochs without a better figure before"),
    ICL_INT(ReduceOnPlateau, cooldown, "0", 0, 1e6, "epochs after it that do not count"),
    ICL_REAL(ReduceOnPlateau, min_lr, "0", 0, 1e3, "the learning rate never falls below"),
    {0},
};

/* A schedule that falls by itself and this would both claim the rate; Keras refuses that too. */
static bool reduce_on_plateau_check(const IclCallback *callback, const IclTrainOptions *options,
                                    GError **error)
{
    const ReduceOnPlateau *reduce = (const ReduceOnPlateau *)callback;
    const char *schedule = options->schedule_instance->class->base.name;

    if (!g_str_equal(schedule, "constant")) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "reduce_on_plateau and the schedule \"%s\" would both set the learning rate; "
                    "--schedule constant goes with it",
                    schedule);
        return false;
    }
    return icl_monitor_check(&reduce->monitor, "reduce_on_plateau",
                             icl_train_options_watched(options), error);
}

static void reduce_on_plateau_begin(const IclCallback *callback, double *state)
{
    *(State *)state =
        (State){icl_monitor_worst(&((const ReduceOnPlateau *)callback)->monitor), 0, 0};
}

static void reduce(const ReduceOnPlateau *reduce, State *state, IclTrainer *trainer)
{
    double full = trainer->options.optimizer_instance->lr, old = full * trainer->rate_scale;

    if (old <= reduce->min_lr)
        return;
    trainer->rate_scale = MAX(old * reduce->factor, reduce->min_lr) / full;
    state->cooldown = reduce->cooldown;
    state->wait = 0;
    icl_trainer_tell(trainer, "no better %s for %d epochs: learning rate %g to %g",
                     icl_figure_name((IclFigure)reduce->monitor.figure), reduce->patience, old,
                     full * trainer->rate_scale);
}

static bool reduce_on_plateau_epoch(const IclCallback *callback, double *doubles,
                                    IclTrainer *trainer, const IclTrainProgress *progress,
                                    GError **error)
{
    const ReduceOnPlateau *plateau = (const ReduceOnPlateau *)callback;
    double figure = icl_figure_value((IclFigure)plateau->monitor.figure, progress);
    State *state = (State *)doubles;

    if (state->cooldown > 0) {
        state->cooldown--;
        state->wait = 0;
    }
    if (icl_monitor_improves(&plateau->monitor, figure, state->best)) {
        state->best = figure;
        state->wait = 0;
    } else if (state->cooldown <= 0 && ++state->wait >= plateau->patience) {
        reduce(plateau, state, trainer);
    }
    return true;
}

const IclCallbackClass icl_reduce_on_plateau_class = {
    .base = {"reduce_on_plateau", "lower the learning rate when a figure no longer gets better",
             sizeof(ReduceOnPlateau), reduce_on_plateau_params},
    .n_state = sizeof(State) / sizeof(double),
    .check = reduce_on_plateau_check,
    .begin = reduce_on_plateau_begin,
    .epoch = reduce_on_plateau_epoch,
};
