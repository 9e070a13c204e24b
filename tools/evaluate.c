/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <errno.h>
#include <stdio.h>

#include "command.h"
#include "skipped.h"
#include "text.h"
#include "threshold.h"

typedef struct EvaluateOptions {
    Operands operands;
    int part, batch, threads, workers, digits;
    double threshold;
    bool strict, json;
    const char *samples;
} EvaluateOptions;

#define O EvaluateOptions
static const Option evaluate_options[] = {
    OPT_CHOICE(O, part, "part", "train|test|validation", "train test validation",
               "which part of DATA; else test where there is one"),
    OPT_REAL(O, threshold, "threshold", THRESHOLD_DEFAULT, 1e-6, 1,
             "of a multi-label model: labels whose confidence is above it count as found"),
    OPT_INT(O, digits, "digits", "N", "2", 0, 15, "decimals of the report"),
    OPT_BOOL(O, json, "json", "all figures as JSON"),
    OPT_STRING(O, samples, "samples", 0, "FILE",
               "a CSV row a picture: name, truth, predicted, scores"),
    OPT_INT(O, batch, "batch", "N", "32", 1, 65536, "pictures at once; does not change the scores"),
    OPT_INT(O, threads, "threads", "N", "0", 0, 256, "0: all cores"),
    OPT_INT(O, workers, "workers", "N", "0", 0, 256, "threads that load pictures; 0: all cores"),
    OPT_BOOL(O, strict, "strict", "an unreadable picture ends it; else it is left out"),
    {0},
};
#undef O

/* The file of --samples. */
typedef struct Samples {
    Skipped skipped;
    FILE *file; /* NULL: none */
    const IclDataset *dataset;
    const char *const *labels;
    int classes;
    float threshold;
    bool multi_label;
} Samples;

static bool open_samples(Samples *samples, const char *path, GError **error)
{
    if (!path)
        return true;
    samples->file = fopen(path, "we");
    if (!samples->file) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be written: %s", path,
                    g_strerror(errno));
        return false;
    }
    fputs("name,truth,predicted", samples->file);
    for (int c = 0; c < samples->classes; c++) {
        fputc(',', samples->file);
        print_csv(samples->file, samples->labels[c]);
    }
    fputc('\n', samples->file);
    return true;
}

/* A picture's labels in the model's order, or its class. */
static void print_labels(const Samples *samples, const int *classes, int n)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int c = 0; c < samples->classes; c++)
        for (int i = 0; i < n; i++)
            if (classes[i] == c)
                g_string_append_printf(text, "%s%s", text->len ? "|" : "", samples->labels[c]);
    print_csv(samples->file, text->str);
}

static void print_prediction(const Samples *samples, const float *scores)
{
    g_autofree int *best = g_new(int, samples->classes);
    int n = 1;
    if (samples->multi_label)
        n = icl_labels_above(scores, samples->classes, samples->threshold, best);
    else
        icl_top_k(scores, samples->classes, 1, best);
    print_labels(samples, best, n);
}

static void add_sample(void *user, int index, int truth, const float *scores)
{
    Samples *samples = user;
    if (!samples->file)
        return;
    g_autofree char *name = icl_dataset_name(samples->dataset, index);
    g_autofree char *labels = icl_dataset_labels_text(samples->dataset, index);
    print_csv(samples->file, name);
    fputc(',', samples->file);
    print_csv(samples->file, labels);
    fputc(',', samples->file);
    print_prediction(samples, scores);
    for (int c = 0; c < samples->classes; c++)
        fprintf(samples->file, ",%.9g", (double)scores[c]);
    fputc('\n', samples->file);
}

static bool close_samples(Samples *samples, const char *path, GError **error)
{
    if (!samples->file)
        return true;
    bool failed = ferror(samples->file);
    failed |= fclose(samples->file) != 0;
    if (failed)
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be written: %s", path,
                    g_strerror(errno));
    return !failed;
}

static void print_text(const IclEvaluation *evaluation, int digits)
{
    g_autofree char *report = icl_evaluation_report(evaluation, digits);
    g_autofree char *confusion = icl_evaluation_confusion(evaluation);
    bool several = icl_evaluation_is_multi_label(evaluation);
    printf("%s: %.4f over %d pictures\n", several ? "binary accuracy" : "accuracy",
           icl_evaluation_accuracy(evaluation), icl_evaluation_count(evaluation));
    if (icl_evaluation_skipped(evaluation) > 0)
        printf("left out: %d unreadable pictures\n", icl_evaluation_skipped(evaluation));
    if (several)
        printf("exact match: %.4f  mean average precision: %.4f",
               icl_evaluation_exact_match(evaluation),
               icl_evaluation_mean_average_precision(evaluation));
    else
        printf("top-5: %.4f", icl_evaluation_top_k(evaluation, 5));
    printf("  loss: %.4f\n\n%s\n%s", icl_evaluation_loss(evaluation), report, confusion);
}

static void print_evaluation(const IclEvaluation *evaluation, const EvaluateOptions *o)
{
    if (!o->json) {
        print_text(evaluation, o->digits);
        return;
    }
    g_autofree char *json = icl_evaluation_json(evaluation);
    puts(json);
}

/* A figure on the pictures that a model learned from says little. */
static void warn_of_training_data(const IclModel *model, const IclDataset *dataset)
{
    g_autofree char *fingerprint = icl_dataset_fingerprint(dataset);

    if (g_strcmp0(fingerprint, icl_model_metadata(model, "training.dataset")) == 0)
        fprintf(stderr, "icl: the model was trained on these very pictures, so it will do worse on "
                        "others; keep some apart in a folder of their own (DATA/test)\n");
}

static bool run_evaluate(const void *values, GError **error)
{
    const EvaluateOptions *o = values;
    const char *data = o->operands.at[1];
    g_autoptr(IclModel) model = icl_model_load(o->operands.at[0], error);
    if (!model || !threshold_check(o->threshold, model, o->operands.at[0], error))
        return false;
    g_autoptr(IclDataset) dataset = icl_dataset_open(data, part_wanted(data, o->part), error);
    if (!dataset)
        return false;
    Samples samples = {.dataset = dataset,
                       .labels = icl_model_labels(model),
                       .classes = icl_model_classes(model),
                       .threshold = (float)o->threshold,
                       .multi_label = icl_model_is_multi_label(model)};
    if (!open_samples(&samples, o->samples, error))
        return false;
    IclEvaluateParams params = {.batch = o->batch,
                                .threshold = o->threshold,
                                .threads = o->threads,
                                .workers = o->workers,
                                .strict = o->strict,
                                .report = skipped_report,
                                .sample = add_sample,
                                .user = &samples};
    g_autoptr(IclEvaluation) evaluation = icl_evaluate(model, dataset, &params, error);
    if (!close_samples(&samples, o->samples, evaluation ? error : NULL) || !evaluation)
        return false;
    print_evaluation(evaluation, o);
    warn_of_training_data(model, dataset);
    return true;
}

const Command evaluate_command = {
    .name = "evaluate",
    .help = "how well a model does on labelled pictures",
    .operands = "MODEL DATA [OPTION...]",
    .least = 2,
    .most = 2,
    .options = evaluate_options,
    .size = sizeof(EvaluateOptions),
    .details = "Shows accuracy, loss, scikit-learn's classification report and the confusion\n"
               "matrix; of a multi-label model the share of labels that are right (binary\n"
               "accuracy) and of pictures whose labels all are (exact match), precision,\n"
               "recall, F1 and average precision of each label, and the mean of the last.\n"
               "\n"
               "    icl evaluate m.bin photos --samples scores.csv\n",
    .run = run_evaluate,
};
