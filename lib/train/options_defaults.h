/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include "options.h"

/* Fills what the user left open, from what is known of the data; chosen texts go to
 * options->strings. */
void icl_train_options_default(IclTrainOptions *options, const IclDataset *dataset);
