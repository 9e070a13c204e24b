/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Orientation: a frame as stored gives what its turned pixels give. Where rows stay rows, that is
 * equal to the bit; where they become columns, the two passes change places, which may show in the
 * last bits of a sum. */
#include <math.h>
#include <string.h>

#include "frames.h"
#include "helpers.h"
#include "orient.h"

static const double bound = 1e-3; /* in levels of 0..255, where rows become columns */

/* Where in the frame, w x h as stored, pixel x, y of the upright picture lies. */
static void stored_place(int orientation, int w, int h, int x, int y, int *sx, int *sy)
{
    bool swapped = orientation >= 5;
    bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    bool from_below = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;

    *sx = swapped ? y : x;
    *sy = swapped ? x : y;
    *sx = from_right ? w - 1 - *sx : *sx;
    *sy = from_below ? h - 1 - *sy : *sy;
}

/* The upright picture of a frame, its samples moved. */
static TestFrame frame_turned(const TestFrame *stored, int orientation)
{
    const IclFrame *in = &stored->frame;
    bool swapped = orientation >= 5;
    TestFrame out = frame_new(in->format, swapped ? in->height : in->width,
                              swapped ? in->width : in->height, 1);

    for (int c = 0; c < test_formats[in->format].channels; c++)
        for (int y = 0; y < frame_rows(&out, c); y++)
            for (int x = 0; x < frame_columns(&out, c); x++) {
                int sx, sy;
                stored_place(orientation, frame_columns(stored, c), frame_rows(stored, c), x, y,
                             &sx, &sy);
                frame_set(&out, c, x, y, frame_get(stored, c, sx, sy));
            }
    return out;
}

static void compare_turned(const TestFrame *stored, const TestFrame *upright, int recipe)
{
    int n, m, channels = recipe % 2 ? 1 : 3;
    g_autofree float *got = run_recipe(test_recipes[recipe], channels, &stored->frame, &n);
    g_autofree float *want = run_recipe(test_recipes[recipe], channels, &upright->frame, &m);

    if (stored->frame.orientation >= 5)
        for (int i = 0; i < n; i++)
            g_assert_cmpfloat_with_epsilon(got[i], want[i], bound);
    else
        g_assert_cmpmem(got, n * sizeof *got, want, m * sizeof *want);
}

enum { STRIP = 8192 }; /* what is wider goes in strips */

/* Even sizes, so that halved planes can be turned too. */
static const struct {
    int w, h;
} sizes[] = {{2, 2}, {8, 2}, {14, 10}, {16, 16}, {34, 18}, {64, 4}, {8202, 4}};

static void turned_pixels(const void *data)
{
    IclPixelFormat format = GPOINTER_TO_INT(data);
    const TestChannel *chroma = &test_formats[format].channel[1];

    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++)
        for (int orientation = 1; orientation <= 8; orientation++) {
            if (orientation >= 5 && chroma->shift_x != chroma->shift_y)
                continue;
            TestFrame stored = frame_new(format, sizes[s].w, sizes[s].h, 3);
            TestFrame upright = frame_turned(&stored, orientation);
            stored.frame.orientation = orientation;
            for (int recipe = 0; recipe < n_test_recipes; recipe++)
                if (sizes[s].w < STRIP || recipe == orientation % n_test_recipes)
                    compare_turned(&stored, &upright, recipe);
            frame_clear(&stored);
            frame_clear(&upright);
        }
}

/* Of odd sizes the last chroma sample stands for fewer pixels, and no turned frame has it first:
 * but the result can be turned. */
static void turned_result(const void *data)
{
    IclPixelFormat format = GPOINTER_TO_INT(data);
    static const char *const ways[] = {"stretch [6 9]", "stretch [9 6]"};
    TestFrame frame = frame_new(format, 13, 7, 0);
    int n;
    g_autofree float *plain = run_recipe(ways[0], 3, &frame.frame, &n);

    for (int orientation = 1; orientation <= 8; orientation++) {
        bool swapped = orientation >= 5;
        int w = swapped ? 6 : 9, h = swapped ? 9 : 6, sx, sy;
        frame.frame.orientation = orientation;
        g_autofree float *got = run_recipe(ways[swapped], 3, &frame.frame, &n);
        for (int i = 0; i < n / 3; i++) {
            stored_place(orientation, 9, 6, i % w, i / w, &sx, &sy);
            for (int c = 0; c < 3; c++)
                g_assert_cmpfloat_with_epsilon(got[3 * i + c], plain[3 * (sy * 9 + sx) + c], bound);
        }
        g_assert_cmpint(n, ==, h * w * 3);
    }
    frame_clear(&frame);
}

/* The corners of a box of the upright picture lie at the corners of the stored box. */
static void stored_box(void)
{
    enum { WIDTH = 30, HEIGHT = 20 };
    const IclBox box = {3, 5, 7, 11};

    for (int orientation = 1; orientation <= 8; orientation++) {
        IclBox stored = icl_box_stored(&box, orientation, WIDTH, HEIGHT);
        int x[2], y[2];
        stored_place(orientation, WIDTH, HEIGHT, box.x, box.y, &x[0], &y[0]);
        stored_place(orientation, WIDTH, HEIGHT, box.x + box.w - 1, box.y + box.h - 1, &x[1],
                     &y[1]);
        g_assert_cmpint(stored.x, ==, MIN(x[0], x[1]));
        g_assert_cmpint(stored.y, ==, MIN(y[0], y[1]));
        g_assert_cmpint(stored.x + stored.w - 1, ==, MAX(x[0], x[1]));
        g_assert_cmpint(stored.y + stored.h - 1, ==, MAX(y[0], y[1]));
    }
}

static void unknown_is_upright(void)
{
    static const int numbers[] = {1, 0, -1, 9, G_MAXINT};
    TestFrame frame = frame_new(ICL_PIXEL_RGB, 9, 5, 0);
    int n;
    g_autofree float *want = run_recipe("crop 4", 3, &frame.frame, &n);

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        frame.frame.orientation = numbers[i];
        g_autofree float *got = run_recipe("crop 4", 3, &frame.frame, &n);
        g_assert_cmpmem(got, n * sizeof *got, want, n * sizeof *want);
    }
    frame_clear(&frame);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int format = 0; format < ICL_PIXEL_FORMATS; format++) {
        const char *name = test_formats[format].name;
        g_autofree char *pixels = g_strconcat("/orient/pixels/", name, NULL);
        g_autofree char *result = g_strconcat("/orient/result/", name, NULL);
        g_test_add_data_func(pixels, GINT_TO_POINTER(format), turned_pixels);
        g_test_add_data_func(result, GINT_TO_POINTER(format), turned_result);
    }
    g_test_add_func("/orient/stored-box", stored_box);
    g_test_add_func("/orient/unknown-is-upright", unknown_is_upright);
    return g_test_run();
}
