/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The training loop: batches from the loader into the fit; validation at each epoch's end. Its
 * whole state is in here, so that a checkpoint can carry it and a training goes on to the bit. */
#pragma once

#include "fit.h"
#include "loader.h"
#include "options.h"

/* Running sums over the epoch's training batches, or the pictures held out. */
typedef struct IclTrainerSums {
    double loss, correct;
    int top5, seen;
} IclTrainerSums;

struct IclTrainer {
    IclTrainOptions options;
    const IclDataset *dataset; /* borrowed */
    char *fingerprint;         /* of the data set */
    IclModel *model;
    IclFit *fit;
    IclLoader *loader, *validation_loader; /* the latter NULL without validation */

    int epoch, step; /* the next to do */
    int batch;       /* the loader's place; unreadable pictures may have left batches empty */
    IclTrainerSums sums;
    double best;    /* of the monitored figure */
    int best_epoch; /* -1: none yet */
    double learning_rate,
        rate_scale; /* of the last step; what callbacks multiply the schedule by */
    bool stop;
    double *callback_state;
    GArray *history; /* of IclTrainProgress, one an epoch */
    GArray *recalls; /* of float, [epochs][classes]: its val_recall; empty without validation */

    /* Of this process alone. */
    bool begun;   /* memory was reported */
    bool loading; /* the epoch's batches are under way */
    char *why_stop;
    double *recall;      /* [classes] */
    gint64 started, was; /* monotonic time of the epoch's begin and of the last step's end */
    int started_step;
};

/* Without an output: for who drives fit and loader without icl_trainer_next(). */
IclTrainer *icl_trainer_new_unsaved(const IclDataset *dataset, const IclTrainParams *params,
                                    GError **error);

int icl_trainer_steps(const IclTrainer *trainer); /* of an epoch */

/* A sentence to the progress callback. */
void icl_trainer_tell(const IclTrainer *trainer, const char *format, ...) G_GNUC_PRINTF(2, 3);
