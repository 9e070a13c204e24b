/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <icl/lr_find.h>
#include <math.h>
#include <stdio.h>

#include "command.h"
#include "models.h"
#include "progress.h"

typedef struct LrFindOptions {
    Operands operands;
    const char *model, *recipe, *augment, *loss, *optimizer, *plot;
    double from, to;
    int steps, batch, threads, workers;
    guint64 seed;
    bool csv, quiet;
} LrFindOptions;

#define O LrFindOptions
static const Option lr_find_options[] = {
    OPT_STRING(O, model, "model", 0, "FILE|NAME",
               "a description's file, or one of icl's models; else one for the data"),
    OPT_STRING(O, recipe, "recipe", 0, "CHAIN", "preprocessing; else made for the network"),
    OPT_STRING(O, augment, "augment", 0, "CHAIN", "random changes; else chosen for the data"),
    OPT_STRING(O, loss, "loss", 0, "STEP", "icl list losses"),
    OPT_STRING(O, optimizer, "optimizer", 0, "STEP", "its lr does not count"),
    OPT_INT(O, batch, "batch", "N", NULL, 1, 65536, "pictures a step; else chosen"),
    OPT_REAL(O, from, "from", "1e-7", 1e-12, 1e6, "learning rate of the first step"),
    OPT_REAL(O, to, "to", "10", 1e-12, 1e6, "learning rate of the last step"),
    OPT_INT(O, steps, "steps", "N", "100", 20, 1000000, "updates"),
    OPT_STRING(O, plot, "plot", 0, "FILE", "draw the curve: a name in .svg or .png"),
    OPT_BOOL(O, csv, "csv", "print the curve: learning rate, loss"),
    OPT_SEED(O, seed, "seed", "1", "of all random choices"),
    OPT_INT(O, threads, "threads", "N", "0", 0, 256, "0: all cores"),
    OPT_INT(O, workers, "workers", "N", "-1", -1, 256, "threads that load pictures; -1: chosen"),
    OPT_BOOL(O, quiet, "quiet", "no progress"),
    {0},
};
#undef O

static void print_curve(const IclLrFind *found)
{
    puts("learning_rate,loss");
    for (int i = 0; i < found->n; i++) {
        char rate[G_ASCII_DTOSTR_BUF_SIZE], loss[G_ASCII_DTOSTR_BUF_SIZE];
        printf("%s,%s\n", g_ascii_formatd(rate, sizeof rate, "%.6g", found->rate[i]),
               g_ascii_formatd(loss, sizeof loss, "%.6g", found->loss[i]));
    }
}

static void print_suggestions(const IclLrFind *found)
{
    if (isnan(found->valley)) {
        puts("the loss never fell: take more --steps, or look at the data (icl data)");
        return;
    }
    printf("suggested learning rate: %.2e (valley; steepest %.2e, a tenth of the minimum's %.2e)\n",
           found->valley, found->steepest, found->minimum);
}

static bool run_lr_find(const void *values, GError **error)
{
    const LrFindOptions *o = values;
    g_autofree char *description = NULL, *path = NULL;
    IclLrFind found = {0};
    Progress progress;
    if (o->model && !(description = models_read(o->model, &path, error)))
        return false;
    g_autoptr(IclDataset) data = icl_dataset_open(o->operands.at[0], ICL_PART_TRAIN, error);
    if (!data)
        return false;
    progress_init(&progress, o->quiet);
    IclTrainParams params = {
        ICL_TRAIN_DEFAULTS,        .description = description, .description_name = path,
        .recipe = o->recipe,       .augment = o->augment,      .loss = o->loss,
        .optimizer = o->optimizer, .batch = o->batch,          .seed = o->seed,
        .threads = o->threads,     .workers = o->workers,      .progress = progress_report,
        .user = &progress};
    IclLrFindParams sweep = {ICL_LR_FIND_DEFAULTS};
    sweep.from = o->from;
    sweep.to = o->to;
    sweep.steps = o->steps;
    bool done = icl_lr_find(data, &params, &sweep, &found, error);
    progress_end(&progress);
    if (done && o->csv)
        print_curve(&found);
    else if (done)
        print_suggestions(&found);
    done = done && (!o->plot || icl_lr_find_draw(&found, o->plot, error));
    icl_lr_find_clear(&found);
    return done;
}

const Command lr_find_command = {
    .name = "lr-find",
    .help = "find a learning rate: the loss along a rising one",
    .operands = "DATA [OPTION...]",
    .least = 1,
    .most = 1,
    .options = lr_find_options,
    .size = sizeof(LrFindOptions),
    .details = "Trains a few steps while the learning rate rises from tiny to too large, and\n"
               "suggests one from where the loss falls (Smith 2017; the suggestion is fastai's\n"
               "\"valley\"). Nothing is kept.\n"
               "\n"
               "    icl lr-find photos --plot curve.png\n"
               "    icl lr-find photos --model resnet18 --optimizer 'sgd momentum=0.9'\n",
    .run = run_lr_find,
};
