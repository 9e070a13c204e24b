/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * An inspection as text to look at. */
#include <string.h>

#include "dataset_kind.h"
#include "inspect.h"

enum {
    CLASSES_SHOWN = 50,
    NAMED = 10,  /* pictures or sets of a kind */
    LISTED = 4,  /* pictures of a set */
    COLUMN = 12, /* characters */
};

static const char *const size_names[ICL_SIZE_CLASSES] = {
    "below 32",   "32 to 63",    "64 to 127",    "128 to 255",
    "256 to 511", "512 to 1023", "1024 and more"};

/* Names come from anywhere: none may steer the terminal. */
static void append_name(GString *text, const char *name)
{
    g_autofree char *valid = g_utf8_make_valid(name, -1);

    for (const char *c = valid; *c; c = g_utf8_next_char(c))
        if (g_unichar_iscntrl(g_utf8_get_char(c)))
            g_string_append_c(text, '?');
        else
            g_string_append_len(text, c, g_utf8_next_char(c) - c);
}

static int label_width(const IclInspection *inspection, const char *const *labels)
{
    int width = (int)strlen(inspection->multi_label ? "(no label)" : "class");

    for (int c = 0; c < MIN(inspection->classes, CLASSES_SHOWN); c++)
        width = MAX(width, (int)g_utf8_strlen(labels[c], -1));
    return width;
}

static void append_cell(GString *text, const char *cell, int width)
{
    gsize from = text->len;

    append_name(text, cell);
    int shown = (int)g_utf8_strlen(text->str + from, -1);
    g_string_append_printf(text, "%*s", MAX(width - shown, 0), "");
}

/* counts: [ICL_PARTS] */
static void append_total(GString *text, const IclInspection *inspection, const char *what,
                         const int *counts, int width)
{
    g_string_append_c(text, '\n');
    append_cell(text, what, width);
    for (int p = 0; p < ICL_PARTS; p++)
        if (inspection->part[p])
            g_string_append_printf(text, "%*d", COLUMN, counts[p]);
}

static void append_counts(GString *text, const IclInspection *inspection)
{
    const char *const *labels = NULL;

    for (int p = ICL_PARTS - 1; p >= 0; p--)
        if (inspection->part[p])
            labels = icl_dataset_labels(inspection->part[p]);
    int width = label_width(inspection, labels);
    append_cell(text, "class", width);
    for (int p = 0; p < ICL_PARTS; p++)
        if (inspection->part[p])
            g_string_append_printf(text, "%*s", COLUMN, icl_part_names[p]);
    for (int c = 0; c < inspection->classes; c++) {
        if (c < CLASSES_SHOWN) {
            g_string_append_c(text, '\n');
            append_cell(text, labels[c], width);
        }
        for (int p = 0; p < ICL_PARTS; p++) {
            int count = inspection->count[p * inspection->classes + c];
            if (c < CLASSES_SHOWN && inspection->part[p])
                g_string_append_printf(text, "%*d", COLUMN, count);
        }
    }
    if (inspection->classes > CLASSES_SHOWN)
        g_string_append_printf(text, "\n... %d classes more", inspection->classes - CLASSES_SHOWN);
    if (inspection->multi_label)
        append_total(text, inspection, "(no label)", inspection->unlabelled, width);
    append_total(text, inspection, "all", inspection->pictures, width);
    g_string_append(text, "\n\n");
}

static void append_three(GString *text, const char *what, const double value[3])
{
    g_string_append_printf(text, "%-10s%.4f %.4f %.4f\n", what, value[0], value[1], value[2]);
}

static void append_sizes(GString *text, const IclInspection *inspection)
{
    g_string_append_printf(text, "%-10s%d to %d, median %d\n", "height", inspection->least[0],
                           inspection->most[0], inspection->median[0]);
    g_string_append_printf(text, "%-10s%d to %d, median %d\n", "width", inspection->least[1],
                           inspection->most[1], inspection->median[1]);
    g_string_append(text, "shorter   ");
    const char *between = "";
    for (int i = 0; i < ICL_SIZE_CLASSES; i++)
        if (inspection->sizes[i]) {
            g_string_append_printf(text, "%s%s: %d", between, size_names[i], inspection->sizes[i]);
            between = ", ";
        }
    g_string_append_printf(text, "\n%-10s%d in colour, %d grey\n", "channels", inspection->colour,
                           inspection->grey);
    append_three(text, "mean", inspection->mean);
    append_three(text, "std", inspection->deviation);
}

static void append_unreadable(GString *text, const IclInspection *inspection)
{
    const GArray *unreadable = inspection->unreadable;

    if (unreadable->len)
        g_string_append_printf(text, "\nunreadable: %u\n", unreadable->len);
    for (guint i = 0; i < MIN(unreadable->len, NAMED); i++) {
        g_string_append(text, "  ");
        append_name(text, g_array_index(unreadable, IclUnreadable, i).message);
        g_string_append_c(text, '\n');
    }
    if (unreadable->len > NAMED)
        g_string_append_printf(text, "  ... %u more\n", unreadable->len - NAMED);
}

static void append_set(GString *text, const IclInspection *inspection, const IclAlike *alike)
{
    for (int i = 0; i < MIN(alike->n, LISTED); i++) {
        g_autofree char *name = icl_inspection_name(inspection, alike->pictures[i]);
        g_string_append(text, i ? " = " : "  ");
        append_name(text, name);
    }
    if (alike->n > LISTED)
        g_string_append_printf(text, " = ... %d more", alike->n - LISTED);
    if (alike->parts || alike->classes)
        g_string_append_printf(text, "  (in several %s%s%s)", alike->parts ? "parts" : "",
                               alike->parts && alike->classes ? " and " : "",
                               alike->classes && inspection->multi_label ? "sets of labels"
                               : alike->classes                          ? "classes"
                                                                         : "");
    g_string_append_c(text, '\n');
}

/* Those that matter most come first. */
static void append_alike(GString *text, const IclInspection *inspection, const GArray *found,
                         const char *what)
{
    guint shown = 0;

    if (found->len)
        g_string_append_printf(text, "\n%s: %u set%s\n", what, found->len,
                               found->len == 1 ? "" : "s");
    for (int serious = 1; serious >= 0; serious--)
        for (guint i = 0; i < found->len && shown < NAMED; i++) {
            const IclAlike *alike = &g_array_index(found, IclAlike, i);
            if ((alike->parts || alike->classes) == serious) {
                append_set(text, inspection, alike);
                shown++;
            }
        }
    if (found->len > shown)
        g_string_append_printf(text, "  ... %u more\n", found->len - shown);
}

char *icl_inspection_text(const IclInspection *inspection)
{
    GString *text = g_string_new(NULL);

    append_counts(text, inspection);
    append_sizes(text, inspection);
    append_unreadable(text, inspection);
    append_alike(text, inspection, inspection->same, "exact duplicates");
    append_alike(text, inspection, inspection->near, "near duplicates");
    if (inspection->advice->len)
        g_string_append_c(text, '\n');
    for (guint i = 0; i < inspection->advice->len; i++) {
        const IclAdvice *advice = &g_array_index(inspection->advice, IclAdvice, i);
        g_string_append(text, advice->broken ? "broken: " : "note: ");
        append_name(text, advice->text);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}
