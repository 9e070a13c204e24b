/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "fixture.h"

#include <string.h>

/* --write-model FILE: the model of these tests for a test that is no C program. */
static int write_model(const char *path)
{
    g_autoptr(GError) error = NULL;

    if (fixture_write_model(path, &error))
        return 0;
    g_printerr("%s\n", error->message);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--write-model") == 0)
        return write_model(argv[2]);
    gst_init(&argc, &argv);
    g_test_init(&argc, &argv, NULL);
    fixture_open();
    add_element_tests();
    add_frame_tests();
    add_layout_tests();
    add_lie_tests();
    add_orientation_tests();
    add_parity_tests();
    add_pipeline_tests();
    add_result_tests();
    add_stream_tests();
    int failed = g_test_run();
    fixture_close();
    return failed;
}
