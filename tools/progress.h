/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What a training shows on stderr while it runs: on a terminal a bar, redrawn at most ten times a
 * second; elsewhere one line an epoch. */
#pragma once

#include <icl/train.h>

#include "skipped.h"

typedef struct Progress {
    bool quiet, terminal;
    bool drawn;          /* a bar stands on the present line */
    gint64 begun, shown; /* microseconds: first report, last drawing */
    Skipped skipped;
    double before; /* steps done at the first report: a resumed training begins later */
} Progress;

void progress_init(Progress *progress, bool quiet);

/* The callback of IclTrainParams; `user` is the Progress. */
void progress_report(void *user, const IclTrainProgress *report);

/* Leaves the cursor on a line of its own. */
void progress_end(Progress *progress);
