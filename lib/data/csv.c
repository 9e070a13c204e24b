/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "csv.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

enum { ROW_MAX = 1 << 20 };

void icl_csv_fail(const IclCsv *csv, GError **error, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    g_set_error(error, ICL_ERROR, ICL_ERROR_DATA, "%s:%d: %s", csv->path, csv->line, text);
}

static bool csv_skip_mark(IclCsv *csv, GError **error)
{
    int first = getc_unlocked(csv->file), second, third;

    if (first != 0xef && first != 0xfe && first != 0xff) {
        ungetc(first, csv->file);
        return true;
    }
    second = getc_unlocked(csv->file);
    third = first == 0xef ? getc_unlocked(csv->file) : EOF;
    if (second == 0xbb && third == 0xbf)
        return true;
    icl_csv_fail(csv, error, "is not UTF-8 text%s; save it as UTF-8",
                 first + second == 0xfe + 0xff ? " but UTF-16" : "");
    return false;
}

bool icl_csv_open(IclCsv *csv, const char *path, GError **error)
{
    *csv = (IclCsv){.file = fopen(path, "re"), .path = g_strdup(path), .line = 1, .at_line = 1};
    csv->text = g_string_new(NULL);
    csv->start = g_array_new(FALSE, FALSE, sizeof(size_t));
    if (csv->file)
        return csv_skip_mark(csv, error);
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be read: %s", path,
                g_strerror(errno));
    return false;
}

void icl_csv_close(IclCsv *csv)
{
    if (csv->file)
        fclose(csv->file);
    if (csv->text)
        g_string_free(csv->text, TRUE);
    if (csv->start)
        g_array_unref(csv->start);
    g_free(csv->path);
    *csv = (IclCsv){0};
}

int icl_csv_fields(const IclCsv *csv) { return (int)csv->start->len; }

const char *icl_csv_field(const IclCsv *csv, int i)
{
    return csv->text->str + g_array_index(csv->start, size_t, i);
}

static void csv_begin_row(IclCsv *csv)
{
    csv->line = csv->at_line;
    g_string_truncate(csv->text, 0);
    g_array_set_size(csv->start, 0);
}

static void csv_begin_field(IclCsv *csv) { g_array_append_val(csv->start, csv->text->len); }

/* The next byte, a line end always as "\n"; counts lines. */
static int csv_next(IclCsv *csv)
{
    int c = getc_unlocked(csv->file);

    if (c == '\r') {
        int after = getc_unlocked(csv->file);
        if (after != '\n' && after != EOF)
            ungetc(after, csv->file);
        c = '\n';
    }
    csv->at_line += c == '\n';
    return c;
}

static bool csv_take(IclCsv *csv, int c, GError **error)
{
    if (c == '\0') {
        icl_csv_fail(csv, error, "holds a zero byte, so that it is no text; save it as UTF-8");
        return false;
    }
    if (csv->text->len >= ROW_MAX) {
        icl_csv_fail(csv, error, "is longer than a row may be, %d bytes; is a quote missing?",
                     ROW_MAX);
        return false;
    }
    g_string_append_c(csv->text, (char)c);
    return true;
}

/* From behind the first quote to behind the last; the byte that follows. EOF with an error. */
static int csv_quoted(IclCsv *csv, GError **error)
{
    for (;;) {
        int c = csv_next(csv);
        if (c == '"' && (c = csv_next(csv)) != '"')
            return c;
        if (c == EOF) {
            icl_csv_fail(csv, error, "a quote (\") is not closed until the file's end");
            return EOF;
        }
        if (!csv_take(csv, c, error))
            return EOF;
    }
}

/* The separator is the first of these that the first row holds outside quotes. */
static bool csv_separates(IclCsv *csv, int c)
{
    if (!csv->separator && (c == ',' || c == ';' || c == '\t'))
        csv->separator = (char)c;
    return csv->separator && c == csv->separator;
}

/* One field; the byte that ended it: a separator, '\n' or EOF. False with an error. */
static bool csv_field(IclCsv *csv, int *end, GError **error)
{
    GError *failure = NULL;
    int c = csv_next(csv);

    csv_begin_field(csv);
    if (c == '"') {
        c = csv_quoted(csv, &failure);
        if (!failure && c != EOF && c != '\n' && !csv_separates(csv, c))
            icl_csv_fail(csv, &failure,
                         "a field goes on after its closing quote; a quote inside is written "
                         "twice");
    } else {
        for (; c != EOF && c != '\n' && !csv_separates(csv, c); c = csv_next(csv))
            if (!csv_take(csv, c, &failure))
                break;
    }
    if (failure) {
        g_propagate_error(error, failure);
        return false;
    }
    *end = c;
    g_string_append_c(csv->text, '\0');
    return true;
}

/* At the end of the file, or where it cannot be read. */
static IclCsvStatus csv_end(const IclCsv *csv, GError **error)
{
    if (!ferror(csv->file))
        return ICL_CSV_END;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be read: %s", csv->path,
                g_strerror(errno));
    return ICL_CSV_FAILED;
}

static bool csv_is_empty(const IclCsv *csv)
{
    return csv->start->len == 1 && !*icl_csv_field(csv, 0);
}

IclCsvStatus icl_csv_row(IclCsv *csv, GError **error)
{
    int end;

    do {
        csv_begin_row(csv);
        do {
            if (!csv_field(csv, &end, error))
                return ICL_CSV_FAILED;
        } while (end != '\n' && end != EOF);
        if (end == EOF && csv_is_empty(csv))
            return csv_end(csv, error);
    } while (csv_is_empty(csv));
    if (!csv->separator)
        csv->separator = ','; /* a first row of one field has settled it */
    return ICL_CSV_ROW;
}

IclCsvStatus icl_csv_line(IclCsv *csv, GError **error)
{
    int c;

    do {
        csv_begin_row(csv);
        csv_begin_field(csv);
        while ((c = csv_next(csv)) != EOF && c != '\n')
            if (!csv_take(csv, c, error))
                return ICL_CSV_FAILED;
        g_string_append_c(csv->text, '\0');
        if (c == EOF && csv_is_empty(csv))
            return csv_end(csv, error);
    } while (csv_is_empty(csv));
    return ICL_CSV_ROW;
}
