/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The label that has the fewest pictures left goes first, since there is least choice for it: each
 * of its pictures goes where that label is wanted most. */
#include "stratify.h"

#include "random.h"

const int *icl_strata_of(const IclDataset *dataset, int index, int *n)
{
    const int *class = icl_dataset_classes_of(dataset, index, n);

    if (*n)
        return class;
    *n = 1;
    return &dataset->classes;
}

void icl_strata_init(IclMembers *strata, const IclDataset *dataset)
{
    int keys = dataset->classes + 1, n;
    g_autofree int *next = g_new(int, keys);

    *strata = (IclMembers){.keys = keys, .first = g_new0(int, keys + 1)};
    for (int i = 0; i < dataset->n; i++) {
        const int *stratum = icl_strata_of(dataset, i, &n);
        for (int s = 0; s < n; s++)
            strata->first[stratum[s] + 1]++;
    }
    for (int k = 0; k < keys; k++) {
        next[k] = strata->first[k];
        strata->first[k + 1] += strata->first[k];
    }
    strata->index = g_new(uint32_t, strata->first[keys]);
    for (int i = 0; i < dataset->n; i++) {
        const int *stratum = icl_strata_of(dataset, i, &n);
        for (int s = 0; s < n; s++)
            strata->index[next[stratum[s]]++] = (uint32_t)i;
    }
}

typedef struct Stratifier {
    const IclDataset *dataset;
    const IclStratify *how;
    IclMembers strata;
    double *wanted; /* [strata,parts]: pictures that each part still wants of a stratum */
    double *room;   /* [parts]: of any */
    int *left;      /* [strata]: pictures not placed yet */
    int *safe;      /* [strata]: those, and the ones in part 0 */
    int *part;      /* [pictures]; -1: not placed yet */
} Stratifier;

/* Whether one of its classes would have no picture in part 0, nor one to come. */
static bool picture_must_stay(const Stratifier *s, int picture)
{
    bool must = false;
    int n;
    const int *class = icl_dataset_classes_of(s->dataset, picture, &n);

    for (int i = 0; s->how->keep_first && i < n; i++)
        must |= s->safe[class[i]] <= 1;
    return must;
}

/* The first of those that want the stratum most, and of these the one with most room. */
static int choose_part(const Stratifier *s, int stratum, int picture)
{
    const double *wanted = s->wanted + (size_t)stratum * s->how->parts;
    int best = 0;

    for (int p = 1; p < s->how->parts && !picture_must_stay(s, picture); p++)
        if (wanted[p] > wanted[best] || (wanted[p] == wanted[best] && s->room[p] > s->room[best]))
            best = p;
    return best;
}

static void place(Stratifier *s, int picture, int part)
{
    int n;
    const int *stratum = icl_strata_of(s->dataset, picture, &n);

    for (int i = 0; i < n; i++) {
        s->wanted[(size_t)stratum[i] * s->how->parts + part]--;
        s->left[stratum[i]]--;
        s->safe[stratum[i]] -= part != 0;
    }
    s->room[part]--;
    s->part[picture] = part;
}

/* -1: all are placed */
static int fewest_left(const Stratifier *s)
{
    int fewest = -1;

    for (int k = 0; k < s->strata.keys; k++)
        if (s->left[k] && (fewest < 0 || s->left[k] < s->left[fewest]))
            fewest = k;
    return fewest;
}

static void place_stratum(Stratifier *s, int stratum)
{
    uint32_t *picture = s->strata.index + s->strata.first[stratum];
    int n = icl_members_count(&s->strata, stratum);
    IclRandom random;

    icl_random_init(&random, s->how->seed, ICL_RANDOM_SPLIT, s->how->stream, (uint64_t)stratum);
    if (s->how->shuffle)
        icl_random_shuffle(&random, picture, (size_t)n);
    for (int i = 0; i < n; i++)
        if (s->part[picture[i]] < 0)
            place(s, (int)picture[i], choose_part(s, stratum, (int)picture[i]));
}

void icl_stratify(const IclDataset *dataset, const IclStratify *how, int *part)
{
    int parts = how->parts, strata = dataset->classes + 1;
    Stratifier s = {.dataset = dataset,
                    .how = how,
                    .wanted = g_new(double, (size_t)strata *parts),
                    .room = g_new(double, parts),
                    .left = g_new(int, strata),
                    .safe = g_new(int, strata),
                    .part = part};

    icl_strata_init(&s.strata, dataset);
    for (int p = 0; p < parts; p++)
        s.room[p] = how->share[p] * dataset->n;
    for (int k = 0; k < strata; k++) {
        s.left[k] = s.safe[k] = icl_members_count(&s.strata, k);
        for (int p = 0; p < parts; p++)
            s.wanted[(size_t)k * parts + p] = how->share[p] * s.left[k];
    }
    for (int i = 0; i < dataset->n; i++)
        part[i] = -1;
    for (int k; (k = fewest_left(&s)) >= 0;)
        place_stratum(&s, k);
    icl_members_clear(&s.strata);
    g_free(s.wanted);
    g_free(s.room);
    g_free(s.left);
    g_free(s.safe);
}
