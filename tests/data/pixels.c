/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pixel formats: the numbers of the standards, every format against the others and against pictures
 * that the tests convert themselves. */
#include <math.h>
#include <string.h>

#include "frames.h"

/* YUV of one colour to RGB; the numbers are those of the standards, rounded to 8 bits. */
typedef struct {
    const char *name;
    IclColorMatrix matrix;
    bool full_range;
    uint8_t yuv[3], rgb[3];
} Colour;

static const Colour colours[] = {
    {"601-white", ICL_MATRIX_BT601, false, {235, 128, 128}, {255, 255, 255}},
    {"601-black", ICL_MATRIX_BT601, false, {16, 128, 128}, {0, 0, 0}},
    {"601-below-black", ICL_MATRIX_BT601, false, {1, 128, 128}, {0, 0, 0}},
    {"601-red", ICL_MATRIX_BT601, false, {81, 90, 240}, {255, 0, 0}},
    {"601-green", ICL_MATRIX_BT601, false, {145, 54, 34}, {0, 255, 0}},
    {"601-blue", ICL_MATRIX_BT601, false, {41, 240, 110}, {0, 0, 255}},
    {"601-reddish", ICL_MATRIX_BT601, false, {100, 128, 196}, {206, 43, 98}},
    {"601-bluish", ICL_MATRIX_BT601, false, {100, 196, 128}, {98, 71, 235}},
    {"709-white", ICL_MATRIX_BT709, false, {235, 128, 128}, {255, 255, 255}},
    {"709-red", ICL_MATRIX_BT709, false, {63, 102, 240}, {255, 0, 0}},
    {"709-green", ICL_MATRIX_BT709, false, {173, 42, 26}, {0, 255, 0}},
    {"709-blue", ICL_MATRIX_BT709, false, {32, 240, 118}, {0, 0, 255}},
    {"2020-white", ICL_MATRIX_BT2020, false, {235, 128, 128}, {255, 255, 255}},
    {"2020-red", ICL_MATRIX_BT2020, false, {74, 97, 240}, {255, 0, 0}},
    {"2020-green", ICL_MATRIX_BT2020, false, {164, 47, 25}, {0, 255, 0}},
    {"2020-blue", ICL_MATRIX_BT2020, false, {29, 240, 119}, {0, 0, 255}},
    {"jpeg-white", ICL_MATRIX_BT601, true, {255, 128, 128}, {255, 255, 255}},
    {"jpeg-grey", ICL_MATRIX_BT601, true, {16, 128, 128}, {16, 16, 16}},
    {"jpeg-red", ICL_MATRIX_BT601, true, {76, 85, 255}, {254, 0, 0}},
    {"jpeg-green", ICL_MATRIX_BT601, true, {150, 44, 21}, {0, 255, 1}},
    {"jpeg-blue", ICL_MATRIX_BT601, true, {29, 255, 107}, {0, 0, 254}},
    {"709-full-grey", ICL_MATRIX_BT709, true, {99, 128, 128}, {99, 99, 99}},
};

static void colour_is_right(const void *data)
{
    const Colour *row = data;
    uint8_t y[4];
    IclFrame frame = {.format = ICL_PIXEL_I420,
                      .matrix = row->matrix,
                      .range = row->full_range ? ICL_RANGE_FULL : ICL_RANGE_LIMITED,
                      .width = 2,
                      .height = 2,
                      .plane = {y, &row->yuv[1], &row->yuv[2]},
                      .stride = {2, 1, 1}};
    int n;

    memset(y, row->yuv[0], sizeof y);
    g_autofree float *rgb = run_recipe("resize [3 3]", 3, &frame, &n);
    for (int i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon(rgb[i], row->rgb[i % 3], 1.3);
    g_autofree float *grey = run_recipe("resize [3 3]", 1, &frame, &n);
    float luma = row->full_range ? row->yuv[0] : (row->yuv[0] - 16) * 255 / 219.0f;
    for (int i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon(grey[i], CLAMP(luma, 0, 255), 1e-3);
}

/* 10 bits of one colour, BT.601. */
typedef struct {
    const char *name;
    bool full_range;
    int yuv[3];
    double rgb[3];
} Deep;

static const Deep deeps[] = {
    {"black", false, {64, 512, 512}, {0, 0, 0}},
    {"white", false, {940, 512, 512}, {255, 255, 255}},
    {"below-black", false, {4, 512, 512}, {0, 0, 0}},
    {"between-levels", false, {503, 512, 512}, {127.7911, 127.7911, 127.7911}},
    {"one-step-of-v", false, {502, 512, 513}, {127.8990, 127.2968, 127.5}},
    {"one-step-of-u", false, {502, 513, 512}, {127.5, 127.4021, 128.0043}},
    {"full-black", true, {0, 512, 512}, {0, 0, 0}},
    {"full-white", true, {1023, 512, 512}, {255, 255, 255}},
    {"full-between", true, {514, 512, 512}, {128.1232, 128.1232, 128.1232}},
    {"full-one-step-of-v", true, {512, 512, 513}, {127.9741, 127.4466, 127.6246}},
};

static void deep_is_exact(const void *data)
{
    static const IclPixelFormat formats[] = {ICL_PIXEL_I420_10LE, ICL_PIXEL_P010_10LE};
    const Deep *row = data;

    for (size_t f = 0; f < G_N_ELEMENTS(formats); f++) {
        TestFrame frame = frame_new(formats[f], 2, 2, 0);
        int n, unit = test_formats[formats[f]].unit / 4;
        frame.frame.range = row->full_range ? ICL_RANGE_FULL : ICL_RANGE_LIMITED;
        for (int c = 0; c < 3; c++)
            for (int i = 0; i < frame_columns(&frame, c) * frame_rows(&frame, c); i++)
                frame_set(&frame, c, i % 2, i / 2, row->yuv[c] * unit);
        g_autofree float *out = run_recipe("resize [3 3]", 3, &frame.frame, &n);
        for (int i = 0; i < n; i++)
            g_assert_cmpfloat_with_epsilon(out[i], row->rgb[i % 3], 1e-3);
        frame_clear(&frame);
    }
}

/* The range that is meant where none is said. */
static void a_range_is_usual(void)
{
    static const uint8_t in[4] = {16, 235, 0, 255}, middle[4] = {128, 128, 128, 128};
    IclFrame grey = {
        .format = ICL_PIXEL_GRAY8, .width = 4, .height = 1, .plane = {in}, .stride = {4}};
    IclFrame yuv = {.format = ICL_PIXEL_Y444,
                    .width = 4,
                    .height = 1,
                    .plane = {in, middle, middle},
                    .stride = {4, 4, 4}};
    int n;
    g_autofree float *wide = run_recipe("crop [1 4]", 1, &grey, &n);
    g_autofree float *narrow = run_recipe("crop [1 4]", 1, &yuv, &n);

    for (int i = 0; i < 4; i++)
        g_assert_cmpfloat(wide[i], ==, in[i]);
    grey.range = ICL_RANGE_LIMITED;
    g_autofree float *grey_narrow = run_recipe("crop [1 4]", 1, &grey, &n);
    for (int i = 0; i < 4; i++)
        g_assert_cmpfloat(narrow[i], ==, grey_narrow[i]);
    g_assert_cmpfloat_with_epsilon(narrow[0], 0, 1e-4);
    g_assert_cmpfloat_with_epsilon(narrow[1], 255, 1e-4);
    g_assert_cmpfloat(narrow[2], ==, 0); /* clamped */
    g_assert_cmpfloat(narrow[3], ==, 255);
}

static void channels_are_converted(void)
{
    static const uint8_t rgb[3] = {200, 100, 50};
    IclFrame frame = {.matrix = ICL_MATRIX_BT709,
                      .range = ICL_RANGE_FULL,
                      .width = 1,
                      .height = 1,
                      .plane = {rgb},
                      .stride = {3}};
    int n;

    frame.format = ICL_PIXEL_RGB;
    g_autofree float *a = run_recipe("crop 1", 3, &frame, &n);
    g_autofree float *grey = run_recipe("crop 1", 1, &frame, &n);
    frame.format = ICL_PIXEL_BGR;
    g_autofree float *b = run_recipe("crop 1", 3, &frame, &n);
    frame.format = ICL_PIXEL_GRAY8;
    g_autofree float *copied = run_recipe("crop 1", 3, &frame, &n);

    g_assert_cmpmem(a, 12, ((float[]){200, 100, 50}), 12);
    g_assert_cmpmem(b, 12, ((float[]){50, 100, 200}), 12);
    g_assert_cmpfloat_with_epsilon(grey[0], 0.299 * 200 + 0.587 * 100 + 0.114 * 50, 1e-4);
    g_assert_cmpmem(copied, 12, ((float[]){200, 200, 200}), 12);
}

/* The last is wider than a strip in every format. */
static const struct {
    int w, h;
} sizes[] = {{1, 1}, {2, 2}, {3, 1}, {1, 4}, {13, 9}, {16, 16}, {33, 17}, {64, 3}, {8201, 2}};

/* The same samples, rows close together or far apart, in a format or in the one that its table row
 * names: the same bits. */
static void samples_decide(const void *data)
{
    IclPixelFormat format = GPOINTER_TO_INT(data), like = test_formats[format].like;

    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++) {
        TestFrame tight = frame_new(format, sizes[s].w, sizes[s].h, 0);
        TestFrame others[] = {frame_new(format, sizes[s].w, sizes[s].h, 19),
                              frame_new(like, sizes[s].w, sizes[s].h, 2)};
        for (int i = 0; i < 2 * n_test_recipes; i++) {
            int n, channels = i % 2 ? 1 : 3;
            g_autofree float *a = run_recipe(test_recipes[i / 2], channels, &tight.frame, &n);
            for (size_t o = 0; o < G_N_ELEMENTS(others); o++) {
                g_autofree float *b =
                    run_recipe(test_recipes[i / 2], channels, &others[o].frame, &n);
                g_assert_cmpmem(a, n * sizeof *a, b, n * sizeof *b);
            }
        }
        frame_clear(&tight);
        frame_clear(&others[0]);
        frame_clear(&others[1]);
    }
}

/* A channel of a picture is the grey picture of its samples. */
static void channels_are_planes(void)
{
    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++)
        for (int c = 0; c < 3; c++) {
            TestFrame rgb = frame_new(ICL_PIXEL_RGB, sizes[s].w, sizes[s].h, 0);
            TestFrame grey = frame_new(ICL_PIXEL_GRAY8, sizes[s].w, sizes[s].h, 0);
            int n;
            grey.frame.range = ICL_RANGE_FULL;
            for (int i = 0; i < sizes[s].w * sizes[s].h; i++)
                frame_set(&grey, 0, i % sizes[s].w, i / sizes[s].w,
                          frame_get(&rgb, c, i % sizes[s].w, i / sizes[s].w));
            g_autofree float *all = run_recipe("stretch [3 50]", 3, &rgb.frame, &n);
            g_autofree float *one = run_recipe("stretch [3 50]", 1, &grey.frame, &n);
            for (int i = 0; i < n; i++)
                g_assert_cmpfloat(all[3 * i + c], ==, one[i]);
            frame_clear(&rgb);
            frame_clear(&grey);
        }
}

/* A sample of a ramp in the middle of the pixels it stands for: chroma that rises evenly is itself
 * again in every pixel, but for the picture's edge. */
static int ramp(int channel, int shift_x, int shift_y, int x, int y)
{
    int rise = (4 * x << shift_x) + (shift_x ? 2 : 0) + (2 * y << shift_y) + (shift_y ? 1 : 0);

    return channel == 1 ? 90 + rise : 200 - rise;
}

enum { RAMP_W = 12, RAMP_H = 10 };

static double clamp_level(double x) { return CLAMP(x, 0, 255); }

/* Against RGB by JFIF's formula. */
static void yuv_is_rgb(const void *data)
{
    IclPixelFormat format = GPOINTER_TO_INT(data);
    const TestFormat *f = &test_formats[format];
    TestFrame frame = frame_new(format, RAMP_W, RAMP_H, 0);
    int n;

    frame.frame.range = ICL_RANGE_FULL;
    for (int c = 1; c < 3; c++)
        for (int i = 0; i < frame_columns(&frame, c) * frame_rows(&frame, c); i++) {
            int x = i % frame_columns(&frame, c), y = i / frame_columns(&frame, c);
            frame_set(&frame, c, x, y, ramp(c, f->channel[c].shift_x, f->channel[c].shift_y, x, y));
        }
    g_autofree float *out = run_recipe("crop [8 10]", 3, &frame.frame, &n);
    for (int i = 0; i < n / 3; i++) {
        int x = i % (RAMP_W - 2) + 1, y = i / (RAMP_W - 2) + 1;
        double luma = frame_get(&frame, 0, x, y);
        double u = ramp(1, 0, 0, x, y) - 128, v = ramp(2, 0, 0, x, y) - 128;
        double rgb[3] = {luma + 1.402 * v, luma - 0.344136 * u - 0.714136 * v, luma + 1.772 * u};
        for (int c = 0; c < 3; c++)
            g_assert_cmpfloat_with_epsilon(out[3 * i + c], clamp_level(rgb[c]), 1e-3);
    }
    frame_clear(&frame);
}

/* With chroma that is the same in every row, 4:2:2 and 4:2:0 hold the same picture. */
static void narrow_is_halved(void)
{
    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++)
        for (int r = 0; r < n_test_recipes; r++) {
            TestFrame i420 = frame_new(ICL_PIXEL_I420, sizes[s].w, sizes[s].h, 0);
            TestFrame y42b = frame_new(ICL_PIXEL_Y42B, sizes[s].w, sizes[s].h, 0);
            TestFrame *both[] = {&i420, &y42b};
            int n;
            for (int f = 0; f < 2; f++)
                for (int c = 1; c < 3; c++)
                    for (int y = 1; y < frame_rows(both[f], c); y++)
                        for (int x = 0; x < frame_columns(both[f], c); x++)
                            frame_set(both[f], c, x, y, frame_get(both[f], c, x, 0));
            g_autofree float *a = run_recipe(test_recipes[r], 3, &i420.frame, &n);
            g_autofree float *b = run_recipe(test_recipes[r], 3, &y42b.frame, &n);
            for (int i = 0; i < n; i++) /* the taps of rows round differently */
                g_assert_cmpfloat_with_epsilon(a[i], b[i], 1e-3);
            frame_clear(&i420);
            frame_clear(&y42b);
        }
}

/* Steps of 5 levels and of a fifth of the alpha: composited pixels are whole numbers, and an RGB
 * picture holds them. */
static void alpha_is_composited(const void *data)
{
    static const int background[3] = {255, 30, 105};
    static const char *const ways[] = {"stretch [3 4]", "stretch [31 29]", "resize 6 ! crop 5",
                                       "letterbox 12"};
    IclPixelFormat format = GPOINTER_TO_INT(data);
    TestFrame seen = frame_new(format, 17, 13, 0), flat = frame_new(ICL_PIXEL_RGB, 17, 13, 0);
    int n;

    for (int i = 0; i < 17 * 13; i++) {
        int x = i % 17, y = i / 17, fifths = (x * 7 + y * 5) % 6;
        frame_set(&seen, 3, x, y, 51 * fifths);
        for (int c = 0; c < 3; c++) {
            int level = frame_get(&seen, c, x, y) / 5 * 5;
            frame_set(&seen, c, x, y, level);
            frame_set(&flat, c, x, y, (level * fifths + background[c] * (5 - fifths)) / 5);
        }
    }
    for (size_t r = 0; r < G_N_ELEMENTS(ways); r++)
        for (int channels = 1; channels <= 3; channels += 2) {
            g_autofree char *recipe = g_strdup_printf("background [%d %d %d] ! %s", background[0],
                                                      background[1], background[2], ways[r]);
            g_autofree float *got = run_recipe(recipe, channels, &seen.frame, &n);
            g_autofree float *want = run_recipe(recipe, channels, &flat.frame, &n);
            for (int i = 0; i < n; i++)
                g_assert_cmpfloat_with_epsilon(got[i], want[i], 1e-3);
        }
    frame_clear(&seen);
    frame_clear(&flat);
}

/* Chroma samples lie in the middle of the pixels they stand for: 3:1 between neighbours. */
static void chroma_lies_in_the_middle(void)
{
    static const uint8_t y[8] = {128, 128, 128, 128, 128, 128, 128, 128}, u[2] = {128, 128},
                         v[2] = {128, 160};
    IclFrame frame = {.format = ICL_PIXEL_I420,
                      .range = ICL_RANGE_FULL,
                      .width = 4,
                      .height = 2,
                      .plane = {y, u, v},
                      .stride = {4, 2, 2}};
    static const float share[4] = {0, 0.25f, 0.75f, 1};
    int n;
    g_autofree float *out = run_recipe("crop [2 4]", 3, &frame, &n);

    for (int x = 0; x < 4; x++)
        g_assert_cmpfloat_with_epsilon(out[3 * x], 128 + 1.402 * 32 * share[x], 1e-3);
}

#define ADD_ROWS(prefix, rows, function)                                 \
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                    \
        g_autofree char *path = g_strconcat(prefix, rows[i].name, NULL); \
        g_test_add_data_func(path, &rows[i], function);                  \
    }

static void add_format(const char *prefix, int format, GTestDataFunc function)
{
    g_autofree char *path = g_strconcat(prefix, test_formats[format].name, NULL);

    g_test_add_data_func(path, GINT_TO_POINTER(format), function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/pixels/colour/", colours, colour_is_right)
    ADD_ROWS("/pixels/10-bit/", deeps, deep_is_exact)
    g_test_add_func("/pixels/usual-range", a_range_is_usual);
    g_test_add_func("/pixels/channels", channels_are_converted);
    g_test_add_func("/pixels/channels-are-planes", channels_are_planes);
    g_test_add_func("/pixels/narrow-is-halved", narrow_is_halved);
    g_test_add_func("/pixels/siting", chroma_lies_in_the_middle);
    for (int format = 0; format < ICL_PIXEL_FORMATS; format++) {
        const TestFormat *f = &test_formats[format];
        add_format("/pixels/samples/", format, samples_decide);
        if (f->channels == 4)
            add_format("/pixels/alpha/", format, alpha_is_composited);
        else if (f->like != ICL_PIXEL_RGB && f->channels == 3 && f->unit == 1)
            add_format("/pixels/yuv/", format, yuv_is_rgb);
    }
    return g_test_run();
}
