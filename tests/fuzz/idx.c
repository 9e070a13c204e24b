/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * IDX files, plain or gzip, as labels and as images. They are read by name: the bytes lie in a file
 * in memory. */
#include <glib.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "idx_array.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);

    g_assert_cmpint(write(fd, data, size), ==, (gssize)size);
    for (int dims = 1; dims <= ICL_IDX_DIMS_MAX; dims++) {
        g_autoptr(GError) error = NULL;
        IclIdxArray array = {0};
        bool ok = icl_idx_read(path, dims, &array, &error);
        g_assert_true(ok == (error == NULL));
        g_free(array.bytes);
    }
    close(fd);
    return 0;
}
