/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pictures are told apart by their first bytes, never by the name of the file: a .jpg that holds
 * something else is common, and the message then says what. */
#include "picture.h"

#include <string.h>

enum {
    PICTURE_MAX_PIXELS = 1 << 28,
    PICTURE_MAX_SIDE = 1 << 20,
    PICTURE_TEXT_MAX = 64, /* bytes that tell text from other files */
};

typedef struct PictureKind {
    const char *name;
    size_t offset;
    const char *magic;
    size_t length; /* of it */
    bool (*decode)(const void *data, size_t size, const char *name, IclPicture *picture,
                   GError **error); /* NULL: recognised, to be named in the message */
} PictureKind;

#define MAGIC(text) text, sizeof text - 1

static const PictureKind picture_kinds[] = {
    {"JPEG", 0, MAGIC("\xff\xd8\xff"), icl_jpeg_decode},
    {"PNG", 0, MAGIC("\x89PNG\r\n\x1a\n"), icl_png_decode},
    {"a GIF picture", 0, MAGIC("GIF8"), NULL},
    {"a WebP picture", 8, MAGIC("WEBP"), NULL},
    {"a HEIC or AVIF picture, or a film", 4, MAGIC("ftyp"), NULL},
    {"a TIFF picture", 0, MAGIC("II*"), NULL},
    {"a TIFF picture", 0, MAGIC("MM\0*"), NULL},
    {"a PDF document", 0, MAGIC("%PDF"), NULL},
    {"a Matroska or WebM film", 0, MAGIC("\x1a\x45\xdf\xa3"), NULL},
    {"an HTML page", 0, MAGIC("<!DOC"), NULL},
    {"an HTML page", 0, MAGIC("<html"), NULL},
    {"an XML or SVG file", 0, MAGIC("<?xml"), NULL},
    {"an SVG drawing", 0, MAGIC("<svg"), NULL},
    {"a Git LFS pointer; fetch the real file with \"git lfs pull\"", 0,
     MAGIC("version https://git-"), NULL},
    {"a ZIP archive", 0, MAGIC("PK\x03\x04"), NULL},
    {"a gzip file", 0, MAGIC("\x1f\x8b"), NULL},
    {"a BMP picture", 0, MAGIC("BM"), NULL},
};

/* Whether the first bytes are UTF-8 text; a character may be cut at the end. */
static bool bytes_are_text(const uint8_t *bytes, size_t size)
{
    const char *end;

    for (size_t i = 0; i < size; i++)
        if (bytes[i] < ' ' && !memchr("\t\r\n", bytes[i], 3))
            return false;
    g_utf8_validate((const char *)bytes, size, &end);
    return (const char *)bytes + size - end < 4;
}

static const PictureKind *picture_kind(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < G_N_ELEMENTS(picture_kinds); i++) {
        const PictureKind *kind = &picture_kinds[i];
        if (size >= kind->offset + kind->length &&
            !memcmp(bytes + kind->offset, kind->magic, kind->length))
            return kind;
    }
    return NULL;
}

/* What a file that is no picture looks like; `text` has room for 64 bytes. */
static const char *bytes_look(const uint8_t *bytes, size_t size, char *text)
{
    const PictureKind *kind = picture_kind(bytes, size);

    if (kind)
        return kind->name;
    if (size == 0)
        return "an empty file";
    if (bytes_are_text(bytes, MIN(size, PICTURE_TEXT_MAX)))
        return "a text file";
    g_snprintf(text, 64, "no known format: its first byte is 0x%02x", bytes[0]);
    return text;
}

bool icl_picture_decode(const void *data, size_t size, const char *name, IclPicture *picture,
                        GError **error)
{
    const PictureKind *kind = picture_kind(data, size);
    char text[64];

    if (kind && kind->decode)
        return kind->decode(data, size, name, picture, error);
    g_set_error(
        error, ICL_ERROR, ICL_ERROR_FORMAT,
        "%s: is not a JPEG or PNG picture, the two kinds that can be read; it looks like %s", name,
        bytes_look(data, size, text));
    return false;
}

bool icl_picture_load(const char *path, IclPicture *picture, GError **error)
{
    GError *failure = NULL;
    g_autofree char *data = NULL;
    gsize size;

    if (!g_file_get_contents(path, &data, &size, &failure)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s", failure->message); /* names the path */
        g_error_free(failure);
        return false;
    }
    return icl_picture_decode(data, size, path, picture, error);
}

void icl_picture_clear(IclPicture *picture)
{
    g_free(picture->pixels);
    *picture = (IclPicture){0};
}

bool icl_picture_check_size(int64_t width, int64_t height, const char *name, GError **error)
{
    if (width >= 1 && height >= 1 && width <= PICTURE_MAX_SIDE && height <= PICTURE_MAX_SIDE &&
        width * height <= PICTURE_MAX_PIXELS)
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                "%s: is %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                " pixels; at most %d in all and %d a side can be read",
                name, width, height, PICTURE_MAX_PIXELS, PICTURE_MAX_SIDE);
    return false;
}

bool icl_picture_init(IclPicture *picture, IclPixelFormat format, int width, int height,
                      const char *name, GError **error)
{
    int channels = format == ICL_PIXEL_GRAY8 ? 1 : 3;
    uint8_t *pixels = g_try_malloc0((size_t)width * height * channels);

    if (!pixels) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_MEMORY,
                    "%s: is %d x %d pixels, for which the system has not enough memory", name,
                    width, height);
        return false;
    }
    *picture = (IclPicture){
        .frame = {.format = format,
                  .full_range = true,
                  .width = width,
                  .height = height,
                  .plane = {pixels},
                  .stride = {width * channels}},
        .pixels = pixels,
    };
    return true;
}
