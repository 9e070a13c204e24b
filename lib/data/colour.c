/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Colour is converted after resizing, on f32, so that a frame costs by its output size, and held to
 * 0..255 once, at the end. */
#include "colour.h"

/* sample, unit and white */
#define BITS_8       ICL_SAMPLE_BYTE, 1, 255
#define ALPHA_FIRST  ICL_SAMPLE_ALPHA_FIRST, 1, 255
#define ALPHA_LAST   ICL_SAMPLE_ALPHA_LAST, 1, 255
#define BITS_10_LOW  ICL_SAMPLE_WORD, 4, 1023
#define BITS_10_HIGH ICL_SAMPLE_WORD, 256, 1023 << 6

/* clang-format off */
#define RGB(sample, step, r, g, b) \
    {ICL_COLOUR_RGB, sample, 3, {{0, r, step}, {0, g, step}, {0, b, step}}}
#define PLANES(sample, u, v, x, y) \
    {ICL_COLOUR_YUV, sample, 3, {{0, 0, 1}, {u, 0, 1, x, y}, {v, 0, 1, x, y}}}
#define PAIRS(sample, u, v) \
    {ICL_COLOUR_YUV, sample, 3, {{0, 0, 1}, {1, u, 2, 1, 1}, {1, v, 2, 1, 1}}}
#define PACKED(sample, y, u, v) \
    {ICL_COLOUR_YUV, sample, 3, {{0, y, 2}, {0, u, 4, 1, 0}, {0, v, 4, 1, 0}}}
/* clang-format on */

/* Offsets in a pixel or pair; planes' numbers. */
const IclLayout icl_layouts[ICL_PIXEL_FORMATS] = {
    [ICL_PIXEL_RGB] = RGB(BITS_8, 3, 0, 1, 2),
    [ICL_PIXEL_BGR] = RGB(BITS_8, 3, 2, 1, 0),
    [ICL_PIXEL_GRAY8] = {ICL_COLOUR_GREY, BITS_8, 1, {{0, 0, 1}}},
    [ICL_PIXEL_I420] = PLANES(BITS_8, 1, 2, 1, 1),
    [ICL_PIXEL_NV12] = PAIRS(BITS_8, 0, 1),
    [ICL_PIXEL_YUY2] = PACKED(BITS_8, 0, 1, 3),
    [ICL_PIXEL_RGBX] = RGB(BITS_8, 4, 0, 1, 2),
    [ICL_PIXEL_BGRX] = RGB(BITS_8, 4, 2, 1, 0),
    [ICL_PIXEL_XRGB] = RGB(BITS_8, 4, 1, 2, 3),
    [ICL_PIXEL_XBGR] = RGB(BITS_8, 4, 3, 2, 1),
    [ICL_PIXEL_RGBA] = RGB(ALPHA_LAST, 4, 0, 1, 2),
    [ICL_PIXEL_BGRA] = RGB(ALPHA_LAST, 4, 2, 1, 0),
    [ICL_PIXEL_ARGB] = RGB(ALPHA_FIRST, 4, 1, 2, 3),
    [ICL_PIXEL_ABGR] = RGB(ALPHA_FIRST, 4, 3, 2, 1),
    [ICL_PIXEL_YV12] = PLANES(BITS_8, 2, 1, 1, 1),
    [ICL_PIXEL_NV21] = PAIRS(BITS_8, 1, 0),
    [ICL_PIXEL_UYVY] = PACKED(BITS_8, 1, 0, 2),
    [ICL_PIXEL_Y42B] = PLANES(BITS_8, 1, 2, 1, 0),
    [ICL_PIXEL_Y444] = PLANES(BITS_8, 1, 2, 0, 0),
    [ICL_PIXEL_I420_10LE] = PLANES(BITS_10_LOW, 1, 2, 1, 1),
    [ICL_PIXEL_P010_10LE] = PAIRS(BITS_10_HIGH, 0, 1),
};

/* weights of red and blue in luma: BT.601-7, BT.709-6, BT.2020-2 (non-constant luminance) */
static const struct {
    double r, b;
} colour_luma[] = {
    [ICL_MATRIX_BT601] = {0.299, 0.114},
    [ICL_MATRIX_BT709] = {0.2126, 0.0722},
    [ICL_MATRIX_BT2020] = {0.2627, 0.0593},
};

static IclColourMatrix matrix_of_rgb(int channels)
{
    static const IclColourMatrix grey = {3, 1, {0}, {{0.299f, 0.587f, 0.114f}}};
    static const IclColourMatrix rgb = {3, 3, {0}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

    return channels == 1 ? grey : rgb;
}

/* Range and sizes of ITU-R BT.601's and its successors' 8-bit signals; more bits are the same times
 * a power of two, or the whole range of their own. */
bool icl_colour_is_full(const IclFrame *frame)
{
    if (frame->range == ICL_RANGE_USUAL)
        return icl_layouts[frame->format].colour != ICL_COLOUR_YUV;
    return frame->range == ICL_RANGE_FULL;
}

IclColourMatrix icl_colour_matrix(const IclLayout *layout, IclColorMatrix matrix, bool full_range,
                                  int channels)
{
    double kr = colour_luma[matrix].r, kb = colour_luma[matrix].b, kg = 1 - kr - kb;
    double full = 255.0 / layout->white, unit = layout->unit;
    float luma = (float)(full_range ? full : 255 / (219 * unit));
    double chroma = 2 * (full_range ? full : 255 / (224 * unit));
    float zero = full_range ? 0 : 16 * layout->unit, middle = 128 * layout->unit;

    if (layout->colour == ICL_COLOUR_RGB)
        return matrix_of_rgb(channels);
    if (layout->colour == ICL_COLOUR_GREY || channels == 1)
        return (IclColourMatrix){1, channels, {zero}, {{luma}, {luma}, {luma}}};
    return (IclColourMatrix){
        3,
        3,
        {zero, middle, middle},
        {{luma, 0, (float)(chroma * (1 - kr))},
         {luma, (float)(-chroma * (1 - kb) * kb / kg), (float)(-chroma * (1 - kr) * kr / kg)},
         {luma, (float)(chroma * (1 - kb)), 0}},
    };
}
