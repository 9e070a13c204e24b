/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' EarlyStopping, decision by decision. The best weights need no restoring: the model's file
 * has those of the best epoch anyway. */
#include "callback.h"
#include "monitor.h"

typedef struct EarlyStopping {
    IclCallback callback;
    IclMonitor monitor;
    int patience, start_from_epoch;
    IclReals baseline; /* none, or one */
} EarlyStopping;

typedef struct State {
    double best, best_epoch, wait;
} State;

static const IclParam early_stopping_params[] = {
    ICL_MONITOR_PARAMS(EarlyStopping, "val_loss", "0"),
    ICL_INT(EarlyStopping, patience, "0", 0, 1e6, "epochs without a better figure before it stops"),
    ICL_REALS(EarlyStopping, baseline, "[]", -1e9, 1e9,
              "a figure to be better than, too, to go on"),
    ICL_INT(EarlyStopping, start_from_epoch, "0", 0, 1e6, "epochs that do not count"),
    {0},
};

static bool early_stopping_check(const IclCallback *callback, const IclTrainOptions *options,
                                 GError **error)
{
    const EarlyStopping *stopping = (const EarlyStopping *)callback;

    if (stopping->baseline.n > 1) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "early_stopping: baseline has %d numbers; one would do", stopping->baseline.n);
        return false;
    }
    return icl_monitor_check(&stopping->monitor, "early_stopping",
                             icl_train_options_watched(options), error);
}

static void early_stopping_begin(const IclCallback *callback, double *state)
{
    *(State *)state = (State){icl_monitor_worst(&((const EarlyStopping *)callback)->monitor), 0, 0};
}

static bool early_stopping_epoch(const IclCallback *callback, double *doubles, IclTrainer *trainer,
                                 const IclTrainProgress *progress, GError **error)
{
    const EarlyStopping *stopping = (const EarlyStopping *)callback;
    const IclMonitor *monitor = &stopping->monitor;
    double figure = icl_figure_value((IclFigure)monitor->figure, progress);
    State *state = (State *)doubles;

    if (progress->epoch < stopping->start_from_epoch)
        return true;
    state->wait++;
    if (icl_monitor_improves(monitor, figure, state->best)) {
        state->best = figure;
        state->best_epoch = progress->epoch;
        if (!stopping->baseline.n || icl_monitor_improves(monitor, figure, stopping->baseline.v[0]))
            state->wait = 0;
        return true;
    }
    if (state->wait >= stopping->patience && progress->epoch > 0)
        icl_trainer_stop(trainer, "early stopping after epoch %d: no better %s since epoch %d",
                         progress->epoch + 1, icl_figure_name((IclFigure)monitor->figure),
                         (int)state->best_epoch + 1);
    return true;
}

const IclCallbackClass icl_early_stopping_class = {
    .base = {"early_stopping", "stop when a figure no longer gets better", sizeof(EarlyStopping),
             early_stopping_params},
    .n_state = sizeof(State) / sizeof(double),
    .check = early_stopping_check,
    .begin = early_stopping_begin,
    .epoch = early_stopping_epoch,
};
