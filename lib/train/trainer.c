/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "trainer.h"

#include <math.h>

#include "checkpoint.h"
#include "footprint.h"

static void report(const IclTrainer *trainer, const IclTrainProgress *progress)
{
    const IclTrainParams *p = &trainer->options.params;

    if (p->progress)
        p->progress(p->user, progress);
}

static double pictures_per_second(const IclTrainer *trainer)
{
    double seconds = (double)(g_get_monotonic_time() - trainer->started) / 1e6;
    int steps = trainer->step - trainer->started_step;
    gint64 pictures =
        MIN((gint64)steps * trainer->options.params.batch, trainer->options.n_training);

    return (double)pictures / MAX(seconds, 1e-6);
}

static IclTrainProgress progress_of(const IclTrainer *trainer)
{
    const IclTrainerSums *sums = &trainer->sums;

    return (IclTrainProgress){.epoch = trainer->epoch,
                              .epochs = trainer->options.params.epochs,
                              .step = trainer->step,
                              .steps = icl_trainer_steps(trainer),
                              .loss = sums->loss / MAX(sums->seen, 1),
                              .accuracy = (double)sums->correct / MAX(sums->seen, 1),
                              .val_loss = NAN,
                              .val_accuracy = NAN,
                              .rate = pictures_per_second(trainer),
                              .learning_rate = trainer->learning_rate};
}

static void report_message(const IclTrainer *trainer, const char *message)
{
    IclTrainProgress progress = progress_of(trainer);

    progress.message = message;
    report(trainer, &progress);
}

static void report_unreadable(void *user, const GError *error)
{
    const IclTrainer *trainer = user;
    IclTrainProgress progress = progress_of(trainer);

    progress.message = error->message;
    progress.unreadable = true;
    report(trainer, &progress);
}

static bool trainer_fit(IclTrainer *trainer, GError **error)
{
    const IclTrainOptions *o = &trainer->options;
    IclFitParams params = {.optimizer = o->optimizer_instance,
                           .criterion = &trainer->criterion,
                           .seed = o->params.seed,
                           .batch = o->params.batch,
                           .threads = o->params.threads};

    trainer->criterion = icl_cross_entropy(o->params.label_smoothing);
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
    params.shuffle = true;
    trainer->loader = icl_loader_new(&params);
    if (!o->n_validation)
        return;
    params.indices = o->validation;
    params.n_indices = o->n_validation;
    params.augment = NULL;
    params.shuffle = false;
    trainer->validation_loader = icl_loader_new(&params);
}

IclTrainer *icl_trainer_new(const IclDataset *dataset, const IclTrainParams *params, GError **error)
{
    g_autoptr(IclTrainer) trainer = g_new0(IclTrainer, 1);

    trainer->dataset = dataset;
    trainer->fingerprint = icl_dataset_fingerprint(dataset);
    if (!icl_train_options(&trainer->options, dataset, params, error) ||
        !(trainer->model = icl_train_model(&trainer->options, dataset, error)))
        return NULL;
    trainer_loaders(trainer);
    if (!trainer_fit(trainer, error))
        return NULL;
    trainer->monitor = icl_monitor(trainer->options.params.early_stopping);
    trainer->history = icl_json_array();
    return g_steal_pointer(&trainer);
}

void icl_trainer_free(IclTrainer *trainer)
{
    if (!trainer)
        return;
    icl_loader_free(trainer->loader);
    icl_loader_free(trainer->validation_loader);
    icl_fit_free(trainer->fit);
    icl_model_unref(trainer->model);
    icl_json_free(trainer->history);
    g_free(trainer->fingerprint);
    icl_train_options_clear(&trainer->options);
    g_free(trainer);
}

int icl_trainer_steps(const IclTrainer *trainer)
{
    int batch = trainer->options.params.batch;
    return (trainer->options.n_training + batch - 1) / batch;
}

static double scheduled_rate(const IclTrainer *trainer)
{
    const IclTrainOptions *o = &trainer->options;
    IclScheduleTime time = {(double)trainer->fit->updates, icl_trainer_steps(trainer),
                            o->params.epochs};

    return icl_schedule_rate(o->schedule_instance, o->optimizer_instance->lr, &time);
}

static bool check_loss(const IclTrainer *trainer, double loss, GError **error)
{
    if (isfinite(loss))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "the loss is not a number any more in epoch %d, step %d, at learning rate %g; try "
                "a tenth of "
                "it (--optimizer '... lr=')",
                trainer->epoch + 1, trainer->step, trainer->learning_rate);
    return false;
}

static bool check_cancel(IclTrainer *trainer, GError **error)
{
    const IclTrainParams *p = &trainer->options.params;

    if (!p->cancel || !*p->cancel)
        return true;
    g_autofree char *path = icl_checkpoint_path(trainer);
    if (icl_checkpoint_save(trainer, error))
        g_set_error(
            error, ICL_ERROR, ICL_ERROR_CANCELLED,
            "stopped in epoch %d, step %d of %d; add --resume %s to the same command to go on",
            trainer->epoch + 1, trainer->step, icl_trainer_steps(trainer), path);
    return false;
}

/* A checkpoint within an epoch: the batches before it are loaded again, and passed over. */
static bool skip_done(IclTrainer *trainer, GError **error)
{
    IclBatch *batch;

    for (int i = 0; i < trainer->step; i++)
        if (!icl_loader_next(trainer->loader, &batch, error))
            return false;
    return true;
}

static void sums_add(IclTrainerSums *sums, IclLoss loss, int n)
{
    sums->loss += loss.sum;
    sums->correct += loss.correct;
    sums->seen += n;
}

static bool train_epoch(IclTrainer *trainer, GError **error)
{
    IclBatch *batch;

    icl_loader_start(trainer->loader, trainer->epoch);
    if (!skip_done(trainer, error))
        return false;
    trainer->started = g_get_monotonic_time();
    trainer->started_step = trainer->step;
    for (;;) {
        if (!check_cancel(trainer, error) || !icl_loader_next(trainer->loader, &batch, error))
            return false;
        if (!batch)
            return true;
        trainer->learning_rate = scheduled_rate(trainer);
        const IclTargets targets = {batch->y, batch->targets, batch->weight};
        IclLoss loss =
            icl_fit_update(trainer->fit, batch->x, &targets, batch->n, trainer->learning_rate);
        sums_add(&trainer->sums, loss, batch->n);
        trainer->step++;
        if (!check_loss(trainer, loss.sum, error))
            return false;
        IclTrainProgress progress = progress_of(trainer);
        report(trainer, &progress);
    }
}

static bool validate(IclTrainer *trainer, IclTrainerSums *sums, GError **error)
{
    IclBatch *batch;

    icl_executor_prepare(trainer->fit->inference);
    icl_loader_start(trainer->validation_loader, 0);
    while (icl_loader_next(trainer->validation_loader, &batch, error)) {
        if (!batch)
            return true;
        IclLoss loss = icl_judge(trainer->fit->inference, &trainer->criterion, batch->x,
                                 &(IclTargets){.y = batch->y}, batch->n, NULL);
        sums_add(sums, loss, batch->n);
    }
    return false;
}

static void record(IclTrainer *trainer, const IclTrainProgress *progress)
{
    IclJson *row = icl_json_object();

    icl_json_set(row, "epoch", icl_json_integer(progress->epoch + 1));
    icl_json_set(row, "loss", icl_json_real(progress->loss));
    icl_json_set(row, "accuracy", icl_json_real(progress->accuracy));
    icl_json_set(row, "learning_rate", icl_json_real(progress->learning_rate));
    if (trainer->validation_loader) {
        icl_json_set(row, "val_loss", icl_json_real(progress->val_loss));
        icl_json_set(row, "val_accuracy", icl_json_real(progress->val_accuracy));
    }
    icl_json_append(trainer->history, row);
}

/* Without validation the last epoch is the best. */
static bool finish_epoch(IclTrainer *trainer, GError **error)
{
    IclTrainProgress progress = progress_of(trainer);
    IclTrainerSums sums = {0};

    if (!trainer->sums.seen) {
        g_set_error_literal(error, ICL_ERROR, ICL_ERROR_DATA,
                            "not one picture of the training data could be read; check the data");
        return false;
    }
    if (trainer->validation_loader) {
        if (!validate(trainer, &sums, error))
            return false;
        progress.val_loss = sums.loss / MAX(sums.seen, 1);
        progress.val_accuracy = (double)sums.correct / MAX(sums.seen, 1);
    }
    progress.step = 0;
    progress.best =
        icl_monitor_epoch(&trainer->monitor, trainer->epoch,
                          trainer->validation_loader ? progress.val_accuracy : trainer->epoch);
    record(trainer, &progress);
    trainer->epoch++;
    trainer->step = 0;
    trainer->sums = (IclTrainerSums){0};
    icl_checkpoint_describe(trainer);
    if (progress.best && !icl_model_save(trainer->model, trainer->options.params.output, error))
        return false;
    report(trainer, &progress);
    return icl_checkpoint_save(trainer, error);
}

/* How many pictures did not take part: each was named when it was met. */
static void report_skipped(const IclTrainer *trainer)
{
    int skipped = icl_loader_skipped(trainer->loader);

    if (trainer->validation_loader)
        skipped += icl_loader_skipped(trainer->validation_loader);
    if (!skipped)
        return;
    g_autofree char *message =
        g_strdup_printf("%d of %d pictures could not be read and were left out", skipped,
                        icl_dataset_size(trainer->dataset));
    report_message(trainer, message);
}

/* The most that network and pictures will take. */
static bool report_memory(const IclTrainer *trainer, GError **error)
{
    const IclTrainOptions *o = &trainer->options;
    size_t pictures = icl_loader_bytes(trainer->loader);
    IclFootprint network;

    if (trainer->validation_loader)
        pictures += icl_loader_bytes(trainer->validation_loader);
    if (!icl_footprint_training(icl_model_graph(trainer->model), o->optimizer_instance,
                                o->params.batch, o->params.threads, &network, error))
        return false;
    g_autofree char *message = g_strdup_printf(
        "memory: at most %.1f MiB for a batch of %d, and %.1f MiB of pictures",
        (double)icl_footprint_total(&network) / 0x1p20, o->params.batch, (double)pictures / 0x1p20);
    report_message(trainer, message);
    return true;
}

bool icl_trainer_run(IclTrainer *trainer, GError **error)
{
    if (!report_memory(trainer, error))
        return false;
    while (trainer->epoch < trainer->options.params.epochs && !trainer->monitor.stop)
        if (!train_epoch(trainer, error) || !finish_epoch(trainer, error))
            return false;
    if (trainer->monitor.stop) {
        g_autofree char *message =
            g_strdup_printf("early stopping after epoch %d: no improvement since epoch %d",
                            trainer->epoch, trainer->monitor.best_epoch + 1);
        report_message(trainer, message);
    }
    report_skipped(trainer);
    return true;
}
