/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * One decoder a file format; picture.c chooses by the first bytes. */
#pragma once

#include <icl/frame.h>

#include "orient.h"

/* What of a picture will be read, for a decoder that can leave out the rest. */
typedef struct IclPicturePart {
    /* The pixels, of the frame as stored: asked for once, when its size and orientation are known;
     * a decoder that leaves nothing out does not ask. *shrink (1) may be made 2, 4 or 8: the frame
     * is decoded so many times smaller, its sides rounded up, and the box is one of this. */
    IclBox (*choose)(void *user, const IclFrame *frame, int *shrink);
    void *user;
} IclPicturePart;

/* As icl_picture_decode(), but pixels outside `part` (NULL: none are) may have any value, though
 * the frame has room for them. Those inside are the same to the bit. JPEG stops after the last row
 * of it: damage below goes unseen, above it does not. */
bool icl_picture_decode_part(const void *data, size_t size, const char *name,
                             const IclPicturePart *part, IclPicture *picture, GError **error);

/* Decodes; `name` is for messages. On failure `picture` is untouched. */
bool icl_jpeg_decode(const void *data, size_t size, const char *name, const IclPicturePart *part,
                     IclPicture *picture, GError **error);
/* All of it: EXIF's orientation may stand behind the pixels. */
bool icl_png_decode(const void *data, size_t size, const char *name, const IclPicturePart *part,
                    IclPicture *picture, GError **error);

/* Whether a picture of this size is allowed; else says so. */
bool icl_picture_check_size(int64_t width, int64_t height, const char *name, GError **error);

/* A picture of any pixels, upright and of full range; false with ICL_ERROR_MEMORY. GRAY8, RGB or
 * RGBA, its rows without gaps; */
bool icl_picture_init(IclPicture *picture, IclPixelFormat format, int width, int height,
                      const char *name, GError **error);
/* or any format: `frame` has format, size, matrix and strides, plane i has rows[i] rows. */
bool icl_picture_init_planes(IclPicture *picture, const IclFrame *frame, const size_t rows[3],
                             const char *name, GError **error);
