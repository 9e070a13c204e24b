/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <icl/error.h>

G_BEGIN_DECLS

/**
 * IclPixelFormat:
 * @ICL_PIXEL_RGB: 8 bits R, G, B, in one plane
 * @ICL_PIXEL_BGR: the same, B first
 * @ICL_PIXEL_GRAY8: 8 bits of luma; full range unless the frame says otherwise
 * @ICL_PIXEL_I420: planes Y, U, V; chroma at half width and height, rounded up
 * @ICL_PIXEL_NV12: planes Y, and U and V interleaved at half width and height, rounded up
 * @ICL_PIXEL_YUY2: one plane Y0 U Y1 V; an odd width has a last Y0 U Y1 V of which Y1 is unused
 */
typedef enum {
    ICL_PIXEL_RGB,
    ICL_PIXEL_BGR,
    ICL_PIXEL_GRAY8,
    ICL_PIXEL_I420,
    ICL_PIXEL_NV12,
    ICL_PIXEL_YUY2,
    ICL_PIXEL_FORMATS,
} IclPixelFormat;

/**
 * IclColorMatrix: how YUV becomes RGB (ITU-R BT.601, BT.709, BT.2020 non-constant luminance).
 */
typedef enum { ICL_MATRIX_BT601, ICL_MATRIX_BT709, ICL_MATRIX_BT2020 } IclColorMatrix;

/**
 * IclFrame: pixels of one picture, borrowed.
 * @width, @height: in pixels, >= 1
 * @plane: first byte of each plane
 * @stride: bytes from one row to the next, >= the bytes of a row
 * @full_range: luma 0..255 rather than 16..235 (YUV and GRAY8); set it for pictures from files
 */
typedef struct IclFrame {
    IclPixelFormat format;
    IclColorMatrix matrix;
    bool full_range;
    int width, height;
    const uint8_t *plane[3];
    int stride[3];
} IclFrame;

/**
 * IclPicture: a decoded picture that owns its pixels (RGB or GRAY8, rows without gaps).
 */
typedef struct IclPicture {
    IclFrame frame;
    uint8_t *pixels;
} IclPicture;

/**
 * icl_picture_load: decodes a JPEG or PNG file.
 * @picture: (out): set on success; release with icl_picture_clear()
 *
 * JPEG: grey stays GRAY8, the rest (CMYK too) becomes RGB; EXIF orientation is not applied. PNG:
 * palette, 16-bit and alpha are reduced to 8-bit GRAY8 or RGB; alpha is composited on black, gamma
 * is not applied. Errors: ICL_ERROR_FILE where the file cannot be read, ICL_ERROR_FORMAT where it
 * is broken, truncated, too large (over 2^28 pixels, or 2^20 on a side) or of another kind.
 */
ICL_API bool icl_picture_load(const char *path, IclPicture *picture, GError **error);
ICL_API bool icl_picture_decode(const void *data, size_t size, const char *name,
                                IclPicture *picture, GError **error);
/* Writes a JPEG file of quality 1..100 (for demos and tests). Frame: RGB or GRAY8. */
ICL_API bool icl_picture_save_jpeg(const IclFrame *frame, int quality, const char *path,
                                   GError **error);
ICL_API void icl_picture_clear(IclPicture *picture);

G_END_DECLS
