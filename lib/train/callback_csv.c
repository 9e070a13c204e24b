/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' CSVLogger, but for the file being written whole after each epoch, from the history: it is
 * complete after a resume too, and a reader never meets half a line. Epochs count from 1, as
 * everywhere here. */
#include <math.h>
#include <string.h>

#include "callback.h"
#include "figure.h"

typedef struct Csv {
    IclCallback callback;
    char *file;
    int separator;
    bool classes;
} Csv;

enum { COMMA, SEMICOLON, TAB };

static const char separators[] = {[COMMA] = ',', [SEMICOLON] = ';', [TAB] = '\t'};

static const IclParam csv_params[] = {
    ICL_PATH(Csv, file, "where to"),
    ICL_ENUM(Csv, separator, "comma", "comma semicolon tab", "between two figures"),
    ICL_BOOL(Csv, classes, "no", "the held-out pictures' recall of each class, too"),
    {0},
};

static bool csv_check(const IclCallback *callback, const IclTrainOptions *options, GError **error)
{
    if (!((const Csv *)callback)->classes || options->n_validation)
        return true;
    g_set_error_literal(error, ICL_ERROR, ICL_ERROR_VALUE,
                        "csv: classes=yes, but no pictures are held out to count; give "
                        "--validation 0.1");
    return false;
}

/* A label may have anything in it: RFC 4180. */
static void append_label(GString *text, char separator, const char *label)
{
    g_autofree char *name = g_strconcat("val_recall/", label, NULL);
    const char special[] = {separator, '"', '\n', '\r', '\0'};

    g_string_append_c(text, separator);
    if (!strpbrk(name, special)) {
        g_string_append(text, name);
        return;
    }
    g_auto(GStrv) parts = g_strsplit(name, "\"", -1);
    g_autofree char *quoted = g_strjoinv("\"\"", parts);
    g_string_append_printf(text, "\"%s\"", quoted);
}

static void append_head(GString *text, const Csv *csv, const IclTrainer *trainer)
{
    char separator = separators[csv->separator];

    g_string_append(text, "epoch");
    for (IclFigure i = 0; i < ICL_FIGURE_COUNT; i++)
        g_string_append_printf(text, "%c%s", separator, icl_figure_name(i));
    for (int c = 0; csv->classes && c < icl_dataset_classes(trainer->dataset); c++)
        append_label(text, separator, icl_dataset_labels(trainer->dataset)[c]);
    g_string_append_c(text, '\n');
}

static void append_number(GString *text, char separator, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(text, "%c%s", separator,
                           isfinite(value) ? g_ascii_formatd(number, sizeof number, "%.6g", value)
                                           : "NA");
}

static void append_row(GString *text, const Csv *csv, const IclTrainer *trainer, guint number)
{
    const IclTrainProgress *epoch = &g_array_index(trainer->history, IclTrainProgress, number);
    int classes = csv->classes ? icl_dataset_classes(trainer->dataset) : 0;
    char separator = separators[csv->separator];

    g_string_append_printf(text, "%d", epoch->epoch + 1);
    for (IclFigure i = 0; i < ICL_FIGURE_COUNT; i++)
        append_number(text, separator, icl_figure_value(i, epoch));
    for (int c = 0; c < classes; c++)
        append_number(text, separator,
                      g_array_index(trainer->recalls, float, number *(guint)classes + (guint)c));
    g_string_append_c(text, '\n');
}

static bool csv_epoch(const IclCallback *callback, double *state, IclTrainer *trainer,
                      const IclTrainProgress *progress, GError **error)
{
    const Csv *csv = (const Csv *)callback;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) problem = NULL;

    append_head(text, csv, trainer);
    for (guint i = 0; i < trainer->history->len; i++)
        append_row(text, csv, trainer, i);
    if (g_file_set_contents(csv->file, text->str, (gssize)text->len, &problem))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "csv: %s", problem->message);
    return false;
}

const IclCallbackClass icl_csv_class = {
    .base = {"csv", "write the figures of all epochs to a file", sizeof(Csv), csv_params},
    .observes = true,
    .check = csv_check,
    .epoch = csv_epoch,
};
