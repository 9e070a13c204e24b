/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ICL_IDX_DIMS_MAX = 4 };

typedef struct IclIdxArray {
    int dims, size[ICL_IDX_DIMS_MAX];
    uint8_t *bytes; /* [n_bytes]; g_free() it, also after a failure */
    size_t n_bytes;
} IclIdxArray;

/* Reads a file of bytes in `dims` dimensions, plain or .gz, into a zeroed array. A fourth dimension
 * is 1 or 3 channels. ICL_ERROR_FILE, ICL_ERROR_FORMAT where it is broken, ICL_ERROR_MEMORY. */
bool icl_idx_read(const char *path, int dims, IclIdxArray *array, GError **error);
