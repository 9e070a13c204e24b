/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pictures that are nearly the same: another size or quality of one. Their shapes differ in few
 * bits, and so do their lightnesses: first of what was kept of all pictures, then, of those that
 * are left, of more detail, for which they are read once more.
 *
 * They are found without comparing all with all: of two shapes that differ in d bits, cut into d +
 * 1 bands, one band at least is equal in both; so those are compared that share a band. Where too
 * many share one, or too many are alike, the search is given up. */
#include <stdlib.h>
#include <string.h>

#include "inspect.h"
#include "shrink.h"
#include "threads.h"

enum {
    SHAPE_BITS = 64,
    SIDE = 24, /* side of the more detailed small picture */
    DETAIL = 3 * SIDE * SIDE,
    LEVELS = 4,      /* mean difference of two small pictures, at most */
    PAIRS = 1 << 18, /* that are looked at in detail, at most */
    COMPARISONS = 2000000000,
};

typedef struct Pair {
    uint32_t a, b; /* a < b */
} Pair;

typedef struct Search {
    IclInspection *inspection;
    int near;
    uint64_t mask; /* of the band at hand */
    GArray *pairs; /* of Pair */
    int64_t left;  /* comparisons */

    uint32_t *pictures; /* [n], ascending: those of the pairs */
    int n;
    uint8_t *detail; /* [n,DETAIL] */
    IclShrinker *shrinkers[ICL_THREADS_MAX];
} Search;

/* Bits of band number `i` of `n`. */
static uint64_t shape_band(int i, int n)
{
    int from = i * SHAPE_BITS / n, to = (i + 1) * SHAPE_BITS / n;

    return (to - from == SHAPE_BITS ? ~(uint64_t)0 : ((uint64_t)1 << (to - from)) - 1) << from;
}

static int compare_bands(const void *a, const void *b, void *user)
{
    const Search *search = user;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    uint64_t p = search->inspection->seen[x].shape & search->mask;
    uint64_t q = search->inspection->seen[y].shape & search->mask;

    return p != q ? (p < q ? -1 : 1) : x < y ? -1 : x > y;
}

/* Whether two small pictures of n levels are alike. */
static bool levels_near(const uint8_t *a, const uint8_t *b, int n)
{
    int difference = 0;

    for (int i = 0; i < n; i++)
        difference += abs(a[i] - b[i]);
    return difference <= LEVELS * n;
}

/* Pairs are found once for each band they share: only the first of these counts. */
static void search_compare(Search *search, uint32_t x, uint32_t y, int band)
{
    const IclSeen *a = &search->inspection->seen[x], *b = &search->inspection->seen[y];
    uint64_t different = a->shape ^ b->shape;
    Pair pair = {MIN(x, y), MAX(x, y)};

    if (__builtin_popcountll(different) > search->near ||
        !levels_near(a->thumb[0], b->thumb[0], sizeof a->thumb))
        return;
    for (int i = 0; i < band; i++)
        if (!(different & shape_band(i, search->near + 1)))
            return;
    g_array_append_val(search->pairs, pair);
}

/* The pairs among `order` [n] that share the band. False where that takes too long. */
static bool search_band(Search *search, int band, uint32_t *order, int n)
{
    const IclSeen *seen = search->inspection->seen;

    search->mask = shape_band(band, search->near + 1);
    qsort_r(order, (size_t)n, sizeof *order, compare_bands, search);
    for (int i = 0, end; i < n; i = end) {
        uint64_t key = seen[order[i]].shape & search->mask;
        for (end = i + 1; end < n && (seen[order[end]].shape & search->mask) == key; end++)
            ;
        search->left -= (int64_t)(end - i) * (end - i - 1) / 2;
        if (search->left < 0)
            return false;
        for (int a = i; a < end && search->pairs->len < PAIRS; a++)
            for (int b = a + 1; b < end; b++)
                search_compare(search, order[a], order[b], band);
        if (search->pairs->len >= PAIRS)
            return false;
    }
    return true;
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static int compare_pairs(const void *a, const void *b)
{
    const Pair *x = a, *y = b;

    return x->a != y->a ? (x->a < y->a ? -1 : 1) : x->b < y->b ? -1 : x->b > y->b;
}

/* The pictures of all pairs, each once. */
static void search_collect(Search *search)
{
    int n = 2 * (int)search->pairs->len;
    uint32_t *all = g_memdup2(search->pairs->data, (gsize)n * sizeof *all);

    qsort(all, (size_t)n, sizeof *all, compare_numbers);
    for (int i = 0; i < n; i++)
        if (i == 0 || all[i] != all[search->n - 1])
            all[search->n++] = all[i];
    search->pictures = all;
}

/* What cannot be read a second time, as its file is gone, is a pattern of its number. */
static void search_read(void *data, int chunk, int thread)
{
    Search *search = data;
    uint8_t *detail = search->detail + (size_t)chunk * DETAIL;

    if (!icl_inspect_small(search->inspection, search->pictures[chunk], search->shrinkers[thread],
                           SIDE, detail))
        for (int i = 0; i < DETAIL; i++)
            detail[i] = (uint8_t)(search->pictures[chunk] >> i % 32 & 1 ? 255 : 0);
}

static void search_read_all(Search *search, int threads)
{
    IclTeam team;

    search->detail = g_malloc0((gsize)search->n * DETAIL);
    icl_team_begin(&team, threads);
    for (int i = 0; i < team.size; i++)
        search->shrinkers[i] = icl_shrinker_new(ICL_SEEN_SIDE);
    icl_team_run(&team, search->n, search_read, search);
    for (int i = 0; i < team.size; i++)
        icl_shrinker_free(search->shrinkers[i]);
    icl_team_end(&team);
}

static const uint8_t *search_detail(const Search *search, uint32_t picture)
{
    const uint32_t *at =
        bsearch(&picture, search->pictures, (size_t)search->n, sizeof picture, compare_numbers);

    return search->detail + (size_t)(at - search->pictures) * DETAIL;
}

/* Sets: a picture, and all after it that are near to it and in no set before. */
static void search_sets(Search *search)
{
    const Pair *pairs = (const Pair *)(void *)search->pairs->data;
    g_autofree bool *taken = g_new0(bool, search->inspection->n);
    g_autoptr(GArray) set = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    guint n = search->pairs->len;

    for (guint i = 0, end; i < n; i = end) {
        const uint8_t *first = search_detail(search, pairs[i].a);
        g_array_set_size(set, 0);
        g_array_append_val(set, pairs[i].a);
        for (end = i; end < n && pairs[end].a == pairs[i].a; end++)
            if (!taken[pairs[end].b] &&
                levels_near(first, search_detail(search, pairs[end].b), DETAIL))
                g_array_append_val(set, pairs[end].b);
        if (taken[pairs[i].a] || set->len < 2)
            continue;
        for (guint k = 0; k < set->len; k++)
            taken[g_array_index(set, uint32_t, k)] = true;
        icl_alike_add(search->inspection->near, search->inspection,
                      (const uint32_t *)(void *)set->data, (int)set->len);
    }
}

void icl_inspect_near(IclInspection *inspection, uint32_t *kinds, int n, int near, int threads)
{
    Search search = {.inspection = inspection,
                     .near = near,
                     .pairs = g_array_new(FALSE, FALSE, sizeof(Pair)),
                     .left = COMPARISONS};
    int shaped = 0;

    inspection->near = icl_alike_new();
    for (int i = 0; i < n; i++)
        if (!inspection->seen[kinds[i]].flat)
            kinds[shaped++] = kinds[i];
    for (int band = 0; band <= near && !inspection->near_cut; band++)
        inspection->near_cut = !search_band(&search, band, kinds, shaped);
    if (search.pairs->len > 0) {
        g_array_sort(search.pairs, compare_pairs);
        search_collect(&search);
        search_read_all(&search, threads);
        search_sets(&search);
    }
    g_array_unref(search.pairs);
    g_free(search.pictures);
    g_free(search.detail);
}
