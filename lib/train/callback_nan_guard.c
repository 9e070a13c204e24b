/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' TerminateOnNaN. Without it a loss that is no number is an error: the model's file has the
 * best epoch's weights either way. */
#include <math.h>

#include "callback.h"

static bool nan_guard_step(const IclCallback *callback, double *state, IclTrainer *trainer,
                           const IclTrainProgress *progress, GError **error)
{
    if (!isfinite(progress->loss))
        icl_trainer_stop(trainer,
                         "stopped in epoch %d, step %d: the loss is not a number any more at "
                         "learning rate %g; a tenth of it may do",
                         progress->epoch + 1, progress->step, progress->learning_rate);
    return true;
}

const IclCallbackClass icl_nan_guard_class = {
    .base = {"nan_guard", "end the training, without an error, when the loss is not a number",
             sizeof(IclCallback), NULL},
    .step = nan_guard_step,
};
