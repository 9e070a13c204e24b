/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What one call of icl_learner_train() works on: the examples and classes as they were at the call,
 * and batches drawn from them. */
#pragma once

#include "learner_parts.h"

typedef struct IclLearnerRound {
    IclLearner *learner;
    const volatile int *cancel;
    int classes;
    char **labels;
    GPtrArray *learn, *judge; /* of IclExample; judge is learn where none is held out */
    IclRandom random;
    GPtrArray *drawn; /* of GPtrArray, a class each: `learn` in the order it is drawn */
    guint turn;       /* the class whose turn it is */
    guint *at;        /* [drawn->len]: the next example of each */
} IclLearnerRound;

IclLearnerRound *icl_learner_round_new(IclLearner *learner, const volatile int *cancel);
void icl_learner_round_free(IclLearnerRound *round); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclLearnerRound, icl_learner_round_free)

bool icl_learner_round_cancelled(const IclLearnerRound *round);

/* A training batch into the learner's x and y: class after class, of each class its examples in a
 * random order, all of them before any comes again; augmented. */
void icl_learner_round_draw(IclLearnerRound *round);

/* Examples first .. of a list, as many as fit a batch, without augmentation; how many. */
int icl_learner_round_load(IclLearnerRound *round, const GPtrArray *examples, guint first);
