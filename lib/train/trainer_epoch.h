/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A trainer's steps and epochs. */
#pragma once

#include "trainer.h"

IclTrainProgress icl_trainer_progress(const IclTrainer *trainer); /* as it is now */
void icl_trainer_report(const IclTrainer *trainer, const IclTrainProgress *progress);
