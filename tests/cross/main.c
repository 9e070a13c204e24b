/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The kernels' tests without their benches. */
#include "kernels_test.h"

#define ADD_TESTS(name) name##_tests();

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    KERNEL_FAMILIES(ADD_TESTS)
    return g_test_run();
}
