/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "trainer_begin.h"

#include <icl/inspect.h>

#include "footprint.h"

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
    icl_trainer_tell(
        trainer, "memory: at most %.1f MiB for a batch of %d, and %.1f MiB of pictures",
        (double)icl_footprint_total(&network) / 0x1p20, o->params.batch, (double)pictures / 0x1p20);
    return true;
}

/* Of what a default did that might surprise. */
static void report_balance(const IclTrainer *trainer)
{
    const IclTrainOptions *o = &trainer->options;
    const char *const *labels = icl_dataset_labels(trainer->dataset);
    const IclImbalance *found = &o->imbalance;

    if (o->balances)
        icl_trainer_tell(trainer,
                         "classes are out of balance: %d pictures of %s, %d of %s; they are drawn "
                         "alike (--sampler shuffle: as they are)",
                         found->most, labels[found->largest], found->least,
                         labels[found->smallest]);
}

/* Once a run: a resumed one has it. */
static bool draw_sheet(const IclTrainer *trainer, GError **error)
{
    const IclTrainParams *p = &trainer->options.params;
    IclSheetParams params = {.augment = p->augment, .seed = p->seed};
    g_autofree char *path = p->run ? g_build_filename(p->run, "sheet.png", NULL) : NULL;

    return !path || g_file_test(path, G_FILE_TEST_EXISTS) ||
           icl_contact_sheet(trainer->dataset, &params, path, error);
}

bool icl_trainer_begin(const IclTrainer *trainer, GError **error)
{
    report_balance(trainer);
    return report_memory(trainer, error) && draw_sheet(trainer, error);
}
