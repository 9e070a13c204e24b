/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Colour is converted after resizing, on f32, so that a frame costs by its output size, and held to
 * 0..255 once, at the end. */
#include "colour.h"

#define BYTES   ICL_SAMPLE_BYTE, 1, 255
#define FIRST   ICL_SAMPLE_ALPHA_FIRST, 1, 255
#define LAST    ICL_SAMPLE_ALPHA_LAST, 1, 255
#define LOW_10  ICL_SAMPLE_WORD, 4, 1023
#define HIGH_10 ICL_SAMPLE_WORD, 256, 1023 << 6

#define PLANE(plane, step, offset) \
    {                              \
        plane, offset, step        \
    }
#define HALVED(plane, step, offset) \
    {                               \
        plane, offset, step, 1, 1   \
    }
#define NARROW(plane, step, offset) \
    {                               \
        plane, offset, step, 1, 0   \
    }

/* clang-format off */
const IclLayout icl_layouts[ICL_PIXEL_FORMATS] = {
    [ICL_PIXEL_RGB]   = {ICL_COLOUR_RGB,  BYTES, 3, {PLANE(0, 3, 0), PLANE(0, 3, 1), PLANE(0, 3, 2)}},
    [ICL_PIXEL_BGR]   = {ICL_COLOUR_RGB,  BYTES, 3, {PLANE(0, 3, 2), PLANE(0, 3, 1), PLANE(0, 3, 0)}},
    [ICL_PIXEL_GRAY8] = {ICL_COLOUR_GREY, BYTES, 1, {PLANE(0, 1, 0)}},
    [ICL_PIXEL_I420]  = {ICL_COLOUR_YUV,  BYTES, 3, {PLANE(0, 1, 0), HALVED(1, 1, 0), HALVED(2, 1, 0)}},
    [ICL_PIXEL_NV12]  = {ICL_COLOUR_YUV,  BYTES, 3, {PLANE(0, 1, 0), HALVED(1, 2, 0), HALVED(1, 2, 1)}},
    [ICL_PIXEL_YUY2]  = {ICL_COLOUR_YUV,  BYTES, 3, {PLANE(0, 2, 0), NARROW(0, 4, 1), NARROW(0, 4, 3)}},
    [ICL_PIXEL_RGBX]  = {ICL_COLOUR_RGB,  BYTES, 3, {PLANE(0, 4, 0), PLANE(0, 4, 1), PLANE(0, 4, 2)}},
    [ICL_PIXEL_BGRX]  = {ICL_COLOUR_RGB,  BYTES, 3, {PLANE(0, 4, 2), PLANE(0, 4, 1), PLANE(0, 4, 0)}},
    [ICL_PIXEL_XRGB]  = {ICL_COLOUR_RGB,  BYTES, 3, {PLANE(0, 4, 1), PLANE(0, 4, 2), PLANE(0, 4, 3)}},
    [ICL_PIXEL_XBGR]  = {ICL_COLOUR_RGB,  BYTES, 3, {PLANE(0, 4, 3), PLANE(0, 4, 2), PLANE(0, 4, 1)}},
    [ICL_PIXEL_RGBA]  = {ICL_COLOUR_RGB,  LAST, 3, {PLANE(0, 4, 0), PLANE(0, 4, 1), PLANE(0, 4, 2)}},
    [ICL_PIXEL_BGRA]  = {ICL_COLOUR_RGB,  LAST, 3, {PLANE(0, 4, 2), PLANE(0, 4, 1), PLANE(0, 4, 0)}},
    [ICL_PIXEL_ARGB]  = {ICL_COLOUR_RGB,  FIRST, 3, {PLANE(0, 4, 1), PLANE(0, 4, 2), PLANE(0, 4, 3)}},
    [ICL_PIXEL_ABGR]  = {ICL_COLOUR_RGB,  FIRST, 3, {PLANE(0, 4, 3), PLANE(0, 4, 2), PLANE(0, 4, 1)}},
    [ICL_PIXEL_YV12]  = {ICL_COLOUR_YUV,  BYTES, 3, {PLANE(0, 1, 0), HALVED(2, 1, 0), HALVED(1, 1, 0)}},
    [ICL_PIXEL_NV21]  = {ICL_COLOUR_YUV,  BYTES, 3, {PLANE(0, 1, 0), HALVED(1, 2, 1), HALVED(1, 2, 0)}},
    [ICL_PIXEL_UYVY]  = {ICL_COLOUR_YUV,  BYTES, 3, {PLANE(0, 2, 1), NARROW(0, 4, 0), NARROW(0, 4, 2)}},
    [ICL_PIXEL_Y42B]  = {ICL_COLOUR_YUV,  BYTES, 3, {PLANE(0, 1, 0), NARROW(1, 1, 0), NARROW(2, 1, 0)}},
    [ICL_PIXEL_Y444]  = {ICL_COLOUR_YUV,  BYTES, 3, {PLANE(0, 1, 0), PLANE(1, 1, 0), PLANE(2, 1, 0)}},
    [ICL_PIXEL_I420_10LE] = {ICL_COLOUR_YUV, LOW_10, 3, {PLANE(0, 1, 0), HALVED(1, 1, 0), HALVED(2, 1, 0)}},
    [ICL_PIXEL_P010_10LE] = {ICL_COLOUR_YUV, HIGH_10, 3, {PLANE(0, 1, 0), HALVED(1, 2, 0), HALVED(1, 2, 1)}},
};
/* clang-format on */

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
