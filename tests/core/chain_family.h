/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A family of layers without arithmetic, and a visitor that writes down what it sees. */
#pragma once

#include "chain.h"

extern const IclFamily test_layers;

/* What an expansion showed, one entry a step, separated by spaces (paths, wires) or "; " (steps).
 */
typedef struct {
    GString *paths; /* unit1.conv2d */
    GString *wires; /* conv2d(-1) add(0,1) */
    GString *steps; /* conv2d 3 stride=2 */
    GArray *channels;
    int n_steps;
} TestRecord;

/* Parses `text` as the file "test", sets $classes to 10 and expands. NULL with an error. */
TestRecord *test_expand(const char *text, GError **error);
void test_record_free(TestRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestRecord, test_record_free)

void test_add_errors(void);
void test_add_limits(void);
