/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "trainer_epoch.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "callback.h"
#include "checkpoint.h"

static void report_unreadable(void *user, const GError *error)
{
    const IclTrainer *trainer = user;
    IclTrainProgress progress = icl_trainer_progress(trainer);

    progress.message = error->message;
    progress.unreadable = true;
    icl_trainer_report(trainer, &progress);
}

void icl_trainer_tell(const IclTrainer *trainer, const char *format, ...)
{
    IclTrainProgress progress = icl_trainer_progress(trainer);
    va_list list;

    va_start(list, format);
    g_autofree char *message = g_strdup_vprintf(format, list);
    va_end(list);
    progress.message = message;
    icl_trainer_report(trainer, &progress);
}

static bool trainer_fit(IclTrainer *trainer, GError **error)
{
    const IclTrainOptions *o = &trainer->options;
    IclFitParams params = {.optimizer = o->optimizer_instance,
                           .criterion = o->loss_instance,
                           .seed = o->params.seed,
                           .batch = o->params.batch,
                           .threads = o->params.threads,
                           .swa = icl_callbacks_average(o->callbacks)};

    return (trainer->fit = icl_fit_new(icl_model_graph(trainer->model), &params, error));
}

static void trainer_loaders(IclTrainer *trainer)
{
    const IclTrainOptions *o = &trainer->options;
    IclLoaderParams params = {.dataset = trainer->dataset,
                              .recipe = icl_model_parsed_recipe(trainer->model),
                              .batch = o->params.batch,
                              .seed = o->params.seed,
                              .workers = o->params.workers,
                              .strict = o->params.strict,
                              .report = report_unreadable,
                              .user = trainer};

    params.indices = o->training;
    params.n_indices = o->n_training;
    params.augment = o->augmentations;
    params.sampler = o->sampler_instance;
    params.class_weight = o->class_weight;
    if (o->params.hooks) {
        params.change = o->params.hooks->augment;
        params.change_user = o->params.hooks->user;
    }
    trainer->loader = icl_loader_new(&params);
    if (!o->n_validation)
        return;
    params.indices = o->validation;
    params.n_indices = o->n_validation;
    params.dataset = o->params.validation_data ? o->params.validation_data : trainer->dataset;
    params.augment = NULL;
    params.sampler = NULL;
    params.class_weight = NULL;
    params.change = NULL;
    trainer->validation_loader = icl_loader_new(&params);
}

static bool trainer_begin(IclTrainer *trainer, GError **error)
{
    const IclTrainOptions *o = &trainer->options;

    trainer->best = icl_monitor_worst(&o->monitor);
    trainer->best_epoch = -1;
    trainer->rate_scale = 1;
    trainer->callback_state = g_new0(double, icl_callbacks_state(o->callbacks));
    trainer->recall = g_new0(double, icl_dataset_classes(trainer->dataset));
    trainer->history = g_array_new(FALSE, TRUE, sizeof(IclTrainProgress));
    trainer->recalls = g_array_new(FALSE, FALSE, sizeof(float));
    icl_callbacks_begin(o->callbacks, trainer->callback_state);
    return !o->params.resume || icl_checkpoint_load(trainer, o->params.resume, error);
}

static bool check_output(const IclTrainParams *params, GError **error)
{
    if (params->run && g_mkdir_with_parents(params->run, 0777)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: the run's folder cannot be made: %s",
                    params->run, g_strerror(errno));
        return false;
    }
    g_autofree char *folder = params->output ? g_path_get_dirname(params->output) : NULL;

    if (!params->output || !*params->output || g_file_test(params->output, G_FILE_TEST_IS_DIR)) {
        bool folder_given = params->output && *params->output;
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    folder_given ? "%s: cannot be written: it is a folder, not a file name; give "
                                   "one such as m.bin"
                                 : "the output \"%s\" is not a file name; give one such as m.bin",
                    folder_given ? params->output : "");
        return false;
    }
    if (!g_file_test(folder, G_FILE_TEST_IS_DIR) || g_access(folder, W_OK)) {
        g_set_error(
            error, ICL_ERROR, ICL_ERROR_FILE,
            "%s: cannot be written: its folder %s does not exist or is not writable; nothing was "
            "trained",
            params->output, folder);
        return false;
    }
    return true;
}

static IclTrainer *trainer_new(const IclDataset *dataset, const IclTrainParams *params, bool saves,
                               GError **error)
{
    g_autoptr(IclTrainer) trainer = g_new0(IclTrainer, 1);

    trainer->dataset = dataset;
    trainer->fingerprint = icl_dataset_fingerprint(dataset);
    if (!icl_train_options(&trainer->options, dataset, params, error) ||
        (saves && !check_output(&trainer->options.params, error)) ||
        !(trainer->model = icl_train_model(&trainer->options, dataset, error)))
        return NULL;
    trainer_loaders(trainer);
    if (!trainer_fit(trainer, error) || !trainer_begin(trainer, error))
        return NULL;
    return g_steal_pointer(&trainer);
}

IclTrainer *icl_trainer_new(const IclDataset *dataset, const IclTrainParams *params, GError **error)
{
    return trainer_new(dataset, params, true, error);
}

IclTrainer *icl_trainer_new_unsaved(const IclDataset *dataset, const IclTrainParams *params,
                                    GError **error)
{
    return trainer_new(dataset, params, false, error);
}

void icl_trainer_free(IclTrainer *trainer)
{
    if (!trainer)
        return;
    icl_loader_free(trainer->loader);
    icl_loader_free(trainer->validation_loader);
    icl_fit_free(trainer->fit);
    icl_model_unref(trainer->model);
    g_clear_pointer(&trainer->history, g_array_unref);
    g_clear_pointer(&trainer->recalls, g_array_unref);
    g_free(trainer->callback_state);
    g_free(trainer->recall);
    g_free(trainer->why_stop);
    g_free(trainer->fingerprint);
    icl_train_options_clear(&trainer->options);
    g_free(trainer);
}

int icl_trainer_steps(const IclTrainer *trainer)
{
    int batch = trainer->options.params.batch;
    return (trainer->options.epoch_size + batch - 1) / batch;
}

char *icl_trainer_options(const IclTrainer *trainer)
{
    return icl_train_options_print(&trainer->options, false);
}

char *icl_trainer_config(const IclTrainer *trainer)
{
    return icl_train_options_print(&trainer->options, true);
}

const char *icl_trainer_output(const IclTrainer *trainer) { return trainer->options.params.output; }

IclModel *icl_trainer_model(const IclTrainer *trainer) { return trainer->model; }

void icl_trainer_stop(IclTrainer *trainer, const char *why, ...)
{
    va_list list;

    va_start(list, why);
    g_free(trainer->why_stop);
    trainer->why_stop = g_strdup_vprintf(why, list);
    trainer->stop = true;
    va_end(list);
}
