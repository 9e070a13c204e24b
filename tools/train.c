/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "models.h"
#include "progress.h"
#include "skipped.h"

enum { REPORT_CLASSES = 50 };

typedef struct TrainOptions {
    Operands operands;
    const char *output, *model, *recipe, *optimizer, *schedule, *augment, *resume;
    int epochs, batch, early_stopping, threads, workers;
    double label_smoothing, validation;
    guint64 seed;
    bool strict, quiet;
} TrainOptions;

#define O TrainOptions
static const Option train_options[] = {
    OPT_REQUIRED(O, output, "output", 'o', "FILE", "where the model goes"),
    OPT_STRING(O, model, "model", 0, "FILE|NAME",
               "a description's file, or one of icl's models; else one for the data"),
    OPT_STRING(O, recipe, "recipe", 0, "CHAIN",
               "preprocessing (icl list preprocess); else made for the network"),
    OPT_STRING(O, augment, "augment", 0, "CHAIN",
               "random changes (icl list augment); \"\": none; else chosen for the data"),
    OPT_STRING(O, optimizer, "optimizer", 0, "STEP", "\"adamw lr=1e-3\" (icl list optimizers)"),
    OPT_STRING(O, schedule, "schedule", 0, "STEP",
               "learning rate: \"cosine warmup=2\" (icl list schedules)"),
    OPT_REAL(O, label_smoothing, "label-smoothing", "0", 0, 1,
             "share of the truth given to all classes"),
    OPT_INT(O, epochs, "epochs", "N", NULL, 1, 1000000, "times through the pictures; else chosen"),
    OPT_INT(O, batch, "batch", "N", NULL, 1, 65536, "pictures a step; else chosen"),
    OPT_REAL(O, validation, "validation", "0.1", 0, 0.999,
             "share of the pictures held out to choose the best epoch"),
    OPT_INT(O, early_stopping, "early-stopping", "N", "0", 0, 1000000,
            "stop after N epochs without a better one; 0: never"),
    OPT_SEED(O, seed, "seed", "1", "of all random choices: the same seed makes the same file"),
    OPT_INT(O, threads, "threads", "N", "0", 0, 256,
            "0: all cores; neither threads nor workers change the result"),
    OPT_INT(O, workers, "workers", "N", "-1", -1, 256,
            "threads that load pictures; 0: none of their own, -1: chosen"),
    OPT_BOOL(O, strict, "strict", "an unreadable picture ends it; else it is left out"),
    OPT_STRING(O, resume, "resume", 0, "FILE",
               "go on from a checkpoint (FILE.last), with the same options"),
    OPT_BOOL(O, quiet, "quiet", "no progress"),
    {0},
};
#undef O

static volatile int cancelled; /* of the process: signals have no other way in */

/* Once: SA_RESETHAND gives the second signal its usual effect. */
static void on_signal(int number)
{
    static const char note[] = "\nstopping after this step; once more to stop at once\n";
    cancelled = 1;
    if (write(STDERR_FILENO, note, sizeof note - 1) < 0)
        return; /* nobody reads; the flag is set */
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* Before hours of training rather than after. */
static bool check_output(const char *output, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(output);
    bool is_folder = g_file_test(output, G_FILE_TEST_IS_DIR);
    if (!is_folder && g_file_test(folder, G_FILE_TEST_IS_DIR) && g_access(folder, W_OK) == 0)
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be written: %s", output,
                is_folder ? "it is a folder; give the name of a file"
                          : "its folder is not there or not writable");
    return false;
}

/* The figure, and a line a class unless they are too many to read. */
static bool print_report(IclModel *model, const TrainOptions *o, const IclDataset *dataset,
                         IclEvaluateParams *params, const char *what, GError **error)
{
    params->threads = o->threads;
    params->strict = o->strict;
    g_autoptr(IclEvaluation) evaluation = icl_evaluate(model, dataset, params, error);
    if (!evaluation)
        return false;
    g_autofree char *report = icl_evaluation_report(evaluation, 2);
    printf("%s accuracy: %.4f over %d pictures\n", what, icl_evaluation_accuracy(evaluation),
           icl_evaluation_count(evaluation));
    if (!o->quiet && icl_model_classes(model) <= REPORT_CLASSES)
        printf("\n%s\n", report);
    return true;
}

/* The pictures of the test part took no part in training, nor in choosing the best epoch. */
static bool report_test(IclModel *model, const TrainOptions *o, GError **error)
{
    g_autoptr(IclDataset) test = icl_dataset_open(o->operands.at[0], ICL_PART_TEST, error);
    Skipped skipped = {0};
    IclEvaluateParams params = {.report = o->quiet ? NULL : skipped_report, .user = &skipped};
    return test && print_report(model, o, test, &params, "test", error);
}

/* Those held out did not train, but the best epoch was chosen by them: a little too good. The
 * training has named those that cannot be read. */
static bool report_held_out(IclModel *model, const TrainOptions *o, GError **error)
{
    g_autoptr(IclDataset) data = icl_dataset_open(o->operands.at[0], ICL_PART_TRAIN, error);
    if (!data)
        return false;
    g_autofree uint32_t *training = NULL, *held_out = NULL;
    int n_training, n_held_out;
    icl_dataset_split(data, o->validation, o->seed, &training, &n_training, &held_out, &n_held_out);
    IclEvaluateParams params = {.indices = held_out, .n_indices = n_held_out};
    return !n_held_out || print_report(model, o, data, &params, "held-out", error);
}

static bool report(IclModel *model, const TrainOptions *o, GError **error)
{
    if (icl_dataset_has_test(o->operands.at[0]))
        return report_test(model, o, error);
    return o->validation == 0 || report_held_out(model, o, error);
}

static IclModel *train(const TrainOptions *o, Progress *progress, GError **error)
{
    g_autofree char *description = NULL, *path = NULL;
    if (o->model && !(description = models_read(o->model, &path, error)))
        return NULL;
    g_autoptr(IclDataset) dataset = icl_dataset_open(o->operands.at[0], ICL_PART_TRAIN, error);
    if (!dataset)
        return NULL;
    IclTrainParams params = {
        .description = description,
        .description_name = path,
        .recipe = o->recipe,
        .augment = o->augment,
        .optimizer = o->optimizer,
        .schedule = o->schedule,
        .label_smoothing = o->label_smoothing,
        .epochs = o->epochs,
        .batch = o->batch,
        .validation = o->validation,
        .early_stopping = o->early_stopping,
        .seed = o->seed,
        .threads = o->threads,
        .workers = o->workers,
        .strict = o->strict,
        .output = o->output,
        .resume = o->resume,
        .cancel = &cancelled,
        .progress = progress_report,
        .user = progress,
    };
    return icl_train(dataset, &params, error);
}

static bool run_train(const void *values, GError **error)
{
    const TrainOptions *o = values;
    if (!check_output(o->output, error))
        return false;
    Progress progress;
    progress_init(&progress, o->quiet);
    catch_signals();
    g_autoptr(IclModel) model = train(o, &progress, error);
    progress_end(&progress);
    if (!model)
        return false;
    bool reported = report(model, o, error);
    printf("model: %s\n", o->output);
    return reported;
}

const Command train_command = {
    .name = "train",
    .help = "train a network on a folder of pictures",
    .operands = "DATA -o FILE [OPTION...]",
    .least = 1,
    .most = 1,
    .options = train_options,
    .size = sizeof(TrainOptions),
    .details = "DATA is a folder with one folder of pictures (.jpg .jpeg .png) a class, or with "
               "train and\n"
               "test folders of that kind, or a folder of IDX files such as Fashion-MNIST's.\n"
               "\n"
               "The best weights go to FILE; while it runs, FILE.last holds all that is needed\n"
               "to go on. Ctrl-C stops after the present step; the same command with\n"
               "--resume FILE.last goes on from there. At the end there is a report on the test\n"
               "part of DATA, or, where it has none, on the pictures held out of the training.\n"
               "\n"
               "    icl train photos -o m.bin\n"
               "    icl train photos -o m.bin --model resnet18 --augment 'hflip ! shift 0.1'\n",
    .run = run_train,
};
