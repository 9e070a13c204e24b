/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <icl/inspect.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"

typedef struct DataOptions {
    Operands operands;
    const char *sheet, *augment, *recipe;
    int part, columns, near, threads;
    guint64 seed;
    bool json, quiet;
} DataOptions;

#define O DataOptions
static const Option data_options[] = {
    OPT_INT(O, near, "near", "N", "4", -1, 15,
            "near duplicates: bits of 64 in which shapes may differ; -1: do not look for them"),
    OPT_BOOL(O, json, "json", "all figures as JSON, with every picture that is named"),
    OPT_STRING(O, sheet, "sheet", 0, "FILE", "a picture (PNG) of samples of each class"),
    OPT_STRING(O, augment, "augment", 0, "CHAIN",
               "with --sheet: the samples once more, augmented (icl list augment)"),
    OPT_STRING(O, recipe, "recipe", 0, "CHAIN",
               "with --sheet: preprocessing (icl list preprocess); else all of a picture"),
    OPT_INT(O, columns, "columns", "N", "8", 1, 64, "with --sheet: samples of a class"),
    OPT_CHOICE(O, part, "part", "train|test|validation", "train test validation",
               "with --sheet: which part of DATA; else train"),
    OPT_SEED(O, seed, "seed", "1", "of the augmentations"),
    OPT_INT(O, threads, "threads", "N", "0", 0, 256, "0: all cores"),
    OPT_BOOL(O, quiet, "quiet", "no progress"),
    {0},
};
#undef O

static void show_progress(void *user, int done, int total)
{
    if (total > done)
        fprintf(stderr, "\r%d of %d pictures", done, total);
    else
        fputs("\r\033[K", stderr);
}

static bool draw_sheet(const DataOptions *o, GError **error)
{
    IclPart part = o->part >= 0 ? (IclPart)o->part : ICL_PART_TRAIN;
    g_autoptr(IclDataset) dataset = icl_dataset_open(o->operands.at[0], part, error);
    IclSheetParams params = {
        .recipe = o->recipe, .augment = o->augment, .columns = o->columns, .seed = o->seed};
    return dataset && icl_contact_sheet(dataset, &params, o->sheet, error);
}

static bool check_data(const void *values, char **problem)
{
    const DataOptions *o = values;
    if (!o->sheet && (o->augment || o->recipe || o->part >= 0))
        *problem = g_strdup_printf("--%s goes with --sheet only", o->augment  ? "augment"
                                                                  : o->recipe ? "recipe"
                                                                              : "part");
    return !*problem;
}

static bool run_data(const void *values, GError **error)
{
    const DataOptions *o = values;
    IclInspectParams params = {.threads = o->threads, .near = o->near};
    if (!o->quiet && isatty(STDERR_FILENO))
        params.progress = show_progress;
    g_autoptr(IclInspection) inspection = icl_inspect(o->operands.at[0], &params, error);
    if (!inspection)
        return false;
    g_autofree char *text =
        o->json ? icl_inspection_json(inspection) : icl_inspection_text(inspection);
    printf("%s%s", text, o->json ? "\n" : "");
    if (o->sheet && !draw_sheet(o, error))
        return false;
    return icl_inspection_broken(inspection) == 0;
}

const Command data_command = {
    .name = "data",
    .help = "look over a data set: what is in it, and what is wrong with it",
    .operands = "DATA [OPTION...]",
    .least = 1,
    .most = 1,
    .options = data_options,
    .size = sizeof(DataOptions),
    .details = "Counts pictures by class and part; shows sizes, mean and standard deviation;\n"
               "names pictures that cannot be read, exact and near duplicates, and those that\n"
               "are in two parts or two classes; and says what to do. The exit status is 1\n"
               "where something is broken.\n"
               "\n"
               "    icl data photos\n"
               "    icl data photos --sheet sheet.png --augment 'hflip ! rotate 15'\n",
    .check = check_data,
    .run = run_data,
};
