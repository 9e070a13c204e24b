/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' CSVLogger, but for the file being written whole after each epoch, from the history: it is
 * complete after a resume too, and a reader never meets half a line. Epochs count from 1, as
 * everywhere here. */
#include <math.h>

#include "callback.h"
#include "figure.h"

typedef struct Csv {
    IclCallback callback;
    char *file;
    int separator;
} Csv;

enum { COMMA, SEMICOLON, TAB };

static const char separators[] = {[COMMA] = ',', [SEMICOLON] = ';', [TAB] = '\t'};

static const IclParam csv_params[] = {
    {"file", ICL_PARAM_STRING, offsetof(Csv, file), NULL, 0, 0, NULL, "where to"},
    ICL_ENUM(Csv, separator, "comma", "comma semicolon tab", "between two figures"),
    {0},
};

static void append_row(GString *text, char separator, const IclTrainProgress *epoch)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(text, "%d", epoch->epoch + 1);
    for (IclFigure i = 0; i < ICL_FIGURE_COUNT; i++) {
        double value = icl_figure_value(i, epoch);
        g_string_append_printf(
            text, "%c%s", separator,
            isfinite(value) ? g_ascii_formatd(number, sizeof number, "%.6g", value) : "NA");
    }
    g_string_append_c(text, '\n');
}

static bool csv_epoch(const IclCallback *callback, double *state, IclTrainer *trainer,
                      const IclTrainProgress *progress, GError **error)
{
    const Csv *csv = (const Csv *)callback;
    g_autoptr(GString) text = g_string_new("epoch");
    g_autoptr(GError) problem = NULL;

    for (IclFigure i = 0; i < ICL_FIGURE_COUNT; i++)
        g_string_append_printf(text, "%c%s", separators[csv->separator], icl_figure_name(i));
    g_string_append_c(text, '\n');
    for (guint i = 0; i < trainer->history->len; i++)
        append_row(text, separators[csv->separator],
                   &g_array_index(trainer->history, IclTrainProgress, i));
    if (g_file_set_contents(csv->file, text->str, (gssize)text->len, &problem))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "csv: %s", problem->message);
    return false;
}

const IclCallbackClass icl_csv_class = {
    .base = {"csv", "write the figures of all epochs to a file", sizeof(Csv), csv_params},
    .observes = true,
    .epoch = csv_epoch,
};
