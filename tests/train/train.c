/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Training as a whole, on pictures of 8x8: the same bytes whatever runs beside it, resumption,
 * errors; and loss, schedules and monitor by their formulas. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include <icl/icl.h>

#include "monitor.h"
#include "tiny_set.h"

#define NETWORK                                                                        \
    "input 8 8 1 ! conv2d 8 3 padding=same bias=no ! batchnorm momentum=0.9 ! relu ! " \
    "maxpool 2 ! flatten ! dropout 0.2 ! dense $classes"

typedef struct Run {
    char *folder, *output;
    IclDataset *dataset;
    IclTrainParams params;
    volatile int cancel;
    int cancel_after; /* steps; 0: never */
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
        run->epochs++;
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

static const struct {
    const char *name, *message;
    IclTrainParams params;
} errors[] = {
    {"optimizer", "adam", {.optimizer = "adma lr=1"}},
    {"optimizer-value", "--optimizer", {.optimizer = "adam lr=-1"}},
    {"schedule", "cosine", {.schedule = "cosin"}},
    {"augment", "hflip", {.augment = "hflipp"}},
    {"label-smoothing", "--label-smoothing", {.label_smoothing = 2}},
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

/* Keras: strict improvement, wait counts the epochs since, stop at patience but never in epoch 0.
 */
static void monitor_stops_as_keras(void)
{
    static const double figures[] = {0.5, 0.6, 0.6, 0.55, 0.7, 0.7, 0.7, 0.7};
    static const bool best[] = {1, 1, 0, 0, 1, 0, 0, 0}, stop[] = {0, 0, 0, 0, 0, 0, 0, 1};
    IclMonitor monitor = icl_monitor(3);

    for (int i = 0; i < 8; i++) {
        g_assert_cmpint(icl_monitor_epoch(&monitor, i, figures[i]), ==, best[i]);
        g_assert_cmpint(monitor.stop, ==, stop[i]);
    }
    g_assert_cmpint(monitor.best_epoch, ==, 4);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/train/learns", it_learns);
    g_test_add_func("/train/threads-and-workers-do-not-matter", threads_and_workers_do_not_matter);
    g_test_add_func("/train/another-seed", another_seed_is_another_model);
    g_test_add_data_func("/train/resume/mid-epoch", GINT_TO_POINTER(5), resumes_to_the_bit);
    g_test_add_data_func("/train/resume/later-epoch", GINT_TO_POINTER(14), resumes_to_the_bit);
    g_test_add_data_func("/train/resume/epoch-end", GINT_TO_POINTER(9), resumes_to_the_bit);
    g_test_add_func("/train/resume/another-training", a_checkpoint_of_another_training_is_refused);
    g_test_add_func("/train/early-stopping", stops_early);
    for (gsize i = 0; i < G_N_ELEMENTS(errors); i++) {
        g_autofree char *name = g_strconcat("/train/error/", errors[i].name, NULL);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), errors_say_what_would_do);
    }
    g_test_add_func("/monitor/stops-as-keras", monitor_stops_as_keras);
    return g_test_run();
}
