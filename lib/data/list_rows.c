/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "list_rows.h"

#include <math.h>
#include <string.h>

#include "csv.h"
#include "json.h"

typedef enum {
    LIST_PATH,
    LIST_LABEL,
    LIST_WEIGHT,
    LIST_SPLIT,
    LIST_GROUP,
    LIST_LABELS,
    LIST_FIELDS
} ListField;

static const char *const list_fields[] = {"path", "label", "weight", "split", "group", "labels"};

#define LABEL_SEPARATOR "|" /* which no CSV file has between its fields */

/* What may stand in the column "split". */
static const struct {
    const char *word;
    IclPart part;
} list_splits[] = {
    {"", ICL_PART_TRAIN},           {"train", ICL_PART_TRAIN},
    {"training", ICL_PART_TRAIN},   {"test", ICL_PART_TEST},
    {"testing", ICL_PART_TEST},     {"val", ICL_PART_VALIDATION},
    {"valid", ICL_PART_VALIDATION}, {"validation", ICL_PART_VALIDATION},
};

static bool list_is_json(const char *path)
{
    return g_str_has_suffix(path, ".jsonl") || g_str_has_suffix(path, ".ndjson");
}

static bool row_part(const IclCsv *csv, const char *word, IclPart *part, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(list_splits); i++)
        if (!g_ascii_strcasecmp(word, list_splits[i].word)) {
            *part = list_splits[i].part;
            return true;
        }
    icl_csv_fail(csv, error, "split is \"%s\"; train, validation and test are known", word);
    return false;
}

/* A number >= 0; an empty field is 1. */
static bool row_weight(const IclCsv *csv, const char *word, float *weight, GError **error)
{
    char *end;
    double value = *word ? g_ascii_strtod(word, &end) : 1;

    *weight = (float)value;
    if (!*word || (end != word && !*end && value >= 0 && isfinite(*weight)))
        return true;
    icl_csv_fail(csv, error, "weight is \"%s\"; it must be a number of 0 or more", word);
    return false;
}

static bool row_label(IclListRows *rows, const IclCsv *csv, const char *label, size_t length,
                      GError **error)
{
    if (length == 0 || !g_utf8_validate(label, (gssize)length, NULL)) {
        icl_csv_fail(csv, error,
                     length ? "the label is not UTF-8; save the list as UTF-8"
                            : "has a label without a name");
        return false;
    }
    if (rows->label->len >= G_MAXINT32) {
        icl_csv_fail(csv, error, "is beyond the %d labels that a list may have", G_MAXINT32);
        return false;
    }
    int number = icl_names_find_or_add(rows->labels, label, length);
    g_array_append_val(rows->label, number);
    return true;
}

/* "cat | dog"; nothing, or blanks: none. */
static bool row_labels(IclListRows *rows, const IclCsv *csv, const char *text, GError **error)
{
    const char *end = text;

    if (!text[strspn(text, " ")])
        return true;
    do {
        text += strspn(text, " ");
        end = text + strcspn(text, LABEL_SEPARATOR);
        size_t length = (size_t)(end - text);
        while (length && text[length - 1] == ' ')
            length--;
        if (!row_label(rows, csv, text, length, error))
            return false;
        text = end + 1;
    } while (*end);
    return true;
}

static bool row_field(const IclCsv *csv, const char *const *fields, ListField field, GError **error)
{
    if (fields[field] && *fields[field])
        return true;
    icl_csv_fail(csv, error, "has no %s", list_fields[field]);
    return false;
}

/* fields: [LIST_FIELDS], NULL where the row has none. Labels may have been added before. */
static bool rows_add(IclListRows *rows, const IclCsv *csv, const char *const *fields,
                     GError **error)
{
    IclPart part = ICL_PART_TRAIN;
    float weight = 1;

    if (!row_field(csv, fields, LIST_PATH, error) ||
        (!rows->has_labels &&
         (!row_field(csv, fields, LIST_LABEL, error) ||
          !row_label(rows, csv, fields[LIST_LABEL], strlen(fields[LIST_LABEL]), error))) ||
        (fields[LIST_LABELS] && !row_labels(rows, csv, fields[LIST_LABELS], error)) ||
        (fields[LIST_SPLIT] && !row_part(csv, fields[LIST_SPLIT], &part, error)) ||
        (fields[LIST_WEIGHT] && !row_weight(csv, fields[LIST_WEIGHT], &weight, error)))
        return false;
    if (rows->part->len >= G_MAXINT32) {
        icl_csv_fail(csv, error, "is beyond the %d rows that a list may have", G_MAXINT32);
        return false;
    }
    const char *group_text = fields[LIST_GROUP];
    uint8_t bits = (uint8_t)part;
    icl_names_add(rows->paths, fields[LIST_PATH], strlen(fields[LIST_PATH]));
    g_array_append_val(rows->part, bits);
    if (rows->has_labels)
        g_array_append_val(rows->label_end, rows->label->len);
    if (rows->has_weight)
        g_array_append_val(rows->weight, weight);
    if (rows->has_group) {
        int group = *group_text /* else of its own */
                        ? icl_names_find_or_add(rows->groups, group_text, strlen(group_text))
                        : icl_names_add(rows->groups, "", 0);
        g_array_append_val(rows->group, group);
    }
    rows->there |= 1u << part;
    return true;
}

/* Where the header has each field; -1: nowhere. */
static bool header_read(const IclCsv *csv, int *column, GError **error)
{
    for (int f = 0; f < LIST_FIELDS; f++)
        column[f] = -1;
    for (int i = 0; i < icl_csv_fields(csv); i++)
        for (int f = 0; f < LIST_FIELDS; f++) {
            if (g_ascii_strcasecmp(icl_csv_field(csv, i), list_fields[f]))
                continue;
            if (column[f] >= 0) {
                icl_csv_fail(csv, error, "has two columns \"%s\"", list_fields[f]);
                return false;
            }
            column[f] = i;
        }
    bool path = column[LIST_PATH] >= 0, label = column[LIST_LABEL] >= 0;
    if (path && label != (column[LIST_LABELS] >= 0))
        return true;
    if (path && label)
        icl_csv_fail(csv, error,
                     "has columns \"label\" and \"labels\"; give the second alone where a "
                     "picture may have several");
    else
        icl_csv_fail(csv, error,
                     "the header has no column \"%s\"; it names the columns: path,label (or "
                     "labels, for several: cat" LABEL_SEPARATOR "dog), and if wanted weight, "
                     "split, group",
                     list_fields[path ? LIST_LABEL : LIST_PATH]);
    return false;
}

static bool list_read_csv(IclCsv *csv, IclListRows *rows, GError **error)
{
    IclCsvStatus status = icl_csv_row(csv, error);
    int column[LIST_FIELDS], columns;

    if (status == ICL_CSV_END)
        icl_csv_fail(csv, error, "is empty; the first row names the columns: path,label");
    if (status != ICL_CSV_ROW || !header_read(csv, column, error))
        return false;
    columns = icl_csv_fields(csv);
    rows->has_labels = column[LIST_LABELS] >= 0;
    rows->has_weight = column[LIST_WEIGHT] >= 0;
    rows->has_group = column[LIST_GROUP] >= 0;
    while ((status = icl_csv_row(csv, error)) == ICL_CSV_ROW) {
        const char *fields[LIST_FIELDS];
        if (icl_csv_fields(csv) != columns) {
            icl_csv_fail(csv, error,
                         "has %d fields, the header %d; a name with a comma stands in quotes (\")",
                         icl_csv_fields(csv), columns);
            return false;
        }
        for (int f = 0; f < LIST_FIELDS; f++)
            fields[f] = column[f] >= 0 ? icl_csv_field(csv, column[f]) : NULL;
        if (!rows_add(rows, csv, fields, error))
            return false;
    }
    return status == ICL_CSV_END;
}

/* A string or a number as text, to be freed. False where it is neither. */
static bool value_text(const IclJson *value, char **text)
{
    if (icl_json_type(value) == ICL_JSON_STRING)
        *text = g_strdup(icl_json_text(value));
    else if (icl_json_type(value) == ICL_JSON_INTEGER || icl_json_type(value) == ICL_JSON_REAL)
        *text = icl_json_print(value, 0);
    return *text != NULL;
}

/* What all lines have, or none: it is a matter of the first. */
static bool object_has(bool *has, const IclListRows *rows, const IclCsv *csv, ListField field,
                       bool given, GError **error)
{
    if (rows->part->len == 0)
        *has = given;
    if (*has == given)
        return true;
    icl_csv_fail(csv, error, "has %s \"%s\", other lines before it have %s", given ? "a" : "no",
                 list_fields[field], given ? "none" : "one");
    return false;
}

/* ["cat", 7], to the labels of the last row. */
static bool array_labels(IclListRows *rows, const IclCsv *csv, const IclJson *array, GError **error)
{
    if (icl_json_type(array) != ICL_JSON_ARRAY) {
        icl_csv_fail(csv, error, "\"labels\" is no array; give [\"cat\", \"dog\"], or [] for none");
        return false;
    }
    for (size_t i = 0; i < icl_json_length(array); i++) {
        g_autofree char *label = NULL;
        if (!value_text(icl_json_item(array, i), &label)) {
            icl_csv_fail(csv, error, "\"labels\" holds what is neither a text nor a number");
            return false;
        }
        if (!row_label(rows, csv, label, strlen(label), error))
            return false;
    }
    return true;
}

static bool object_texts(const IclCsv *csv, const IclJson *object, char **text, GError **error)
{
    for (int f = 0; f < LIST_LABELS; f++) {
        const IclJson *value = icl_json_get(object, list_fields[f]);
        if (value && icl_json_type(value) != ICL_JSON_NULL && !value_text(value, &text[f])) {
            icl_csv_fail(csv, error, "\"%s\" is neither a text nor a number", list_fields[f]);
            return false;
        }
    }
    return true;
}

static bool object_add(IclListRows *rows, const IclCsv *csv, const IclJson *object, GError **error)
{
    const IclJson *labels = icl_json_get(object, list_fields[LIST_LABELS]);
    char *text[LIST_FIELDS] = {NULL};

    if (labels && icl_json_type(labels) == ICL_JSON_NULL)
        labels = NULL;
    bool ok =
        object_texts(csv, object, text, error) &&
        object_has(&rows->has_labels, rows, csv, LIST_LABELS, labels != NULL, error) &&
        object_has(&rows->has_weight, rows, csv, LIST_WEIGHT, text[LIST_WEIGHT] != NULL, error) &&
        object_has(&rows->has_group, rows, csv, LIST_GROUP, text[LIST_GROUP] != NULL, error);
    if (ok && labels && text[LIST_LABEL]) {
        icl_csv_fail(csv, error, "has \"label\" and \"labels\"; give one of them");
        ok = false;
    }
    ok = ok && (!labels || array_labels(rows, csv, labels, error)) &&
         rows_add(rows, csv, (const char *const *)text, error);
    for (int f = 0; f < LIST_FIELDS; f++)
        g_free(text[f]);
    return ok;
}

static bool list_read_json(IclCsv *csv, IclListRows *rows, GError **error)
{
    IclCsvStatus status;

    while ((status = icl_csv_line(csv, error)) == ICL_CSV_ROW) {
        const char *text = icl_csv_field(csv, 0);
        g_autofree char *problem = NULL;
        g_autoptr(IclJson) object = icl_json_parse(text, strlen(text), &problem);
        bool is_object = object && icl_json_type(object) == ICL_JSON_OBJECT;
        bool ok = is_object && object_add(rows, csv, object, error);
        if (!is_object)
            icl_csv_fail(csv, error,
                         "is no JSON object%s%s; a line is such as {\"path\": \"1.jpg\", "
                         "\"label\": \"cat\"}",
                         problem ? ": " : "", problem ? problem : "");
        if (!ok)
            return false;
    }
    return status == ICL_CSV_END;
}

void icl_list_rows_init(IclListRows *rows)
{
    *rows = (IclListRows){.paths = icl_names_new(),
                          .labels = icl_names_new(),
                          .groups = icl_names_new(),
                          .label = g_array_new(FALSE, FALSE, sizeof(int)),
                          .label_end = g_array_new(FALSE, FALSE, sizeof(int)),
                          .group = g_array_new(FALSE, FALSE, sizeof(int)),
                          .weight = g_array_new(FALSE, FALSE, sizeof(float)),
                          .part = g_array_new(FALSE, FALSE, sizeof(uint8_t))};
}

void icl_list_rows_clear(IclListRows *rows)
{
    g_clear_pointer(&rows->paths, icl_names_free);
    g_clear_pointer(&rows->labels, icl_names_free);
    g_clear_pointer(&rows->groups, icl_names_free);
    g_clear_pointer(&rows->label, g_array_unref);
    g_clear_pointer(&rows->label_end, g_array_unref);
    g_clear_pointer(&rows->group, g_array_unref);
    g_clear_pointer(&rows->weight, g_array_unref);
    g_clear_pointer(&rows->part, g_array_unref);
}

bool icl_list_rows_read(IclListRows *rows, const char *path, GError **error)
{
    g_auto(IclCsv) csv = {0};

    if (!icl_csv_open(&csv, path, error) ||
        !(list_is_json(path) ? list_read_json : list_read_csv)(&csv, rows, error))
        return false;
    if (rows->part->len == 0)
        icl_csv_fail(&csv, error, "the list has no pictures");
    return rows->part->len > 0;
}

/* Moves the entries that stay together. */
static void array_keep(GArray *array, const bool *keep)
{
    size_t size = g_array_get_element_size(array);
    guint n = 0;

    for (guint i = 0; i < array->len; i++)
        if (keep[i])
            memmove(array->data + size * n++, array->data + size * i, size);
    g_array_set_size(array, n);
}

/* The labels of the rows that stay, and where they end then. */
static void labels_keep(IclListRows *rows, const bool *keep)
{
    int *label = (int *)rows->label->data, *end = (int *)rows->label_end->data;
    int from = 0, n = 0;

    for (guint i = 0; i < rows->label_end->len; i++) {
        int to = end[i];
        for (int l = from; keep[i] && l < to; l++)
            label[n++] = label[l];
        from = to;
        end[i] = n;
    }
    g_array_set_size(rows->label, (guint)n);
    array_keep(rows->label_end, keep);
}

void icl_list_rows_keep(IclListRows *rows, IclPart part)
{
    g_autofree bool *keep = g_new(bool, rows->part->len);

    for (guint i = 0; i < rows->part->len; i++)
        keep[i] = g_array_index(rows->part, uint8_t, i) == part;
    icl_names_keep(rows->paths, keep);
    if (rows->has_labels)
        labels_keep(rows, keep);
    else
        array_keep(rows->label, keep);
    array_keep(rows->group, keep);
    array_keep(rows->weight, keep);
    array_keep(rows->part, keep);
}
