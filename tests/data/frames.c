/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "frames.h"

#include <math.h>
#include <string.h>

#include "helpers.h"

#define RGB(step, r, g, b)                         \
    {                                              \
        {0, r, step}, {0, g, step}, { 0, b, step } \
    }
#define RGBA(r, g, b, a)                             \
    {                                                \
        {0, r, 4}, {0, g, 4}, {0, b, 4}, { 0, a, 4 } \
    }
#define PLANES(u, v, x, y)                            \
    {                                                 \
        {0, 0, 1}, {u, 0, 1, x, y}, { v, 0, 1, x, y } \
    }
#define PAIRS(u, v)                                   \
    {                                                 \
        {0, 0, 1}, {1, u, 2, 1, 1}, { 1, v, 2, 1, 1 } \
    }
#define PACKED(y, u, v)                               \
    {                                                 \
        {0, y, 2}, {0, u, 4, 1, 0}, { 0, v, 4, 1, 0 } \
    }

const TestFormat test_formats[ICL_PIXEL_FORMATS] = {
    [ICL_PIXEL_RGB] = {"rgb", ICL_PIXEL_RGB, 3, 1, 0, RGB(3, 0, 1, 2)},
    [ICL_PIXEL_BGR] = {"bgr", ICL_PIXEL_RGB, 3, 1, 0, RGB(3, 2, 1, 0)},
    [ICL_PIXEL_GRAY8] = {"gray8", ICL_PIXEL_GRAY8, 1, 1, 0, {{0, 0, 1}}},
    [ICL_PIXEL_I420] = {"i420", ICL_PIXEL_I420, 3, 1, 0, PLANES(1, 2, 1, 1)},
    [ICL_PIXEL_NV12] = {"nv12", ICL_PIXEL_I420, 3, 1, 0, PAIRS(0, 1)},
    [ICL_PIXEL_YUY2] = {"yuy2", ICL_PIXEL_Y42B, 3, 1, 0, PACKED(0, 1, 3)},
    [ICL_PIXEL_RGBX] = {"rgbx", ICL_PIXEL_RGB, 3, 1, 0, RGB(4, 0, 1, 2)},
    [ICL_PIXEL_BGRX] = {"bgrx", ICL_PIXEL_RGB, 3, 1, 0, RGB(4, 2, 1, 0)},
    [ICL_PIXEL_XRGB] = {"xrgb", ICL_PIXEL_RGB, 3, 1, 0, RGB(4, 1, 2, 3)},
    [ICL_PIXEL_XBGR] = {"xbgr", ICL_PIXEL_RGB, 3, 1, 0, RGB(4, 3, 2, 1)},
    [ICL_PIXEL_RGBA] = {"rgba", ICL_PIXEL_RGB, 4, 1, 0, RGBA(0, 1, 2, 3)},
    [ICL_PIXEL_BGRA] = {"bgra", ICL_PIXEL_RGB, 4, 1, 0, RGBA(2, 1, 0, 3)},
    [ICL_PIXEL_ARGB] = {"argb", ICL_PIXEL_RGB, 4, 1, 0, RGBA(1, 2, 3, 0)},
    [ICL_PIXEL_ABGR] = {"abgr", ICL_PIXEL_RGB, 4, 1, 0, RGBA(3, 2, 1, 0)},
    [ICL_PIXEL_YV12] = {"yv12", ICL_PIXEL_I420, 3, 1, 0, PLANES(2, 1, 1, 1)},
    [ICL_PIXEL_NV21] = {"nv21", ICL_PIXEL_I420, 3, 1, 0, PAIRS(1, 0)},
    [ICL_PIXEL_UYVY] = {"uyvy", ICL_PIXEL_Y42B, 3, 1, 0, PACKED(1, 0, 2)},
    [ICL_PIXEL_Y42B] = {"y42b", ICL_PIXEL_Y42B, 3, 1, 0, PLANES(1, 2, 1, 0)},
    [ICL_PIXEL_Y444] = {"y444", ICL_PIXEL_Y444, 3, 1, 0, PLANES(1, 2, 0, 0)},
    [ICL_PIXEL_I420_10LE] =
        {"i420-10le", ICL_PIXEL_I420, 3, 4, 0xfc00, {{0, 0, 2}, {1, 0, 2, 1, 1}, {2, 0, 2, 1, 1}}},
    [ICL_PIXEL_P010_10LE] =
        {"p010-10le", ICL_PIXEL_I420, 3, 256, 0x3f, {{0, 0, 2}, {1, 0, 4, 1, 1}, {1, 2, 4, 1, 1}}},
};

static const TestChannel *frame_channel(const TestFrame *frame, int channel)
{
    return &test_formats[frame->frame.format].channel[channel];
}

int frame_columns(const TestFrame *frame, int channel)
{
    int shift = frame_channel(frame, channel)->shift_x;

    return (frame->frame.width + (1 << shift) - 1) >> shift;
}

int frame_rows(const TestFrame *frame, int channel)
{
    int shift = frame_channel(frame, channel)->shift_y;

    return (frame->frame.height + (1 << shift) - 1) >> shift;
}

static uint8_t *frame_sample(const TestFrame *frame, int channel, int x, int y)
{
    const TestChannel *c = frame_channel(frame, channel);

    return frame->memory[c->plane] + (ptrdiff_t)y * frame->frame.stride[c->plane] + x * c->step +
           c->offset;
}

int frame_get(const TestFrame *frame, int channel, int x, int y)
{
    const TestFormat *format = &test_formats[frame->frame.format];
    const uint8_t *sample = frame_sample(frame, channel, x, y);

    return format->noise ? (sample[0] | sample[1] << 8) & ~format->noise : sample[0];
}

void frame_set(TestFrame *frame, int channel, int x, int y, int sample)
{
    const TestFormat *format = &test_formats[frame->frame.format];
    uint8_t *to = frame_sample(frame, channel, x, y);

    to[0] = (uint8_t)(sample | format->noise);
    if (format->noise)
        to[1] = (uint8_t)((sample | format->noise) >> 8);
}

TestFrame frame_new(IclPixelFormat format, int width, int height, int padding)
{
    const TestFormat *f = &test_formats[format];
    TestFrame frame = {.frame = {.format = format, .width = width, .height = height}};

    for (int c = 0; c < f->channels; c++) {
        int plane = f->channel[c].plane, row = frame_columns(&frame, c) * f->channel[c].step;
        frame.frame.stride[plane] = MAX(frame.frame.stride[plane], row + padding);
    }
    for (int c = 0; c < f->channels; c++) {
        int plane = f->channel[c].plane;
        int size = frame_rows(&frame, c) * frame.frame.stride[plane] - padding;
        if (!frame.memory[plane])
            frame.frame.plane[plane] = frame.memory[plane] =
                memset(g_malloc(size), 0xee, (size_t)size);
    }
    for (int c = 0; c < f->channels; c++)
        for (int y = 0; y < frame_rows(&frame, c); y++)
            for (int x = 0; x < frame_columns(&frame, c); x++)
                frame_set(&frame, c, x, y, c == 3 ? 255 : test_pattern(x + 5 * c, y) * f->unit);
    return frame;
}

void frame_clear(TestFrame *frame)
{
    for (int p = 0; p < 3; p++)
        g_free(frame->memory[p]);
}

float *run_recipe(const char *text, int channels, const IclFrame *frame, int *n)
{
    GError *error = NULL;
    g_autoptr(IclRecipe) recipe = icl_recipe_parse(text, channels, "recipe", &error);
    int h, w, c;

    g_assert_no_error(error);
    g_autoptr(IclPreprocessor) preprocessor = icl_preprocessor_new(recipe);
    icl_recipe_size(recipe, &h, &w, &c);
    *n = h * w * c;
    float *out = g_new(float, *n);
    for (int i = 0; i < *n; i++)
        out[i] = NAN; /* nothing may be left unwritten */
    icl_preprocess(preprocessor, frame, out);
    for (int i = 0; i < *n; i++)
        g_assert_true(isfinite(out[i]));
    return out;
}

const char *const test_recipes[] = {
    "resize [5 7]",
    "stretch [31 29]",
    "crop [9 13]",
    "crop [4 5]",
    "crop 40 ! normalize mean=0.5 std=0.5",
    "resize 6 ! crop 5",
    "resize 24 ! crop [23 11] ! normalize",
    "background [9 200 31.5] ! letterbox [12 17]",
    "background 77 ! letterbox 50 ! normalize",
};
const int n_test_recipes = G_N_ELEMENTS(test_recipes);
