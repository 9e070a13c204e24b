/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Decoding: each kind of JPEG and PNG file to its pixels, damage to an error, other files to a
 * message that says what they are. The files are made here by libjpeg and libpng. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#include "helpers.h"

typedef struct {
    const char *name;
    int width, height;
    J_COLOR_SPACE space; /* of the file */
    bool progressive;
    bool grey; /* expected */
} Jpeg;

static const Jpeg jpegs[] = {
    {"colour", 37, 23, JCS_YCbCr, false, false},
    {"grey", 16, 9, JCS_GRAYSCALE, false, true},
    {"rgb", 8, 8, JCS_RGB, false, false},
    {"one-pixel", 1, 1, JCS_YCbCr, false, false},
    {"progressive", 40, 30, JCS_YCbCr, true, false},
    {"cmyk", 20, 10, JCS_CMYK, false, false},
    {"ycck", 20, 10, JCS_YCCK, false, false},
};

static void ramp(int x, int y, uint8_t rgb[3])
{
    rgb[0] = (uint8_t)(60 + 3 * x);
    rgb[1] = (uint8_t)(200 - 4 * y);
    rgb[2] = (uint8_t)(100 + x + y);
}

/* What libjpeg is given for the pixel: grey, RGB, or Adobe's inverted CMYK with a black of 10 %. */
static void jpeg_pixel(const Jpeg *row, int x, int y, uint8_t *out)
{
    uint8_t rgb[3];

    ramp(x, y, rgb);
    memcpy(out, rgb, row->grey ? 1 : 3);
    if (row->space == JCS_CMYK || row->space == JCS_YCCK) {
        for (int c = 0; c < 3; c++)
            out[c] = (uint8_t)MIN(255, rgb[c] * 255 / 230);
        out[3] = 230;
    }
}

static unsigned char *make_jpeg(const Jpeg *row, unsigned long *size)
{
    struct jpeg_compress_struct info = {0};
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    uint8_t line[4 * 64];
    JSAMPROW rows = line;
    bool cmyk = row->space == JCS_CMYK || row->space == JCS_YCCK;

    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &bytes, size);
    info.image_width = row->width;
    info.image_height = row->height;
    info.input_components = row->grey ? 1 : cmyk ? 4 : 3;
    info.in_color_space = row->grey ? JCS_GRAYSCALE : cmyk ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_colorspace(&info, row->space);
    info.write_Adobe_marker = cmyk;
    jpeg_set_quality(&info, 100, TRUE);
    if (row->progressive)
        jpeg_simple_progression(&info);
    jpeg_start_compress(&info, TRUE);
    for (int y = 0; y < row->height; y++) {
        for (int x = 0; x < row->width; x++)
            jpeg_pixel(row, x, y, line + x * info.input_components);
        jpeg_write_scanlines(&info, &rows, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    return bytes;
}

static void test_jpeg(const void *data)
{
    const Jpeg *row = data;
    unsigned long size = 0;
    unsigned char *bytes = make_jpeg(row, &size);
    GError *error = NULL;
    IclPicture picture;
    int channels = row->grey ? 1 : 3;

    g_assert_true(icl_picture_decode(bytes, size, "a.jpg", &picture, &error));
    g_assert_cmpint(picture.frame.format, ==, row->grey ? ICL_PIXEL_GRAY8 : ICL_PIXEL_RGB);
    g_assert_cmpint(picture.frame.width, ==, row->width);
    g_assert_cmpint(picture.frame.height, ==, row->height);
    g_assert_cmpint(picture.frame.stride[0], ==, row->width * channels);
    g_assert_true(picture.frame.full_range);
    for (int y = 0; y < row->height; y++)
        for (int x = 0; x < row->width; x++) {
            uint8_t rgb[3];
            ramp(x, y, rgb);
            for (int c = 0; c < channels; c++)
                g_assert_cmpint(abs(picture.pixels[(y * row->width + x) * channels + c] - rgb[c]),
                                <=, 6);
        }
    icl_picture_clear(&picture);
    free(bytes);
}

/* Cut anywhere, a file is an error, never a picture with a grey rest. */
static void test_jpeg_cut(const void *data)
{
    unsigned long size = 0;
    unsigned char *bytes = make_jpeg(data, &size);
    IclPicture picture;

    for (unsigned long n = 0; n + 2 < size; n++) { /* the end marker's loss is a warning as well */
        g_autofree unsigned char *cut = g_memdup2(bytes, n);
        GError *error = NULL;
        g_assert_false(icl_picture_decode(cut, n, "cut.jpg", &picture, &error));
        test_error(error, ICL_ERROR_FORMAT, n < 3 ? "is not a JPEG or PNG" : "damaged JPEG file");
    }
    free(bytes);
}

/* JPEG has no checksum: a changed byte may go unseen, but never crashes or leaks. */
static void test_jpeg_damage(const void *data)
{
    unsigned long size = 0;
    unsigned char *bytes = make_jpeg(data, &size);
    int refused = 0;

    for (unsigned long at = 0; at < size; at++) {
        g_autofree unsigned char *damaged = g_memdup2(bytes, size);
        g_autoptr(GError) error = NULL;
        IclPicture picture;
        damaged[at] ^= 0xff;
        if (icl_picture_decode(damaged, size, "damaged.jpg", &picture, &error))
            icl_picture_clear(&picture);
        else
            g_assert_nonnull(error);
        refused += error != NULL;
    }
    g_assert_cmpint(refused, >, (int)size / 10);
    free(bytes);
}

static void test_jpeg_save(void)
{
    static const uint8_t pixels[2][6] = {{200, 10, 30, 200, 10, 30}, {90, 91, 90, 91, 90, 91}};
    char *root = test_folder_new();
    g_autofree char *path = g_build_filename(root, "a.jpg", NULL);
    IclFrame frame = {ICL_PIXEL_RGB, ICL_MATRIX_BT601, true, 2, 1, {pixels[0]}, {6}};
    GError *error = NULL;
    IclPicture picture;

    g_assert_true(icl_picture_save_jpeg(&frame, 100, path, &error));
    g_assert_true(icl_picture_load(path, &picture, &error));
    for (int c = 0; c < 3; c++)
        g_assert_cmpint(abs(picture.pixels[c] - pixels[0][c]), <=, 3);
    icl_picture_clear(&picture);

    frame = (IclFrame){ICL_PIXEL_GRAY8, ICL_MATRIX_BT601, true, 2, 3, {pixels[1]}, {2}};
    g_assert_true(icl_picture_save_jpeg(&frame, 100, path, &error));
    g_assert_true(icl_picture_load(path, &picture, &error));
    g_assert_cmpint(picture.frame.format, ==, ICL_PIXEL_GRAY8);
    g_assert_cmpint(picture.frame.height, ==, 3);
    icl_picture_clear(&picture);

    frame.format = ICL_PIXEL_YUY2;
    g_assert_false(icl_picture_save_jpeg(&frame, 90, path, &error));
    test_error(g_steal_pointer(&error), ICL_ERROR_FORMAT, "only RGB and GRAY8");
    frame.format = ICL_PIXEL_GRAY8;
    g_assert_false(icl_picture_save_jpeg(&frame, 90, "no/such/folder/a.jpg", &error));
    test_error(error, ICL_ERROR_FILE, "no/such/folder");
    test_folder_remove(root);
}

/* Two pixels: what is written, and what must come back. */
typedef struct {
    const char *name;
    int type, depth;
    bool transparent; /* a tRNS chunk that makes the first colour transparent */
    bool interlaced;
    int n_in;
    uint8_t in[16];
    bool grey;
    uint8_t out[6];
} Png;

static const Png pngs[] = {
    {"grey", PNG_COLOR_TYPE_GRAY, 8, false, false, 2, {7, 250}, true, {7, 250}},
    {"grey-1-bit", PNG_COLOR_TYPE_GRAY, 1, false, false, 1, {0x40}, true, {0, 255}},
    {"grey-4-bit", PNG_COLOR_TYPE_GRAY, 4, false, false, 1, {0x1f}, true, {17, 255}},
    {"grey-16-bit", PNG_COLOR_TYPE_GRAY, 16, false, false, 4, {7, 255, 250, 1}, true, {7, 250}},
    {"grey-alpha",
     PNG_COLOR_TYPE_GRAY_ALPHA,
     8,
     false,
     false,
     4,
     {100, 255, 100, 51},
     true,
     {100, 20}},
    {"grey-transparent", PNG_COLOR_TYPE_GRAY, 8, true, false, 2, {9, 250}, true, {0, 250}},
    {"rgb", PNG_COLOR_TYPE_RGB, 8, false, false, 6, {1, 2, 3, 4, 5, 6}, false, {1, 2, 3, 4, 5, 6}},
    {"rgb-16-bit",
     PNG_COLOR_TYPE_RGB,
     16,
     false,
     false,
     12,
     {1, 200, 2, 200, 3, 200, 4, 200, 5, 200, 6, 200},
     false,
     {1, 2, 3, 4, 5, 6}},
    {"rgb-interlaced",
     PNG_COLOR_TYPE_RGB,
     8,
     false,
     true,
     6,
     {1, 2, 3, 4, 5, 6},
     false,
     {1, 2, 3, 4, 5, 6}},
    {"alpha",
     PNG_COLOR_TYPE_RGB_ALPHA,
     8,
     false,
     false,
     8,
     {10, 20, 30, 255, 10, 20, 30, 0},
     false,
     {10, 20, 30, 0, 0, 0}},
    {"half-alpha",
     PNG_COLOR_TYPE_RGB_ALPHA,
     8,
     false,
     false,
     8,
     {255, 100, 1, 128, 0, 0, 255, 127},
     false,
     {128, 50, 1, 0, 0, 127}},
    {"alpha-16-bit",
     PNG_COLOR_TYPE_RGB_ALPHA,
     16,
     false,
     false,
     16,
     {10, 0, 20, 0, 30, 0, 255, 255, 10, 0, 20, 0, 30, 0, 0, 0},
     false,
     {10, 20, 30, 0, 0, 0}},
    {"palette", PNG_COLOR_TYPE_PALETTE, 8, false, false, 2, {1, 0}, false, {60, 70, 80, 9, 9, 9}},
    {"palette-2-bit",
     PNG_COLOR_TYPE_PALETTE,
     2,
     false,
     false,
     1,
     {0x40},
     false,
     {60, 70, 80, 9, 9, 9}},
    {"palette-transparent",
     PNG_COLOR_TYPE_PALETTE,
     8,
     true,
     false,
     2,
     {1, 0},
     false,
     {60, 70, 80, 0, 0, 0}},
};

static void append_bytes(png_structp png, png_bytep bytes, size_t n)
{
    g_byte_array_append(png_get_io_ptr(png), bytes, (guint)n);
}

static GByteArray *make_png(const Png *row)
{
    static const png_color palette[2] = {{9, 9, 9}, {60, 70, 80}};
    GByteArray *bytes = g_byte_array_new();
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);

    png_set_write_fn(png, bytes, append_bytes, NULL);
    png_set_IHDR(png, info, 2, 1, row->depth, row->type,
                 row->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
    png_set_gAMA(png, info, 1.0); /* must change nothing */
    if (row->type == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, 2);
    if (row->transparent)
        png_set_tRNS(png, info, (const png_byte[]){0}, 1, &(png_color_16){.gray = 9});
    png_write_info(png, info);
    for (int pass = png_set_interlace_handling(png); pass > 0; pass--)
        png_write_row(png, row->in);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return bytes;
}

static void test_png(const void *data)
{
    const Png *row = data;
    g_autoptr(GByteArray) bytes = make_png(row);
    GError *error = NULL;
    IclPicture picture;

    g_assert_true(icl_picture_decode(bytes->data, bytes->len, "a.png", &picture, &error));
    g_assert_cmpint(picture.frame.format, ==, row->grey ? ICL_PIXEL_GRAY8 : ICL_PIXEL_RGB);
    g_assert_cmpint(picture.frame.width, ==, 2);
    g_assert_cmpint(picture.frame.height, ==, 1);
    g_assert_cmpmem(picture.pixels, row->grey ? 2 : 6, row->out, row->grey ? 2 : 6);
    icl_picture_clear(&picture);
}

/* Every byte of a PNG file is under a checksum, or is checked itself. */
static void test_png_damage(const void *data)
{
    g_autoptr(GByteArray) bytes = make_png(data);
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
    g_autoptr(GByteArray) bytes = make_png(&pngs[0]);
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

typedef struct {
    const char *name;
    size_t size;
    const char *bytes, *says;
} Other;

static const Other others[] = {
    {"empty", 0, "", "an empty file"},
    {"text", 12, "hello, world", "a text file"},
    {"text-not-ascii", 13, "Gr\xc3\xbc\xc3\x9f Gott \xc3", "a text file"},
    {"text-like-tiff", 6, "MMXXVI", "a text file"},
    {"tiff-big-endian", 8, "MM\0*\0\0\0\x08", "a TIFF picture"},
    {"zeros", 3, "\0\0\0", "its first byte is 0x00"},
    {"bmp", 6, "BM\x36\0\0\0", "a BMP picture"},
    {"gif", 6, "GIF89a", "a GIF picture"},
    {"webp", 12, "RIFF\x10\0\0\0WEBP", "a WebP picture"},
    {"heic", 12,
     "\0\0\0\x18"
     "ftypheic",
     "a HEIC or AVIF picture"},
    {"pdf", 8, "%PDF-1.7", "a PDF document"},
    {"html", 15, "<!DOCTYPE html>", "an HTML page"},
    {"tiff", 4, "II*\0", "a TIFF picture"},
    {"lfs", 24, "version https://git-lfs.", "git lfs pull"},
    {"binary", 4, "\x01\x02\x03\x04", "its first byte is 0x01"},
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
    ADD_ROWS("/picture/jpeg/", jpegs, test_jpeg)
    ADD_ROWS("/picture/jpeg-cut/", jpegs, test_jpeg_cut)
    ADD_ROWS("/picture/jpeg-damage/", jpegs, test_jpeg_damage)
    g_test_add_func("/picture/jpeg-save", test_jpeg_save);
    ADD_ROWS("/picture/png/", pngs, test_png)
    ADD_ROWS("/picture/png-damage/", pngs, test_png_damage)
    g_test_add_func("/picture/png-too-large", test_png_size);
    ADD_ROWS("/picture/other/", others, test_other)
    g_test_add_func("/picture/missing", test_missing);
    return g_test_run();
}
