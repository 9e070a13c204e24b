/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "monitor.h"

#include <math.h>

static bool larger_is_better(const IclMonitor *monitor)
{
    return monitor->mode == ICL_MODE_AUTO ? icl_figure_rises((IclFigure)monitor->figure)
                                          : monitor->mode == ICL_MODE_MAX;
}

bool icl_monitor_check(const IclMonitor *monitor, const char *name, IclWatched watched,
                       GError **error)
{
    IclFigure figure = (IclFigure)monitor->figure;

    if (!watched.ranked && (figure == ICL_FIGURE_TOP5 || figure == ICL_FIGURE_VAL_TOP5)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "%s watches %s, which a multi-label set has not; take accuracy or loss", name,
                    icl_figure_name(figure));
        return false;
    }
    if (!icl_figure_is_validation(figure) || watched.held_out)
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "%s watches %s, but no pictures are held out; give --validation 0.1, or "
                "monitor=loss",
                name, icl_figure_name((IclFigure)monitor->figure));
    return false;
}

double icl_monitor_worst(const IclMonitor *monitor)
{
    return larger_is_better(monitor) ? -INFINITY : INFINITY;
}

bool icl_monitor_improves(const IclMonitor *monitor, double figure, double best)
{
    double delta = fabs(monitor->min_delta);

    return larger_is_better(monitor) ? figure - delta > best : figure + delta < best;
}
