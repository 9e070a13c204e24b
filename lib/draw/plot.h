/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Curves over one axis, in panels side by side: SVG or PNG by the file's name. */
#pragma once

#include <stdbool.h>

#include <icl/error.h>

typedef struct IclSeries {
    const char *name; /* in the legend */
    const double *y;  /* [n]; what is not finite is left out */
} IclSeries;

typedef struct IclPanel {
    const char *title;
    const IclSeries *series;
    int n_series;
    bool log_y;
} IclPanel;

typedef struct IclPlot {
    const char *x_title;
    const double *x; /* [n], rising */
    int n;
    bool log_x;
    const double *mark; /* a line across at this x, or NULL */
    const char *mark_name;
    const IclPanel *panels;
    int n_panels;
} IclPlot;

/* `path` ends in ".svg" or ".png". False with ICL_ERROR_VALUE or ICL_ERROR_FILE; the file is then
 * as it was. */
bool icl_plot_save(const IclPlot *plot, const char *path, GError **error);
