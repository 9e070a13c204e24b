/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' TensorBoard: event files in "train" and "validation" below a folder, the tags epoch_loss,
 * epoch_accuracy and epoch_learning_rate, steps being epochs from 0; and in "validation", which
 * Keras' has not, how much of each class was right: epoch_recall/LABEL. */
#include <math.h>
#include <string.h>

#include "callback.h"
#include "events.h"
#include "figure.h"

typedef struct TensorBoard {
    IclCallback callback;
    char *folder;
    int classes;
} TensorBoard;

enum { AUTO, YES, NO };
enum { READABLE = 100 /* classes */ };

static const IclParam tensorboard_params[] = {
    ICL_PATH(TensorBoard, folder, "where to; `tensorboard --logdir FOLDER` shows it"),
    ICL_ENUM(TensorBoard, classes, "auto", "auto yes no",
             "a curve for each class, too; auto: of at most 100 classes"),
    {0},
};

/* Tags have no "val_": the file's folder says that. */
static bool write_figures(IclEvents *events, bool validation, const IclTrainProgress *progress,
                          GError **error)
{
    bool written = true;

    for (IclFigure i = 0; written && i < ICL_FIGURE_COUNT; i++) {
        double value = icl_figure_value(i, progress);
        const char *name = icl_figure_name(i) + (validation ? strlen("val_") : 0);
        if (icl_figure_is_validation(i) != validation || !isfinite(value))
            continue;
        g_autofree char *tag = g_strconcat("epoch_", name, NULL);
        written = icl_events_scalar(events, progress->epoch, tag, value, error);
    }
    return written;
}

static bool wants_classes(const TensorBoard *board, const IclTrainer *trainer)
{
    return board->classes == YES ||
           (board->classes == AUTO && icl_dataset_classes(trainer->dataset) <= READABLE);
}

static bool write_classes(const IclTrainer *trainer, IclEvents *events,
                          const IclTrainProgress *progress, GError **error)
{
    const char *const *labels = icl_dataset_labels(trainer->dataset);
    bool written = true;

    for (int c = 0; written && c < icl_dataset_classes(trainer->dataset); c++) {
        g_autofree char *tag = g_strconcat("epoch_recall/", labels[c], NULL);
        if (isfinite(progress->val_recall[c]))
            written =
                icl_events_scalar(events, progress->epoch, tag, progress->val_recall[c], error);
    }
    return written;
}

static bool write_file(const TensorBoard *board, const IclTrainer *trainer, bool validation,
                       const IclTrainProgress *progress, GError **error)
{
    g_autofree char *folder =
        g_build_filename(board->folder, validation ? "validation" : "train", NULL);
    IclEvents *events = icl_events_open(folder, progress->epoch, error);
    bool written = events && write_figures(events, validation, progress, error) &&
                   (!validation || !wants_classes(board, trainer) ||
                    write_classes(trainer, events, progress, error));

    return events && icl_events_close(events, written ? error : NULL) && written;
}

static bool tensorboard_epoch(const IclCallback *callback, double *state, IclTrainer *trainer,
                              const IclTrainProgress *progress, GError **error)
{
    const TensorBoard *board = (const TensorBoard *)callback;

    return write_file(board, trainer, false, progress, error) &&
           (!trainer->options.n_validation || write_file(board, trainer, true, progress, error));
}

const IclCallbackClass icl_tensorboard_class = {
    .base = {"tensorboard", "write event files for TensorBoard", sizeof(TensorBoard),
             tensorboard_params},
    .observes = true,
    .epoch = tensorboard_epoch,
};
