/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Splits by class: every class gives the same share. Each class draws from a stream of its own, so
 * that pictures added to one class leave the others' split as it was. */
#include <math.h>

#include "dataset_kind.h"
#include "random.h"

/* Marks the pictures of one class that go to the second part. */
static void split_class(const IclDataset *dataset, int class, double fraction, uint64_t seed,
                        uint32_t *members, bool *chosen)
{
    IclRandom random;
    int n = 0, take;

    for (int i = 0; i < dataset->n; i++)
        if (dataset->class_of[i] == class)
            members[n++] = (uint32_t)i;
    take = MIN((int)round(fraction * n), n - 1);
    icl_random_init(&random, seed, ICL_RANDOM_SPLIT, 0, (uint64_t) class);
    icl_random_shuffle(&random, members, (size_t)n);
    for (int i = 0; i < take; i++)
        chosen[members[i]] = true;
}

void icl_dataset_split(const IclDataset *dataset, double fraction, uint64_t seed, uint32_t **first,
                       int *n_first, uint32_t **second, int *n_second)
{
    g_autofree uint32_t *members = g_new(uint32_t, dataset->n);
    g_autofree bool *chosen = g_new0(bool, dataset->n);
    uint32_t *part[2] = {g_new(uint32_t, dataset->n), g_new(uint32_t, dataset->n)};
    int n[2] = {0};

    for (int class = 0; class < dataset->classes; class ++)
        split_class(dataset, class, fraction, seed, members, chosen);
    for (int i = 0; i < dataset->n; i++)
        part[chosen[i]][n[chosen[i]]++] = (uint32_t)i;
    *first = part[0];
    *n_first = n[0];
    *second = part[1];
    *n_second = n[1];
}
