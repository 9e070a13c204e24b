/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * JPEG files of every kind, made by libjpeg, and the pixels that they show. */
#pragma once

#include <stdio.h> /* jpeglib.h needs it */

#include <jpeglib.h>

#include <icl/frame.h>

typedef struct {
    const char *name;
    int width, height;
    J_COLOR_SPACE space; /* of the file */
    int h, v;            /* sampling factors of the first component */
    enum { BASELINE, PROGRESSIVE, SCANS, RESTARTS, PLAIN } way;
    IclPixelFormat format; /* expected */
} TestJpeg;

/* The pixel of every such file, but for rounding. */
void test_jpeg_ramp(int x, int y, uint8_t rgb[3]);

/* The file, to be released by free(). `exif`: what an APP1 marker holds, `exif_size` bytes; NULL:
 * none. */
unsigned char *test_jpeg_make(const TestJpeg *row, const void *exif, size_t exif_size,
                              unsigned long *size);

/* A pixel of RGB, GRAY8, I420, Y42B or Y444, by the formulas of JFIF, chroma not smoothed. */
void test_frame_pixel(const IclFrame *frame, int x, int y, int rgb[3]);
