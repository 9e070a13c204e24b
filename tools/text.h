/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <stdio.h>

/* A field of a CSV row, in quotes where RFC 4180 wants them. */
void print_csv(FILE *to, const char *text);

/* A JSON string in quotes; bytes that are not UTF-8 become U+FFFD. */
void print_json(FILE *to, const char *text);
