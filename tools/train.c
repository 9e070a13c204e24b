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

#define RUN_CONFIG "config" /* the options of a run, in its folder */
#define RUN_LAST   "last.bin"

typedef struct TrainOptions {
    Operands operands;
    const char *output, *run, *config, *resume, *model, *group_by;
    const char *recipe, *augment, *loss, *optimizer, *schedule, *sampler, *class_weight;
    const char *callbacks, *monitor;
    int epochs, batch, limit, early_stopping, checkpoint_steps, threads, workers;
    double label_smoothing, validation;
    guint64 seed;
    bool overfit_batch, dry_run, strict, quiet;
} TrainOptions;

#define O TrainOptions
static const Option train_options[] = {
    OPT_STRING(O, output, "output", 'o', "FILE", "where the model goes"),
    OPT_STRING(O, run, "run", 0, "FOLDER",
               "a folder for all files: model, checkpoint, options, history, curves"),
    OPT_STRING(O, model, "model", 0, "FILE|NAME",
               "a description's file, or one of icl's models; else one for the data"),
    OPT_STRING(O, recipe, "recipe", 0, "CHAIN",
               "preprocessing (icl list preprocess); else made for the network"),
    OPT_STRING(O, augment, "augment", 0, "CHAIN",
               "random changes (icl list augment); \"\": none; else chosen for the data"),
    OPT_STRING(O, loss, "loss", 0, "STEP",
               "\"focal gamma=2\" (icl list losses); else by the labels"),
    OPT_REAL(O, label_smoothing, "label-smoothing", "0", 0, 1,
             "share of the truth given to all classes"),
    OPT_STRING(O, optimizer, "optimizer", 0, "STEP", "\"adamw lr=1e-3\" (icl list optimizers)"),
    OPT_STRING(O, schedule, "schedule", 0, "STEP",
               "learning rate: \"cosine warmup=2\" (icl list schedules)"),
    OPT_STRING(O, sampler, "sampler", 0, "STEP",
               "which pictures make an epoch (icl list samplers); else chosen for the data"),
    OPT_STRING(O, class_weight, "class-weight", 0, "WEIGHTS",
               "\"balanced\", or \"cat=2 dog=0.5\": how much a class' pictures count"),
    OPT_INT(O, epochs, "epochs", "N", NULL, 1, 1000000, "times through the pictures; else chosen"),
    OPT_STRING(O, callbacks, "callbacks", 0, "CHAIN",
               "\"reduce_on_plateau patience=3\" (icl list callbacks)"),
    OPT_INT(O, early_stopping, "early-stopping", "N", "0", 0, 1000000,
            "stop after N epochs without a better val_accuracy; 0: never"),
    OPT_STRING(O, monitor, "monitor", 0, "FIGURE",
               "what says which epoch is the best; else val_accuracy"),
    OPT_INT(O, batch, "batch", "N", NULL, 1, 65536, "pictures a step; else chosen"),
    OPT_REAL(O, validation, "validation", "0.1", 0, 0.999,
             "share of the pictures held out to choose the best epoch"),
    OPT_STRING(O, group_by, "group-by", 0, "REGEX",
               "pictures whose names it finds the same in are never on both sides"),
    OPT_INT(O, limit, "limit", "N", "0", 0, G_MAXINT, "train with N pictures only; 0: all"),
    OPT_BOOL(O, overfit_batch, "overfit-batch",
             "learn one batch by heart: its loss must fall to 0"),
    OPT_BOOL(O, dry_run, "dry-run", "say what would be done, and train nothing"),
    OPT_SEED(O, seed, "seed", "1", "of all random choices: the same seed makes the same file"),
    OPT_INT(O, threads, "threads", "N", "0", 0, 256,
            "0: all cores; neither threads nor workers change the result"),
    OPT_INT(O, workers, "workers", "N", "-1", -1, 256,
            "threads that load pictures; 0: none of their own, -1: chosen"),
    OPT_BOOL(O, strict, "strict", "an unreadable picture ends it; else it is left out"),
    OPT_INT(O, checkpoint_steps, "checkpoint-steps", "N", "0", 0, G_MAXINT,
            "a checkpoint every N steps too; 0: after epochs only"),
    OPT_CONFIG(O, config, "config", "FILE", NULL,
               "lines \"option = value\", such as the file config of a --run"),
    OPT_CONFIG(O, resume, "resume", "FOLDER|FILE", RUN_CONFIG,
               "go on with a --run, or from a checkpoint with the same options"),
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
    if (icl_evaluation_is_multi_label(evaluation))
        printf("%s mean average precision: %.4f\n", what,
               icl_evaluation_mean_average_precision(evaluation));
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
static bool report_held_out(IclModel *model, const TrainOptions *o, const IclDataset *data,
                            GError **error)
{
    g_autofree uint32_t *training = NULL, *held_out = NULL;
    int n_training, n_held_out;
    icl_dataset_split(data, o->validation, o->seed, &training, &n_training, &held_out, &n_held_out);
    IclEvaluateParams params = {.indices = held_out, .n_indices = n_held_out};
    return !n_held_out || print_report(model, o, data, &params, "held-out", error);
}

static bool report(IclModel *model, const TrainOptions *o, const IclDataset *data, GError **error)
{
    if (o->overfit_batch)
        return true;
    if (icl_dataset_has_test(o->operands.at[0]))
        return report_test(model, o, error);
    return o->validation == 0 || report_held_out(model, o, data, error);
}

/* What one training is made of, and who owns it. */
typedef struct Job {
    const TrainOptions *o;
    char *description, *path; /* of the network, or NULL */
    char *run, *checkpoint;   /* or NULL */
    IclDataset *data, *validation;
    Progress progress;
} Job;

static void job_clear(Job *job)
{
    progress_end(&job->progress);
    icl_dataset_free(job->data);
    icl_dataset_free(job->validation);
    g_free(job->description);
    g_free(job->path);
    g_free(job->run);
    g_free(job->checkpoint);
}

/* A resumed run goes on from its last state, or from the beginning where it had none yet. */
static void find_checkpoint(Job *job)
{
    const char *resume = job->o->resume;
    job->run = g_strdup(job->o->run);
    if (!resume)
        return;
    if (!g_file_test(resume, G_FILE_TEST_IS_DIR)) {
        job->checkpoint = g_strdup(resume);
        return;
    }
    g_free(job->run);
    job->run = g_strdup(resume);
    job->checkpoint = g_build_filename(resume, RUN_LAST, NULL);
    if (g_file_test(job->checkpoint, G_FILE_TEST_EXISTS))
        return;
    tell("%s has no checkpoint yet; it begins again", resume);
    g_clear_pointer(&job->checkpoint, g_free);
}

static bool check_run(const Job *job, GError **error)
{
    g_autofree char *config = job->run ? g_build_filename(job->run, RUN_CONFIG, NULL) : NULL;
    if (!config || job->o->resume || !g_file_test(config, G_FILE_TEST_EXISTS))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE,
                "%s: holds a run already; `icl train --resume %s` goes on with it, or give another "
                "folder",
                job->run, job->run);
    return false;
}

static bool open_data(Job *job, GError **error)
{
    const char *path = job->o->operands.at[0];
    if (!(job->data = icl_dataset_open(path, ICL_PART_TRAIN, error)))
        return false;
    if (job->o->group_by && !icl_dataset_group_by(job->data, job->o->group_by, error)) {
        g_prefix_error(error, "--group-by: ");
        return false;
    }
    if (!icl_dataset_has_part(path, ICL_PART_VALIDATION) || job->o->validation == 0)
        return true;
    return (job->validation = icl_dataset_open(path, ICL_PART_VALIDATION, error));
}

static bool job_init(Job *job, GError **error)
{
    progress_init(&job->progress, job->o->quiet);
    find_checkpoint(job);
    return check_run(job, error) &&
           (!job->o->model || (job->description = models_read(job->o->model, &job->path, error))) &&
           open_data(job, error);
}

static IclTrainParams job_params(Job *job)
{
    const TrainOptions *o = job->o;
    return (IclTrainParams){
        .description = job->description,
        .description_name = job->path,
        .recipe = o->recipe,
        .augment = o->augment,
        .loss = o->loss,
        .label_smoothing = o->label_smoothing,
        .optimizer = o->optimizer,
        .schedule = o->schedule,
        .sampler = o->sampler,
        .class_weight = o->class_weight,
        .callbacks = o->callbacks,
        .early_stopping = o->early_stopping,
        .monitor = o->monitor,
        .epochs = o->epochs,
        .batch = o->batch,
        .validation = o->validation,
        .validation_data = job->validation,
        .limit = o->limit,
        .overfit_batch = o->overfit_batch,
        .seed = o->seed,
        .threads = o->threads,
        .workers = o->workers,
        .strict = o->strict,
        .run = job->run,
        .output = o->output,
        .checkpoint_steps = o->checkpoint_steps,
        .resume = job->checkpoint,
        .cancel = &cancelled,
        .progress = progress_report,
        .user = &job->progress,
    };
}

/* A file's path holds wherever the options are read from. */
static void print_path(GString *text, const char *name, const char *value)
{
    g_autofree char *path = g_canonicalize_filename(value, NULL);
    icl_train_option_print(text, name, path);
}

static void print_model(GString *text, const char *model)
{
    if (g_file_test(model, G_FILE_TEST_EXISTS))
        print_path(text, "model", model);
    else
        icl_train_option_print(text, "model", model);
}

/* Before the first step, so that a run can be resumed from any moment on. */
static bool write_config(const Job *job, const IclTrainer *trainer, GError **error)
{
    const TrainOptions *o = job->o;
    g_autofree char *path = g_build_filename(job->run, RUN_CONFIG, NULL);
    g_autofree char *options = icl_trainer_config(trainer);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) problem = NULL;
    if (o->resume && g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    print_path(text, "data", o->operands.at[0]);
    if (o->model)
        print_model(text, o->model);
    if (o->recipe)
        icl_train_option_print(text, "recipe", o->recipe);
    if (o->group_by)
        icl_train_option_print(text, "group-by", o->group_by);
    if (o->output)
        print_path(text, "output", o->output);
    if (o->checkpoint_steps)
        g_string_append_printf(text, "checkpoint-steps = %d\n", o->checkpoint_steps);
    g_string_append_printf(text, "strict = %s\n", o->strict ? "yes" : "no");
    g_string_append(text, options);
    if (g_file_set_contents(path, text->str, (gssize)text->len, &problem))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s", problem->message);
    return false;
}

/* All is set up and would run: what it would be. */
static void print_plan(const Job *job, const IclTrainer *trainer)
{
    g_autofree char *options = icl_trainer_options(trainer);
    g_autofree char *summary = icl_model_summary(icl_trainer_model(trainer), 1, NULL);
    printf("data = %s (%d pictures, %d classes)\n%soutput = %s\n", job->o->operands.at[0],
           icl_dataset_size(job->data), icl_dataset_classes(job->data), options,
           icl_trainer_output(trainer));
    printf("\n%s", summary ? summary : "");
}

static bool run_job(Job *job, GError **error)
{
    const TrainOptions *o = job->o;
    IclTrainParams params = job_params(job);
    IclTrainProgress progress;
    IclTrainEvent event;
    g_autoptr(IclTrainer) trainer = icl_trainer_new(job->data, &params, error);
    if (!trainer)
        return false;
    if (o->dry_run) {
        print_plan(job, trainer);
        if (job->run)
            g_rmdir(job->run); /* if it was made for this */
        return true;
    }
    if (job->run && !write_config(job, trainer, error))
        return false;
    while ((event = icl_trainer_next(trainer, &progress, error)) > ICL_TRAIN_END)
        ;
    progress_end(&job->progress);
    if (event == ICL_TRAIN_FAILED)
        return false;
    g_autoptr(IclModel) model = icl_model_load(icl_trainer_output(trainer), error);
    bool reported = model && report(model, o, job->data, error);
    printf("model: %s\n", icl_trainer_output(trainer));
    return reported;
}

static bool run_train(const void *values, GError **error)
{
    Job job = {.o = values};
    catch_signals();
    bool done = job_init(&job, error) && run_job(&job, error);
    job_clear(&job);
    return done;
}

static bool check_train(const void *values, char **problem)
{
    const TrainOptions *o = values;
    if (o->operands.n == 0 && o->resume && !g_file_test(o->resume, G_FILE_TEST_IS_DIR))
        *problem = g_strdup_printf("DATA is missing: \"%s\" is no folder of --run, whose options "
                                   "would say it",
                                   o->resume);
    else if (o->operands.n == 0)
        *problem = g_strdup("DATA is missing");
    else if (!o->output && !o->run && !o->resume)
        *problem = g_strdup("--output FILE is missing: where the model goes (or --run FOLDER)");
    return !*problem;
}

const Command train_command = {
    .name = "train",
    .help = "train a network on a folder of pictures",
    .operands = "DATA -o FILE [OPTION...]",
    .least = 0,
    .most = 1,
    .options = train_options,
    .size = sizeof(TrainOptions),
    .details =
        "DATA is a folder with one folder of pictures (.jpg .jpeg .png) a class, or with train\n"
        "and val or test folders of that kind; a list of paths and labels (.csv, .jsonl); IDX\n"
        "files such as Fashion-MNIST's; CIFAR's; or what icl pack wrote. `icl data DATA` looks\n"
        "it over.\n"
        "\n"
        "The best weights go to FILE; while it runs, FILE.last holds all that is needed\n"
        "to go on. Ctrl-C stops after the present step; the same command with\n"
        "--resume FILE.last goes on from there. At the end there is a report on the test\n"
        "part of DATA, or, where it has none, on the pictures held out of the training.\n"
        "\n"
        "With --run FOLDER all files of the training are kept together, and\n"
        "`icl train --resume FOLDER` goes on after any end, needing no other option.\n"
        "\n"
        "    icl train photos -o m.bin\n"
        "    icl train photos -o m.bin --model resnet18 --augment 'hflip ! shift 0.1'\n"
        "    icl train photos --run runs/one --early-stopping 5\n"
        "    icl train --resume runs/one\n",
    .check = check_train,
    .run = run_train,
};
