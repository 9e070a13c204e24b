/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A figure that is watched over the epochs, and what counts as better: Keras' monitor, mode and
 * min_delta. */
#pragma once

#include "class.h"
#include "figure.h"

typedef enum { ICL_MODE_AUTO, ICL_MODE_MIN, ICL_MODE_MAX } IclMode;

typedef struct IclMonitor {
    int figure; /* IclFigure */
    int mode;   /* IclMode */
    double min_delta;
} IclMonitor;

/* The rows of a table whose struct has an IclMonitor `monitor`. */
/* clang-format off */
#define ICL_MONITOR_PARAMS(s, figure_, delta)                                                      \
    {"monitor", ICL_PARAM_ENUM, offsetof(s, monitor.figure), figure_, 0, 0, ICL_FIGURES,           \
     "the figure to watch"},                                                                       \
    {"min_delta", ICL_PARAM_REAL, offsetof(s, monitor.min_delta), delta, -1e6, 1e6, NULL,          \
     "by how much at least a figure is better"},                                                   \
    {"mode", ICL_PARAM_ENUM, offsetof(s, monitor.mode), "auto", 0, 0, "auto min max",              \
     "whether less or more is better; auto: by the figure"}
/* clang-format on */

/* What there is to watch. */
typedef struct IclWatched {
    bool held_out; /* pictures for validation */
    bool ranked;   /* one class a picture, so that it may be among the five best */
} IclWatched;

/* False where it watches what there is not. `name`: who watches. */
bool icl_monitor_check(const IclMonitor *monitor, const char *name, IclWatched watched,
                       GError **error);

double icl_monitor_worst(const IclMonitor *monitor); /* an infinity: anything is better */
bool icl_monitor_improves(const IclMonitor *monitor, double figure, double best);
