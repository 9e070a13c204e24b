/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The rows of a list of pictures: CSV with a header, or JSON lines. They are read once, and of a
 * picture no more is kept than its path and some numbers. A list is multi-label where its column is
 * called "labels": "cat|dog" in CSV, an array of texts in JSON. */
#pragma once

#include <icl/dataset.h>

#include "names.h"

typedef struct IclListRows {
    IclNames *paths, *labels, *groups; /* paths: a row each; the others where they first come */
    GArray *label, *group;             /* of int: numbers of names; a row each */
    GArray *label_end;                 /* of int: of a multi-label list, where a row's labels end */
    GArray *weight, *part;             /* of float, and of uint8_t: IclPart */
    bool has_labels;                   /* it is multi-label: a row has any number of them */
    bool has_weight, has_group;        /* else these two are empty */
    unsigned there;                    /* parts, a bit each */
} IclListRows;

void icl_list_rows_init(IclListRows *rows);
void icl_list_rows_clear(IclListRows *rows);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IclListRows, icl_list_rows_clear)

/* At least one row; errors are "PATH:LINE: ...". */
bool icl_list_rows_read(IclListRows *rows, const char *path, GError **error);
/* Forgets the rows of other parts. */
void icl_list_rows_keep(IclListRows *rows, IclPart part);
