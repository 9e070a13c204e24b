/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

void *icl_memory_new(size_t bytes, const char *what, GError **error)
{
    size_t rounded = icl_round_up(MAX(bytes, 1), ICL_ALIGN);
    void *memory = rounded < bytes ? NULL : aligned_alloc(ICL_ALIGN, rounded);

    if (!memory) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_MEMORY, "%s needs %.1f MiB of memory, which the system refused",
                    what, bytes / 1048576.0);
        return NULL;
    }
    return memset(memory, 0, rounded);
}

void icl_memory_free(void *memory) { free(memory); }
