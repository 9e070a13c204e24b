/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A model's inside: the graph and the texts around it, and how both lie in a store. */
#pragma once

#include <icl/model.h>

#include "graph.h"
#include "preprocess.h"
#include "store.h"

/* Takes the parsed description. labels NULL: "0", "1", ...; recipe NULL: icl_default_recipe(). */
IclModel *icl_model_new(IclChain *chain, const char *const *labels, const char *recipe,
                        guint64 seed, GError **error);

/* "resize 32 ! crop 28 ! normalize": for an input of this size. Caller frees. */
char *icl_default_recipe(IclShape input);

IclGraph *icl_model_graph(const IclModel *model);
const IclRecipe *icl_model_parsed_recipe(const IclModel *model);

/* Replaces the preprocessing. False with an error where it does not give the network's input. What
 * a step `zca` does is set apart; it takes a reference. */
bool icl_model_set_recipe(IclModel *model, const char *recipe, GError **error);
void icl_model_set_whitening(IclModel *model, IclWhitening *whitening);
void icl_model_set_multi_label(IclModel *model, bool multi_label);
void icl_model_set_metadata(IclModel *model, const char *key, const char *value);

/* What a checkpoint holds beside the model begins with these: tensors, and keys of the metadata. */
#define ICL_STATE_PREFIX "state/"
#define ICL_STATE_KEYS   "state."

/* The model in a store and back; the store borrows the weights until it is saved. */
IclStore *icl_model_store(const IclModel *model);
IclModel *icl_model_from_store(const IclStore *store, const char *name, GError **error);
