/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * PNG: every colour type, depth and kind of transparency to grey, RGB or RGBA; damage to an error;
 * orientation. The files are made here by libpng. */
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "helpers.h"

#define GREY       PNG_COLOR_TYPE_GRAY
#define GREY_ALPHA PNG_COLOR_TYPE_GRAY_ALPHA
#define RGB        PNG_COLOR_TYPE_RGB
#define RGB_ALPHA  PNG_COLOR_TYPE_RGB_ALPHA
#define PALETTE    PNG_COLOR_TYPE_PALETTE

/* Two pixels: what is written, and what must come back. */
typedef struct {
    const char *name;
    int type, depth;
    enum { PLAIN, TRANSPARENT, INTERLACED } way; /* a tRNS chunk: the first colour, or grey 9 */
    uint8_t in[16];
    IclPixelFormat format;
    int n; /* bytes of `out` */
    uint8_t out[8];
} Png;

static const Png pngs[] = {
    {"grey", GREY, 8, PLAIN, {7, 250}, ICL_PIXEL_GRAY8, 2, {7, 250}},
    {"grey-1-bit", GREY, 1, PLAIN, {0x40}, ICL_PIXEL_GRAY8, 2, {0, 255}},
    {"grey-4-bit", GREY, 4, PLAIN, {0x1f}, ICL_PIXEL_GRAY8, 2, {17, 255}},
    {"grey-16-bit", GREY, 16, PLAIN, {7, 255, 250, 1}, ICL_PIXEL_GRAY8, 2, {7, 250}},
    {"grey-interlaced", GREY, 8, INTERLACED, {7, 250}, ICL_PIXEL_GRAY8, 2, {7, 250}},
    {"grey-alpha",
     GREY_ALPHA,
     8,
     PLAIN,
     {100, 255, 99, 51},
     ICL_PIXEL_RGBA,
     8,
     {100, 100, 100, 255, 99, 99, 99, 51}},
    {"grey-alpha-16-bit",
     GREY_ALPHA,
     16,
     PLAIN,
     {100, 0, 255, 0, 99, 0, 51, 0},
     ICL_PIXEL_RGBA,
     8,
     {100, 100, 100, 255, 99, 99, 99, 51}},
    {"grey-transparent",
     GREY,
     8,
     TRANSPARENT,
     {9, 250},
     ICL_PIXEL_RGBA,
     8,
     {9, 9, 9, 0, 250, 250, 250, 255}},
    {"grey-4-bit-transparent",
     GREY,
     4,
     TRANSPARENT,
     {0x9f},
     ICL_PIXEL_RGBA,
     8,
     {153, 153, 153, 0, 255, 255, 255, 255}},
    {"rgb", RGB, 8, PLAIN, {1, 2, 3, 4, 5, 6}, ICL_PIXEL_RGB, 6, {1, 2, 3, 4, 5, 6}},
    {"rgb-16-bit",
     RGB,
     16,
     PLAIN,
     {1, 200, 2, 200, 3, 200, 4, 200, 5, 200, 6, 200},
     ICL_PIXEL_RGB,
     6,
     {1, 2, 3, 4, 5, 6}},
    {"rgb-interlaced",
     RGB,
     8,
     INTERLACED,
     {1, 2, 3, 4, 5, 6},
     ICL_PIXEL_RGB,
     6,
     {1, 2, 3, 4, 5, 6}},
    {"rgb-transparent",
     RGB,
     8,
     TRANSPARENT,
     {9, 10, 11, 4, 5, 6},
     ICL_PIXEL_RGBA,
     8,
     {9, 10, 11, 0, 4, 5, 6, 255}},
    {"alpha",
     RGB_ALPHA,
     8,
     PLAIN,
     {10, 20, 30, 128, 40, 50, 60, 0},
     ICL_PIXEL_RGBA,
     8,
     {10, 20, 30, 128, 40, 50, 60, 0}},
    {"alpha-16-bit",
     RGB_ALPHA,
     16,
     PLAIN,
     {10, 0, 20, 0, 30, 0, 255, 255, 40, 0, 50, 0, 60, 0, 0, 0},
     ICL_PIXEL_RGBA,
     8,
     {10, 20, 30, 255, 40, 50, 60, 0}},
    {"alpha-interlaced",
     RGB_ALPHA,
     8,
     INTERLACED,
     {10, 20, 30, 128, 40, 50, 60, 0},
     ICL_PIXEL_RGBA,
     8,
     {10, 20, 30, 128, 40, 50, 60, 0}},
    {"palette", PALETTE, 8, PLAIN, {1, 0}, ICL_PIXEL_RGB, 6, {60, 70, 80, 9, 9, 9}},
    {"palette-2-bit", PALETTE, 2, PLAIN, {0x40}, ICL_PIXEL_RGB, 6, {60, 70, 80, 9, 9, 9}},
    {"palette-transparent",
     PALETTE,
     8,
     TRANSPARENT,
     {1, 0},
     ICL_PIXEL_RGBA,
     8,
     {60, 70, 80, 255, 9, 9, 9, 0}},
};

static void append_bytes(png_structp png, png_bytep bytes, size_t n)
{
    g_byte_array_append(png_get_io_ptr(png), bytes, (guint)n);
}

enum { EXIF_NONE, EXIF_BEFORE, EXIF_BEHIND };

/* `exif`: where a chunk eXIf stands that says orientation 6. */
static GByteArray *make_png(const Png *row, int exif)
{
    static const png_color palette[2] = {{9, 9, 9}, {60, 70, 80}};
    static png_byte turned[] = "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    GByteArray *bytes = g_byte_array_new();
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);

    png_set_write_fn(png, bytes, append_bytes, NULL);
    png_set_IHDR(png, info, 2, 1, row->depth, row->type,
                 row->way == INTERLACED ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
    png_set_gAMA(png, info, 1.0); /* must change nothing */
    if (row->type == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, 2);
    if (row->way == TRANSPARENT)
        png_set_tRNS(png, info, (const png_byte[]){0}, 1, &(png_color_16){0, 9, 10, 11, 9});
    if (exif == EXIF_BEFORE)
        png_set_eXIf_1(png, info, sizeof turned, turned);
    png_write_info(png, info);
    for (int pass = png_set_interlace_handling(png); pass > 0; pass--)
        png_write_row(png, row->in);
    if (exif == EXIF_BEHIND)
        png_write_chunk(png, (png_const_bytep) "eXIf", turned, sizeof turned);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return bytes;
}

static void test_png(const void *data)
{
    const Png *row = data;
    g_autoptr(GByteArray) bytes = make_png(row, EXIF_NONE);
    GError *error = NULL;
    IclPicture picture;

    icl_picture_decode(bytes->data, bytes->len, "a.png", &picture, &error);
    g_assert_no_error(error);
    g_assert_cmpint(picture.frame.format, ==, row->format);
    g_assert_cmpint(picture.frame.width, ==, 2);
    g_assert_cmpint(picture.frame.height, ==, 1);
    g_assert_cmpint(picture.frame.orientation, ==, 1);
    g_assert_cmpint(picture.frame.range, ==, ICL_RANGE_FULL);
    g_assert_cmpmem(picture.pixels, picture.frame.stride[0], row->out, row->n);
    icl_picture_clear(&picture);
}

static void test_png_orientation(const void *data)
{
    g_autoptr(GByteArray) bytes = make_png(&pngs[0], GPOINTER_TO_INT(data));
    GError *error = NULL;
    IclPicture picture;

    icl_picture_decode(bytes->data, bytes->len, "a.png", &picture, &error);
    g_assert_no_error(error);
    g_assert_cmpint(picture.frame.orientation, ==, 6);
    g_assert_cmpint(picture.frame.width, ==, 2);
    icl_picture_clear(&picture);
}

/* Every byte of a PNG file is under a checksum, or is checked itself. */
static void test_png_damage(const void *data)
{
    g_autoptr(GByteArray) bytes = make_png(data, EXIF_NONE);
    IclPicture picture;

    for (guint at = 0; at < 2 * bytes->len; at++) {
        bool cut = at >= bytes->len;
        size_t size = cut ? at - bytes->len : bytes->len;
        g_autofree uint8_t *damaged = g_memdup2(bytes->data, size);
        GError *error = NULL;
        if (!cut)
            damaged[at] ^= 0x10;
        g_assert_false(icl_picture_decode(damaged, size, "damaged.png", &picture, &error));
        test_error(error, ICL_ERROR_FORMAT,
                   (cut ? size : at) < 8 ? "is not a JPEG or PNG" : "damaged PNG file");
    }
}

/* A header that promises what no memory should be taken for. */
static void test_png_size(void)
{
    g_autoptr(GByteArray) bytes = make_png(&pngs[0], EXIF_NONE);
    GError *error = NULL;
    IclPicture picture;
    guint32 crc;

    memcpy(bytes->data + 16, "\0\0\x80\0\0\0\x40\0", 8); /* 32768 x 16384 */
    crc = GUINT32_TO_BE((guint32)0);
    for (guint32 i = 0, c = ~0u; i <= 17; i++) { /* CRC-32 of the chunk IHDR, by its definition */
        if (i == 17) {
            crc = GUINT32_TO_BE(~c);
            break;
        }
        c ^= bytes->data[12 + i];
        for (int bit = 0; bit < 8; bit++)
            c = c >> 1 ^ (c & 1 ? 0xEDB88320u : 0);
    }
    memcpy(bytes->data + 29, &crc, 4);
    g_assert_false(icl_picture_decode(bytes->data, bytes->len, "big.png", &picture, &error));
    test_error(error, ICL_ERROR_FORMAT, "big.png: is 32768 x 16384 pixels; at most 268435456");
}

#define ADD_ROWS(prefix, rows, function)                                 \
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                    \
        g_autofree char *path = g_strconcat(prefix, rows[i].name, NULL); \
        g_test_add_data_func(path, &rows[i], function);                  \
    }

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/png/read/", pngs, test_png)
    ADD_ROWS("/png/damage/", pngs, test_png_damage)
    g_test_add_data_func("/png/exif-before", GINT_TO_POINTER(EXIF_BEFORE), test_png_orientation);
    g_test_add_data_func("/png/exif-behind", GINT_TO_POINTER(EXIF_BEHIND), test_png_orientation);
    g_test_add_func("/png/too-large", test_png_size);
    return g_test_run();
}
