/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Groups of pictures that must not be on both sides of a split, by their names. */
#include "dataset_kind.h"
#include "names.h"

int icl_dataset_group_count(const IclDataset *dataset)
{
    int most = -1;

    for (int i = 0; dataset->group && i < dataset->n; i++)
        most = MAX(most, dataset->group[i]);
    return most + 1;
}

/* The part of a name that is the key: what the first brackets match, else the whole match. */
static char *name_key(const GRegex *regex, const char *name)
{
    g_autoptr(GMatchInfo) match = NULL;

    if (!g_regex_match(regex, name, 0, &match))
        return NULL;
    return g_match_info_fetch(match, g_regex_get_capture_count(regex) > 0);
}

static bool names_group(const IclDataset *dataset, const GRegex *regex, int *group, GError **error)
{
    g_autoptr(IclNames) keys = icl_names_new();

    for (int i = 0; i < dataset->n; i++) {
        g_autofree char *name = icl_dataset_name(dataset, i), *key = name_key(regex, name);
        if (!key) {
            g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                        "%s: does not match \"%s\", by which pictures are grouped; a pattern such "
                        "as \"([^/]*)_[0-9]+\" takes film_001.jpg as of \"film\"",
                        name, g_regex_get_pattern(regex));
            return false;
        }
        group[i] = icl_names_find_or_add(keys, key, strlen(key));
    }
    return true;
}

bool icl_dataset_group_by(IclDataset *dataset, const char *pattern, GError **error)
{
    g_autofree int *group = g_new(int, dataset->n);
    g_autoptr(GRegex) regex = NULL;
    GError *failure = NULL;

    regex = g_regex_new(pattern, G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, &failure);
    if (!regex) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_SYNTAX, "\"%s\" is no regular expression: %s",
                    pattern, failure->message);
        g_error_free(failure);
        return false;
    }
    if (!names_group(dataset, regex, group, error))
        return false;
    g_free(dataset->group);
    dataset->group = g_steal_pointer(&group);
    return true;
}
