/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The sweep, and what is read off its curve as fastai 2.7 does (callback/schedule.py): the first
 * tenth and the last five points do not count. */
#include "lr_find.h"

#include <math.h>
#include <string.h>

#include "plot.h"
#include "trainer.h"

enum { STEPS_LEAST = 20, END_LEFT_OUT = 5 };
#define SMOOTHING 0.98

static bool check_sweep(const IclLrFindParams *sweep, GError **error)
{
    const char *problem = NULL;

    if (!(sweep->from > 0) || !(sweep->to > sweep->from) || !isfinite(sweep->to))
        problem = "the rates must rise: 0 < from < to";
    else if (sweep->steps < STEPS_LEAST)
        problem = "20 steps are the least";
    else if (!(sweep->stop_factor == 0 || sweep->stop_factor > 1))
        problem = "the factor to stop at must be above 1, or 0";
    if (problem)
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE, "lr-find from %g to %g in %d steps: %s",
                    sweep->from, sweep->to, sweep->steps, problem);
    return !problem;
}

/* The longest run of falling losses, not necessarily neighbours; at 0 and 1/2 of its middle third
 * lies the suggestion. */
static double valley(const double *rate, const double *loss, int n)
{
    g_autofree int *length = g_new(int, MAX(n, 1));
    int start = 0, end = 0;

    for (int i = 0; i < n; i++)
        length[i] = 1;
    for (int i = 1; i < n; i++)
        for (int j = 0; j < i; j++) {
            if (loss[i] < loss[j] && length[i] < length[j] + 1)
                length[i] = length[j] + 1;
            if (length[end] < length[i]) {
                end = i;
                start = end - length[end];
            }
        }
    double section = (end - start) / 3.0;
    int at = start + (int)section + (int)(section / 2);
    return n > 1 && at >= 0 && at < n && end > 0 ? rate[at] : (double)NAN;
}

/* By the logarithm of the rate. */
static double steepest(const double *rate, const double *loss, int n)
{
    double most = 0, at = NAN;

    for (int i = 1; i + 1 < n; i++) {
        double slope = (loss[i + 1] - loss[i - 1]) / (log(rate[i + 1]) - log(rate[i - 1]));
        if (slope < most) {
            most = slope;
            at = rate[i];
        }
    }
    return at;
}

static double tenth_of_minimum(const double *rate, const double *loss, int n)
{
    int least = 0;

    for (int i = 1; i < n; i++)
        if (loss[i] < loss[least])
            least = i;
    return least > 0 ? rate[least] / 10 : (double)NAN;
}

void icl_lr_find_suggest(IclLrFind *found, int steps)
{
    int first = MIN(steps / 10, found->n), n = MAX(found->n - END_LEFT_OUT - first, 0);
    const double *rate = found->rate + first, *loss = found->loss + first;

    found->valley = valley(rate, loss, n);
    found->steepest = steepest(rate, loss, n);
    found->minimum = tenth_of_minimum(rate, loss, n);
}

/* The next batch; the pictures begin again where an epoch ends. */
static bool next_batch(IclTrainer *trainer, IclBatch **batch, GError **error)
{
    if (!icl_loader_next(trainer->loader, batch, error))
        return false;
    if (*batch)
        return true;
    icl_loader_start(trainer->loader, ++trainer->epoch);
    if (!icl_loader_next(trainer->loader, batch, error))
        return false;
    if (*batch)
        return true;
    g_set_error_literal(error, ICL_ERROR, ICL_ERROR_DATA,
                        "not one picture of the training data could be read; check the data");
    return false;
}

static bool cancelled(const IclTrainer *trainer, GError **error)
{
    const volatile int *cancel = trainer->options.params.cancel;

    if (!cancel || !*cancel)
        return false;
    g_set_error_literal(error, ICL_ERROR, ICL_ERROR_CANCELLED, "stopped");
    return true;
}

static void report_step(const IclTrainer *trainer, int steps, const IclLrFind *found)
{
    const IclTrainParams *p = &trainer->options.params;
    IclTrainProgress progress = {.epochs = 1,
                                 .step = found->n,
                                 .steps = steps,
                                 .loss = found->loss[found->n - 1],
                                 .learning_rate = found->rate[found->n - 1],
                                 .val_loss = NAN};

    if (p->progress)
        p->progress(p->user, &progress);
}

static bool sweep_rates(IclTrainer *trainer, const IclLrFindParams *sweep, IclLrFind *found,
                        GError **error)
{
    double mean = 0, best = INFINITY;

    icl_loader_start(trainer->loader, 0);
    for (int i = 0; i < sweep->steps; i++) {
        IclBatch *batch;
        if (cancelled(trainer, error) || !next_batch(trainer, &batch, error))
            return false;
        const IclTargets targets = {batch->y, batch->targets, batch->weight};
        double rate = sweep->from * pow(sweep->to / sweep->from, (double)i / sweep->steps);
        IclLoss loss = icl_fit_update(trainer->fit, batch->x, &targets, batch->n, rate);
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss.sum / batch->n;
        double smooth = mean / (1 - pow(SMOOTHING, i + 1));
        if (!isfinite(smooth))
            break;
        found->rate[found->n] = rate;
        found->loss[found->n++] = smooth;
        best = MIN(best, smooth);
        report_step(trainer, sweep->steps, found);
        if (sweep->stop_factor && smooth > sweep->stop_factor * best)
            break;
    }
    return true;
}

bool icl_lr_find(const IclDataset *dataset, const IclTrainParams *params,
                 const IclLrFindParams *sweep, IclLrFind *found, GError **error)
{
    IclTrainParams used = *params;

    if (!check_sweep(sweep, error))
        return false;
    used.run = used.resume = used.checkpoint = used.callbacks = used.monitor = NULL;
    used.schedule = "constant";
    used.epochs = 1;
    used.early_stopping = 0;
    g_autoptr(IclTrainer) trainer = icl_trainer_new_unsaved(dataset, &used, error);
    if (!trainer)
        return false;
    *found = (IclLrFind){.rate = g_new(double, sweep->steps), .loss = g_new(double, sweep->steps)};
    if (sweep_rates(trainer, sweep, found, error)) {
        icl_lr_find_suggest(found, sweep->steps);
        return true;
    }
    icl_lr_find_clear(found);
    return false;
}

void icl_lr_find_clear(IclLrFind *found)
{
    g_free(found->rate);
    g_free(found->loss);
    memset(found, 0, sizeof *found);
}

bool icl_lr_find_draw(const IclLrFind *found, const char *path, GError **error)
{
    const IclSeries series = {"loss", found->loss};
    const IclPanel panel = {"learning rate finder", &series, 1, false};
    g_autofree char *mark = g_strdup_printf("suggested %.2g", found->valley);
    IclPlot plot = {.x_title = "learning rate",
                    .x = found->rate,
                    .n = found->n,
                    .log_x = true,
                    .mark = isfinite(found->valley) ? &found->valley : NULL,
                    .mark_name = mark,
                    .panels = &panel,
                    .n_panels = 1};

    return icl_plot_save(&plot, path, error);
}
