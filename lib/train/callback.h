/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What goes along with a training and may steer it, by Keras' names: a chain of steps
 * ("early_stopping patience=5 ! csv \"h.csv\""), called in their order. An instance is const: what
 * a callback remembers are doubles, which lie with the trainer and go into checkpoints, so that a
 * resumed training decides as the uninterrupted one. */
#pragma once

#include "class.h"
#include "trainer.h"

typedef struct IclCallbackClass IclCallbackClass;

typedef struct IclCallback {
    const IclCallbackClass *class;
} IclCallback;

struct IclCallbackClass {
    IclClass base;
    bool observes; /* it changes nothing of the weights: not among the options kept in the model */
    int n_state;   /* doubles it remembers */
    bool averages; /* it has an average of the weights: icl_fit_swa_add() */
    /* Each but `base` may be NULL. False with an error. */
    bool (*check)(const IclCallback *callback, const IclTrainOptions *options, GError **error);
    void (*begin)(const IclCallback *callback, double *state);
    bool (*step)(const IclCallback *callback, double *state, IclTrainer *trainer,
                 const IclTrainProgress *progress, GError **error);
    bool (*epoch)(const IclCallback *callback, double *state, IclTrainer *trainer,
                  const IclTrainProgress *progress, GError **error);
    /* The learning rate of the next step, of which the schedule says `rate`. */
    double (*rate)(const IclCallback *callback, const IclTrainer *trainer, double rate);
    /* After the last epoch, once: what is done must be in the state, for a training that is
     * complete can be resumed. */
    bool (*end)(const IclCallback *callback, double *state, IclTrainer *trainer, GError **error);
};

extern const IclFamily icl_callback_family;
extern const IclCallbackClass icl_checkpoint_class, icl_csv_class, icl_curves_class,
    icl_early_stopping_class, icl_nan_guard_class, icl_reduce_on_plateau_class, icl_swa_class,
    icl_tensorboard_class, icl_time_limit_class;

/* The first `n` as a chain, without those that only observe unless these are wanted; caller frees.
 */
char *icl_callbacks_print(const GPtrArray *callbacks, guint n, bool observers);

bool icl_callbacks_check(const GPtrArray *callbacks, const IclTrainOptions *options,
                         GError **error);

int icl_callbacks_state(const GPtrArray *callbacks); /* doubles of all of them */
void icl_callbacks_begin(const GPtrArray *callbacks, double *state);
bool icl_callbacks_step(IclTrainer *trainer, const IclTrainProgress *progress, GError **error);
bool icl_callbacks_epoch(IclTrainer *trainer, const IclTrainProgress *progress, GError **error);
bool icl_callbacks_end(IclTrainer *trainer, GError **error);
double icl_callbacks_rate(const IclTrainer *trainer, double rate);
bool icl_callbacks_average(const GPtrArray *callbacks); /* whether one does */
