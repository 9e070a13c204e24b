/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/dataset.h>
#include <icl/model.h>

G_BEGIN_DECLS

/**
 * IclTrainProgress: what the progress callback sees, after each step and each epoch.
 * @epoch: 0-based; @epochs: planned
 * @step: steps of this epoch done; @steps: in all; 0 for the epoch's end report
 * @loss, @accuracy: running means over this epoch's training batches, weighted by batch size
 * @val_loss, @val_accuracy: of the held-out pictures; NAN in step reports
 * @rate: pictures a second of this epoch; @learning_rate: of the last step
 * @best: whether this epoch is the best so far (epoch reports)
 * @message: (nullable): a sentence instead of numbers ("early stopping after epoch 7", an
 * unreadable picture); then the rest is as it was
 * @unreadable: whether @message is about a picture that is left out
 */
typedef struct IclTrainProgress {
    int epoch, epochs;
    int step, steps;
    double loss, accuracy;
    double val_loss, val_accuracy;
    double rate, learning_rate;
    bool best;
    const char *message;
    bool unreadable;
} IclTrainProgress;

/**
 * IclTrainParams: begin from ICL_TRAIN_DEFAULTS. Strings NULL: the sensible choice for the data.
 * @description: text of the network; NULL: chosen for the size of the pictures
 * @description_name: what messages call it
 * @recipe: preprocessing ("resize 256 ! crop 224 ! normalize"); NULL: made for the network's input,
 * with mean and standard deviation of the training pictures
 * @augment: chain; NULL: chosen for the data; "": none
 * @optimizer: one step ("adamw lr=1e-3"); @schedule: one step ("cosine warmup=2")
 * @label_smoothing: 0..1
 * @epochs, @batch: >= 1 (0: chosen)
 * @validation: share of the training pictures held out for validation, 0 <= v < 1
 * @early_stopping: stop after this many epochs without improvement of val_accuracy; 0: never
 * @threads, @workers: 0 threads: all; workers -1: chosen. Neither changes the result
 * @output: the model's file; best weights go there, the last state to "OUTPUT.last" while training
 * runs
 * @resume: (nullable): a checkpoint to go on from (same data, network and options)
 * @cancel: (nullable): set to non-zero by anyone to stop after the present step
 */
typedef struct IclTrainParams {
    const char *description, *description_name;
    const char *recipe, *augment, *optimizer, *schedule;
    double label_smoothing;
    int epochs, batch;
    double validation;
    int early_stopping;
    guint64 seed;
    int threads, workers;
    bool strict;
    const char *output;
    const char *resume;
    const volatile int *cancel;
    void (*progress)(void *user, const IclTrainProgress *progress);
    void *user;
} IclTrainParams;

#define ICL_TRAIN_DEFAULTS .validation = 0.1, .seed = 1, .workers = -1

/**
 * icl_train: trains a network on @dataset and writes params->output.
 *
 * Returns: (transfer full): the best model. NULL with an error; with ICL_ERROR_CANCELLED the last
 * checkpoint is in "OUTPUT.last" and the message says how to go on.
 */
ICL_API IclModel *icl_train(const IclDataset *dataset, const IclTrainParams *params,
                            GError **error);

G_END_DECLS
