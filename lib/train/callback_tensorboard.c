/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' TensorBoard: event files in "train" and "validation" below a folder, the tags epoch_loss,
 * epoch_accuracy and epoch_learning_rate, steps being epochs from 0. */
#include <math.h>
#include <string.h>

#include "callback.h"
#include "events.h"
#include "figure.h"

typedef struct TensorBoard {
    IclCallback callback;
    char *folder;
} TensorBoard;

static const IclParam tensorboard_params[] = {
    {"folder", ICL_PARAM_STRING, offsetof(TensorBoard, folder), NULL, 0, 0, NULL,
     "where to; `tensorboard --logdir FOLDER` shows it"},
    {0},
};

/* Tags have no "val_": the file's folder says that. */
static bool write_figures(const char *root, bool validation, const IclTrainProgress *progress,
                          GError **error)
{
    g_autofree char *folder = g_build_filename(root, validation ? "validation" : "train", NULL);
    IclEvents *events = icl_events_open(folder, progress->epoch, error);
    bool written = events;

    for (IclFigure i = 0; written && i < ICL_FIGURE_COUNT; i++) {
        double value = icl_figure_value(i, progress);
        const char *name = icl_figure_name(i) + (validation ? strlen("val_") : 0);
        if (icl_figure_is_validation(i) != validation || !isfinite(value))
            continue;
        g_autofree char *tag = g_strconcat("epoch_", name, NULL);
        written = icl_events_scalar(events, progress->epoch, tag, value, error);
    }
    return events && icl_events_close(events, written ? error : NULL) && written;
}

static bool tensorboard_epoch(const IclCallback *callback, double *state, IclTrainer *trainer,
                              const IclTrainProgress *progress, GError **error)
{
    const char *root = ((const TensorBoard *)callback)->folder;

    return write_figures(root, false, progress, error) &&
           (!trainer->options.n_validation || write_figures(root, true, progress, error));
}

const IclCallbackClass icl_tensorboard_class = {
    .base = {"tensorboard", "write event files for TensorBoard", sizeof(TensorBoard),
             tensorboard_params},
    .observes = true,
    .epoch = tensorboard_epoch,
};
