/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What a training is made of once every choice the user left open is made, from the data alone. */
#pragma once

#include <icl/train.h>

#include "loss.h"
#include "model.h"
#include "monitor.h"
#include "optimizer.h"
#include "schedule.h"

/* Classes with the most and the fewest pictures, but at least one. */
typedef struct IclImbalance {
    int largest, smallest; /* classes */
    int most, least;       /* their pictures */
} IclImbalance;

typedef struct IclTrainOptions {
    IclTrainParams params;                /* nothing left open */
    GStringChunk *strings;                /* those of params */
    GPtrArray *augmentations, *callbacks; /* of instances of their families */
    guint n_asked;                        /* callbacks before those of the run's folder */
    IclCriterion *loss_instance;
    IclOptimizer *optimizer_instance;
    IclSchedule *schedule_instance;
    void *sampler_instance;          /* or NULL */
    float *class_weight;             /* [classes], or NULL */
    float *label_weight;             /* in its place [2,classes] of a multi-label set, or NULL */
    bool multi_label;                /* the data set is */
    IclMonitor monitor;              /* of the best epoch */
    uint32_t *training, *validation; /* picture numbers, ascending */
    int n_training, n_validation;
    int epoch_size; /* pictures of an epoch, as the sampler has it */
    IclImbalance imbalance;
    bool balances; /* the sampler was chosen for the imbalance */
} IclTrainOptions;

/* What a monitor may watch. */
IclWatched icl_train_options_watched(const IclTrainOptions *options);

/* False with an error naming the option. */
bool icl_train_options(IclTrainOptions *options, const IclDataset *dataset,
                       const IclTrainParams *params, GError **error);
void icl_train_options_clear(IclTrainOptions *options);

/* Those that change the result, a line each: what a model's file keeps; with `observers` all
 * callbacks that were asked for, as a run's folder keeps them. Caller frees. */
char *icl_train_options_print(const IclTrainOptions *options, bool observers);

/* The network to train: its size set from the pictures where the description leaves it open, its
 * preprocessing with mean and standard deviation of the training pictures. */
IclModel *icl_train_model(const IclTrainOptions *options, const IclDataset *dataset,
                          GError **error);
