/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Running a model over a data set: a group of pictures is decoded on the thread pool, then
 * classified in one pass. A group is as large as the batch while its pixels stay within a budget
 * (camera pictures: 36 MB each). Scores do not depend on the grouping. */
#include "evaluation.h"
#include "threads.h"

enum { EVALUATE_BATCH = 32, EVALUATE_BUDGET = 256 << 20 /* bytes of decoded pixels */ };

typedef struct Group {
    const IclDataset *dataset;
    const uint32_t *indices; /* NULL: all */
    int size;                /* pictures to look at */
    int first, n;            /* of which first .. first + n - 1 */
    IclPicture *pictures;    /* [batch]; pixels NULL where unreadable */
    GError **errors;         /* [batch] */
    IclFrame *frames;        /* [batch]: of the readable ones */
    int *index;              /* [batch]: their numbers */
    int readable;
    size_t largest; /* bytes of a picture so far */
} Group;

static Group group_new(const IclDataset *dataset, const IclEvaluateParams *params, int batch)
{
    return (Group){
        .dataset = dataset,
        .indices = params->indices,
        .size = params->indices ? params->n_indices : icl_dataset_size(dataset),
        .pictures = g_new0(IclPicture, batch),
        .errors = g_new0(GError *, batch),
        .frames = g_new0(IclFrame, batch),
        .index = g_new0(int, batch),
    };
}

static void group_empty(Group *group)
{
    for (int i = 0; i < group->n; i++) {
        if (group->pictures[i].pixels)
            icl_picture_clear(&group->pictures[i]);
        group->pictures[i].pixels = NULL;
        g_clear_error(&group->errors[i]);
    }
    group->first += group->n;
    group->n = group->readable = 0;
}

static void group_clear(Group *group)
{
    group_empty(group);
    g_free(group->pictures);
    g_free(group->errors);
    g_free(group->frames);
    g_free(group->index);
}

static int group_index(const Group *group, int i)
{
    return group->indices ? (int)group->indices[group->first + i] : group->first + i;
}

static void decode(void *data, int i, int thread)
{
    Group *group = data;
    icl_dataset_picture(group->dataset, group_index(group, i), &group->pictures[i],
                        &group->errors[i]);
}

static void group_load(Group *group, int batch, int workers)
{
    int rest = group->size - group->first;
    size_t room = group->largest ? EVALUATE_BUDGET / group->largest : 0;
    int wanted = (int)CLAMP(room, (size_t)MIN(workers, batch), (size_t)batch);
    group->n = MIN(rest, wanted);

    IclTeam team;
    icl_team_begin(&team, workers);
    icl_team_run(&team, group->n, decode, group);
    icl_team_end(&team);

    for (int i = 0; i < group->n; i++) {
        const IclFrame *frame = &group->pictures[i].frame;
        if (group->errors[i])
            continue;
        group->largest = MAX(group->largest, (size_t)frame->stride[0] * (size_t)frame->height);
        group->frames[group->readable] = *frame;
        group->index[group->readable++] = group_index(group, i);
    }
}

/* Unreadable pictures of a group: the first is the error in strict mode; else each is reported. */
static bool account_errors(Group *group, const IclEvaluateParams *params, IclEvaluation *evaluation,
                           GError **error)
{
    for (int i = 0; i < group->n; i++) {
        if (!group->errors[i])
            continue;
        if (params->strict) {
            g_propagate_error(error, g_steal_pointer(&group->errors[i]));
            return false;
        }
        evaluation->skipped++;
        if (params->report)
            params->report(params->user, group->errors[i]);
    }
    return true;
}

static int find_label(const char *const *labels, const char *label)
{
    for (int i = 0; labels[i]; i++)
        if (g_str_equal(labels[i], label))
            return i;
    return -1;
}

static void append_quoted(GString *text, const char *label)
{
    g_string_append_printf(text, "%s\"%s\"", text->len ? ", " : "", label);
}

/* The model's class for each class of the data set, or NULL. Caller frees. */
static int *match_labels(const char *const *model, const char *const *data, GError **error)
{
    g_autofree int *classes = g_new(int, g_strv_length((char **)data));
    g_autoptr(GString) strangers = g_string_new(NULL);
    for (int i = 0; data[i]; i++) {
        classes[i] = find_label(model, data[i]);
        if (classes[i] < 0)
            append_quoted(strangers, data[i]);
    }
    if (!strangers->len)
        return g_steal_pointer(&classes);
    g_autoptr(GString) known = g_string_new(NULL);
    for (int i = 0; model[i]; i++)
        append_quoted(known, model[i]);
    g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                "the data set has classes that the model does not know: %s; the model's are %s",
                strangers->str, known->str);
    return NULL;
}

static bool match_kinds(const IclModel *model, const IclDataset *dataset, GError **error)
{
    bool several = icl_model_is_multi_label(model);

    if (icl_dataset_is_multi_label(dataset) == several)
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                several ? "the model gives any number of labels a picture, and the data set one "
                          "class; a list with a column labels says all of them"
                        : "the data set has any number of labels a picture, and the model gives "
                          "one class; train one with this data");
    return false;
}

/* Returns its class; -1 where it may have several. */
static int add_picture(const Group *group, int index, const int *classes, const float *scores,
                       IclEvaluation *evaluation)
{
    int n;
    const int *class = icl_dataset_classes_of(group->dataset, index, &n);

    if (!icl_evaluation_is_multi_label(evaluation)) {
        icl_evaluation_add(evaluation, classes[*class], scores);
        return classes[*class];
    }
    g_autofree int *truth = g_new(int, n);
    for (int i = 0; i < n; i++)
        truth[i] = classes[class[i]];
    icl_evaluation_add_labels(evaluation, truth, n, scores);
    return -1;
}

static void add_group(const Group *group, IclClassifier *classifier, const int *classes,
                      const IclEvaluateParams *params, IclEvaluation *evaluation)
{
    if (!group->readable)
        return;
    const float *scores = icl_classifier_frames(classifier, group->frames, group->readable);
    for (int i = 0; i < group->readable; i++, scores += evaluation->classes) {
        int truth = add_picture(group, group->index[i], classes, scores, evaluation);
        if (params->sample)
            params->sample(params->user, group->index[i], truth, scores);
    }
}

IclEvaluation *icl_evaluate(IclModel *model, const IclDataset *dataset,
                            const IclEvaluateParams *params, GError **error)
{
    const char *const *labels = icl_model_labels(model);
    int batch = params->batch > 0 ? params->batch : EVALUATE_BATCH;
    int workers = params->workers > 0 ? params->workers : icl_threads_available();
    double threshold = params->threshold > 0 ? params->threshold : 0.5;
    g_autofree int *classes = match_labels(labels, icl_dataset_labels(dataset), error);
    if (!classes || !match_kinds(model, dataset, error))
        return NULL;
    g_autoptr(IclClassifier) classifier = icl_classifier_new(model, batch, params->threads, error);
    if (!classifier)
        return NULL;

    g_autoptr(IclEvaluation) evaluation = icl_model_is_multi_label(model)
                                              ? icl_evaluation_new_multi_label(labels, threshold)
                                              : icl_evaluation_new(labels);
    Group group = group_new(dataset, params, batch);
    bool done = true;
    while (done && group.first < group.size) {
        group_load(&group, batch, workers);
        done = account_errors(&group, params, evaluation, error);
        if (done)
            add_group(&group, classifier, classes, params, evaluation);
        group_empty(&group);
    }
    group_clear(&group);
    return done ? g_steal_pointer(&evaluation) : NULL;
}
