/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * icltrain: a program of its own, because it runs under the thread sanitizer too. */
#include "train.h"

int main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    g_test_init(&argc, &argv, NULL);
    fixture_open();
    train_write_network();
    add_train_property_tests();
    add_train_label_tests();
    add_train_file_tests();
    add_train_byte_tests();
    add_train_end_tests();
    add_train_stream_tests();
    add_train_fashion_tests();
    int failed = g_test_run();
    fixture_close();
    return failed;
}
