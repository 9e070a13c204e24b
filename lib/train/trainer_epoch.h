/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A trainer's steps and epochs. */
#pragma once

#include "trainer.h"

IclTrainProgress icl_trainer_progress(const IclTrainer *trainer); /* as it is now */
/* The schedule's rate of a step of the training, as callbacks have scaled it. */
double icl_trainer_scheduled_rate(const IclTrainer *trainer, double step);

/* Saves a checkpoint and says how to go on: false, with ICL_ERROR_CANCELLED. */
bool icl_trainer_cancel(IclTrainer *trainer, GError **error);
bool icl_trainer_cancelled(const IclTrainer *trainer);

void icl_trainer_report(const IclTrainer *trainer, const IclTrainProgress *progress);
