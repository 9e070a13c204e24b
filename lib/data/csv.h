/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Rows of a text file, one after another, without holding the file: comma-separated values
 * (RFC 4180: fields in quotes may hold commas, line ends, and quotes written twice), or plain
 * lines. The separator is the comma, semicolon or tab that the first row has. */
#pragma once

#include <icl/error.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct IclCsv {
    FILE *file;
    char *path; /* for messages */
    int line;   /* that the last row began on, from 1 */
    /* The rest is its own. */
    int at_line; /* that is being read */
    char separator;
    GString *text; /* the row's fields, each with a NUL */
    GArray *start; /* of size_t: where each begins */
} IclCsv;

typedef enum { ICL_CSV_ROW, ICL_CSV_END, ICL_CSV_FAILED } IclCsvStatus;

/* A byte order mark is skipped, and UTF-16 refused. */
bool icl_csv_open(IclCsv *csv, const char *path, GError **error);
void icl_csv_close(IclCsv *csv); /* accepts a zeroed one */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IclCsv, icl_csv_close)

/* The next row that is not empty; a row is 1 MiB at most. */
IclCsvStatus icl_csv_row(IclCsv *csv, GError **error);
int icl_csv_fields(const IclCsv *csv);
const char *icl_csv_field(const IclCsv *csv, int i); /* until the next row */

/* The next line that is not empty, as the one field of a row. */
IclCsvStatus icl_csv_line(IclCsv *csv, GError **error);

/* Sets an error "PATH:LINE: ...", about the row last read. */
void icl_csv_fail(const IclCsv *csv, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
