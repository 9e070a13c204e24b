/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What model.c, model_file.c and model_whitening.c share. */
#pragma once

#include "model.h"

/* Metadata: what the network's outputs are, where they are not the classes of which a picture is
 * one.
 */
#define MODEL_OUTPUTS     "outputs"
#define MODEL_MULTI_LABEL "multi-label"

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

/* The step `zca` of the preprocessing, which is numbers: in the store's tensors, and back. The
 * store borrows them. */
void model_store_whitening(const IclModel *model, IclStore *store);
/* How many of the store's tensors it is; -1 with an error. */
int model_read_whitening(IclModel *model, const IclStore *store, const char *name, GError **error);
