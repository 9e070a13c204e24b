/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <icl/error.h>

enum { ICL_ALIGN = 64 }; /* bytes: a cache line, and the widest vector */

static inline size_t icl_round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

/* `bytes` of zeroed memory at ICL_ALIGN; NULL with ICL_ERROR_MEMORY, naming `what` it was for. */
void *icl_memory_new(size_t bytes, const char *what, GError **error);
void icl_memory_free(void *memory); /* accepts NULL */

/* a * b, or false where it would overflow. */
static inline bool icl_size_multiply(size_t a, size_t b, size_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}
