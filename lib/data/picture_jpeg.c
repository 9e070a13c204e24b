/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * JPEG by libjpeg-turbo. Its errors come back by longjmp. Its warnings are errors here, a few
 * harmless ones apart: it would fill what a damaged file lacks with grey, and a model would learn
 * that. Orientation in EXIF is not applied, as in the GStreamer decoder a live stream comes
 * through. */
#include <setjmp.h>
#include <stdio.h> /* jpeglib.h needs it */
#include <stdlib.h>

#include <jpeglib.h>

#include <jerror.h>

#include "picture.h"

enum { JPEG_MAX_SCANS = 500 }; /* a small progressive file can ask for days of scans */

typedef struct JpegErrors {
    struct jpeg_error_mgr manager; /* first: libjpeg gives back a pointer to it */
    jmp_buf jump;
    char text[JMSG_LENGTH_MAX]; /* what went wrong; "": the GError is set already */
} JpegErrors;

typedef struct JpegReader {
    struct jpeg_decompress_struct info;
    struct jpeg_progress_mgr progress;
    JpegErrors errors;
    const char *name;
    IclPicture picture;
    GError **error;
} JpegReader;

static _Noreturn void jpeg_fail(j_common_ptr info)
{
    JpegErrors *errors = (JpegErrors *)info->err;

    errors->manager.format_message(info, errors->text);
    longjmp(errors->jump, 1);
}

static bool warning_is_harmless(int code)
{
    return code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR || code == JWRN_BOGUS_ICC;
}

static void jpeg_message(j_common_ptr info, int level)
{
    if (level < 0 && !warning_is_harmless(info->err->msg_code))
        jpeg_fail(info);
}

static void jpeg_silent(j_common_ptr info) {}

static void errors_init(JpegErrors *errors)
{
    jpeg_std_error(&errors->manager);
    errors->manager.error_exit = jpeg_fail;
    errors->manager.emit_message = jpeg_message;
    errors->manager.output_message = jpeg_silent;
}

static void jpeg_count_scans(j_common_ptr info)
{
    if (((j_decompress_ptr)info)->input_scan_number <= JPEG_MAX_SCANS)
        return;
    g_strlcpy(((JpegErrors *)info->err)->text, "too many scans", JMSG_LENGTH_MAX);
    longjmp(((JpegErrors *)info->err)->jump, 1);
}

/* One row of CMYK, in place in `cmyk`, to RGB. Adobe's files hold 255 - ink. */
static void cmyk_to_rgb(const uint8_t *cmyk, int n, bool inverted, uint8_t *rgb)
{
    int flip = inverted ? 0 : 255;

    for (int i = 0; i < n; i++)
        for (int c = 0; c < 3; c++)
            rgb[3 * i + c] = ((cmyk[4 * i + c] ^ flip) * (cmyk[4 * i + 3] ^ flip) + 127) / 255;
}

static void reader_rows(JpegReader *reader)
{
    struct jpeg_decompress_struct *info = &reader->info;
    bool cmyk = info->out_color_space == JCS_CMYK;
    JSAMPARRAY buffer = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE,
                                                info->output_width * info->output_components, 1);

    while (info->output_scanline < info->output_height) {
        uint8_t *row = reader->picture.pixels +
                       (size_t)info->output_scanline * reader->picture.frame.stride[0];
        jpeg_read_scanlines(info, cmyk ? buffer : &row, 1);
        if (cmyk)
            cmyk_to_rgb(buffer[0], (int)info->output_width, info->saw_Adobe_marker, row);
    }
}

static const J_COLOR_SPACE jpeg_output[] = {
    [JCS_GRAYSCALE] = JCS_GRAYSCALE, [JCS_RGB] = JCS_RGB,   [JCS_YCbCr] = JCS_RGB,
    [JCS_CMYK] = JCS_CMYK,           [JCS_YCCK] = JCS_CMYK,
};

/* Everything that may longjmp; false with the error set. */
static bool reader_run(JpegReader *reader, const void *data, size_t size)
{
    struct jpeg_decompress_struct *info = &reader->info;
    J_COLOR_SPACE space;

    jpeg_create_decompress(info);
    reader->progress.progress_monitor = jpeg_count_scans;
    info->progress = &reader->progress;
    jpeg_mem_src(info, data, size);
    jpeg_read_header(info, TRUE);
    if (!icl_picture_check_size(info->image_width, info->image_height, reader->name, reader->error))
        return false;
    space = info->jpeg_color_space;
    info->out_color_space = space < G_N_ELEMENTS(jpeg_output) ? jpeg_output[space] : JCS_UNKNOWN;
    if (info->out_color_space == JCS_UNKNOWN) {
        g_set_error(reader->error, ICL_ERROR, ICL_ERROR_FORMAT,
                    "%s: is a JPEG file of %d components; grey, colour and CMYK can be read",
                    reader->name, info->num_components);
        return false;
    }
    if (!icl_picture_init(&reader->picture,
                          info->out_color_space == JCS_GRAYSCALE ? ICL_PIXEL_GRAY8 : ICL_PIXEL_RGB,
                          (int)info->image_width, (int)info->image_height, reader->name,
                          reader->error))
        return false;
    jpeg_start_decompress(info);
    reader_rows(reader);
    jpeg_finish_decompress(info);
    return true;
}

static bool reader_guarded(JpegReader *reader, const void *data, size_t size)
{
    if (!setjmp(reader->errors.jump))
        return reader_run(reader, data, size);
    g_set_error(reader->error, ICL_ERROR, ICL_ERROR_FORMAT,
                "%s: is a damaged JPEG file (%s); replace it or take it out", reader->name,
                reader->errors.text);
    return false;
}

bool icl_jpeg_decode(const void *data, size_t size, const char *name, IclPicture *picture,
                     GError **error)
{
    JpegReader reader = {.name = name, .error = error};
    bool ok;

    errors_init(&reader.errors);
    reader.info.err = &reader.errors.manager;
    ok = reader_guarded(&reader, data, size);
    jpeg_destroy_decompress(&reader.info);
    if (ok)
        *picture = reader.picture;
    else
        icl_picture_clear(&reader.picture);
    return ok;
}

typedef struct JpegWriter {
    struct jpeg_compress_struct info;
    JpegErrors errors;
    unsigned char *bytes; /* malloc()ed by libjpeg */
    unsigned long size;
} JpegWriter;

static void writer_run(JpegWriter *writer, const IclFrame *frame, int quality)
{
    struct jpeg_compress_struct *info = &writer->info;
    bool grey = frame->format == ICL_PIXEL_GRAY8;

    jpeg_create_compress(info);
    jpeg_mem_dest(info, &writer->bytes, &writer->size);
    info->image_width = frame->width;
    info->image_height = frame->height;
    info->input_components = grey ? 1 : 3;
    info->in_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, quality, TRUE);
    jpeg_start_compress(info, TRUE);
    while (info->next_scanline < info->image_height) {
        JSAMPROW row =
            (JSAMPROW)frame->plane[0] + (ptrdiff_t)info->next_scanline * frame->stride[0];
        jpeg_write_scanlines(info, &row, 1);
    }
    jpeg_finish_compress(info);
}

static bool writer_guarded(JpegWriter *writer, const IclFrame *frame, int quality)
{
    if (setjmp(writer->errors.jump))
        return false;
    writer_run(writer, frame, quality);
    return true;
}

bool icl_picture_save_jpeg(const IclFrame *frame, int quality, const char *path, GError **error)
{
    JpegWriter writer = {0};
    GError *failure = NULL;
    bool ok;

    if (frame->format != ICL_PIXEL_RGB && frame->format != ICL_PIXEL_GRAY8) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                    "%s: only RGB and GRAY8 frames can be written as JPEG", path);
        return false;
    }
    errors_init(&writer.errors);
    writer.info.err = &writer.errors.manager;
    ok = writer_guarded(&writer, frame, quality);
    if (!ok)
        g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT, "%s: cannot be made a JPEG file (%s)", path,
                    writer.errors.text);
    else if (!g_file_set_contents(path, (const char *)writer.bytes, (gssize)writer.size,
                                  &failure)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s", failure->message); /* names the path */
        g_error_free(failure);
        ok = false;
    }
    jpeg_destroy_compress(&writer.info);
    free(writer.bytes);
    return ok;
}
