/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "nearest.h"

#include <icl/list.h>

char *did_you_mean(const char *word, const char *prefix, const char *const *names)
{
    const char *nearest = icl_nearest(word, names);

    return nearest ? g_strdup_printf("; did you mean %s%s?", prefix, nearest) : g_strdup("");
}
