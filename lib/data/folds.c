/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * K folds as scikit-learn cuts them (model_selection/_split.py). */
#include <icl/folds.h>
#include <stdlib.h>

#include "random.h"
#include "stratify.h"

static void fold_random(IclRandom *random, const IclFoldParams *params, int class)
{
    icl_random_init(random, params->seed, ICL_RANDOM_SPLIT, 1, (uint64_t) class);
}

/* Blocks one after another; the first n % k have one more. */
static void folds_plain(const IclDataset *dataset, const IclFoldParams *params, int *fold)
{
    g_autofree uint32_t *order = g_new(uint32_t, dataset->n);
    int n = dataset->n, k = params->k;
    IclRandom random;

    for (int i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    fold_random(&random, params, 0);
    if (params->shuffle)
        icl_random_shuffle(&random, order, (size_t)n);
    for (int f = 0, at = 0; f < k; f++)
        for (int end = at + n / k + (f < n % k); at < end; at++)
            fold[order[at]] = f;
}

/* Classes in the order in which their first pictures come; those without any are left out. */
static int classes_in_order(const IclDataset *dataset, int *class)
{
    g_autofree bool *seen = g_new0(bool, dataset->classes);
    int n = 0;

    for (int i = 0; i < dataset->n; i++)
        if (!seen[dataset->class_of[i]]) {
            seen[dataset->class_of[i]] = true;
            class[n++] = dataset->class_of[i];
        }
    return n;
}

/* The pictures of one class, of which count[f] go to fold f. */
static void folds_of_class(const IclMembers *members, int class, const IclFoldParams *params,
                           const int *count, int *fold)
{
    int n = icl_members_count(members, class);
    g_autofree uint32_t *folds = g_new(uint32_t, n);
    IclRandom random;

    for (int f = 0, at = 0; f < params->k; f++)
        for (int i = 0; i < count[f]; i++)
            folds[at++] = (uint32_t)f;
    fold_random(&random, params, class);
    if (params->shuffle)
        icl_random_shuffle(&random, folds, (size_t)n);
    for (int i = 0; i < n; i++)
        fold[members->index[members->first[class] + i]] = (int)folds[i];
}

/* With all pictures sorted by class, fold f has every k-th from f on: so many of each class. */
static void folds_stratified(const IclDataset *dataset, const IclFoldParams *params, int *fold)
{
    g_autofree int *order = g_new(int, dataset->classes), *count = g_new(int, params->k);
    int classes = classes_in_order(dataset, order), at = 0;
    IclMembers members;

    icl_members_init(&members, dataset->class_of, dataset->classes, NULL, dataset->n);
    for (int c = 0; c < classes; c++) {
        int n = icl_members_count(&members, order[c]);
        for (int f = 0; f < params->k; f++)
            count[f] = 0;
        for (int i = 0; i < n; i++)
            count[at++ % params->k]++;
        folds_of_class(&members, order[c], params, count, fold);
    }
    icl_members_clear(&members);
}

/* Of a multi-label set. */
static void folds_of_labels(const IclDataset *dataset, const IclFoldParams *params, int *fold)
{
    g_autofree double *share = g_new(double, params->k);

    for (int f = 0; f < params->k; f++)
        share[f] = 1.0 / params->k;
    icl_stratify(dataset,
                 &(IclStratify){.share = share,
                                .parts = params->k,
                                .shuffle = params->shuffle,
                                .seed = params->seed,
                                .stream = 1},
                 fold);
}

typedef struct GroupSize {
    int group, rank, n;
} GroupSize;

/* Large groups first; of equal ones, as scikit-learn's reversed order, the last. */
static int compare_sizes(const void *a, const void *b)
{
    const GroupSize *x = a, *y = b;

    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return x->rank < y->rank ? 1 : -1;
}

static GroupSize *groups_by_size(const IclMembers *members, const IclFoldParams *params)
{
    g_autofree uint32_t *rank = g_new(uint32_t, members->keys);
    GroupSize *sizes = g_new(GroupSize, members->keys);
    IclRandom random;

    for (int g = 0; g < members->keys; g++)
        rank[g] = (uint32_t)g;
    fold_random(&random, params, 0);
    if (params->shuffle)
        icl_random_shuffle(&random, rank, (size_t)members->keys);
    for (int g = 0; g < members->keys; g++)
        sizes[g] = (GroupSize){g, (int)rank[g], icl_members_count(members, g)};
    qsort(sizes, (size_t)members->keys, sizeof *sizes, compare_sizes);
    return sizes;
}

/* The largest group that is left goes to the lightest fold. */
static void folds_grouped(const IclDataset *dataset, const IclFoldParams *params, int *fold)
{
    g_autofree int *weight = g_new0(int, params->k);
    g_autofree GroupSize *sizes = NULL;
    IclMembers members;

    icl_members_init(&members, dataset->group, icl_dataset_group_count(dataset), NULL, dataset->n);
    sizes = groups_by_size(&members, params);
    for (int g = 0; g < members.keys; g++) {
        int lightest = 0;
        for (int f = 1; f < params->k; f++)
            if (weight[f] < weight[lightest])
                lightest = f;
        weight[lightest] += sizes[g].n;
        for (int i = 0; i < sizes[g].n; i++)
            fold[members.index[members.first[sizes[g].group] + i]] = lightest;
    }
    icl_members_clear(&members);
}

static int largest_class(const IclDataset *dataset)
{
    g_autofree int *count = g_new0(int, dataset->classes);
    int most = 0;

    for (int i = 0; i < dataset->n; i++)
        count[dataset->class_of[i]]++;
    for (int c = 0; c < dataset->classes; c++)
        most = MAX(most, count[c]);
    return most;
}

bool icl_dataset_folds(const IclDataset *dataset, const IclFoldParams *params, int *fold,
                       GError **error)
{
    bool labels = params->stratified && icl_dataset_is_multi_label(dataset);
    bool classes = params->stratified && !labels;
    int most = dataset->group ? icl_dataset_group_count(dataset)
               : classes      ? largest_class(dataset)
                              : dataset->n;

    if (params->k < 2 || params->k > most) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "%d folds cannot be made: 2 to %d can, as many as there are %s", params->k,
                    most,
                    dataset->group ? "groups"
                    : classes      ? "pictures of the largest class"
                                   : "pictures");
        return false;
    }
    (dataset->group ? folds_grouped
     : labels       ? folds_of_labels
     : classes      ? folds_stratified
                    : folds_plain)(dataset, params, fold);
    return true;
}
