/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Fifty photographs of Debian's packages tuxpaint-stamps-default and opencv-doc, at one size in
 * RGB, and in every YUV that GStreamer's own converter makes of them. */
#pragma once

#include <gst/video/video.h>
#include <icl/frame.h>

/* Every ALBUM_STRIDEth of them: all, except under a sanitizer, which makes minutes of it. */
enum { ALBUM_PHOTOGRAPHS = 50 / ALBUM_STRIDE };

typedef struct Album {
    GstVideoInfo info; /* RGBx */
    GstBuffer *photograph[ALBUM_PHOTOGRAPHS];
} Album;

typedef struct AlbumFormat {
    GstVideoFormat format;
    int base;    /* of these rows: has the same samples, otherwise laid out; -1: comes from RGB */
    bool halved; /* its chroma */
} AlbumFormat;

enum { ALBUM_FORMATS = 10, ALBUM_PLANAR = 4 }; /* the first rows: one of each kind of samples */
extern const AlbumFormat album_formats[ALBUM_FORMATS];

/* A photograph in one format. */
typedef struct Conversion {
    GstVideoInfo info;
    GstVideoConverter *converter;
    GstBuffer *buffer;
} Conversion;

bool album_installed(void);             /* whether both packages are there */
const char *album_kind(int photograph); /* "animal", "plant", "vehicle" or "scene" */
void album_open(Album *album, int width, int height);
void album_close(Album *album);

typedef void (*AlbumVisit)(int photograph, const Conversion *conversions, int n, void *user);

/* Shows each photograph in the first @n formats, with @colorimetry, as caps have it. */
void album_visit(const Album *album, const char *colorimetry, int n, AlbumVisit visit, void *user);
/* The same in one format that need not be of the table. */
void album_visit_one(const Album *album, const char *colorimetry, GstVideoFormat format,
                     AlbumVisit visit, void *user);
