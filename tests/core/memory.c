/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "memory.h"

/* Around the size from which the system maps it. */
static const size_t sizes[] = {
    0, 1, 63, 64, 65, 4096, (4 << 20) - 65, (4 << 20) - 64, 4 << 20, (6 << 20) + 1};

static void check_block(size_t bytes)
{
    unsigned char *memory = icl_memory_new(bytes, "a block", NULL);

    g_assert_nonnull(memory);
    g_assert_cmpint((uintptr_t)memory % ICL_ALIGN, ==, 0);
    for (size_t i = 0; i < bytes; i++)
        g_assert_cmpint(memory[i], ==, 0);
    memset(memory, 255, bytes);
    icl_memory_free(memory);
}

/* Twice: what comes back from an earlier block is zero again. */
static void blocks_are_aligned_and_zero(void)
{
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(sizes); i++)
        check_block(sizes[i / 2]);
    icl_memory_free(NULL);
}

static void too_much_is_an_error(void)
{
    static const size_t excessive[] = {SIZE_MAX, SIZE_MAX - 64, SIZE_MAX / 2, (size_t)1 << 50};

    for (size_t i = 0; i < G_N_ELEMENTS(excessive); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(icl_memory_new(excessive[i], "a block", &error));
        g_assert_error(error, ICL_ERROR, ICL_ERROR_MEMORY);
        g_assert_true(g_str_has_prefix(error->message, "a block would need "));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory/aligned-and-zero", blocks_are_aligned_and_zero);
    g_test_add_func("/memory/too-much", too_much_is_an_error);
    return g_test_run();
}
