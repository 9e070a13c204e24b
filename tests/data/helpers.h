/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Folders to write test data into, and checks of errors. */
#pragma once

#include <icl/frame.h>

char *test_folder_new(void);         /* a fresh temporary folder */
void test_folder_remove(char *path); /* with all in it; frees the path */

/* Writes root/name, making folders on the way. */
void test_write(const char *root, const char *name, const void *bytes, size_t size);
void test_write_gz(const char *root, const char *name, const void *bytes, size_t size);

/* Writes root/name as a JPEG file of one colour. */
void test_write_jpeg(const char *root, const char *name, int width, int height, uint8_t r,
                     uint8_t g, uint8_t b);

/* Asserts that `error` is of this code and says `text`, then frees it. */
void test_error(GError *error, IclError code, const char *text);

/* A pattern that no symmetry maps to itself. */
static inline uint8_t test_pattern(int x, int y) { return (uint8_t)(x * 37 + y * 91 + x * y * 13); }
