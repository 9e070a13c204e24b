/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "skipped.h"

#include "command.h"

enum { NAMED = 10 };

void skipped_add(Skipped *skipped, const char *message)
{
    skipped->n++;
    if (skipped->n <= NAMED)
        tell("left out: %s", message);
    else if (skipped->n == NAMED + 1)
        tell("left out: further unreadable pictures, which are only counted");
}

void skipped_report(void *user, const GError *error) { skipped_add(user, error->message); }
