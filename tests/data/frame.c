/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * icl_frame_check(): what may be looked at, and what is said of the rest. */
#include <icl/frame.h>
#include <string.h>

static const uint8_t pixels[64];

#define P pixels

typedef struct Row {
    const char *name;
    IclFrame frame;
    const char *message; /* NULL: nothing is wrong */
} Row;

static const Row rows[] = {
    {"rgb", {.format = ICL_PIXEL_RGB, .width = 3, .height = 2, .plane = {P}, .stride = {9}}, NULL},
    {"rgb-bottom-up",
     {.format = ICL_PIXEL_RGB, .width = 3, .height = 2, .plane = {P + 32}, .stride = {-9}},
     NULL},
    {"rgb-narrow",
     {.format = ICL_PIXEL_RGB, .width = 3, .height = 2, .plane = {P}, .stride = {8}},
     "frame: plane 0 has a stride of 8 bytes, and a row of 3 pixels has 9"},
    {"rgba",
     {.format = ICL_PIXEL_RGBA, .width = 3, .height = 2, .plane = {P}, .stride = {12}},
     NULL},
    {"rgba-narrow",
     {.format = ICL_PIXEL_RGBA, .width = 3, .height = 2, .plane = {P}, .stride = {11}},
     "has 12"},
    {"i420-odd",
     {.format = ICL_PIXEL_I420, .width = 3, .height = 3, .plane = {P, P, P}, .stride = {3, 2, 2}},
     NULL},
    {"i420-narrow-chroma",
     {.format = ICL_PIXEL_I420, .width = 3, .height = 3, .plane = {P, P, P}, .stride = {3, 2, 1}},
     "plane 2 has a stride of 1 bytes"},
    {"i420-two-planes",
     {.format = ICL_PIXEL_I420, .width = 3, .height = 3, .plane = {P, P}, .stride = {3, 2, 2}},
     "plane 2 is missing"},
    {"nv12",
     {.format = ICL_PIXEL_NV12, .width = 3, .height = 3, .plane = {P, P}, .stride = {3, 4}},
     NULL},
    {"p010-narrow",
     {.format = ICL_PIXEL_P010_10LE, .width = 3, .height = 3, .plane = {P, P}, .stride = {5, 8}},
     "a row of 3 pixels has 6"},
    {"yuy2-odd",
     {.format = ICL_PIXEL_YUY2, .width = 3, .height = 1, .plane = {P}, .stride = {8}},
     NULL},
    {"yuy2-odd-narrow",
     {.format = ICL_PIXEL_YUY2, .width = 3, .height = 1, .plane = {P}, .stride = {6}},
     "has 8"},
    {"no-size", {.format = ICL_PIXEL_RGB, .plane = {P}}, "0 x 0 pixels"},
    {"too-large",
     {.format = ICL_PIXEL_RGB, .width = 1 << 30, .height = 1, .plane = {P}, .stride = {9}},
     "1073741824 x 1 pixels"},
    {"no-format",
     {.format = (IclPixelFormat)99, .width = 1, .height = 1, .plane = {P}, .stride = {9}},
     "pixel format 99"},
    {"no-matrix",
     {.matrix = (IclColorMatrix)-1, .width = 1, .height = 1, .plane = {P}, .stride = {9}},
     "colour matrix -1"},
};

static void frame_is_checked(const void *data)
{
    const Row *row = data;
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(icl_frame_check(&row->frame, &error), ==, !row->message);
    if (row->message)
        g_assert_nonnull(strstr(error->message, row->message));
    else
        g_assert_no_error(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/frame/", rows[i].name, NULL);
        g_test_add_data_func(path, &rows[i], frame_is_checked);
    }
    return g_test_run();
}
