/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Frames as JPEG files that every program shows alike: turned upright, and on black where they are
 * transparent, for JPEG has no alpha and few decoders heed EXIF. Preprocessing does that, and
 * knows every pixel format: a frame is resized to its own size. */
#include "jpeg_errors.h"
#include "picture.h"
#include "preprocess.h"
#include "recipe.h"

#include <stdlib.h>

typedef struct JpegWriter {
    struct jpeg_compress_struct info;
    IclJpegErrors errors;
    int width, height, channels; /* upright */
    float *pixels;               /* [height, width, channels] in 0..255 */
    uint8_t *row;
    unsigned char *bytes; /* malloc()ed by libjpeg */
    unsigned long size;
} JpegWriter;

static bool writer_take(JpegWriter *writer, const IclFrame *frame)
{
    bool turned = frame->orientation >= 5 && frame->orientation <= 8;

    writer->width = turned ? frame->height : frame->width;
    writer->height = turned ? frame->width : frame->height;
    writer->channels = frame->format == ICL_PIXEL_GRAY8 ? 1 : 3;
    size_t row = (size_t)writer->width * writer->channels;
    writer->pixels = g_try_new(float, row * writer->height);
    writer->row = g_try_new(uint8_t, row);
    if (!writer->pixels || !writer->row)
        return false;
    IclRecipe as_it_is = {.h = writer->height, .w = writer->width, .c = writer->channels};
    g_autoptr(IclPreprocessor) preprocessor = icl_preprocessor_new(&as_it_is);
    icl_preprocess_pixels(preprocessor, frame, writer->pixels);
    return true;
}

/* Everything that may longjmp. */
static void writer_run(JpegWriter *writer, int quality)
{
    struct jpeg_compress_struct *info = &writer->info;
    size_t row = (size_t)writer->width * writer->channels;

    jpeg_create_compress(info);
    jpeg_mem_dest(info, &writer->bytes, &writer->size);
    info->image_width = writer->width;
    info->image_height = writer->height;
    info->input_components = writer->channels;
    info->in_color_space = writer->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, quality, TRUE);
    jpeg_start_compress(info, TRUE);
    while (info->next_scanline < info->image_height) {
        const float *pixels = writer->pixels + info->next_scanline * row;
        for (size_t i = 0; i < row; i++)
            writer->row[i] = (uint8_t)(pixels[i] + 0.5f);
        jpeg_write_scanlines(info, &writer->row, 1);
    }
    jpeg_finish_compress(info);
}

static bool writer_guarded(JpegWriter *writer, int quality)
{
    if (setjmp(writer->errors.jump))
        return false;
    writer_run(writer, quality);
    return true;
}

static bool writer_encode(JpegWriter *writer, const IclFrame *frame, int quality, const char *path,
                          GError **error)
{
    if (!writer_take(writer, frame)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_MEMORY,
                    "%s: not enough memory for a picture of %d x %d pixels", path, writer->width,
                    writer->height);
        return false;
    }
    if (!writer_guarded(writer, quality)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT, "%s: cannot be made a JPEG file (%s)", path,
                    writer->errors.text);
        return false;
    }
    return true;
}

static bool bytes_save(const void *bytes, size_t size, const char *path, GError **error)
{
    GError *failure = NULL;

    if (g_file_set_contents(path, bytes, (gssize)size, &failure))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s", failure->message); /* names the path */
    g_error_free(failure);
    return false;
}

bool icl_picture_save_jpeg(const IclFrame *frame, int quality, const char *path, GError **error)
{
    JpegWriter writer = {0};
    bool ok;

    icl_jpeg_errors_init(&writer.errors);
    writer.info.err = &writer.errors.manager;
    ok = writer_encode(&writer, frame, quality, path, error) &&
         bytes_save(writer.bytes, writer.size, path, error);
    jpeg_destroy_compress(&writer.info);
    free(writer.bytes);
    g_free(writer.pixels);
    g_free(writer.row);
    return ok;
}
