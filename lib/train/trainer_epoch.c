/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "trainer_epoch.h"

#include <glib/gstdio.h>
#include <math.h>

#include "callback.h"
#include "checkpoint.h"
#include "trainer_begin.h"
#include "trainer_judge.h"

void icl_trainer_report(const IclTrainer *trainer, const IclTrainProgress *progress)
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
        MIN((gint64)steps * trainer->options.params.batch, trainer->options.epoch_size);

    return (double)pictures / MAX(seconds, 1e-6);
}

IclTrainProgress icl_trainer_progress(const IclTrainer *trainer)
{
    const IclTrainerSums *sums = &trainer->sums;
    double seen = MAX(sums->seen, 1);

    return (IclTrainProgress){.epoch = trainer->epoch,
                              .epochs = trainer->options.params.epochs,
                              .step = trainer->step,
                              .steps = icl_trainer_steps(trainer),
                              .loss = sums->loss / seen,
                              .accuracy = sums->correct / seen,
                              .top5 = trainer->options.multi_label ? NAN : sums->top5 / seen,
                              .val_loss = NAN,
                              .val_accuracy = NAN,
                              .val_top5 = NAN,
                              .rate = pictures_per_second(trainer),
                              .learning_rate = trainer->learning_rate};
}

double icl_trainer_scheduled_rate(const IclTrainer *trainer, double step)
{
    const IclTrainOptions *o = &trainer->options;
    IclScheduleTime time = {step, icl_trainer_steps(trainer), o->params.epochs};

    return trainer->rate_scale *
           icl_schedule_rate(o->schedule_instance, o->optimizer_instance->lr, &time);
}

static bool check_loss(const IclTrainer *trainer, double loss, GError **error)
{
    if (isfinite(loss) || trainer->stop)
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "the loss is not a number any more in epoch %d, step %d, at learning rate %g; try "
                "a tenth of "
                "it (--optimizer '... lr=')",
                trainer->epoch + 1, trainer->step, trainer->learning_rate);
    return false;
}

bool icl_trainer_cancelled(const IclTrainer *trainer)
{
    const volatile int *cancel = trainer->options.params.cancel;

    return cancel && *cancel;
}

bool icl_trainer_cancel(IclTrainer *trainer, GError **error)
{
    const char *run = trainer->options.params.run;
    g_autofree char *config = run ? g_build_filename(run, "config", NULL) : NULL;
    bool alone = config && g_file_test(config, G_FILE_TEST_EXISTS); /* all that a resume needs */
    g_autofree char *path = icl_checkpoint_path(trainer);
    g_autofree char *place = trainer->loading
                                 ? g_strdup_printf("in epoch %d, step %d of %d", trainer->epoch + 1,
                                                   trainer->step, icl_trainer_steps(trainer))
                                 : g_strdup_printf("after epoch %d", trainer->epoch);

    if (icl_checkpoint_save(trainer, error))
        g_set_error(error, ICL_ERROR, ICL_ERROR_CANCELLED,
                    alone ? "stopped %s; `icl train --resume %s` goes on"
                          : "stopped %s; add --resume %s to the same command to go on",
                    place, alone ? run : path);
    return false;
}

static bool begin_epoch(IclTrainer *trainer, GError **error)
{
    if (!trainer->begun && !icl_trainer_begin(trainer, error))
        return false;
    trainer->begun = true;
    icl_loader_start_at(trainer->loader, trainer->epoch, trainer->batch);
    trainer->started = trainer->was = g_get_monotonic_time();
    trainer->started_step = trainer->step;
    trainer->loading = true;
    return true;
}

static bool call_step(IclTrainer *trainer, const IclTrainProgress *progress, GError **error)
{
    const IclTrainHooks *hooks = trainer->options.params.hooks;

    return icl_callbacks_step(trainer, progress, error) &&
           (!hooks || !hooks->step || hooks->step(hooks->user, trainer, progress, error));
}

static bool save_between(IclTrainer *trainer, GError **error)
{
    int every = trainer->options.params.checkpoint_steps;

    return !every || trainer->step % every || icl_checkpoint_save(trainer, error);
}

static bool train_step(IclTrainer *trainer, const IclBatch *batch, IclTrainProgress *progress,
                       GError **error)
{
    const IclTargets targets = {batch->y, batch->targets, batch->weight};

    trainer->learning_rate = icl_callbacks_rate(
        trainer, icl_trainer_scheduled_rate(trainer, (double)trainer->fit->updates));
    IclLoss loss =
        icl_fit_update(trainer->fit, batch->x, &targets, batch->n, trainer->learning_rate);
    icl_trainer_sums_add(&trainer->sums, loss, batch->n);
    trainer->step++;
    trainer->batch = icl_loader_place(trainer->loader);
    *progress = icl_trainer_progress(trainer);
    gint64 now = g_get_monotonic_time();
    progress->seconds = (double)(now - trainer->was) / 1e6;
    trainer->was = now;
    if (!call_step(trainer, progress, error) || !check_loss(trainer, loss.sum, error) ||
        !save_between(trainer, error))
        return false;
    icl_trainer_report(trainer, progress);
    return true;
}

static bool call_epoch(IclTrainer *trainer, const IclTrainProgress *progress, GError **error)
{
    const IclTrainHooks *hooks = trainer->options.params.hooks;

    return icl_callbacks_epoch(trainer, progress, error) &&
           (!hooks || !hooks->epoch || hooks->epoch(hooks->user, trainer, progress, error));
}

static void remember(IclTrainer *trainer, const IclTrainProgress *progress)
{
    g_array_append_val(trainer->history, *progress);
    for (int c = 0; progress->val_recall && c < icl_dataset_classes(trainer->dataset); c++) {
        float recall = (float)progress->val_recall[c];
        g_array_append_val(trainer->recalls, recall);
    }
}

/* Validates and keeps the weights as they are. */
static bool judge_epoch(IclTrainer *trainer, IclTrainProgress *progress, GError **error)
{
    *progress = icl_trainer_progress(trainer);
    if (!icl_trainer_validate(trainer, progress, error))
        return false;
    progress->step = 0;
    progress->best = icl_trainer_is_best(trainer, progress);
    remember(trainer, progress);
    icl_checkpoint_describe(trainer);
    return call_epoch(trainer, progress, error) &&
           (!progress->best ||
            icl_model_save(trainer->model, trainer->options.params.output, error));
}

static bool finish_epoch(IclTrainer *trainer, IclTrainProgress *progress, GError **error)
{
    if (!trainer->sums.seen) {
        g_set_error_literal(error, ICL_ERROR, ICL_ERROR_DATA,
                            "not one picture of the training data could be read; check the data");
        return false;
    }
    icl_fit_swap_average(trainer->fit); /* with the optimizer's ema, that is what is judged */
    bool judged = judge_epoch(trainer, progress, error);
    icl_fit_swap_average(trainer->fit);
    if (!judged)
        return false;
    trainer->epoch++;
    trainer->step = trainer->batch = 0;
    trainer->sums = (IclTrainerSums){0};
    trainer->loading = false;
    icl_trainer_report(trainer, progress);
    return icl_checkpoint_save(trainer, error);
}

/* How many pictures did not take part: each was named when it was met. */
static void report_skipped(const IclTrainer *trainer)
{
    int skipped = icl_loader_skipped(trainer->loader);

    if (trainer->validation_loader)
        skipped += icl_loader_skipped(trainer->validation_loader);
    if (skipped)
        icl_trainer_tell(trainer, "%d of %d pictures could not be read and were left out", skipped,
                         icl_dataset_size(trainer->dataset));
}

/* Of a training that was resumed with nothing left to do. */
static void report_complete(const IclTrainer *trainer)
{
    const IclTrainOptions *o = &trainer->options;
    IclFigure figure = (IclFigure)o->monitor.figure;
    g_autofree char *best = trainer->best_epoch < trainer->epoch
                                ? g_strdup_printf("epoch %d is the best", trainer->best_epoch + 1)
                                : g_strdup("the average of swa is the best");

    if (icl_figure_is_validation(figure) && !trainer->validation_loader)
        icl_trainer_tell(trainer, "complete: epoch %d of %d; its model is %s", trainer->epoch,
                         o->params.epochs, o->params.output);
    else
        icl_trainer_tell(trainer, "complete: epoch %d of %d%s; %s, with %s %.4f: %s",
                         trainer->epoch, o->params.epochs,
                         trainer->epoch < o->params.epochs ? ", where it was stopped" : "", best,
                         icl_figure_name(figure), trainer->best, o->params.output);
}

static bool finish(IclTrainer *trainer, GError **error)
{
    const IclTrainParams *p = &trainer->options.params;

    if (trainer->why_stop)
        icl_trainer_tell(trainer, "%s", trainer->why_stop);
    if (!icl_callbacks_end(trainer, error))
        return false;
    report_skipped(trainer);
    if (trainer->best_epoch < 0) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "no epoch ended with weights that are numbers; nothing was written to %s",
                    p->output);
        return false;
    }
    if (!trainer->begun)
        report_complete(trainer);
    g_autofree char *last = icl_checkpoint_path(trainer);
    if (!p->checkpoint)
        g_unlink(last);
    return true;
}

IclTrainEvent icl_trainer_next(IclTrainer *trainer, IclTrainProgress *progress, GError **error)
{
    IclTrainProgress now;
    IclBatch *batch = NULL;

    if (!trainer->loading && (trainer->stop || trainer->epoch >= trainer->options.params.epochs))
        return finish(trainer, error) ? ICL_TRAIN_END : ICL_TRAIN_FAILED;
    if (!trainer->loading && !begin_epoch(trainer, error))
        return ICL_TRAIN_FAILED;
    if (icl_trainer_cancelled(trainer) && !icl_trainer_cancel(trainer, error))
        return ICL_TRAIN_FAILED;
    if (!trainer->stop && !icl_loader_next(trainer->loader, &batch, error))
        return ICL_TRAIN_FAILED;
    if (!(batch ? train_step(trainer, batch, &now, error) : finish_epoch(trainer, &now, error)))
        return ICL_TRAIN_FAILED;
    *progress = now;
    return batch ? ICL_TRAIN_STEP : ICL_TRAIN_EPOCH;
}
