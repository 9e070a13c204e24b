/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * One decoder a file format; picture.c chooses by the first bytes. */
#pragma once

#include <icl/frame.h>

/* Decodes; `name` is for messages. On failure `picture` is untouched. */
bool icl_jpeg_decode(const void *data, size_t size, const char *name, IclPicture *picture,
                     GError **error);
bool icl_png_decode(const void *data, size_t size, const char *name, IclPicture *picture,
                    GError **error);

/* Whether a picture of this size is allowed; else says so. */
bool icl_picture_check_size(int64_t width, int64_t height, const char *name, GError **error);

/* A picture of zeroed pixels, upright and of full range; false with ICL_ERROR_MEMORY. GRAY8, RGB or
 * RGBA, its rows without gaps; */
bool icl_picture_init(IclPicture *picture, IclPixelFormat format, int width, int height,
                      const char *name, GError **error);
/* or any format: `frame` has format, size, matrix and strides, plane i has rows[i] rows. */
bool icl_picture_init_planes(IclPicture *picture, const IclFrame *frame, const size_t rows[3],
                             const char *name, GError **error);
