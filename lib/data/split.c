/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Splits by class: every class gives the same share. Each class draws from a stream of its own, so
 * that pictures added to one class leave the others' split as it was. Where the data set has
 * groups, whole groups go over, so that none is on both sides. */
#include <math.h>

#include "random.h"
#include "stratify.h"

enum { SPLIT_GROUPS = 1 << 30 }; /* the stream that groups draw from, beside those of classes */

/* Marks the pictures of one class that go to the second part. */
static void split_class(IclMembers *members, int class, double fraction, uint64_t seed,
                        bool *chosen)
{
    uint32_t *index = members->index + members->first[class];
    int n = icl_members_count(members, class);
    int take = MIN((int)round(fraction * n), n - 1);
    IclRandom random;

    icl_random_init(&random, seed, ICL_RANDOM_SPLIT, 0, (uint64_t) class);
    icl_random_shuffle(&random, index, (size_t)n);
    for (int i = 0; i < take; i++)
        chosen[index[i]] = true;
}

static void split_classes(const IclDataset *dataset, double fraction, uint64_t seed, bool *chosen)
{
    IclMembers members;

    icl_members_init(&members, dataset->class_of, dataset->classes, NULL, dataset->n);
    for (int class = 0; class < dataset->classes; class ++)
        split_class(&members, class, fraction, seed, chosen);
    icl_members_clear(&members);
}

/* Of a multi-label set. */
static void split_labels(const IclDataset *dataset, double fraction, uint64_t seed, bool *chosen)
{
    const double share[] = {1 - fraction, fraction};
    g_autofree int *part = g_new(int, dataset->n);

    icl_stratify(dataset,
                 &(IclStratify){
                     .share = share, .parts = 2, .keep_first = true, .shuffle = true, .seed = seed},
                 part);
    for (int i = 0; i < dataset->n; i++)
        chosen[i] = part[i] == 1;
}

/* How far a split of groups has come, in pictures of each class, or stratum. */
typedef struct GroupSplit {
    const IclDataset *dataset;
    const IclMembers *groups;
    double *wanted;    /* [strata] */
    int *taken, *left; /* [strata] */
    int *inside;       /* [strata]: of the group at hand; zeroed between */
} GroupSplit;

/* Adds to the counts of a picture's classes. */
static void picture_count(const IclDataset *dataset, uint32_t picture, int add, int *count)
{
    int n;
    const int *stratum = icl_strata_of(dataset, (int)picture, &n);

    for (int i = 0; i < n; i++)
        count[stratum[i]] += add;
}

/* What a class of the group at hand, once, has to say. */
static void stratum_helps(GroupSplit *split, int stratum, double *change, bool *leaves)
{
    int m = split->inside[stratum];
    double missing = split->wanted[stratum] - split->taken[stratum];

    *change += (missing - m) * (missing - m) - missing * missing; /* 0 where m is */
    *leaves = *leaves && split->left[stratum] > m;
    split->inside[stratum] = 0;
}

/* Whether a group brings the classes nearer to their shares by going over: by the sum of squared
 * distances; and leaves no class without a picture for training. */
static bool group_helps(GroupSplit *split, const uint32_t *pictures, int n)
{
    double change = 0;
    bool leaves = true;

    for (int i = 0; i < n; i++)
        picture_count(split->dataset, pictures[i], 1, split->inside);
    for (int i = 0; i < n; i++) {
        int strata;
        const int *stratum = icl_strata_of(split->dataset, (int)pictures[i], &strata);
        for (int s = 0; s < strata; s++)
            stratum_helps(split, stratum[s], &change, &leaves);
    }
    return leaves && change < 0;
}

static void group_take(GroupSplit *split, const uint32_t *pictures, int n, bool *chosen)
{
    for (int i = 0; i < n; i++) {
        picture_count(split->dataset, pictures[i], 1, split->taken);
        picture_count(split->dataset, pictures[i], -1, split->left);
        chosen[pictures[i]] = true;
    }
}

static void split_groups(GroupSplit *split, uint64_t seed, bool *chosen)
{
    const IclMembers *groups = split->groups;
    g_autofree uint32_t *order = g_new(uint32_t, groups->keys);
    IclRandom random;

    for (int g = 0; g < groups->keys; g++)
        order[g] = (uint32_t)g;
    icl_random_init(&random, seed, ICL_RANDOM_SPLIT, 0, SPLIT_GROUPS);
    icl_random_shuffle(&random, order, (size_t)groups->keys);
    for (int i = 0; i < groups->keys; i++) {
        const uint32_t *pictures = groups->index + groups->first[order[i]];
        int n = icl_members_count(groups, (int)order[i]);
        if (group_helps(split, pictures, n))
            group_take(split, pictures, n, chosen);
    }
}

static void split_by_group(const IclDataset *dataset, double fraction, uint64_t seed, bool *chosen)
{
    int strata = dataset->classes + 1;
    IclMembers groups;
    GroupSplit split = {.dataset = dataset,
                        .groups = &groups,
                        .wanted = g_new0(double, strata),
                        .taken = g_new0(int, strata),
                        .left = g_new0(int, strata),
                        .inside = g_new0(int, strata)};

    icl_members_init(&groups, dataset->group, icl_dataset_group_count(dataset), NULL, dataset->n);
    for (int i = 0; i < dataset->n; i++)
        picture_count(dataset, (uint32_t)i, 1, split.left);
    for (int k = 0; k < strata; k++)
        split.wanted[k] = fraction * split.left[k];
    split_groups(&split, seed, chosen);
    icl_members_clear(&groups);
    g_free(split.wanted);
    g_free(split.taken);
    g_free(split.left);
    g_free(split.inside);
}

void icl_dataset_split(const IclDataset *dataset, double fraction, uint64_t seed, uint32_t **first,
                       int *n_first, uint32_t **second, int *n_second)
{
    g_autofree bool *chosen = g_new0(bool, dataset->n);
    uint32_t *part[2] = {g_new(uint32_t, dataset->n), g_new(uint32_t, dataset->n)};
    int n[2] = {0};

    (dataset->group                        ? split_by_group
     : icl_dataset_is_multi_label(dataset) ? split_labels
                                           : split_classes)(dataset, fraction, seed, chosen);
    for (int i = 0; i < dataset->n; i++)
        part[chosen[i]][n[chosen[i]]++] = (uint32_t)i;
    *first = part[0];
    *n_first = n[0];
    *second = part[1];
    *n_second = n[1];
}
