/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "helpers.h"

#include <glib/gstdio.h>
#include <string.h>
#include <zlib.h>

char *test_folder_new(void)
{
    GError *error = NULL;
    char *path = g_dir_make_tmp("icl-data-XXXXXX", &error);

    g_assert_no_error(error);
    return path;
}

static void remove_tree(const char *path)
{
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);

    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        remove_tree(inner);
    }
    if (dir)
        g_dir_close(dir);
    g_remove(path);
}

void test_folder_remove(char *path)
{
    remove_tree(path);
    g_free(path);
}

static char *path_for(const char *root, const char *name)
{
    char *path = g_build_filename(root, name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);

    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    return path;
}

void test_write(const char *root, const char *name, const void *bytes, size_t size)
{
    g_autofree char *path = path_for(root, name);
    GError *error = NULL;

    g_file_set_contents(path, bytes, (gssize)size, &error);
    g_assert_no_error(error);
}

void test_write_gz(const char *root, const char *name, const void *bytes, size_t size)
{
    g_autofree char *path = path_for(root, name);
    gzFile file = gzopen(path, "wb");

    g_assert_nonnull(file);
    g_assert_cmpint(gzwrite(file, bytes, (unsigned)size), ==, (int)size);
    g_assert_cmpint(gzclose(file), ==, Z_OK);
}

void test_write_jpeg(const char *root, const char *name, int width, int height, uint8_t r,
                     uint8_t g, uint8_t b)
{
    g_autofree char *path = path_for(root, name);
    g_autofree uint8_t *pixels = g_new(uint8_t, 3 * width * height);
    IclFrame frame = {.format = ICL_PIXEL_RGB,
                      .range = ICL_RANGE_FULL,
                      .width = width,
                      .height = height,
                      .plane = {pixels},
                      .stride = {3 * width}};
    GError *error = NULL;

    for (int i = 0; i < width * height; i++)
        memcpy(pixels + 3 * i, (uint8_t[3]){r, g, b}, 3);
    icl_picture_save_jpeg(&frame, 95, path, &error);
    g_assert_no_error(error);
}

void test_error(GError *error, IclError code, const char *text)
{
    g_assert_error(error, ICL_ERROR, (int)code);
    if (!strstr(error->message, text))
        g_error("\"%s\" does not say \"%s\"", error->message, text);
    g_error_free(error);
}
