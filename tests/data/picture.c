/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Files that are no JPEG or PNG picture: the message says what they are, and what would do. */
#include <string.h>

#include "helpers.h"

typedef struct {
    const char *name;
    size_t size;
    const char *bytes, *says;
} Other;

#define OTHER(name, bytes, says)            \
    {                                       \
        name, sizeof bytes - 1, bytes, says \
    }

static const Other others[] = {
    OTHER("empty", "", "an empty file; a download may"),
    OTHER("text", "hello, world", "a text file; take it out"),
    OTHER("text-not-ascii", "Gr\xc3\xbc\xc3\x9f Gott \xc3", "a text file"),
    OTHER("text-like-tiff", "MMXXVI", "a text file"),
    OTHER("text-like-bmp", "BM", "a BMP picture"),
    OTHER("zeros", "\0\0\0", "its first byte is 0x00"),
    OTHER("binary", "\x01\x02\x03\x04", "its first byte is 0x01; if it is a picture, convert"),
    OTHER("bmp", "BM\x36\0\0\0", "a BMP picture; convert it to JPEG or PNG"),
    OTHER("gif", "GIF89a", "a GIF picture; convert it"),
    OTHER("webp", "RIFF\x10\0\0\0WEBP", "a WebP picture; convert it"),
    OTHER("heic",
          "\0\0\0\x18"
          "ftypheic",
          "a HEIC picture; convert it"),
    OTHER("heif",
          "\0\0\0\x18"
          "ftypmif1",
          "a HEIF picture; convert it"),
    OTHER("avif",
          "\0\0\0\x1c"
          "ftypavif",
          "an AVIF picture; convert it"),
    OTHER("mp4",
          "\0\0\0\x20"
          "ftypisom",
          "an MP4 or QuickTime film; a film cannot be read"),
    OTHER("matroska", "\x1a\x45\xdf\xa3", "a Matroska or WebM film"),
    OTHER("avi", "RIFF\x10\0\0\0AVI LIST", "an AVI film"),
    OTHER("jpeg-xl", "\0\0\0\x0cJXL \r\n", "a JPEG XL picture; convert it"),
    OTHER("jpeg-2000", "\0\0\0\x0cjP  \r\n", "a JPEG 2000 picture; convert it"),
    OTHER("tiff", "II*\0", "a TIFF picture or a raw photograph; convert it"),
    OTHER("tiff-big-endian", "MM\0*\0\0\0\x08", "a TIFF picture"),
    OTHER("photoshop", "8BPS\0\1", "a Photoshop picture; convert it"),
    OTHER("icon", "\0\0\1\0\1\0", "an icon (ICO); convert it"),
    OTHER("ppm", "P6\n2 2\n", "a PPM picture; convert it"),
    OTHER("pdf", "%PDF-1.7", "a PDF document; convert it"),
    OTHER("html", "<!DOCTYPE html>", "an HTML page; a download may have given this"),
    OTHER("svg", "<svg xmlns=", "an SVG drawing; convert it"),
    OTHER("zip", "PK\x03\x04", "a ZIP archive; unpack it first"),
    OTHER("gzip", "\x1f\x8b\x08", "a gzip file; unpack it first"),
    OTHER("lfs", "version https://git-lfs.", "git lfs pull"),
    OTHER("cut-jpeg", "\xff\xd8", "its first byte is 0xff"),
};

static void test_other(const void *data)
{
    const Other *row = data;
    g_autofree char *bytes = g_memdup2(row->bytes, row->size);
    GError *error = NULL;
    IclPicture picture;

    g_assert_false(icl_picture_decode(bytes, row->size, "cat.jpg", &picture, &error));
    g_assert_nonnull(strstr(error->message, "cat.jpg: is not a JPEG or PNG picture"));
    test_error(error, ICL_ERROR_FORMAT, row->says);
}

static void test_missing(void)
{
    GError *error = NULL;
    IclPicture picture;

    g_assert_false(icl_picture_load("no/such.jpg", &picture, &error));
    test_error(error, ICL_ERROR_FILE, "no/such.jpg");
}

#define ADD_ROWS(prefix, rows, function)                                 \
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                    \
        g_autofree char *path = g_strconcat(prefix, rows[i].name, NULL); \
        g_test_add_data_func(path, &rows[i], function);                  \
    }

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/picture/other/", others, test_other)
    g_test_add_func("/picture/missing", test_missing);
    return g_test_run();
}
