/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Reports as text. The classification report is scikit-learn's to the byte (1.x, `labels` all
 * classes), so that it can be compared with what a Python script prints. */
#include <stdio.h>

#include "evaluation.h"

enum { REPORT_COLUMN = 9, REPORT_DIGITS_MAX = 15 };

/* Right-aligned by characters, as Python counts, not by bytes. */
static void append_right(GString *text, const char *word, glong width)
{
    for (glong n = g_utf8_strlen(word, -1); n < width; n++)
        g_string_append_c(text, ' ');
    g_string_append(text, word);
}

static void append_column(GString *text, const char *word)
{
    g_string_append_c(text, ' ');
    append_right(text, word, REPORT_COLUMN);
}

static void append_real(GString *text, double value, int digits)
{
    char format[16], number[G_ASCII_DTOSTR_BUF_SIZE];
    snprintf(format, sizeof format, "%%.%df", digits);
    append_column(text, g_ascii_formatd(number, sizeof number, format, value));
}

static void append_count(GString *text, gint64 count)
{
    char number[32];
    snprintf(number, sizeof number, "%" G_GINT64_FORMAT, count);
    append_column(text, number);
    g_string_append_c(text, '\n');
}

static void append_heading(GString *text, const char *heading, glong width)
{
    append_right(text, heading, width);
    g_string_append_c(text, ' ');
}

static void append_measures(GString *text, const char *heading, glong width, IclMeasures m,
                            int digits)
{
    append_heading(text, heading, width);
    append_real(text, m.precision, digits);
    append_real(text, m.recall, digits);
    append_real(text, m.f1, digits);
    append_count(text, m.support);
}

static glong widest(char *const *labels, glong width)
{
    for (int i = 0; labels[i]; i++)
        width = MAX(width, g_utf8_strlen(labels[i], -1));
    return width;
}

static void append_accuracy(GString *text, glong width, const IclEvaluation *evaluation, int digits)
{
    append_heading(text, "accuracy", width);
    append_column(text, "");
    append_column(text, "");
    append_real(text, icl_evaluation_accuracy(evaluation), digits);
    append_count(text, evaluation->count);
}

char *icl_evaluation_report(const IclEvaluation *evaluation, int digits)
{
    static const char *const columns[] = {"precision", "recall", "f1-score", "support"};
    digits = CLAMP(digits, 0, REPORT_DIGITS_MAX);
    glong width = widest(evaluation->labels, MAX((glong)sizeof "weighted avg" - 1, digits));

    GString *text = g_string_new(NULL);
    append_heading(text, "", width);
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
        append_column(text, columns[i]);
    g_string_append(text, "\n\n");
    for (int c = 0; c < evaluation->classes; c++)
        append_measures(text, evaluation->labels[c], width, icl_evaluation_class(evaluation, c),
                        digits);
    g_string_append_c(text, '\n');

    if (evaluation->counts)
        append_measures(text, "micro avg", width, icl_evaluation_micro(evaluation), digits);
    else
        append_accuracy(text, width, evaluation, digits);
    append_measures(text, "macro avg", width, icl_evaluation_macro(evaluation), digits);
    append_measures(text, "weighted avg", width, icl_evaluation_weighted(evaluation), digits);
    if (evaluation->counts)
        append_measures(text, "samples avg", width, icl_evaluation_samples(evaluation), digits);
    return g_string_free(text, FALSE);
}

/* A line a label: the four counts of scikit-learn's multilabel_confusion_matrix, and the average
 * precision. */
static char *label_confusion(const IclEvaluation *evaluation)
{
    static const char *const columns[] = {"true pos", "false pos", "false neg", "true neg",
                                          "avg prec"};
    glong width = widest(evaluation->labels, sizeof "label" - 1);
    GString *text = g_string_new(NULL);

    append_right(text, "label", width);
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
        append_right(g_string_append_c(text, ' '), columns[i], REPORT_COLUMN + 1);
    g_string_append_c(text, '\n');
    for (int c = 0; c < evaluation->classes; c++) {
        const IclLabelTally *t = &evaluation->counts->tallies[c];
        gint64 wrong = t->predicted - t->hits, missed = t->support - t->hits;
        const gint64 cells[] = {t->hits, wrong, missed, evaluation->count - t->support - wrong};
        append_right(text, evaluation->labels[c], width);
        for (gsize i = 0; i < G_N_ELEMENTS(cells); i++)
            g_string_append_printf(text, " %*" G_GINT64_FORMAT, REPORT_COLUMN + 1, cells[i]);
        g_string_append_c(text, ' ');
        append_real(text, icl_evaluation_average_precision(evaluation, c), 4);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

/* Each column as wide as its label or its largest count; rows are true classes. */
char *icl_evaluation_confusion(const IclEvaluation *evaluation)
{
    static const char corner[] = "true \\ predicted";
    if (evaluation->counts)
        return label_confusion(evaluation);
    glong heading = widest(evaluation->labels, sizeof corner - 1);
    gsize classes = (gsize)evaluation->classes;
    g_autofree glong *widths = g_new0(glong, classes);
    for (gsize i = 0; i < classes * classes; i++) {
        char number[32];
        glong n = snprintf(number, sizeof number, "%" G_GINT64_FORMAT, evaluation->confusion[i]);
        widths[i % classes] = MAX(widths[i % classes], n);
    }

    GString *text = g_string_new(NULL);
    append_right(text, corner, heading);
    for (gsize c = 0; c < classes; c++) {
        widths[c] = MAX(widths[c], g_utf8_strlen(evaluation->labels[c], -1));
        append_right(g_string_append(text, "  "), evaluation->labels[c], widths[c]);
    }
    g_string_append_c(text, '\n');
    for (gsize r = 0; r < classes; r++) {
        append_right(text, evaluation->labels[r], heading);
        for (gsize c = 0; c < classes; c++)
            g_string_append_printf(text, "  %*" G_GINT64_FORMAT, (int)widths[c],
                                   evaluation->confusion[r * classes + c]);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}
