/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Colour is converted after resizing, on f32, so that a frame costs by its output size. Values are
 * clamped to 0..255 once, at the end. */
#include "colour.h"

#define BYTES   1, 1, 255
#define LOW_10  2, 4, 1023
#define HIGH_10 2, 256, 1023 << 6

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
    [ICL_PIXEL_RGBA]  = {ICL_COLOUR_RGB,  BYTES, 3, {PLANE(0, 4, 0), PLANE(0, 4, 1), PLANE(0, 4, 2)}},
    [ICL_PIXEL_BGRA]  = {ICL_COLOUR_RGB,  BYTES, 3, {PLANE(0, 4, 2), PLANE(0, 4, 1), PLANE(0, 4, 0)}},
    [ICL_PIXEL_ARGB]  = {ICL_COLOUR_RGB,  BYTES, 3, {PLANE(0, 4, 1), PLANE(0, 4, 2), PLANE(0, 4, 3)}},
    [ICL_PIXEL_ABGR]  = {ICL_COLOUR_RGB,  BYTES, 3, {PLANE(0, 4, 3), PLANE(0, 4, 2), PLANE(0, 4, 1)}},
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

IclColourMatrix icl_colour_matrix(const IclLayout *layout, IclColorMatrix matrix, bool full_range)
{
    double kr = colour_luma[matrix].r, kb = colour_luma[matrix].b, kg = 1 - kr - kb;
    double full = 255.0 / layout->white;
    double chroma = full_range ? full : 255 / (224.0 * layout->unit);

    return (IclColourMatrix){
        .luma_scale = full_range ? full : 255 / (219.0 * layout->unit),
        .luma_zero = full_range ? 0 : 16 * layout->unit,
        .chroma_zero = 128 * layout->unit,
        .r_v = chroma * 2 * (1 - kr),
        .g_u = chroma * -2 * (1 - kb) * kb / kg,
        .g_v = chroma * -2 * (1 - kr) * kr / kg,
        .b_u = chroma * 2 * (1 - kb),
    };
}

static inline float colour_clamp(float x) { return x < 0 ? 0 : x > 255 ? 255 : x; }

static void rgb_to_rgb(const IclColourMatrix *m, int n, const float *const in[3], float *out)
{
    for (int i = 0; i < n; i++)
        for (int c = 0; c < 3; c++)
            out[3 * i + c] = colour_clamp(in[c][i]);
}

static void rgb_to_grey(const IclColourMatrix *m, int n, const float *const in[3], float *out)
{
    for (int i = 0; i < n; i++)
        out[i] = colour_clamp(0.299f * in[0][i] + 0.587f * in[1][i] + 0.114f * in[2][i]);
}

static void grey_to_grey(const IclColourMatrix *m, int n, const float *const in[3], float *out)
{
    for (int i = 0; i < n; i++)
        out[i] = colour_clamp(m->luma_scale * (in[0][i] - m->luma_zero));
}

static void grey_to_rgb(const IclColourMatrix *m, int n, const float *const in[3], float *out)
{
    for (int i = 0; i < n; i++)
        out[3 * i] = out[3 * i + 1] = out[3 * i + 2] =
            colour_clamp(m->luma_scale * (in[0][i] - m->luma_zero));
}

static void yuv_to_rgb(const IclColourMatrix *m, int n, const float *const in[3], float *out)
{
    for (int i = 0; i < n; i++) {
        float y = m->luma_scale * (in[0][i] - m->luma_zero);
        float u = in[1][i] - m->chroma_zero, v = in[2][i] - m->chroma_zero;
        out[3 * i] = colour_clamp(y + m->r_v * v);
        out[3 * i + 1] = colour_clamp(y + m->g_u * u + m->g_v * v);
        out[3 * i + 2] = colour_clamp(y + m->b_u * u);
    }
}

static const struct {
    IclColourFn grey, rgb;
} colour_functions[ICL_COLOURS] = {
    [ICL_COLOUR_GREY] = {grey_to_grey, grey_to_rgb},
    [ICL_COLOUR_RGB] = {rgb_to_grey, rgb_to_rgb},
    [ICL_COLOUR_YUV] = {grey_to_grey, yuv_to_rgb}, /* the luma is the grey */
};

IclColourFn icl_colour_function(IclColour colour, int channels)
{
    return channels == 1 ? colour_functions[colour].grey : colour_functions[colour].rgb;
}

int icl_colour_components(const IclLayout *layout, int channels)
{
    return layout->colour == ICL_COLOUR_YUV && channels == 1 ? 1 : layout->n;
}
