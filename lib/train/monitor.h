/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Watches a figure over the epochs, as Keras' EarlyStopping and ModelCheckpoint do: which epoch was
 * the best, and whether to stop. */
#pragma once

#include <stdbool.h>

typedef struct IclMonitor {
    int patience; /* epochs without improvement before stopping; 0: never stop */
    double best;
    int best_epoch; /* 0-based; -1: none yet */
    int wait;
    bool stop;
} IclMonitor;

static inline IclMonitor icl_monitor(int patience)
{
    return (IclMonitor){.patience = patience, .best_epoch = -1};
}

/* Takes the figure of an epoch, larger is better; whether it is the best so far. */
bool icl_monitor_epoch(IclMonitor *monitor, int epoch, double figure);
