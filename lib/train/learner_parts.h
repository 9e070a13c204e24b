/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A learner's inside. Two threads meet in it: one adds (learner.c), one trains (learner_train.c).
 * What both touch is under the lock; a training takes references to the examples it needs and lets
 * go of the lock, so that adding never waits for it. */
#pragma once

#include <icl/learner.h>

#include <pthread.h>

#include "augmenter.h"
#include "fit.h"
#include "learner_memory.h"
#include "model.h"
#include "random.h"
#include "schedule.h"

/* How pictures become examples and examples become input: of the whole network (bytes of a small
 * picture), or of a base model's last layer alone (the features that enter it). */
typedef struct IclLearnerKind {
    const char *optimizer; /* the default */
    /* Sets `start` and what goes with it as far as that needs no picture; the rest with the first
     * one, where `network` is not set by then. */
    bool (*check)(IclLearner *learner, GError **error);
    bool (*begin)(IclLearner *learner, const IclFrame *frame, GError **error);
    void (*keep)(IclLearner *learner, const IclFrame *frame, void *data); /* the adding thread */
    /* The training thread's: the input x of an example; `random` NULL: without augmentation. */
    void (*fill)(IclLearner *learner, const void *data, IclRandom *random, float *x);
    bool (*prepare)(IclLearner *learner, const GPtrArray *examples, GError **error); /* once */
} IclLearnerKind;

extern const IclLearnerKind icl_learner_whole, icl_learner_head;

/* A network as it was when it was judged. */
typedef struct IclLearnerBest {
    IclGraph *graph;
    IclExecutor *inference;
    int classes;
} IclLearnerBest;

struct IclLearner {
    IclLearnerParams params; /* strings are the learner's */
    const IclLearnerKind *kind;
    IclOptimizer *optimizer;
    IclSchedule *schedule;

    /* Set by the first picture at the latest, and const then. */
    GPtrArray *augmentations; /* of instances of icl_augment_family */
    IclModel *start;          /* network and preprocessing to begin with */
    char *network;            /* text of what is trained: all of it, or its last layer */
    int outputs;              /* of a network that does not ask for $classes; else 0 */
    size_t example_bytes;

    /* Of the adding thread. */
    bool begun; /* the above is set */
    IclPreprocessor *preprocessor;
    float *pixels; /* a preprocessed picture */
    IclExecutor *features;

    /* Under the lock. */
    pthread_mutex_t lock;
    IclLearnerMemory *memory;
    GPtrArray *labels;   /* char *, in the order they came */
    GHashTable *classes; /* label -> its number */
    IclLearnerState state;
    IclModel *model; /* the best, or NULL */

    /* Of the training thread. */
    char *final_recipe; /* the start's, with mean and standard deviation of the pictures */
    IclRecipe *normalize;
    IclGraph *graph;
    IclFit *fit;
    float *x, *picture; /* a batch; one picture */
    IclAugmenter *augmenter;
    int *y;
    IclLearnerBest best;
};

/* A network of so many classes, its weights zero. */
IclGraph *icl_learner_expand(const char *text, int classes, GError **error);

/* What is trained, for so many classes: weights drawn from the seed, then those of `known` (or
 * NULL) where path and shape are the same; where only the number of classes differs, those of the
 * classes it knows. */
IclGraph *icl_learner_grow(const IclLearner *learner, int classes, const IclGraph *known,
                           GError **error);

/* What a network of this many trained classes has as outputs. */
int icl_learner_outputs(const IclLearner *learner, int classes);

/* The whole model: the start's weights, and in place of its last layers the graph's. */
IclModel *icl_learner_assemble(const IclLearner *learner, const IclGraph *graph,
                               const char *const *labels, GError **error);
