/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The corpus of a target as tests, one a file: what fuzzing has found stays found. */
#include <glib.h>

#include "target.h"

static void replay(gconstpointer path)
{
    g_autofree char *bytes = NULL;
    GError *error = NULL;
    gsize size;

    g_file_get_contents(path, &bytes, &size, &error);
    g_assert_no_error(error);
    g_autofree uint8_t *exact = g_memdup2(bytes, size); /* no zero byte behind it */
    LLVMFuzzerTestOneInput(exact, size);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 2);
    g_autoptr(GDir) dir = g_dir_open(argv[1], 0, NULL);
    g_assert_nonnull(dir);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *test = g_strconcat("/replay/", name, NULL);
        g_test_add_data_func_full(test, g_build_filename(argv[1], name, NULL), replay, g_free);
    }
    return g_test_run();
}
