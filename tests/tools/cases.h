/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Runs of the program that must fail as a user would have it. */
#pragma once

#include "fixture.h"

typedef struct Case {
    const Fixture *fixture;
    char *name, *folder, *line;
    const char *file, *says; /* parts of the message */
    int wanted;              /* exit status */
    GPtrArray *before;       /* names in the folder */
    int status;              /* as waitpid() gives it */
    char *out, *err;
} Case;

/* Copies the case, and makes its folder, with the file that is bad, if any. */
void case_add(GPtrArray *cases, Case test, const char *bad, const GByteArray *bytes);
/* All of them, side by side. */
void cases_run(GPtrArray *cases);
void case_free(gpointer test);

/* What is wrong with how it ended; NULL: nothing. */
const char *case_fault(const Case *test);
