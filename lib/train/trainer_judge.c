/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "trainer_judge.h"

#include <math.h>

void icl_trainer_sums_add(IclTrainerSums *sums, IclLoss loss, int n)
{
    sums->loss += loss.sum;
    sums->correct += loss.correct;
    sums->top5 += loss.top5;
    sums->seen += n;
}

static void set_recall(IclTrainer *trainer, const IclClassCount *counts)
{
    for (int c = 0; c < icl_dataset_classes(trainer->dataset); c++)
        trainer->recall[c] =
            counts[c].seen ? (double)counts[c].correct / counts[c].seen : (double)NAN;
}

bool icl_trainer_validate(IclTrainer *trainer, IclTrainProgress *progress, GError **error)
{
    int classes = icl_dataset_classes(trainer->dataset);
    g_autofree IclClassCount *counts = g_new0(IclClassCount, classes);
    IclTrainerSums sums = {0};
    IclBatch *batch;

    if (!trainer->validation_loader)
        return true;
    icl_executor_prepare(trainer->fit->inference);
    icl_loader_start(trainer->validation_loader, 0);
    for (;;) {
        if (!icl_loader_next(trainer->validation_loader, &batch, error))
            return false;
        if (!batch)
            break;
        icl_trainer_sums_add(
            &sums,
            icl_judge(trainer->fit->inference, trainer->options.loss_instance, batch->x,
                      &(IclTargets){.y = batch->y, .soft = batch->targets}, batch->n, counts),
            batch->n);
    }
    progress->val_loss = sums.loss / MAX(sums.seen, 1) + icl_fit_penalty(trainer->fit);
    progress->val_accuracy = sums.correct / MAX(sums.seen, 1);
    if (!trainer->options.multi_label)
        progress->val_top5 = (double)sums.top5 / MAX(sums.seen, 1);
    set_recall(trainer, counts);
    progress->val_recall = trainer->recall;
    return true;
}

bool icl_trainer_is_best(IclTrainer *trainer, const IclTrainProgress *progress)
{
    const IclMonitor *monitor = &trainer->options.monitor;
    bool last = icl_figure_is_validation((IclFigure)monitor->figure) && !trainer->validation_loader;
    double figure = last ? trainer->epoch : icl_figure_value((IclFigure)monitor->figure, progress);

    if (!isfinite(progress->loss) ||
        !(last || icl_monitor_improves(monitor, figure, trainer->best)))
        return false;
    trainer->best = figure;
    trainer->best_epoch = trainer->epoch;
    return true;
}
