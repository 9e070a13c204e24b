/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * PNG by libpng's classic interface: the simplified one applies the gamma a file states, which no
 * other training pipeline does. Its errors come back by longjmp. */
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "picture.h"

typedef struct PngReader {
    png_structp png;
    png_infop info;
    const uint8_t *data;
    size_t left;
    char text[128]; /* libpng's last words */
    const char *name;
    IclPicture picture;
    uint8_t *pixels; /* as libpng gives them: with alpha, if any */
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

/* Asks for 8 bits of grey or RGB, with alpha where the file has it. */
static void reader_transform(PngReader *reader)
{
    png_set_expand(reader->png); /* palette, few bits, and transparency stated aside */
    png_set_strip_16(reader->png);
    png_set_interlace_handling(reader->png);
    png_read_update_info(reader->png, reader->info);
}

static bool reader_allocate(PngReader *reader, int w, int h)
{
    size_t row = png_get_rowbytes(reader->png, reader->info);
    bool grey = !(png_get_color_type(reader->png, reader->info) & PNG_COLOR_MASK_COLOR);

    if (!icl_picture_init(&reader->picture, grey ? ICL_PIXEL_GRAY8 : ICL_PIXEL_RGB, w, h,
                          reader->name, reader->error))
        return false;
    if (png_get_color_type(reader->png, reader->info) & PNG_COLOR_MASK_ALPHA)
        reader->pixels = g_try_malloc0(row * h);
    reader->rows = g_try_new(png_bytep, h);
    if (!reader->rows || (!reader->pixels && row > (size_t)reader->picture.frame.stride[0])) {
        g_set_error(reader->error, ICL_ERROR, ICL_ERROR_MEMORY,
                    "%s: is %d x %d pixels, for which the system has not enough memory",
                    reader->name, w, h);
        return false;
    }
    for (int y = 0; y < h; y++)
        reader->rows[y] = (reader->pixels ? reader->pixels : reader->picture.pixels) + y * row;
    return true;
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
    png_read_end(png, NULL);
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

/* Over black: every colour by its alpha, rounded. */
static void reader_composite(PngReader *reader)
{
    const IclFrame *frame = &reader->picture.frame;
    size_t n = (size_t)frame->width * frame->height;
    int colours = frame->format == ICL_PIXEL_GRAY8 ? 1 : 3;
    const uint8_t *in = reader->pixels;
    uint8_t *out = reader->picture.pixels;

    for (size_t i = 0; i < n; i++, in += colours + 1)
        for (int c = 0; c < colours; c++)
            *out++ = (in[c] * in[colours] + 127) / 255;
}

bool icl_png_decode(const void *data, size_t size, const char *name, IclPicture *picture,
                    GError **error)
{
    PngReader reader = {.data = data, .left = size, .name = name, .error = error};
    bool ok = false;

    reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, png_fail, png_silent);
    reader.info = reader.png ? png_create_info_struct(reader.png) : NULL;
    if (reader.info)
        ok = reader_guarded(&reader);
    else
        g_set_error(error, ICL_ERROR, ICL_ERROR_MEMORY, "%s: not enough memory to read it", name);
    if (ok && reader.pixels)
        reader_composite(&reader);
    png_destroy_read_struct(&reader.png, &reader.info, NULL);
    g_free(reader.pixels);
    g_free(reader.rows);
    if (ok)
        *picture = reader.picture;
    else
        icl_picture_clear(&reader.picture);
    return ok;
}
