/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/dataset.h>
#include <icl/model.h>

G_BEGIN_DECLS

/**
 * IclTrainProgress: what callbacks see, after each step and each epoch.
 * @epoch: 0-based; @epochs: planned
 * @step: steps of this epoch done; @steps: in all; 0 for the epoch's end report
 * @loss, @accuracy, @top5: running means over this epoch's training pictures (top5: how often the
 * true class is among the five best). Of a multi-label data set accuracy is Keras' binary_accuracy:
 * the share of all labels that are on or off at 0.5 as they should be; top5 is NAN
 * @val_loss, @val_accuracy, @val_top5: of the held-out pictures; NAN in step reports. Either loss
 * has what the optimizer's l1 and l2 add, as Keras'
 * @val_recall: (nullable): share of each class' held-out pictures that were right (multi-label:
 * that the label was found on), [classes], NAN for a class without one; in epoch reports, valid
 * during the call
 * @learning_rate: of the last step; @rate: pictures a second of this epoch
 * @seconds: that the step took, with the wait for its pictures
 * @best: whether this epoch is the best so far (epoch reports)
 * @message: (nullable): a sentence instead of numbers ("early stopping after epoch 7", an
 * unreadable picture); then the rest is as it was
 * @unreadable: whether @message is about a picture that is left out
 */
typedef struct IclTrainProgress {
    int epoch, epochs;
    int step, steps;
    double loss, accuracy, top5;
    double val_loss, val_accuracy, val_top5;
    const double *val_recall;
    double learning_rate, rate, seconds;
    bool best;
    const char *message;
    bool unreadable;
} IclTrainProgress;

/** IclTrainer: a training under way. Of one thread. */
typedef struct IclTrainer IclTrainer;

/**
 * IclTrainHooks: functions of the program that a training calls; each may be NULL.
 * @step: after each update; @epoch: after each epoch's validation, before its model is written.
 * Both may call icl_trainer_stop(), read icl_trainer_model(), and end the training by returning
 * false with an error
 * @augment: changes a training picture after the steps of `augment`: @pixels [height, width,
 * channels] in 0..255, of a picture resized and cropped, not yet normalized. Called by several
 * threads at once; all that is random in it must come from @key, which is drawn from seed, epoch
 * and picture, for the training to be the same on any number of them
 * @user: handed to each
 */
typedef struct IclTrainHooks {
    bool (*step)(void *user, IclTrainer *trainer, const IclTrainProgress *progress, GError **error);
    bool (*epoch)(void *user, IclTrainer *trainer, const IclTrainProgress *progress,
                  GError **error);
    void (*augment)(void *user, guint64 key, int height, int width, int channels, float *pixels);
    void *user;
} IclTrainHooks;

/**
 * IclTrainParams: begin from ICL_TRAIN_DEFAULTS. Strings NULL: the sensible choice for the data.
 * @description: text of the network; NULL: chosen for the size of the pictures
 * @description_name: what messages call it
 * @recipe: preprocessing ("resize 256 ! crop 224 ! normalize"), of which featurewise and zca are
 * fitted to the training pictures; NULL: made for the network's input, with their mean and standard
 * deviation
 * @augment: chain; NULL: chosen for the data; "": none
 * @optimizer: one step ("adamw lr=1e-3"); @schedule: one step ("cosine warmup=2")
 * @loss: one step ("focal gamma=2"); NULL: cross entropy; @label_smoothing: 0..1, of that one
 * @sampler: one step ("undersample"); NULL: "shuffle", or "weighted", where a class has 5 times the
 * pictures of another or more
 * @class_weight: (nullable): "balanced", or "cat=2 dog=0.5" (others 1): what a picture's loss is
 * multiplied by
 * @callbacks: (nullable): chain ("early_stopping patience=5 ! csv \"history.csv\""): text with dots
 * or slashes in quotes
 * @monitor: (nullable): the figure that says which epoch is the best: "val_accuracy" (default),
 * "val_loss", ... Where nothing is held out it is the last
 * @epochs, @batch: >= 1 (0: chosen)
 * @limit: train with so many pictures only, evenly spaced, to try things; 0: with all
 * @overfit_batch: train with one batch again and again, without augmentation and validation: a
 * network and a learning rate that are sound bring its loss to 0
 * @validation: share of the training pictures held out for validation, 0 <= v < 1
 * @validation_data: (nullable): a data set of the same classes to validate with instead; borrowed
 * @early_stopping: "early_stopping val_accuracy patience=N" before the callbacks; 0: not
 * @threads, @workers: 0 threads: all; workers -1: chosen. Neither changes the result
 * @run: (nullable): a folder for all files of this training, made if it is not there: best.bin (the
 * model, unless @output is given), last.bin (the checkpoint), history.csv, curves.svg and
 * curves.png, events (for TensorBoard), sheet.png (pictures of each class, and the same augmented)
 * @output: the model's file; the best epoch's weights go there, or with the callback swa the
 * average of the last ones', where that is better
 * @checkpoint: (nullable): where the last state goes, to resume from; it stays there. NULL:
 * "OUTPUT.last", while training runs
 * @checkpoint_steps: the last state is written every so many steps, too; 0: after each epoch
 * @resume: (nullable): a checkpoint to go on from (same data, network and options)
 * @cancel: (nullable): set to non-zero by anyone to stop after the present step
 * @progress: (nullable): called with each report and message; @user: handed to it
 * @hooks: (nullable): functions that may steer
 *
 * Of a multi-label data set (icl_dataset_is_multi_label()) @loss NULL is "binary", and other losses
 * than binary and binary_focal, and samplers that go by classes, are refused. @class_weight is then
 * what the loss of that label is multiplied by, on or off; "balanced": by its own two classes.
 */
typedef struct IclTrainParams {
    const char *description, *description_name;
    const char *recipe, *augment, *loss, *optimizer, *schedule, *sampler, *class_weight;
    const char *callbacks, *monitor;
    double label_smoothing;
    int epochs, batch, limit;
    bool overfit_batch;
    double validation;
    const IclDataset *validation_data;
    int early_stopping;
    guint64 seed;
    int threads, workers;
    bool strict;
    const char *run, *output, *checkpoint;
    int checkpoint_steps;
    const char *resume;
    const volatile int *cancel;
    void (*progress)(void *user, const IclTrainProgress *progress);
    void *user;
    const IclTrainHooks *hooks;
} IclTrainParams;

#define ICL_TRAIN_DEFAULTS .validation = 0.1, .seed = 1, .workers = -1

/**
 * icl_train: trains a network on @dataset and writes params->output.
 *
 * Returns: (transfer full): the best model. NULL with an error; with ICL_ERROR_CANCELLED the last
 * checkpoint is there and the message says how to go on.
 */
ICL_API IclModel *icl_train(const IclDataset *dataset, const IclTrainParams *params,
                            GError **error);

/**
 * icl_trainer_new: the same, for a loop of one's own:
 *
 *   g_autoptr(IclTrainer) trainer = icl_trainer_new(dataset, &params, error);
 *   IclTrainProgress progress;
 *   IclTrainEvent event;
 *   while (trainer && (event = icl_trainer_next(trainer, &progress, error)) > ICL_TRAIN_END)
 *       if (event == ICL_TRAIN_EPOCH)
 *           g_print("epoch %d: %g\n", progress.epoch + 1, progress.val_accuracy);
 *
 * Borrows dataset, until it is freed; copies params, their strings too.
 *
 * Returns: (transfer full): NULL with an error; nothing is written then
 */
ICL_API IclTrainer *icl_trainer_new(const IclDataset *dataset, const IclTrainParams *params,
                                    GError **error);
ICL_API void icl_trainer_free(IclTrainer *trainer); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclTrainer, icl_trainer_free)

/** IclTrainEvent: what icl_trainer_next() did. */
typedef enum {
    ICL_TRAIN_FAILED, /* the error says why */
    ICL_TRAIN_END,    /* nothing: all is done, and written */
    ICL_TRAIN_STEP,   /* one update */
    ICL_TRAIN_EPOCH,  /* validation at an epoch's end; model and checkpoint are written */
} IclTrainEvent;

/**
 * icl_trainer_next: the next step, or an epoch's end, callbacks included.
 * @progress: (out): as reported; not set where it failed
 */
ICL_API IclTrainEvent icl_trainer_next(IclTrainer *trainer, IclTrainProgress *progress,
                                       GError **error);

/** icl_trainer_stop: ends the training after the present step, whose epoch is validated as it is;
 * the text says why. */
ICL_API void icl_trainer_stop(IclTrainer *trainer, const char *why, ...) G_GNUC_PRINTF(2, 3);

/**
 * icl_trainer_options: what changes the result, as it is once all that was left open is chosen:
 * lines "name = value" with the names of `icl train`'s options, whose --config reads them. A
 * model's file has them as "training.options". Caller frees.
 */
ICL_API char *icl_trainer_options(const IclTrainer *trainer);

/** icl_trainer_config: the same, and callbacks that only observe, such as `checkpoint`: what goes
 * on with this training just as it is. Caller frees. */
ICL_API char *icl_trainer_config(const IclTrainer *trainer);

/** icl_train_option_print: appends such a line; new lines in the value become "\n", backslashes
 * "\\". */
ICL_API void icl_train_option_print(GString *out, const char *name, const char *value);

/** Where the model of the best epoch is; borrowed. */
ICL_API const char *icl_trainer_output(const IclTrainer *trainer);

/** The model as it is now, not only of the best epoch; borrowed, and changed by the next step. */
ICL_API IclModel *icl_trainer_model(const IclTrainer *trainer);

G_END_DECLS
