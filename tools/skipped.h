/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pictures that cannot be read and are left out: the first few are named on stderr, all are
 * counted. A folder of a thousand broken ones is said in a screenful. */
#pragma once

#include <glib.h>

typedef struct Skipped {
    int n;
} Skipped;

void skipped_add(Skipped *skipped, const char *message);

/* The same, as the `report` of an evaluation, whose `user` begins with a Skipped. */
void skipped_report(void *user, const GError *error);
