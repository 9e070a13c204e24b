/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * How good a trainer's weights are as they are: by the pictures held out. */
#pragma once

#include "trainer.h"

void icl_trainer_sums_add(IclTrainerSums *sums, IclLoss loss, int n);

/* Sets the figures of validation, where pictures are held out; val_loss has the regularizers' part,
 * as Keras'. */
bool icl_trainer_validate(IclTrainer *trainer, IclTrainProgress *progress, GError **error);

/* Whether they are the best yet, which is noted. Without validation the last are, if they are
 * numbers. */
bool icl_trainer_is_best(IclTrainer *trainer, const IclTrainProgress *progress);
