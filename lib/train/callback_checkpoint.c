/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' ModelCheckpoint: models kept along the way, beside the one of the best epoch. */
#include "callback.h"
#include "monitor.h"

typedef struct Checkpoint {
    IclCallback callback;
    char *file;
    IclMonitor monitor;
    bool save_best_only;
    int every;
} Checkpoint;

typedef struct State {
    double best;
} State;

static const IclParam checkpoint_params[] = {
    ICL_PATTERN(Checkpoint, file, "where to, such as \"m-{epoch:02d}-{val_loss:.2f}.bin\""),
    ICL_INT(Checkpoint, every, "1", 1, 1e6, "epochs from one to the next"),
    ICL_BOOL(Checkpoint, save_best_only, "no", "only where the monitored figure is the best yet"),
    ICL_MONITOR_PARAMS(Checkpoint, "val_loss", "0"),
    {0},
};

static bool checkpoint_check(const IclCallback *callback, const IclTrainOptions *options,
                             GError **error)
{
    const Checkpoint *checkpoint = (const Checkpoint *)callback;
    g_autofree char *sample = icl_figure_pattern(checkpoint->file, &(IclTrainProgress){0}, error);

    return sample && (!checkpoint->save_best_only ||
                      icl_monitor_check(&checkpoint->monitor, "checkpoint",
                                        icl_train_options_watched(options), error));
}

static void checkpoint_begin(const IclCallback *callback, double *state)
{
    *(State *)state = (State){icl_monitor_worst(&((const Checkpoint *)callback)->monitor)};
}

static bool checkpoint_epoch(const IclCallback *callback, double *doubles, IclTrainer *trainer,
                             const IclTrainProgress *progress, GError **error)
{
    const Checkpoint *checkpoint = (const Checkpoint *)callback;
    double figure = icl_figure_value((IclFigure)checkpoint->monitor.figure, progress);
    State *state = (State *)doubles;
    bool better = icl_monitor_improves(&checkpoint->monitor, figure, state->best);

    if ((progress->epoch + 1) % checkpoint->every || (checkpoint->save_best_only && !better))
        return true;
    state->best = better ? figure : state->best;
    g_autofree char *path = icl_figure_pattern(checkpoint->file, progress, error);
    return path && icl_model_save(trainer->model, path, error);
}

const IclCallbackClass icl_checkpoint_class = {
    .base = {"checkpoint", "keep a model file of each epoch, or of the best", sizeof(Checkpoint),
             checkpoint_params},
    .observes = true,
    .n_state = sizeof(State) / sizeof(double),
    .check = checkpoint_check,
    .begin = checkpoint_begin,
    .epoch = checkpoint_epoch,
};
