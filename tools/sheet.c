/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "sheet.h"

#include <stdio.h>

#include "text.h"

enum { NAME_COLUMNS = 60 /* longer names push their row out of line */ };

struct SheetFormat {
    void (*begin)(const Sheet *sheet);
    void (*add)(const Sheet *sheet, const char *name, const float *scores);
};

static void begin_table(const Sheet *sheet)
{
    print_cell(stdout, "picture", sheet->name_columns + 2);
    print_cell(stdout, "label", sheet->label_columns + 2);
    puts("confidence");
}

/* The name stands in the first of its rows. */
static void add_table(const Sheet *sheet, const char *name, const float *scores)
{
    for (int i = 0; i < sheet->shown; i++) {
        int c = sheet->best[i];
        print_cell(stdout, i ? "" : name, sheet->name_columns + 2);
        print_cell(stdout, sheet->labels[c], sheet->label_columns + 2);
        printf("%10.4f\n", (double)scores[c]);
    }
    if (!sheet->shown) {
        print_cell(stdout, name, sheet->name_columns + 2);
        puts("-");
    }
}

static void print_members(const Sheet *sheet, int c, const float *scores)
{
    fputs("\"label\": ", stdout);
    print_json(stdout, sheet->labels[c]);
    printf(", \"class_id\": %d, \"confidence\": ", c);
    print_float(stdout, scores[c]);
}

/* One object a line (JSON lines), so that a script may begin before the last picture is done. */
static void begin_json(const Sheet *sheet) {}

static void print_classes(const Sheet *sheet, const char *key, int n, const float *scores)
{
    printf(", \"%s\": [", key);
    for (int i = 0; i < n; i++) {
        fputs(i ? ", {" : "{", stdout);
        print_members(sheet, sheet->best[i], scores);
        fputc('}', stdout);
    }
    putchar(']');
}

static void add_json(const Sheet *sheet, const char *name, const float *scores)
{
    fputs("{\"file\": ", stdout);
    print_json(stdout, name);
    if (sheet->multi_label) {
        print_classes(sheet, "labels", sheet->shown, scores);
    } else {
        fputs(", ", stdout);
        print_members(sheet, sheet->best[0], scores);
    }
    print_classes(sheet, "top", sheet->k, scores);
    puts("}");
}

static void begin_csv(const Sheet *sheet) { puts("file,rank,label,class_id,confidence"); }

static void add_csv(const Sheet *sheet, const char *name, const float *scores)
{
    for (int i = 0; i < sheet->shown; i++) {
        int c = sheet->best[i];
        print_csv(stdout, name);
        printf(",%d,", i + 1);
        print_csv(stdout, sheet->labels[c]);
        printf(",%d,", c);
        print_float(stdout, scores[c]);
        fputc('\n', stdout);
    }
    if (!sheet->shown) {
        print_csv(stdout, name);
        puts(",0,,-1,");
    }
}

const SheetFormat sheet_table = {begin_table, add_table}, sheet_json = {begin_json, add_json},
                  sheet_csv = {begin_csv, add_csv};

void sheet_init(Sheet *sheet, const SheetFormat *format, const IclModel *model,
                const GPtrArray *names, int k, float threshold)
{
    int classes = icl_model_classes(model), most = k > 0 ? MIN(k, classes) : classes;
    *sheet = (Sheet){.format = format,
                     .labels = icl_model_labels(model),
                     .classes = classes,
                     .k = most,
                     .multi_label = icl_model_is_multi_label(model),
                     .threshold = threshold,
                     .best = g_new(int, most),
                     .name_columns = text_columns("picture"),
                     .label_columns = text_columns("label")};
    for (guint i = 0; i < names->len; i++)
        sheet->name_columns = MAX(sheet->name_columns, text_columns(g_ptr_array_index(names, i)));
    sheet->name_columns = MIN(sheet->name_columns, NAME_COLUMNS);
    for (int c = 0; c < classes; c++)
        sheet->label_columns = MAX(sheet->label_columns, text_columns(sheet->labels[c]));
}

void sheet_clear(Sheet *sheet) { g_free(sheet->best); }

void sheet_add(Sheet *sheet, const char *name, const float *scores)
{
    if (!sheet->begun)
        sheet->format->begin(sheet);
    sheet->begun = true;
    icl_top_k(scores, sheet->classes, sheet->k, sheet->best);
    sheet->shown = sheet->k;
    while (sheet->multi_label && sheet->shown &&
           !(scores[sheet->best[sheet->shown - 1]] > sheet->threshold))
        sheet->shown--;
    sheet->format->add(sheet, name, scores);
}
