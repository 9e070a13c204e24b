/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The training loop: batches from the loader into the fit; validation at each epoch's end. Its
 * whole state is in here, so that a checkpoint can carry it and a training goes on to the bit. */
#pragma once

#include "fit.h"
#include "json.h"
#include "loader.h"
#include "monitor.h"
#include "options.h"

/* Running means over the epoch's training batches. */
typedef struct IclTrainerSums {
    double loss;
    int correct, seen;
} IclTrainerSums;

typedef struct IclTrainer {
    IclTrainOptions options;
    const IclDataset *dataset; /* borrowed */
    char *fingerprint;         /* of the data set */
    IclModel *model;
    IclCriterion criterion;
    IclFit *fit;
    IclLoader *loader, *validation_loader; /* the latter NULL without validation */
    int epoch, step;                       /* the next to do */
    IclTrainerSums sums;
    IclMonitor monitor;
    IclJson *history; /* array of one object an epoch */
    double learning_rate;
    gint64 started; /* monotonic time of the epoch's begin, and the step it began at */
    int started_step;
} IclTrainer;

/* NULL with an error. Borrows dataset; copies params, but not its strings. */
IclTrainer *icl_trainer_new(const IclDataset *dataset, const IclTrainParams *params,
                            GError **error);
void icl_trainer_free(IclTrainer *trainer); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclTrainer, icl_trainer_free)

int icl_trainer_steps(const IclTrainer *trainer); /* of an epoch */

/* Trains to the end, or to an error: ICL_ERROR_CANCELLED after the last state was saved. */
bool icl_trainer_run(IclTrainer *trainer, GError **error);
