/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "command.h"
#include "pictures.h"
#include "sheet.h"
#include "skipped.h"
#include "threshold.h"

typedef struct ClassifyOptions {
    Operands operands;
    int top_k, batch, threads, workers;
    double threshold;
    bool json, csv, strict;
} ClassifyOptions;

#define O ClassifyOptions
static const Option classify_options[] = {
    OPT_INT(O, top_k, "top-k", "N", "5", 0, G_MAXINT, "classes a picture, best first; 0: all"),
    OPT_REAL(O, threshold, "threshold", THRESHOLD_DEFAULT, 0, 1,
             "of a multi-label model: show the labels whose confidence is above it"),
    OPT_BOOL(O, json, "json", "a JSON object a line: file, label, class_id, confidence, top"),
    OPT_BOOL(O, csv, "csv", "a CSV row a class: file, rank, label, class_id, confidence"),
    OPT_INT(O, batch, "batch", "N", "32", 1, 65536, "pictures at once; does not change the scores"),
    OPT_INT(O, threads, "threads", "N", "0", 0, 256, "0: all cores"),
    OPT_INT(O, workers, "workers", "N", "0", 0, 256, "threads that load pictures; 0: all cores"),
    OPT_BOOL(O, strict, "strict", "an unreadable picture ends it; else it is left out"),
    {0},
};
#undef O

static bool check_classify(const void *values, char **problem)
{
    const ClassifyOptions *o = values;
    if (!o->json || !o->csv)
        return true;
    *problem = g_strdup("--json and --csv exclude each other");
    return false;
}

/* A run over all pictures. */
typedef struct Classify {
    const ClassifyOptions *options;
    GPtrArray *names;
    int batch;
    IclClassifier *classifier;
    PictureGroup group;
    IclFrame *frames;   /* [batch]: of the group's readable pictures */
    const char **shown; /* [batch]: their names */
    int done;           /* pictures shown so far */
    Skipped skipped;
    Sheet sheet;
} Classify;

/* Takes the problem. */
static bool leave_out(Classify *run, GError *problem, GError **error)
{
    if (run->options->strict) {
        g_propagate_error(error, problem);
        return false;
    }
    skipped_add(&run->skipped, problem->message);
    g_error_free(problem);
    return true;
}

/* All names are there before the first picture is looked at, so that a folder that cannot be read
 * is told at once. */
static bool find_pictures(Classify *run, GError **error)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new();
    bool go_on = true;
    for (const char *const *operand = run->options->operands.at + 1; *operand; operand++)
        pictures_find(*operand, run->names, problems);
    for (guint i = 0; i < problems->len; i++) {
        GError *problem = g_ptr_array_index(problems, i);
        if (go_on)
            go_on = leave_out(run, problem, error);
        else
            g_error_free(problem);
    }
    return go_on;
}

/* In strict mode the pictures before the unreadable one are still shown. */
static bool classify_group(Classify *run, GError **error)
{
    PictureGroup *group = &run->group;
    int readable = 0;
    bool go_on = true;
    for (int i = 0; i < group->n && go_on; i++) {
        if (group->errors[i]) {
            go_on = leave_out(run, g_steal_pointer(&group->errors[i]), error);
            continue;
        }
        run->frames[readable] = group->pictures[i].frame;
        run->shown[readable++] = g_ptr_array_index(group->names, group->first + i);
    }
    if (!readable)
        return go_on;
    const float *scores = icl_classifier_frames(run->classifier, run->frames, readable);
    for (int i = 0; i < readable; i++, run->done++)
        sheet_add(&run->sheet, run->shown[i], scores + (gsize)i * (gsize)run->sheet.classes);
    return go_on;
}

static const SheetFormat *format_wanted(const ClassifyOptions *o)
{
    return o->json ? &sheet_json : o->csv ? &sheet_csv : &sheet_table;
}

static bool classify_all(Classify *run, GError **error)
{
    const ClassifyOptions *o = run->options;
    bool go_on = true;
    run->frames = g_new(IclFrame, run->batch);
    run->shown = g_new(const char *, run->batch);
    picture_group_init(&run->group, run->names, run->batch, o->workers);
    sheet_init(&run->sheet, format_wanted(o), icl_classifier_model(run->classifier), run->names,
               o->top_k, (float)o->threshold);
    while (go_on && picture_group_next(&run->group))
        go_on = classify_group(run, error);
    sheet_clear(&run->sheet);
    picture_group_clear(&run->group);
    g_free(run->frames);
    g_free(run->shown);
    return go_on;
}

/* False where nothing at all could be read. */
static bool account(const Classify *run)
{
    if (run->skipped.n)
        tell("%d of %d could not be read and %s left out", run->skipped.n,
             run->done + run->skipped.n, run->skipped.n == 1 ? "was" : "were");
    return run->done > 0;
}

static bool run_classify(const void *values, GError **error)
{
    const ClassifyOptions *o = values;
    g_autoptr(IclModel) model = icl_model_load(o->operands.at[0], error);
    if (!model)
        return false;
    if (!threshold_check(o->threshold, model, o->operands.at[0], error))
        return false;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    Classify run = {.options = o, .names = names};
    if (!find_pictures(&run, error))
        return false;
    run.batch = CLAMP((int)names->len, 1, o->batch);
    g_autoptr(IclClassifier) classifier = icl_classifier_new(model, run.batch, o->threads, error);
    run.classifier = classifier;
    return classifier && classify_all(&run, error) && account(&run);
}

const Command classify_command = {
    .name = "classify",
    .help = "what pictures show, best classes first",
    .operands = "MODEL FILE|FOLDER... [OPTION...]",
    .least = 2,
    .most = OPERANDS_ANY,
    .options = classify_options,
    .size = sizeof(ClassifyOptions),
    .details =
        "A FOLDER stands for all pictures (.jpg .jpeg .png) in it and below it, in the order\n"
        "of their names. One that cannot be read is named and left out; the exit status is\n"
        "1 where not one could be read. The confidences of a picture sum to 1 over all\n"
        "classes; JSON and CSV carry them to the last bit. Those of a multi-label model are\n"
        "each of their own, and its pictures have the labels above --threshold, or none:\n"
        "a table then shows \"-\", CSV a row of rank 0, and JSON has an array \"labels\" in\n"
        "place of the best one.\n"
        "\n"
        "    icl classify m.bin cat.jpg dog.png\n"
        "    icl classify m.bin holidays --top-k 1\n"
        "    icl classify m.bin holidays --csv > holidays.csv\n"
        "    icl classify m.bin holidays --json | jq -r 'select(.confidence > 0.9) | .file'\n",
    .check = check_classify,
    .run = run_classify,
};
