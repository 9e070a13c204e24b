/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <icl/error.h>

G_BEGIN_DECLS

/**
 * IclPixelFormat: GStreamer's names and layouts.
 * @ICL_PIXEL_RGB, @ICL_PIXEL_BGR: 8 bits a channel, in one plane
 * @ICL_PIXEL_RGBX, @ICL_PIXEL_BGRX, @ICL_PIXEL_XRGB, @ICL_PIXEL_XBGR: the same with an unused byte
 * @ICL_PIXEL_RGBA, @ICL_PIXEL_BGRA, @ICL_PIXEL_ARGB, @ICL_PIXEL_ABGR: the same with alpha, straight
 * (not premultiplied): 0 shows the recipe's background, 255 the pixel
 * @ICL_PIXEL_GRAY8: 8 bits of luma; full range unless the frame says limited
 * @ICL_PIXEL_I420: planes Y, U, V; chroma at half width and height, rounded up
 * @ICL_PIXEL_YV12: planes Y, V, U of that kind
 * @ICL_PIXEL_NV12: planes Y, and U and V interleaved at half width and height, rounded up
 * @ICL_PIXEL_NV21: the same, V before U
 * @ICL_PIXEL_YUY2: one plane Y0 U Y1 V; an odd width has a last Y0 U Y1 V of which Y1 is unused
 * @ICL_PIXEL_UYVY: one plane U Y0 V Y1, as above
 * @ICL_PIXEL_Y42B: planes Y, U, V; chroma at half width, rounded up
 * @ICL_PIXEL_Y444: planes Y, U, V of one size
 * @ICL_PIXEL_I420_10LE: as I420, in 16-bit little-endian words whose low 10 bits count
 * @ICL_PIXEL_P010_10LE: as NV12, in 16-bit little-endian words whose high 10 bits count
 */
typedef enum {
    ICL_PIXEL_RGB,
    ICL_PIXEL_BGR,
    ICL_PIXEL_GRAY8,
    ICL_PIXEL_I420,
    ICL_PIXEL_NV12,
    ICL_PIXEL_YUY2,
    ICL_PIXEL_RGBX,
    ICL_PIXEL_BGRX,
    ICL_PIXEL_XRGB,
    ICL_PIXEL_XBGR,
    ICL_PIXEL_RGBA,
    ICL_PIXEL_BGRA,
    ICL_PIXEL_ARGB,
    ICL_PIXEL_ABGR,
    ICL_PIXEL_YV12,
    ICL_PIXEL_NV21,
    ICL_PIXEL_UYVY,
    ICL_PIXEL_Y42B,
    ICL_PIXEL_Y444,
    ICL_PIXEL_I420_10LE,
    ICL_PIXEL_P010_10LE,
    ICL_PIXEL_FORMATS,
} IclPixelFormat;

/**
 * IclColorMatrix: how YUV becomes RGB (ITU-R BT.601, BT.709, BT.2020 non-constant luminance).
 */
typedef enum {
    ICL_MATRIX_BT601,
    ICL_MATRIX_BT709,
    ICL_MATRIX_BT2020,
    ICL_MATRICES,
} IclColorMatrix;

/**
 * IclColorRange: what numbers luma (YUV and GRAY8) takes.
 * @ICL_RANGE_USUAL: as is usual for the format: limited for YUV, full for GRAY8
 * @ICL_RANGE_FULL: 0..255, as in files
 * @ICL_RANGE_LIMITED: 16..235 (chroma 16..240), as in films
 */
typedef enum {
    ICL_RANGE_USUAL,
    ICL_RANGE_FULL,
    ICL_RANGE_LIMITED,
    ICL_RANGES,
} IclColorRange;

/**
 * IclFrame: pixels of one picture, borrowed. A zeroed one is an upright RGB picture without pixels.
 * @orientation: how the picture is to be turned for viewing, as EXIF's tag 0x0112: 1 upright,
 *   2 mirrored left to right, 3 turned by 180 degrees, 4 mirrored top to bottom, 5 mirrored along
 *   the main diagonal, 6 to be turned by 90 degrees clockwise, 7 mirrored along the other diagonal,
 *   8 to be turned by 90 degrees counter-clockwise; anything else is 1. Preprocessing applies it
 * @width, @height: in pixels as stored, >= 1
 * @plane: first byte of each plane
 * @stride: bytes from one row to the next; at least the bytes of a row, or, where rows lie bottom
 * up, minus so many (@plane is the upper row all the same)
 */
typedef struct IclFrame {
    IclPixelFormat format;
    IclColorMatrix matrix;
    IclColorRange range;
    int orientation;
    int width, height;
    const uint8_t *plane[3];
    int stride[3];
} IclFrame;

/**
 * icl_frame_check: whether a frame can be looked at: a known format, a size, planes and strides
 * that go with them (whether the memory is as large, only the caller knows).
 *
 * False with ICL_ERROR_VALUE.
 */
ICL_API bool icl_frame_check(const IclFrame *frame, GError **error);

/**
 * IclPicture: a decoded picture that owns its pixels, as they lie in the file: its frame carries
 * the orientation. RGB, RGBA and GRAY8 have rows without gaps; I420, Y42B and Y444 have strides.
 */
typedef struct IclPicture {
    IclFrame frame;
    uint8_t *pixels;
} IclPicture;

/**
 * icl_picture_load: decodes a JPEG or PNG file.
 * icl_picture_decode: the same from memory; @name is what messages call it.
 * @picture: (out): set on success only; release with icl_picture_clear()
 *
 * JPEG: the planes of the file as GStreamer's jpegdec hands them over, which are GRAY8, I420
 * (4:2:0), Y42B (4:2:2) or Y444, BT.601 of full range; rarer sampling becomes RGB, and so do CMYK
 * and YCCK by multiplying with the black channel (Adobe's inverted kind too). PNG: palette and
 * 16-bit are reduced to 8-bit GRAY8 or RGB; pictures with an alpha channel or a transparent colour
 * become RGBA. EXIF's orientation is the frame's. Neither gamma nor colour profiles are applied:
 * numbers are taken as sRGB's. Errors: ICL_ERROR_FILE where the file cannot be read,
 * ICL_ERROR_FORMAT where it is broken, truncated, too large (over 2^28 pixels, or 2^20 on a side)
 * or of another kind.
 */
ICL_API bool icl_picture_load(const char *path, IclPicture *picture, GError **error);
ICL_API bool icl_picture_decode(const void *data, size_t size, const char *name,
                                IclPicture *picture, GError **error);
/* Writes a JPEG file of quality 1..100 (for demos and tests): grey of GRAY8, else colour, turned
 * upright, and on black where the frame is transparent. */
ICL_API bool icl_picture_save_jpeg(const IclFrame *frame, int quality, const char *path,
                                   GError **error);
ICL_API void icl_picture_clear(IclPicture *picture); /* accepts a zeroed one, and twice */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IclPicture, icl_picture_clear)

G_END_DECLS
