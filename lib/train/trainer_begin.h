/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What is told and drawn once a training is set up, before its first step. */
#pragma once

#include "trainer.h"

bool icl_trainer_begin(const IclTrainer *trainer, GError **error);
