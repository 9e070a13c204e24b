/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Files of a training: the best model, and the last state, which is a model file with the
 * optimizer's vectors and the trainer's place as further tensors and strings. */
#pragma once

#include "trainer.h"

/* What the model's file says of its training (options, seed, data, metrics, history). */
void icl_checkpoint_describe(IclTrainer *trainer);

/* Of its weights on the pictures held out: the best epoch's, unless this is called after it. */
void icl_checkpoint_describe_accuracy(IclTrainer *trainer, double accuracy);

/* "OUTPUT.last"; caller frees. */
char *icl_checkpoint_path(const IclTrainer *trainer);

bool icl_checkpoint_save(IclTrainer *trainer, GError **error);
/* Puts the trainer where the checkpoint was. Data, network and options must be those it was made
 * with. */
bool icl_checkpoint_load(IclTrainer *trainer, const char *path, GError **error);
