/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What model.c and model_file.c share. */
#pragma once

#include "model.h"

struct IclModel {
    gatomicrefcount refs;
    char *description; /* canonical, with the variables set */
    char *recipe;
    IclRecipe *parsed_recipe;
    char **labels;
    IclGraph *graph;
    IclStore *metadata; /* strings only: what the trainer says of the model */
};

/* Network, labels and recipe; weights still zero, of at most `limit` bytes. `chain` is borrowed. */
IclModel *model_build(const IclChain *chain, const char *const *labels, const char *recipe,
                      size_t limit, GError **error);
