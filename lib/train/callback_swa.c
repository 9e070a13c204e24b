/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Stochastic weight averaging (Izmailov et al. 2018), as PyTorch's swa_utils has it: AveragedModel
 * is the equal average of the weights at the ends of epochs; SWALR the learning rate between the
 * first of these and the end; update_bn() a pass over the training pictures that measures batch
 * normalisations' statistics anew. Its variance is that of all pictures, where PyTorch's is the
 * mean of the batches' own, which leaves out how far their means lie apart. The average becomes the
 * model where it is better than the best epoch. */
#include <math.h>

#include "callback.h"
#include "checkpoint.h"
#include "json.h"
#include "statistics.h"
#include "trainer_epoch.h"
#include "trainer_judge.h"

typedef struct Swa {
    IclCallback callback;
    double start, lr;
    int every, anneal_epochs, anneal_strategy;
} Swa;

enum { COSINE, LINEAR };

typedef struct State {
    double n, ended; /* epochs in the average; whether it was judged */
} State;

static const IclParam swa_params[] = {
    ICL_REAL(Swa, start, "0.75", 0, 1e6,
             "epochs before the first that is averaged; below 1: a share of all"),
    ICL_INT(Swa, every, "1", 1, 1e6, "epochs from one that is averaged to the next"),
    ICL_REAL_OR(Swa, lr, "swa_lr", "0", 0, 1e3,
                "learning rate after the first of them; 0: as the schedule has it"),
    ICL_INT(Swa, anneal_epochs, "10", 0, 1e6, "epochs from the schedule's rate to that one"),
    ICL_ENUM(Swa, anneal_strategy, "cos", "cos linear", "its way there"),
    {0},
};

/* The first epoch that is averaged. */
static int swa_first(const Swa *swa, int epochs)
{
    return (int)(swa->start < 1 ? round(swa->start * epochs) : swa->start);
}

static char *swa_problem(const void *instance)
{
    const Swa *swa = instance;

    return swa->start < 1 || swa->start == floor(swa->start)
               ? NULL
               : g_strdup_printf("start is %g; give whole epochs, or a share below 1", swa->start);
}

static bool swa_alone(const IclCallback *callback, const IclTrainOptions *options)
{
    for (guint i = 0; i < options->callbacks->len; i++) {
        const IclCallback *other = g_ptr_array_index(options->callbacks, i);
        if (other != callback && other->class == callback->class)
            return false;
    }
    return !(options->optimizer_instance->ema > 0);
}

static bool swa_check(const IclCallback *callback, const IclTrainOptions *options, GError **error)
{
    const Swa *swa = (const Swa *)callback;
    int epochs = options->params.epochs;
    IclFigure figure = (IclFigure)options->monitor.figure;

    if (swa_first(swa, epochs) >= epochs)
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "swa: start is %g, so that of %d epochs none would be averaged", swa->start,
                    epochs);
    else if (!icl_figure_is_validation(figure))
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "swa: the average has no %s, by which --monitor would compare it; it can be "
                    "val_accuracy or val_loss",
                    icl_figure_name(figure));
    else if (!swa_alone(callback, options))
        g_set_error_literal(error, ICL_ERROR, ICL_ERROR_VALUE,
                            "swa: there is another average, a second swa or the optimizer's ema; "
                            "one of them is enough");
    else
        return true;
    return false;
}

/* As PyTorch's loop has it: the first epoch that is averaged still has the schedule's rate, and its
 * last is where SWALR sets out from. */
static double swa_rate(const IclCallback *callback, const IclTrainer *trainer, double rate)
{
    const Swa *swa = (const Swa *)callback;
    int first = swa_first(swa, trainer->options.params.epochs), since = trainer->epoch - first;

    if (!(swa->lr > 0) || since <= 0)
        return rate;
    double begin =
        icl_trainer_scheduled_rate(trainer, (first + 1.0) * icl_trainer_steps(trainer) - 1);
    double t = MIN((double)since / MAX(swa->anneal_epochs, 1), 1);
    double share = swa->anneal_strategy == COSINE ? (1 - cos(G_PI * t)) / 2 : t;
    return swa->lr * share + begin * (1 - share);
}

static bool swa_epoch(const IclCallback *callback, double *doubles, IclTrainer *trainer,
                      const IclTrainProgress *progress, GError **error)
{
    const Swa *swa = (const Swa *)callback;
    State *state = (State *)doubles;
    int since = progress->epoch - swa_first(swa, progress->epochs);

    if (since >= 0 && since % swa->every == 0 && isfinite(progress->loss))
        icl_fit_swa_add(trainer->fit, (int)state->n++);
    return true;
}

/* The training pictures as one epoch more would have them. *done false where it was cancelled; then
 * the statistics are as they were. */
static bool measure(IclTrainer *trainer, bool *done, GError **error)
{
    g_autoptr(IclStatistics) statistics = icl_statistics_new(trainer->fit);
    IclBatch *batch = NULL;

    if (!icl_statistics_wanted(statistics))
        return *done = true;
    icl_loader_start(trainer->loader, trainer->epoch);
    do {
        if (icl_trainer_cancelled(trainer))
            return true;
        if (!icl_loader_next(trainer->loader, &batch, error))
            return false;
        if (batch)
            icl_statistics_add(statistics, batch->x, batch->n);
    } while (batch);
    icl_statistics_set(statistics);
    return *done = true;
}

static void describe(IclTrainer *trainer, const State *state, const IclTrainProgress *progress)
{
    g_autoptr(IclJson) json = icl_json_object();

    icl_checkpoint_describe(trainer);
    if (trainer->validation_loader)
        icl_checkpoint_describe_accuracy(trainer, progress->val_accuracy);
    icl_json_set(json, "epochs", icl_json_integer((gint64)state->n));
    for (IclFigure f = 0; trainer->validation_loader && f < ICL_FIGURE_COUNT; f++)
        if (icl_figure_is_validation(f))
            icl_json_set(json, icl_figure_name(f), icl_json_real(icl_figure_value(f, progress)));
    g_autofree char *text = icl_json_print(json, 0);
    icl_model_set_metadata(trainer->model, "training.swa", text);
}

static void tell(const IclTrainer *trainer, const State *state, const IclTrainProgress *progress,
                 int best_epoch, double best)
{
    IclFigure figure = (IclFigure)trainer->options.monitor.figure;
    bool is_model = trainer->best_epoch != best_epoch;

    if (!trainer->validation_loader)
        icl_trainer_tell(trainer, "swa: the average of %d epochs is the model", (int)state->n);
    else
        icl_trainer_tell(trainer, "swa: the average of %d epochs has %s %.4f, epoch %d %.4f: %s",
                         (int)state->n, icl_figure_name(figure), icl_figure_value(figure, progress),
                         best_epoch + 1, best,
                         is_model ? "the average is the model" : "that epoch stays the model");
}

static bool judge(IclTrainer *trainer, State *state, GError **error)
{
    IclTrainProgress progress = icl_trainer_progress(trainer);
    int best_epoch = trainer->best_epoch;
    double best = trainer->best;

    if (!icl_trainer_validate(trainer, &progress, error))
        return false;
    progress.best = icl_trainer_is_best(trainer, &progress);
    tell(trainer, state, &progress, best_epoch, best);
    if (progress.best) {
        describe(trainer, state, &progress);
        if (!icl_model_save(trainer->model, trainer->options.params.output, error))
            return false;
    }
    state->ended = true;
    return icl_checkpoint_save(trainer, error);
}

static bool swa_end(const IclCallback *callback, double *doubles, IclTrainer *trainer,
                    GError **error)
{
    State *state = (State *)doubles;
    bool done = false;

    if (state->n == 0)
        icl_trainer_tell(trainer, "swa: the training ended before the first epoch to average");
    if (state->n == 0 || state->ended)
        return true;
    icl_fit_swa_swap(trainer->fit);
    bool measured = measure(trainer, &done, error);
    if (done)
        return judge(trainer, state, error);
    icl_fit_swa_swap(trainer->fit);
    return measured && icl_trainer_cancel(trainer, error);
}

const IclCallbackClass icl_swa_class = {
    .base = {"swa", "average the weights of the last epochs, and keep them if they are better",
             sizeof(Swa), swa_params, .check = swa_problem},
    .averages = true,
    .n_state = sizeof(State) / sizeof(double),
    .check = swa_check,
    .epoch = swa_epoch,
    .rate = swa_rate,
    .end = swa_end,
};
