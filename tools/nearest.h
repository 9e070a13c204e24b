/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <glib.h>

/* "; did you mean PREFIX + NAME?" for the name nearest to `word`, or "" where none is near. `names`
 * ends with NULL. Caller frees. */
char *did_you_mean(const char *word, const char *prefix, const char *const *names);
