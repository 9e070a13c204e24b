/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Frames written as JPEG: upright, on black, and of the colours they had. */
#include <stdlib.h>

#include "helpers.h"
#include "jpeg_made.h"

typedef struct {
    const char *name;
    IclFrame frame;
    int width, height;
    uint8_t wanted[18]; /* RGB of the upright picture, or grey */
} Save;

static const uint8_t red_blue[] = {200, 10, 30, 20, 40, 220}; /* one beside the other */
static const uint8_t seen_unseen[] = {90, 90, 90, 255, 200, 200, 200, 0};
static const uint8_t greys[] = {90, 120, 90, 120, 90, 120};

#define FRAME(format, orientation, w, h, pixels, stride)                        \
    {                                                                           \
        format, ICL_MATRIX_BT601, true, orientation, w, h, {pixels}, { stride } \
    }

/* Sizes at which JPEG's 4:2:0 mixes no colours: one pixel wide or of one colour. */
static const Save saves[] = {
    {"rgb", FRAME(ICL_PIXEL_RGB, 1, 1, 1, red_blue, 3), 1, 1, {200, 10, 30}},
    {"grey", FRAME(ICL_PIXEL_GRAY8, 1, 2, 3, greys, 2), 2, 3, {90, 120, 90, 120, 90, 120}},
    {"grey-turned", FRAME(ICL_PIXEL_GRAY8, 6, 3, 2, greys, 3), 2, 3, {120, 90, 90, 120, 120, 90}},
    {"grey-mirrored", FRAME(ICL_PIXEL_GRAY8, 2, 2, 1, greys, 2), 2, 1, {120, 90}},
    {"alpha", FRAME(ICL_PIXEL_RGBA, 1, 2, 1, seen_unseen, 8), 2, 1, {90, 90, 90, 0, 0, 0}},
    {"bgr", FRAME(ICL_PIXEL_BGR, 1, 1, 1, red_blue, 3), 1, 1, {30, 10, 200}},
};

static void test_jpeg_save(const void *data)
{
    const Save *row = data;
    char *root = test_folder_new();
    g_autofree char *path = g_build_filename(root, "a.jpg", NULL);
    bool grey = row->frame.format == ICL_PIXEL_GRAY8;
    GError *error = NULL;
    IclPicture picture;

    icl_picture_save_jpeg(&row->frame, 100, path, &error);
    g_assert_no_error(error);
    icl_picture_load(path, &picture, &error);
    g_assert_no_error(error);
    g_assert_cmpint(picture.frame.format, ==, grey ? ICL_PIXEL_GRAY8 : ICL_PIXEL_I420);
    g_assert_cmpint(picture.frame.orientation, ==, 1);
    g_assert_cmpint(picture.frame.width, ==, row->width);
    g_assert_cmpint(picture.frame.height, ==, row->height);
    for (int i = 0; i < row->width * row->height; i++) {
        int rgb[3];
        test_frame_pixel(&picture.frame, i % row->width, i / row->width, rgb);
        for (int c = 0; c < (grey ? 1 : 3); c++)
            g_assert_cmpint(abs(rgb[c] - row->wanted[grey ? i : 3 * i + c]), <=, 3);
    }
    icl_picture_clear(&picture);
    test_folder_remove(root);
}

static void test_jpeg_save_nowhere(void)
{
    GError *error = NULL;

    g_assert_false(icl_picture_save_jpeg(&saves[0].frame, 90, "no/such/folder/a.jpg", &error));
    test_error(error, ICL_ERROR_FILE, "no/such/folder");
}

#define ADD_ROWS(prefix, rows, function)                                 \
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                    \
        g_autofree char *path = g_strconcat(prefix, rows[i].name, NULL); \
        g_test_add_data_func(path, &rows[i], function);                  \
    }

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/save/jpeg/", saves, test_jpeg_save)
    g_test_add_func("/save/nowhere", test_jpeg_save_nowhere);
    return g_test_run();
}
