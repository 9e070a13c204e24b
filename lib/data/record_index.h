/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What a packed file says of its pictures, checked: all but their names and bytes. */
#pragma once

#include "record.h"

typedef struct IclRecordIndex {
    const char *path; /* the caller's */
    int file;         /* descriptor, or -1 */
    IclRecordHead head;
    IclRecordRow *rows; /* [head.n], numbers as this machine has them, as in `head` */
    int32_t *sets;      /* [head.n_sets]: of a multi-label file, the classes of each picture,
                           ascending, one picture's after another's */
    char **labels;      /* [head.classes], NULL-terminated */
} IclRecordIndex;

/* Opens the file and reads all of it; what a failure leaves is for clear, too. */
bool icl_record_index_open(IclRecordIndex *index, const char *path, GError **error);
/* The head alone. */
bool icl_record_index_begin(IclRecordIndex *index, const char *path, GError **error);
void icl_record_index_clear(IclRecordIndex *index);

/* `n` bytes from `at` on. */
bool icl_record_read(const IclRecordIndex *index, uint64_t at, void *bytes, size_t n,
                     GError **error);

/* Where the names begin in the file. */
static inline uint64_t icl_record_names(const IclRecordIndex *index)
{
    return index->head.size - index->head.n_names;
}
