/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The system would promise more than it has and end the process when it is touched. */
static bool fits(size_t bytes)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);

    return pages <= 0 || page <= 0 || bytes / (size_t)page < (size_t)pages;
}

void *icl_memory_new(size_t bytes, const char *what, GError **error)
{
    size_t rounded = icl_round_up(MAX(bytes, 1), ICL_ALIGN);
    void *memory = rounded < bytes || !fits(rounded) ? NULL : aligned_alloc(ICL_ALIGN, rounded);

    if (!memory) {
        g_set_error(
            error, ICL_ERROR, ICL_ERROR_MEMORY,
            "%s would need %.1f MiB of memory, more than there is; use a smaller batch, picture or "
            "network",
            what, bytes / 1048576.0);
        return NULL;
    }
    return memset(memory, 0, rounded);
}

void icl_memory_free(void *memory) { free(memory); }
