/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The best classes of one picture after another, as a table to look at or as text for scripts. */
#pragma once

#include <icl/icl.h>

typedef struct SheetFormat SheetFormat;

extern const SheetFormat sheet_table, sheet_json, sheet_csv;

typedef struct Sheet {
    const SheetFormat *format;
    const char *const *labels; /* borrowed */
    int classes, k;            /* the k best are shown */
    bool multi_label;          /* of these, only those above the threshold */
    float threshold;
    int *best; /* [k] */
    int shown; /* of the picture at hand: k, or fewer */
    int name_columns, label_columns;
    bool begun;
} Sheet;

/* names: all that will come, for the table's width. k 0, or more than there are: all classes. The
 * threshold is a multi-label model's. */
void sheet_init(Sheet *sheet, const SheetFormat *format, const IclModel *model,
                const GPtrArray *names, int k, float threshold);
void sheet_clear(Sheet *sheet);

/* Prints to stdout. */
void sheet_add(Sheet *sheet, const char *name, const float *scores);
