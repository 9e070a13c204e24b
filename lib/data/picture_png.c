/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * PNG by libpng's classic interface: the simplified one applies the gamma a file states, which no
 * other training pipeline does. Its errors come back by longjmp. */
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "picture.h"
#include "picture_exif.h"

typedef struct PngReader {
    png_structp png;
    png_infop info;
    const uint8_t *data;
    size_t left;
    char text[128]; /* libpng's last words */
    const char *name;
    IclPicture picture;
    png_bytep *rows;
    GError **error;
} PngReader;

static _Noreturn void png_fail(png_structp png, png_const_charp text)
{
    PngReader *reader = png_get_error_ptr(png);

    g_strlcpy(reader->text, text, sizeof reader->text);
    longjmp(png_jmpbuf(png), 1);
}

static void png_silent(png_structp png, png_const_charp text) {}

static void png_take(png_structp png, png_bytep bytes, size_t n)
{
    PngReader *reader = png_get_io_ptr(png);

    if (n > reader->left)
        png_error(png, "it ends early");
    memcpy(bytes, reader->data, n);
    reader->data += n;
    reader->left -= n;
}

/* Asks for 8 bits of grey, RGB or RGBA. */
static void reader_transform(PngReader *reader)
{
    png_set_expand(reader->png); /* palette, few bits, and transparency stated aside */
    png_set_strip_16(reader->png);
    png_set_interlace_handling(reader->png);
    if (png_get_color_type(reader->png, reader->info) & PNG_COLOR_MASK_ALPHA ||
        png_get_valid(reader->png, reader->info, PNG_INFO_tRNS))
        png_set_gray_to_rgb(reader->png);
    png_read_update_info(reader->png, reader->info);
}

static bool reader_allocate(PngReader *reader, int w, int h)
{
    static const IclPixelFormat formats[] = {
        [PNG_COLOR_TYPE_GRAY] = ICL_PIXEL_GRAY8,
        [PNG_COLOR_TYPE_RGB] = ICL_PIXEL_RGB,
        [PNG_COLOR_TYPE_RGB_ALPHA] = ICL_PIXEL_RGBA,
    };
    int type = png_get_color_type(reader->png, reader->info);

    if (!icl_picture_init(&reader->picture, formats[type], w, h, reader->name, reader->error))
        return false;
    reader->rows = g_try_new(png_bytep, h);
    if (!reader->rows) {
        g_set_error(reader->error, ICL_ERROR, ICL_ERROR_MEMORY,
                    "%s: is %d x %d pixels, for which the system has not enough memory",
                    reader->name, w, h);
        return false;
    }
    for (int y = 0; y < h; y++)
        reader->rows[y] = reader->picture.pixels + (size_t)y * reader->picture.frame.stride[0];
    return true;
}

/* The chunk eXIf may stand before the pixels or behind them. */
static int reader_orientation(PngReader *reader)
{
    png_uint_32 size;
    png_bytep exif;

    return png_get_eXIf_1(reader->png, reader->info, &size, &exif)
               ? icl_exif_orientation(exif, size)
               : 1;
}

/* Everything that may longjmp; false with the error set. */
static bool reader_run(PngReader *reader)
{
    png_structp png = reader->png;
    png_uint_32 w, h;

    png_set_read_fn(png, reader, png_take);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_user_limits(png, PNG_UINT_31_MAX,
                        PNG_UINT_31_MAX); /* ours come with a better message */
    png_read_info(png, reader->info);
    w = png_get_image_width(png, reader->info);
    h = png_get_image_height(png, reader->info);
    if (!icl_picture_check_size(w, h, reader->name, reader->error))
        return false;
    reader_transform(reader);
    if (!reader_allocate(reader, (int)w, (int)h))
        return false;
    png_read_image(png, reader->rows);
    png_read_end(png, reader->info);
    reader->picture.frame.orientation = reader_orientation(reader);
    return true;
}

static bool reader_guarded(PngReader *reader)
{
    if (!setjmp(png_jmpbuf(reader->png)))
        return reader_run(reader);
    g_set_error(reader->error, ICL_ERROR, ICL_ERROR_FORMAT,
                "%s: is a damaged PNG file (%s); replace it or take it out", reader->name,
                reader->text);
    return false;
}

bool icl_png_decode(const void *data, size_t size, const char *name, const IclPicturePart *part,
                    IclPicture *picture, GError **error)
{
    PngReader reader = {.data = data, .left = size, .name = name, .error = error};
    bool ok = false;

    reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, png_fail, png_silent);
    reader.info = reader.png ? png_create_info_struct(reader.png) : NULL;
    if (reader.info)
        ok = reader_guarded(&reader);
    else
        g_set_error(error, ICL_ERROR, ICL_ERROR_MEMORY, "%s: not enough memory to read it", name);
    png_destroy_read_struct(&reader.png, &reader.info, NULL);
    g_free(reader.rows);
    if (ok)
        *picture = reader.picture;
    else
        icl_picture_clear(&reader.picture);
    return ok;
}
