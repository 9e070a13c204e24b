/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Names and numbers as tables, CSV and JSON want them. */
#pragma once

#include <stdio.h>

/* A field of a CSV row, in quotes where RFC 4180 wants them. */
void print_csv(FILE *to, const char *text);

/* A JSON string in quotes; bytes that are not UTF-8 become U+FFFD. */
void print_json(FILE *to, const char *text);

/* The digits that give back the very float; JSON's null where it is no number. */
void print_float(FILE *to, float value);

/* A column of a table on a terminal: followed by spaces up to `width` columns. What would move the
 * cursor or is not UTF-8 is shown as "?" or U+FFFD. */
void print_cell(FILE *to, const char *text, int width);
int text_columns(const char *text);
