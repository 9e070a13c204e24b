/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "monitor.h"

bool icl_monitor_epoch(IclMonitor *monitor, int epoch, double figure)
{
    if (monitor->best_epoch < 0 || figure > monitor->best) {
        monitor->best = figure;
        monitor->best_epoch = epoch;
        monitor->wait = 0;
        return true;
    }
    monitor->wait++;
    monitor->stop = monitor->patience > 0 && epoch > 0 && monitor->wait >= monitor->patience;
    return false;
}
