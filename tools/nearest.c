/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The nearest valid name by edit distance (Levenshtein). libicl has the same inside for the names
 * of its classes; the program sees public headers only. */
#include "nearest.h"

#include <string.h>

static gsize distance(const char *a, const char *b)
{
    gsize n = strlen(b);
    g_autofree gsize *row = g_new(gsize, n + 1);
    for (gsize j = 0; j <= n; j++)
        row[j] = j;
    for (gsize i = 1; a[i - 1]; i++) {
        gsize diagonal = row[0];
        row[0] = i;
        for (gsize j = 1; j <= n; j++) {
            gsize change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = MIN(change, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

char *did_you_mean(const char *word, const char *prefix, const char *const *names)
{
    const char *nearest = NULL;
    gsize least = MAX(strlen(word) / 3, 2) + 1;
    for (; *names; names++) {
        gsize far = distance(word, *names);
        if (far < least) {
            least = far;
            nearest = *names;
        }
    }
    return nearest ? g_strdup_printf("; did you mean %s%s?", prefix, nearest) : g_strdup("");
}
