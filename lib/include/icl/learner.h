/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/frame.h>
#include <icl/model.h>

G_BEGIN_DECLS

/**
 * IclLearner: learns from labelled pictures as they come: a bounded memory of small pictures,
 * balanced over the classes, and a network trained on it.
 *
 * One thread may add while another trains. What is learned is a function of the parameters and of
 * the order of calls alone: for the same sequence of icl_learner_add() and icl_learner_train() the
 * model is the same to the byte, on any number of threads.
 */
typedef struct IclLearner IclLearner;

/**
 * IclLearnerParams: begin from ICL_LEARNER_DEFAULTS. Strings NULL: the sensible choice.
 * @base: (nullable): a trained model whose last layer, a dense one, is learned anew for the labels
 *   that come, on the features before it; the rest stays as it is. Excludes @description, @recipe
 *   and @augment
 * @description: text of a network to train whole, from random weights; NULL: `models/cnn.icl`. The
 *   variables $size and $channels, where it has them, are chosen from the first picture, or $size
 *   from the @recipe. It grows with $classes; where it does not ask for $classes, it takes as many
 *   as it has outputs, and labels of outputs that no class has taken yet are "(unused N)"
 * @description_name: what messages call it
 * @recipe: preprocessing; NULL: made for the network's input
 * @augment, @optimizer: chains as in IclTrainParams; NULL: a shift (of colour pictures a mirror
 * image too), and adamw at a learning rate that suits the network or the last layer. With `ema`,
 * the average of the weights is what is judged and what the model has
 * @memory: pictures kept, over all classes, >= 2. When full, the class with most pictures gives one
 *   away, chosen by reservoir sampling: every picture of a class has the same chance to be kept
 * @held_out: every Nth picture of a class is kept for judging instead of training; 0: none; not 1
 * @batch: pictures an update, >= 1
 * @seed: of weights, sampling, augmentation
 * @threads: of a pass; 0: all. Does not change the result
 */
typedef struct IclLearnerParams {
    IclModel *base;
    const char *description, *description_name;
    const char *recipe, *augment, *optimizer;
    int memory, held_out, batch;
    guint64 seed;
    int threads;
} IclLearnerParams;

#define ICL_LEARNER_DEFAULTS .memory = 2000, .held_out = 5, .batch = 32, .seed = 1

/**
 * icl_learner_new:
 *
 * Checks everything that does not need a picture. Copies @params' strings, keeps a reference to the
 * base. Returns: (transfer full): NULL with an error
 */
ICL_API IclLearner *icl_learner_new(const IclLearnerParams *params, GError **error);
ICL_API void icl_learner_free(IclLearner *learner); /* accepts NULL; no call may be running */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclLearner, icl_learner_free)

/**
 * icl_learner_add: preprocesses a picture and puts it into the memory.
 * @label: a label never seen before begins a new class; valid UTF-8, not empty
 *
 * Costs a preprocessing (and with a base model a forward pass); never waits for a training.
 * False with ICL_ERROR_VALUE (label; a description that does not fit the first picture),
 * ICL_ERROR_DATA (more than 1000 classes, or than the network has outputs) or ICL_ERROR_MEMORY;
 * then nothing was added. One thread adds at a time.
 */
ICL_API bool icl_learner_add(IclLearner *learner, const IclFrame *frame, const char *label,
                             GError **error);

/**
 * IclLearnerState: what the learner has.
 * @classes: seen so far; @added: pictures ever added; @kept, @held_out: in the memory now, to learn
 *   from and to judge by
 * @updates: done so far
 * @loss: mean over the last training's updates; NAN before
 * @accuracy: share of the held-out pictures (of those learned from, where none is held out) that
 * the model after the last training has right; NAN before
 * @best: that of the best model on the same pictures: it may fall, as those held out change
 */
typedef struct IclLearnerState {
    int classes;
    gint64 added;
    int kept, held_out;
    gint64 updates;
    double loss, accuracy, best;
} IclLearnerState;

/** May be called by any thread at any time. */
ICL_API void icl_learner_state(IclLearner *learner, IclLearnerState *state);

/**
 * icl_learner_train: @updates updates on what the memory holds at the call; then the batch
 * normalisations' statistics are measured anew over the memory (moving averages lag behind in short
 * runs), and the model is judged.
 * @cancel: (nullable): non-zero, set by anyone (g_atomic_int_set()), stops after the present batch.
 *   The network keeps what it learned so far, but is not judged: the best model stays
 *
 * Class weights are equal: batches are drawn class by class. The learning rate goes from the
 * optimizer's to a tenth of it by cosine within each call. True without work where fewer than two
 * classes are known. One thread trains at a time. False with ICL_ERROR_VALUE where the loss is not
 * a number any more (the learner has gone back to the best model), or ICL_ERROR_MEMORY.
 */
ICL_API bool icl_learner_train(IclLearner *learner, int updates, const volatile int *cancel,
                               GError **error);

/**
 * icl_learner_model: the best model, with its labels in the order they first came; further learning
 * does not touch it. A model that knows more classes is better than one that knows fewer, whatever
 * their accuracy; of equally good ones the newer is. May be called by any thread at any time.
 *
 * Returns: (transfer full) (nullable): NULL with ICL_ERROR_DATA where nothing was learned yet.
 */
ICL_API IclModel *icl_learner_model(IclLearner *learner, GError **error);

G_END_DECLS
