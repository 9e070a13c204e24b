/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * zca in a training: fitted to the training split alone, the same whatever runs beside it, stored
 * in the model, and applied the same way by whoever uses that. */
#include <math.h>
#include <string.h>

#include "loader.h"
#include "model.h"
#include "stream.h"

#define RECIPE "stretch 8 ! featurewise ! zca 0.1"

typedef struct Run {
    Stream stream; /* its data */
    IclTrainParams params;
    GString *messages;
    volatile int cancel;
    int steps, cancel_after; /* 0: never */
} Run;

static void run_progress(void *user, const IclTrainProgress *progress)
{
    Run *run = user;

    if (progress->message)
        g_string_append_printf(run->messages, "%s\n", progress->message);
    else if (progress->step)
        run->cancel = ++run->steps == run->cancel_after;
}

static void run_begin(Run *run)
{
    *run = (Run){.messages = g_string_new(NULL)};
    stream_open(&run->stream);
    run->params = (IclTrainParams){ICL_TRAIN_DEFAULTS,
                                   .description = STREAM_NETWORK,
                                   .recipe = RECIPE,
                                   .epochs = 3,
                                   .batch = 16,
                                   .augment = "",
                                   .optimizer = "adamw lr=4e-3",
                                   .threads = 1,
                                   .workers = 0,
                                   .validation_data = run->stream.test,
                                   .output = run->stream.output,
                                   .cancel = &run->cancel,
                                   .progress = run_progress,
                                   .user = run};
}

static void run_end(Run *run)
{
    g_string_free(run->messages, TRUE);
    stream_close(&run->stream);
}

static IclModel *run_train(Run *run)
{
    GError *error = NULL;
    IclModel *model = icl_train(run->stream.train, &run->params, &error);

    g_assert_no_error(error);
    return model;
}

static GBytes *run_bytes(Run *run)
{
    g_autoptr(IclModel) model = run_train(run);
    char *data;
    gsize size;

    g_assert_true(g_file_get_contents(run->stream.output, &data, &size, NULL));
    return g_bytes_new_take(data, size);
}

static const float *matrix_of(const IclModel *model)
{
    const IclWhitening *whitening = icl_recipe_whitening(icl_model_parsed_recipe(model));

    g_assert_nonnull(whitening);
    g_assert_cmpint(icl_whitening_values(whitening), ==, 64);
    return icl_whitening_matrix(whitening);
}

/* Fitted to all pictures of a data set, after the steps of the text. */
static IclWhitening *fitted(const IclDataset *dataset, const char *text)
{
    g_autoptr(IclRecipe) recipe = icl_recipe_parse(text, 1, "recipe", NULL);
    g_autoptr(IclLoader) loader =
        icl_loader_new(&(IclLoaderParams){.dataset = dataset, .recipe = recipe, .batch = 7});
    g_autoptr(IclWhiteningFit) fit = icl_whitening_fit_new(64, 1, NULL);
    IclBatch *batch;

    icl_loader_start(loader, 0);
    while (icl_loader_next(loader, &batch, NULL) && batch)
        icl_whitening_fit_add(fit, batch->n, batch->x);
    return icl_whitening_fit_end(fit, 0.1, NULL);
}

static bool is_fitted_to(const IclModel *model, const IclDataset *dataset)
{
    g_autoptr(IclWhitening) wanted = fitted(dataset, icl_model_recipe(model));

    return !memcmp(matrix_of(model), icl_whitening_matrix(wanted), 64 * 64 * sizeof(float));
}

static void it_is_fitted_to_the_training_split(void)
{
    Run run;

    run_begin(&run);
    g_autoptr(IclModel) all = run_train(&run);
    g_assert_true(g_str_has_prefix(icl_model_recipe(all), "stretch 8 ! normalize mean=["));
    g_assert_true(g_str_has_suffix(icl_model_recipe(all), "] ! zca epsilon=0.1"));
    g_assert_nonnull(strstr(run.messages->str, "zca: fitting 64 values to 160 pictures\n"));
    g_assert_true(is_fitted_to(all, run.stream.train));
    run.params.validation_data = NULL;
    run.params.validation = 0.7;
    g_autoptr(IclModel) some = run_train(&run);
    g_assert_nonnull(strstr(run.messages->str, "to 48 pictures; fewer than the values"));
    g_assert_false(is_fitted_to(some, run.stream.train));
    run_end(&run);
}

/* What the training said of its best epoch is what the file gives. */
static void an_evaluation_agrees(void)
{
    Run run;

    run_begin(&run);
    run.params.epochs = 12;
    g_autoptr(IclModel) model = run_train(&run);
    g_autoptr(IclEvaluation) evaluation =
        icl_evaluate(model, run.stream.test, &(IclEvaluateParams){.workers = 2, .batch = 33}, NULL);
    double said = g_ascii_strtod(icl_model_metadata(model, "training.val_accuracy"), NULL);
    g_assert_cmpfloat(said, >, 0.8);
    g_assert_cmpfloat_with_epsilon(icl_evaluation_accuracy(evaluation), said, 1e-6);
    run_end(&run);
}

static void threads_and_workers_do_not_matter(void)
{
    static const int rows[][2] = {{1, 0}, {2, 3}, {2, 1}};
    g_autoptr(GBytes) first = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Run run;
        run_begin(&run);
        run.params.threads = rows[i][0];
        run.params.workers = rows[i][1];
        g_autoptr(GBytes) bytes = run_bytes(&run);
        if (!first)
            first = g_bytes_ref(bytes);
        g_assert_true(g_bytes_equal(first, bytes));
        run_end(&run);
    }
}

/* With the checkpoint's matrix: nothing is fitted again. */
static void a_resumed_training_keeps_it(void)
{
    GError *error = NULL;
    Run run;

    run_begin(&run);
    g_autoptr(GBytes) whole = run_bytes(&run);
    run.cancel_after = run.steps + 14;
    g_assert_null(icl_train(run.stream.train, &run.params, &error));
    g_assert_error(error, ICL_ERROR, ICL_ERROR_CANCELLED);
    g_clear_error(&error);
    g_autofree char *last = g_strconcat(run.stream.output, ".last", NULL);
    run.cancel = 0;
    run.params.resume = last;
    g_string_truncate(run.messages, 0);
    g_autoptr(GBytes) resumed = run_bytes(&run);
    g_assert_true(g_bytes_equal(whole, resumed));
    g_assert_null(strstr(run.messages->str, "zca"));
    run_end(&run);
}

static void a_fit_can_be_stopped(void)
{
    GError *error = NULL;
    Run run;

    run_begin(&run);
    run.cancel = 1;
    g_assert_null(icl_train(run.stream.train, &run.params, &error));
    g_assert_error(error, ICL_ERROR, ICL_ERROR_CANCELLED);
    g_assert_nonnull(strstr(error->message, "while zca was fitted"));
    g_clear_error(&error);
    run_end(&run);
}

/* Its last layer is learned anew, on pictures that are whitened as the base model's. */
static void a_base_model_keeps_it(void)
{
    Run run;

    run_begin(&run);
    run.params.epochs = 12;
    g_autoptr(IclModel) base = run_train(&run);
    Stream *s = &run.stream;
    s->params.base = base;
    s->params.description = s->params.augment = NULL;
    stream_learner(s);
    stream_add(s, 2, 0, PICTURES);
    stream_train(s, 60);
    g_assert_cmpfloat(stream_accuracy(s), >, 0.8);
    g_autoptr(IclModel) model = stream_model(s);
    g_assert_cmpmem(matrix_of(model), 64 * 64 * sizeof(float), matrix_of(base),
                    64 * 64 * sizeof(float));
    run_end(&run);
}

static void a_learner_refuses_it(void)
{
    GError *error = NULL;
    Run run;

    run_begin(&run);
    run.stream.params.recipe = RECIPE;
    g_assert_null(icl_learner_new(&run.stream.params, &error));
    g_assert_error(error, ICL_ERROR, ICL_ERROR_VALUE);
    g_assert_nonnull(strstr(error->message, "by icl train"));
    g_clear_error(&error);
    run_end(&run);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/whitening/training-split", it_is_fitted_to_the_training_split);
    g_test_add_func("/whitening/evaluation", an_evaluation_agrees);
    g_test_add_func("/whitening/threads-and-workers", threads_and_workers_do_not_matter);
    g_test_add_func("/whitening/resume", a_resumed_training_keeps_it);
    g_test_add_func("/whitening/cancel", a_fit_can_be_stopped);
    g_test_add_func("/whitening/base", a_base_model_keeps_it);
    g_test_add_func("/whitening/learner", a_learner_refuses_it);
    return g_test_run();
}
