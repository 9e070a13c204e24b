/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Training as a whole, on pictures of 8x8: the same bytes whatever runs beside it, resumption,
 * hooks, errors. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include <icl/icl.h>

#include "tiny_set.h"

#define NETWORK                                                                        \
    "input 8 8 1 ! conv2d 8 3 padding=same bias=no ! batchnorm momentum=0.9 ! relu ! " \
    "maxpool 2 ! flatten ! dropout 0.2 ! dense $classes"

typedef struct Run {
    char *folder, *output;
    IclDataset *dataset;
    IclTrainParams params;
    volatile int cancel;
    int cancel_after;  /* steps; 0: never */
    int cancel_behind; /* epochs */
    int steps, epochs;
    GString *messages;
} Run;

static void run_progress(void *user, const IclTrainProgress *progress)
{
    Run *run = user;

    if (progress->message)
        g_string_append_printf(run->messages, "%s\n", progress->message);
    else if (progress->step)
        run->cancel = ++run->steps == run->cancel_after;
    else
        run->cancel = ++run->epochs == run->cancel_behind;
}

static void run_begin(Run *run)
{
    *run = (Run){.folder = tiny_set_new(3, 150), .messages = g_string_new(NULL)};
    run->output = g_build_filename(run->folder, "m.bin", NULL);
    run->dataset = icl_dataset_open(run->folder, ICL_PART_TRAIN, NULL);
    g_assert_nonnull(run->dataset);
    run->params = (IclTrainParams){ICL_TRAIN_DEFAULTS,
                                   .description = NETWORK,
                                   .epochs = 3,
                                   .batch = 16,
                                   .augment = "shift 0.1",
                                   .threads = 1,
                                   .workers = 0,
                                   .output = run->output,
                                   .cancel = &run->cancel,
                                   .progress = run_progress,
                                   .user = run};
}

static void run_end(Run *run)
{
    icl_dataset_free(run->dataset);
    g_string_free(run->messages, TRUE);
    g_free(run->output);
    tiny_set_free(run->folder);
}

static GBytes *file_bytes(const char *path)
{
    char *data;
    gsize size;

    g_assert_true(g_file_get_contents(path, &data, &size, NULL));
    return g_bytes_new_take(data, size);
}

static GBytes *train_bytes(Run *run)
{
    GError *error = NULL;
    g_autoptr(IclModel) model = icl_train(run->dataset, &run->params, &error);

    g_assert_no_error(error);
    g_assert_nonnull(model);
    return file_bytes(run->output);
}

static double test_accuracy(Run *run, IclModel *model)
{
    g_autoptr(IclDataset) test = icl_dataset_open(run->folder, ICL_PART_TEST, NULL);
    GError *error = NULL;
    g_autoptr(IclEvaluation) evaluation =
        icl_evaluate(model, test, &(IclEvaluateParams){.workers = 1}, &error);

    g_assert_no_error(error);
    return icl_evaluation_accuracy(evaluation);
}

static void it_learns(void)
{
    Run run;

    run_begin(&run);
    run.params.epochs = 8;
    g_autoptr(IclModel) model = icl_train(run.dataset, &run.params, NULL);
    g_assert_nonnull(model);
    g_assert_cmpfloat(test_accuracy(&run, model), >, 0.95);
    g_assert_cmpint(run.epochs, ==, 8);
    g_assert_nonnull(strstr(icl_model_recipe(model), "normalize mean=["));
    g_assert_nonnull(icl_model_metadata(model, "training.history"));
    g_autofree char *last = g_strconcat(run.output, ".last", NULL);
    g_assert_false(g_file_test(last, G_FILE_TEST_EXISTS));
    run_end(&run);
}

/* The pictures' numbers stand in the model in the place of featurewise; samplewise stays. */
static void featurewise_is_fitted(void)
{
    Run run;

    run_begin(&run);
    run.params.epochs = 1;
    run.params.recipe = "stretch 8 ! featurewise ! samplewise";
    g_autoptr(IclModel) model = icl_train(run.dataset, &run.params, NULL);
    g_assert_nonnull(model);
    g_assert_true(g_str_has_prefix(icl_model_recipe(model), "stretch 8 ! normalize mean=["));
    g_assert_true(g_str_has_suffix(icl_model_recipe(model), "] ! samplewise"));
    run_end(&run);
}

static void threads_and_workers_do_not_matter(void)
{
    static const int rows[][2] = {{1, 0}, {2, 0}, {2, 3}, {1, 1}};
    g_autoptr(GBytes) first = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Run run;
        run_begin(&run);
        run.params.threads = rows[i][0];
        run.params.workers = rows[i][1];
        g_autoptr(GBytes) bytes = train_bytes(&run);
        if (!first)
            first = g_bytes_ref(bytes);
        g_assert_true(g_bytes_equal(first, bytes));
        run_end(&run);
    }
}

/* Batches mixed by workers: the same bytes, and what is learned is good. */
static void mixed_pictures_teach(void)
{
    g_autoptr(GBytes) first = NULL;

    for (int workers = 0; workers <= 2; workers += 2) {
        Run run;
        run_begin(&run);
        run.params.augment = "random_resized_crop scale=[0.6 1] ! mixup 0.3 ! cutmix";
        run.params.epochs = 8;
        run.params.workers = workers;
        g_autoptr(IclModel) model = icl_train(run.dataset, &run.params, NULL);
        g_autoptr(GBytes) bytes = file_bytes(run.output);
        if (!first)
            first = g_bytes_ref(bytes);
        g_assert_true(g_bytes_equal(first, bytes));
        g_assert_cmpfloat(test_accuracy(&run, model), >, 0.9);
        run_end(&run);
    }
}

static void another_seed_is_another_model(void)
{
    Run run;

    run_begin(&run);
    g_autoptr(GBytes) first = train_bytes(&run);
    run.params.seed = 2;
    g_autoptr(GBytes) second = train_bytes(&run);
    g_assert_false(g_bytes_equal(first, second));
    run_end(&run);
}

/* Stopped after `steps` updates (9 an epoch) and resumed, the file is the one of the whole
 * training. */
static void resumes_to_the_bit(gconstpointer steps)
{
    GError *error = NULL;
    Run run;

    run_begin(&run);
    g_autoptr(GBytes) whole = train_bytes(&run);
    g_unlink(run.output);
    run.cancel_after = run.steps + GPOINTER_TO_INT(steps);
    g_assert_null(icl_train(run.dataset, &run.params, &error));
    g_assert_error(error, ICL_ERROR, ICL_ERROR_CANCELLED);
    g_assert_nonnull(strstr(error->message, "--resume"));
    g_clear_error(&error);
    g_autofree char *last = g_strconcat(run.output, ".last", NULL);
    run.cancel = 0;
    run.params.resume = last;
    run.params.threads = 2;
    g_autoptr(GBytes) resumed = train_bytes(&run);
    g_assert_true(g_bytes_equal(whole, resumed));
    run_end(&run);
}

static void a_checkpoint_of_another_training_is_refused(void)
{
    GError *error = NULL;
    Run run;

    run_begin(&run);
    run.cancel_after = 5;
    g_assert_null(icl_train(run.dataset, &run.params, NULL));
    g_autofree char *last = g_strconcat(run.output, ".last", NULL);
    run.cancel = 0;
    run.params.resume = last;
    run.params.batch = 8;
    g_assert_null(icl_train(run.dataset, &run.params, &error));
    g_assert_nonnull(strstr(error->message, "another options"));
    g_clear_error(&error);
    run.params.resume = run.output;
    run.params.batch = 16;
    run_end(&run);
}

static void stops_early(void)
{
    Run run;

    run_begin(&run);
    run.params.epochs = 50;
    run.params.early_stopping = 2;
    run.params.schedule = "constant";
    run.params.optimizer = "sgd lr=0";
    g_autoptr(IclModel) model = icl_train(run.dataset, &run.params, NULL);
    g_assert_nonnull(model);
    g_assert_cmpint(run.epochs, <, 50);
    g_assert_nonnull(strstr(run.messages->str, "early stopping after epoch"));
    run_end(&run);
}

/* The loop of a program of its own makes the same file. */
static void a_loop_of_ones_own(void)
{
    IclTrainProgress progress;
    IclTrainEvent event;
    int steps = 0, epochs = 0;
    Run run;

    run_begin(&run);
    g_autoptr(GBytes) whole = train_bytes(&run);
    g_autoptr(IclTrainer) trainer = icl_trainer_new(run.dataset, &run.params, NULL);
    while ((event = icl_trainer_next(trainer, &progress, NULL)) > ICL_TRAIN_END) {
        steps += event == ICL_TRAIN_STEP;
        epochs += event == ICL_TRAIN_EPOCH;
        g_assert_cmpint(progress.epoch, ==, event == ICL_TRAIN_EPOCH ? epochs - 1 : epochs);
    }
    g_assert_cmpint(event, ==, ICL_TRAIN_END);
    g_assert_cmpint(epochs, ==, 3);
    g_assert_cmpint(steps, ==, 27);
    g_autoptr(GBytes) stepped = file_bytes(run.output);
    g_assert_true(g_bytes_equal(whole, stepped));
    run_end(&run);
}

typedef struct Hooked {
    int steps, epochs;
    int stop_at; /* steps; 0: never */
    bool fail;
} Hooked;

static bool hooked_step(void *user, IclTrainer *trainer, const IclTrainProgress *progress,
                        GError **error)
{
    Hooked *hooked = user;

    if (++hooked->steps == hooked->stop_at)
        icl_trainer_stop(trainer, "enough after %d steps", hooked->steps);
    return true;
}

static bool hooked_epoch(void *user, IclTrainer *trainer, const IclTrainProgress *progress,
                         GError **error)
{
    Hooked *hooked = user;

    hooked->epochs++;
    g_assert_nonnull(icl_trainer_model(trainer));
    for (int c = 0; c < 3; c++)
        g_assert_true(progress->val_recall[c] >= 0 && progress->val_recall[c] <= 1);
    if (hooked->fail)
        g_set_error_literal(error, ICL_ERROR, ICL_ERROR_VALUE, "the hook says no");
    return !hooked->fail;
}

static void hooks_steer(void)
{
    Hooked hooked = {.stop_at = 12};
    IclTrainHooks hooks = {.step = hooked_step, .epoch = hooked_epoch, .user = &hooked};
    GError *error = NULL;
    Run run;

    run_begin(&run);
    run.params.hooks = &hooks;
    g_autoptr(IclModel) model = icl_train(run.dataset, &run.params, &error);
    g_assert_no_error(error);
    g_assert_cmpint(hooked.steps, ==, 12);
    g_assert_cmpint(hooked.epochs, ==, 2); /* the second was cut short, and validated */
    g_assert_nonnull(strstr(run.messages->str, "enough after 12 steps"));
    hooked = (Hooked){.fail = true};
    g_assert_null(icl_train(run.dataset, &run.params, &error));
    g_assert_cmpstr(error->message, ==, "the hook says no");
    g_clear_error(&error);
    run_end(&run);
}

/* An augmentation of the program's own: negatives, by the key. */
static void negative(void *user, guint64 key, int height, int width, int channels, float *pixels)
{
    for (int i = 0; key % 2 && i < height * width * channels; i++)
        pixels[i] = 255 - pixels[i];
}

static void ones_own_augmentation(void)
{
    IclTrainHooks hooks = {.augment = negative};
    g_autoptr(GBytes) first = NULL;
    Run run;

    run_begin(&run);
    g_autoptr(GBytes) without = train_bytes(&run);
    run.params.hooks = &hooks;
    for (int workers = 0; workers < 4; workers += 3) {
        run.params.workers = workers;
        g_autoptr(GBytes) bytes = train_bytes(&run);
        g_assert_false(g_bytes_equal(bytes, without));
        if (first)
            g_assert_true(g_bytes_equal(bytes, first));
        else
            first = g_bytes_ref(bytes);
    }
    run_end(&run);
}

/* What changes the course of a training must go on after a resume as if there had been none: the
 * state of callbacks, the order of samplers, weights of classes. */
static const struct {
    const char *name, *callbacks, *sampler, *class_weight, *loss, *optimizer;
} courses[] = {
    {"plateau", "reduce_on_plateau factor=0.5 patience=0 monitor=loss min_delta=10", NULL, NULL,
     NULL},
    {"sampler", NULL, "weighted", "balanced", NULL},
    {"ema-and-accumulation", NULL, NULL, NULL, NULL,
     "lamb lr=0.01 ema=0.9 accumulate=3 global_clipnorm=1 l2=1e-4"},
    {"oversample", NULL, "oversample", NULL, "focal"},
    {"swa", "swa start=1 lr=0.02 anneal_epochs=2"},
    {"swa-before-first", "swa start=2"},
};

static void courses_resume_to_the_bit(gconstpointer row)
{
    int i = GPOINTER_TO_INT(row);
    GError *error = NULL;
    Run run;

    run_begin(&run);
    run.params.schedule = "constant";
    run.params.callbacks = courses[i].callbacks;
    run.params.sampler = courses[i].sampler;
    run.params.class_weight = courses[i].class_weight;
    run.params.loss = courses[i].loss;
    run.params.optimizer = courses[i].optimizer;
    g_autoptr(GBytes) whole = train_bytes(&run);
    run.cancel_after = run.steps + 14;
    g_assert_null(icl_train(run.dataset, &run.params, &error));
    g_assert_error(error, ICL_ERROR, ICL_ERROR_CANCELLED);
    g_clear_error(&error);
    g_autofree char *last = g_strconcat(run.output, ".last", NULL);
    run.cancel = 0;
    run.params.resume = last;
    g_autoptr(GBytes) resumed = train_bytes(&run);
    g_assert_true(g_bytes_equal(whole, resumed));
    run_end(&run);
}

/* The average is the model where it is better, which is said; else the best epoch stays it. */
static void the_average_is_kept_if_it_is_better(void)
{
    static const struct {
        const char *callbacks, *monitor, *message;
        double validation;
        bool average;
    } rows[] = {
        {"swa start=1", "val_loss", "the average is the model\n", 0.3, true},
        {"swa start=1", NULL, "swa: the average of 2 epochs is the model\n", 0, true},
        {"swa start=0 every=9", "val_loss", "that epoch stays the model\n", 0.3, false},
        {"swa start=2 ! nan_guard", NULL, "the training ended before", 0.1, false},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Run run;
        GError *error = NULL;
        Hooked hooked = {.stop_at = i == 3 ? 12 : 0};
        IclTrainHooks hooks = {.step = hooked_step, .user = &hooked};
        run_begin(&run);
        run.params.callbacks = rows[i].callbacks;
        run.params.monitor = rows[i].monitor;
        run.params.validation = rows[i].validation;
        run.params.hooks = &hooks;
        run.params.epochs = i == 2 ? 8 : 3;
        g_autoptr(IclModel) model = icl_train(run.dataset, &run.params, &error);
        g_assert_no_error(error);
        if (!strstr(run.messages->str, rows[i].message))
            g_error("row %d: \"%s\" is not in\n%s", (int)i, rows[i].message, run.messages->str);
        const char *swa = icl_model_metadata(model, "training.swa");
        const char *accuracy = icl_model_metadata(model, "training.val_accuracy");
        g_assert_cmpint(swa != NULL, ==, rows[i].average);
        if (swa && accuracy) {
            const char *is = strstr(swa, "\"val_accuracy\":") + strlen("\"val_accuracy\":");
            g_assert_cmpfloat_with_epsilon(g_ascii_strtod(is, NULL), g_ascii_strtod(accuracy, NULL),
                                           1e-6);
        }
        run_end(&run);
    }
}

/* Stopped while the average's statistics are measured, it is measured again. */
static void an_average_is_resumed_to_the_bit(void)
{
    GError *error = NULL;
    Run run;

    run_begin(&run);
    run.params.callbacks = "swa start=1";
    run.params.validation = 0;
    g_autoptr(GBytes) whole = train_bytes(&run);
    g_assert_cmpint(g_unlink(run.output), ==, 0);
    run.epochs = 0;
    run.cancel_behind = run.params.epochs;
    g_assert_null(icl_train(run.dataset, &run.params, &error));
    g_assert_error(error, ICL_ERROR, ICL_ERROR_CANCELLED);
    g_assert_nonnull(strstr(error->message, "stopped after epoch 3;"));
    g_clear_error(&error);
    g_autofree char *last = g_strconcat(run.output, ".last", NULL);
    run.cancel = 0;
    run.params.resume = run.params.checkpoint = last;
    g_autoptr(GBytes) resumed = train_bytes(&run);
    g_assert_true(g_bytes_equal(whole, resumed));
    g_assert_cmpint(g_unlink(run.output), ==, 0);
    g_string_truncate(run.messages, 0);
    icl_model_unref(icl_train(run.dataset, &run.params, NULL));
    g_assert_true(g_str_has_prefix(run.messages->str, "complete: epoch 3 of 3; its model is "));
    g_assert_false(g_file_test(run.output, G_FILE_TEST_EXISTS));
    run_end(&run);
}

/* What it has of the epochs before a resume comes from the checkpoint. */
static void a_history_of_classes_is_resumed(void)
{
    Run run;

    run_begin(&run);
    g_autofree char *path = g_build_filename(run.folder, "history.csv", NULL);
    g_autofree char *callbacks = g_strdup_printf("csv \"%s\" classes=yes", path);
    g_autofree char *last = g_strconcat(run.output, ".last", NULL);
    run.params.callbacks = callbacks;
    g_bytes_unref(train_bytes(&run));
    g_autoptr(GBytes) whole = file_bytes(path);
    run.cancel_after = run.steps + 22;
    g_assert_null(icl_train(run.dataset, &run.params, NULL));
    g_assert_cmpint(g_unlink(path), ==, 0);
    run.cancel = 0;
    run.params.resume = last;
    g_bytes_unref(train_bytes(&run));
    g_autoptr(GBytes) resumed = file_bytes(path);
    g_assert_true(g_bytes_equal(whole, resumed));
    run_end(&run);
}

/* Written every so many steps, a checkpoint is there whatever ends the process; and it stays where
 * it was asked for. */
static void checkpoints_between_epochs(void)
{
    GError *error = NULL;
    Run run;

    run_begin(&run);
    g_autoptr(GBytes) whole = train_bytes(&run);
    g_autofree char *path = g_build_filename(run.folder, "state.bin", NULL);
    Hooked hooked = {.fail = true};
    IclTrainHooks hooks = {.epoch = hooked_epoch, .user = &hooked};
    run.params.checkpoint = path;
    run.params.checkpoint_steps = 4;
    run.params.hooks = &hooks;
    g_assert_null(icl_train(run.dataset, &run.params, &error)); /* ends in the first epoch */
    g_clear_error(&error);
    run.params.hooks = NULL;
    run.params.resume = path;
    g_autoptr(GBytes) resumed = train_bytes(&run);
    g_assert_true(g_bytes_equal(whole, resumed));
    g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    g_string_truncate(run.messages, 0);
    g_autoptr(GBytes) again = train_bytes(&run); /* all is done: the file is as it was */
    g_assert_true(g_bytes_equal(whole, again));
    g_assert_true(g_str_has_prefix(run.messages->str, "complete: epoch 3 of 3; epoch "));
    run_end(&run);
}

/* Weights that stay as they are: what they are penalized with is in either loss. */
static void penalties_are_in_both_losses(void)
{
    static const char *const optimizers[] = {"sgd lr=0", "sgd lr=0 l2=0.1"};
    IclTrainProgress epochs[2] = {{0}}, progress;

    for (int i = 0; i < 2; i++) {
        Run run;
        run_begin(&run);
        run.params.epochs = 1;
        run.params.optimizer = optimizers[i];
        g_autoptr(IclTrainer) trainer = icl_trainer_new(run.dataset, &run.params, NULL);
        while (icl_trainer_next(trainer, &progress, NULL) > ICL_TRAIN_END)
            epochs[i] = progress;
        run_end(&run);
    }
    double penalty = epochs[1].loss - epochs[0].loss;
    g_assert_cmpfloat(penalty, >, 0.1);
    g_assert_cmpfloat_with_epsilon(epochs[1].val_loss - epochs[0].val_loss, penalty, 1e-6);
}

static void overfits_a_batch(void)
{
    Run run;

    run_begin(&run);
    run.params.overfit_batch = true;
    run.params.epochs = 0;
    run.params.augment = NULL;
    run.params.optimizer = "adam lr=1e-2";
    g_autoptr(IclTrainer) trainer = icl_trainer_new(run.dataset, &run.params, NULL);
    IclTrainProgress progress;
    g_assert_nonnull(trainer);
    while (icl_trainer_next(trainer, &progress, NULL) > ICL_TRAIN_END)
        g_assert_cmpint(progress.steps, ==, 1);
    g_assert_cmpfloat(progress.loss, <, 0.05);
    run_end(&run);
}

static void limits_the_pictures(void)
{
    Run run;

    run_begin(&run);
    run.params.limit = 40;
    g_autoptr(GBytes) bytes = train_bytes(&run);
    g_assert_cmpint(run.steps, ==, 3 * 3); /* 40 pictures in batches of 16 */
    run_end(&run);
}

static const struct {
    const char *name, *message;
    IclTrainParams params;
} errors[] = {
    {"optimizer", "adam", {.optimizer = "adma lr=1"}},
    {"optimizer-value", "--optimizer", {.optimizer = "adam lr=-1"}},
    {"schedule", "cosine", {.schedule = "cosin"}},
    {"augment", "hflip", {.augment = "hflipp"}},
    {"label-smoothing", "--label-smoothing", {.label_smoothing = 2}},
    {"loss", "focal", {.loss = "focl"}},
    {"loss-twice", "exclude each other", {.loss = "focal", .label_smoothing = 0.1}},
    {"sampler", "oversample", {.sampler = "oversampel"}},
    {"class-weight", "--class-weight", {.class_weight = "dog=2"}},
    {"monitor", "val_loss", {.monitor = "val_los"}},
    {"callbacks", "--callbacks", {.callbacks = "early_stopping patience=-1"}},
    {"plateau-and-schedule", "--schedule constant", {.callbacks = "reduce_on_plateau"}},
    {"csv-classes", "held out", {.callbacks = "csv \"/tmp/h.csv\" classes=yes"}},
    {"swa-start", "of 20 epochs none would be averaged", {.callbacks = "swa start=20"}},
    {"swa-part", "whole epochs", {.callbacks = "swa start=2.5"}},
    {"swa-twice", "a second swa", {.callbacks = "swa ! swa every=2"}},
    {"swa-and-ema", "optimizer's ema", {.callbacks = "swa", .optimizer = "adamw ema=0.9"}},
    {"swa-monitor", "has no accuracy", {.callbacks = "swa", .monitor = "accuracy"}},
    {"limit", "--limit", {.limit = -1}},
    {"description", "conv2d", {.description = "input 8 8 1 ! conv2 3 3"}},
    {"classes", "dense $classes", {.description = "input 8 8 1 ! flatten ! dense 7"}},
    {"not-one-pixel", "globalpool", {.description = "input 8 8 1 ! conv2d 3 3"}},
    {"recipe-size", "crop [8 8]", {.recipe = "resize 9 ! crop 9"}},
    {"output-folder", "nothing was trained", {.output = "/no/such/folder/m.bin"}},
    {"output-is-folder", "not a file name", {.output = "/tmp"}},
    {"resume-missing", "/no/such.last", {.resume = "/no/such.last"}},
    {"not-a-number", "learning rate", {.optimizer = "sgd lr=1e3", .schedule = "constant"}},
};

static void errors_say_what_would_do(gconstpointer row)
{
    const IclTrainParams *p = &errors[GPOINTER_TO_INT(row)].params;
    GError *error = NULL;
    Run run;

    run_begin(&run);
    run.params.optimizer = p->optimizer;
    run.params.schedule = p->schedule;
    run.params.augment = p->augment;
    run.params.recipe = p->recipe;
    run.params.loss = p->loss;
    run.params.sampler = p->sampler;
    run.params.class_weight = p->class_weight;
    run.params.callbacks = p->callbacks;
    run.params.monitor = p->monitor;
    run.params.limit = p->limit;
    run.params.validation = strstr(errors[GPOINTER_TO_INT(row)].name, "csv") ? 0 : 0.1;
    run.params.resume = p->resume;
    run.params.label_smoothing = p->label_smoothing;
    run.params.description = p->description ? p->description
                             : p->optimizer
                                 ? "input 8 8 1 ! flatten ! dense 30 ! dense 30 ! dense $classes"
                                 : NETWORK;
    run.params.output = p->output ? p->output : run.output;
    run.params.epochs = 20;
    g_assert_null(icl_train(run.dataset, &run.params, &error));
    g_assert_nonnull(error);
    if (!strstr(error->message, errors[GPOINTER_TO_INT(row)].message))
        g_error("\"%s\" does not contain \"%s\"", error->message,
                errors[GPOINTER_TO_INT(row)].message);
    g_clear_error(&error);
    run_end(&run);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/train/learns", it_learns);
    g_test_add_func("/train/featurewise", featurewise_is_fitted);
    g_test_add_func("/train/threads-and-workers-do-not-matter", threads_and_workers_do_not_matter);
    g_test_add_func("/train/mixed", mixed_pictures_teach);
    g_test_add_func("/train/another-seed", another_seed_is_another_model);
    g_test_add_data_func("/train/resume/mid-epoch", GINT_TO_POINTER(5), resumes_to_the_bit);
    g_test_add_data_func("/train/resume/later-epoch", GINT_TO_POINTER(14), resumes_to_the_bit);
    g_test_add_data_func("/train/resume/epoch-end", GINT_TO_POINTER(9), resumes_to_the_bit);
    g_test_add_func("/train/resume/another-training", a_checkpoint_of_another_training_is_refused);
    g_test_add_func("/train/early-stopping", stops_early);
    g_test_add_func("/train/loop-of-ones-own", a_loop_of_ones_own);
    g_test_add_func("/train/hooks", hooks_steer);
    g_test_add_func("/train/ones-own-augmentation", ones_own_augmentation);
    g_test_add_func("/train/checkpoints-between-epochs", checkpoints_between_epochs);
    g_test_add_func("/train/swa/better", the_average_is_kept_if_it_is_better);
    g_test_add_func("/train/swa/cancelled", an_average_is_resumed_to_the_bit);
    g_test_add_func("/train/resume/history-of-classes", a_history_of_classes_is_resumed);
    g_test_add_func("/train/penalties", penalties_are_in_both_losses);
    g_test_add_func("/train/overfit-batch", overfits_a_batch);
    g_test_add_func("/train/limit", limits_the_pictures);
    for (gsize i = 0; i < G_N_ELEMENTS(courses); i++) {
        g_autofree char *name = g_strconcat("/train/resume/", courses[i].name, NULL);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), courses_resume_to_the_bit);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(errors); i++) {
        g_autofree char *name = g_strconcat("/train/error/", errors[i].name, NULL);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), errors_say_what_would_do);
    }
    return g_test_run();
}
