/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The history as a picture: loss, accuracy and learning rate over the epochs. */
#include "callback.h"
#include "figure.h"
#include "plot.h"

typedef struct Curves {
    IclCallback callback;
    char *file;
} Curves;

static const IclParam curves_params[] = {
    ICL_PATH(Curves, file, "where to: a name in .svg or .png"),
    {0},
};

static bool curves_check(const IclCallback *callback, const IclTrainOptions *options,
                         GError **error)
{
    const char *file = ((const Curves *)callback)->file;

    if (g_str_has_suffix(file, ".svg") || g_str_has_suffix(file, ".png"))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "curves: file is \"%s\"; it must end in .svg or .png", file);
    return false;
}

static double *figures_of(const GArray *history, IclFigure figure)
{
    double *values = g_new(double, history->len);

    for (guint i = 0; i < history->len; i++)
        values[i] = icl_figure_value(figure, &g_array_index(history, IclTrainProgress, i));
    return values;
}

static bool curves_epoch(const IclCallback *callback, double *state, IclTrainer *trainer,
                         const IclTrainProgress *progress, GError **error)
{
    const GArray *history = trainer->history;
    g_autofree double *x = g_new(double, history->len);
    double *y[ICL_FIGURE_COUNT], best = trainer->best_epoch + 1;
    int both = trainer->options.n_validation ? 2 : 1;

    for (guint i = 0; i < history->len; i++)
        x[i] = i + 1;
    for (IclFigure f = 0; f < ICL_FIGURE_COUNT; f++)
        y[f] = figures_of(history, f);
    const IclSeries loss[] = {{"training", y[ICL_FIGURE_LOSS]},
                              {"validation", y[ICL_FIGURE_VAL_LOSS]}};
    const IclSeries accuracy[] = {{"training", y[ICL_FIGURE_ACCURACY]},
                                  {"validation", y[ICL_FIGURE_VAL_ACCURACY]}};
    const IclSeries rate[] = {{"learning rate", y[ICL_FIGURE_LEARNING_RATE]}};
    const IclPanel panels[] = {
        {"loss", loss, both}, {"accuracy", accuracy, both}, {"learning rate", rate, 1}};
    IclPlot plot = {.x_title = "epoch",
                    .x = x,
                    .n = (int)history->len,
                    .mark = trainer->best_epoch >= 0 ? &best : NULL,
                    .mark_name = "best",
                    .panels = panels,
                    .n_panels = G_N_ELEMENTS(panels)};
    bool saved = icl_plot_save(&plot, ((const Curves *)callback)->file, error);
    for (IclFigure f = 0; f < ICL_FIGURE_COUNT; f++)
        g_free(y[f]);
    return saved;
}

const IclCallbackClass icl_curves_class = {
    .base = {"curves", "draw the figures of all epochs", sizeof(Curves), curves_params},
    .observes = true,
    .check = curves_check,
    .epoch = curves_epoch,
};
