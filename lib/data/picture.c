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
    size_t offset;
    const char *magic;
    size_t length; /* of it */
    /* NULL: recognised, to be named in the message */
    bool (*decode)(const void *data, size_t size, const char *name, const IclPicturePart *part,
                   IclPicture *picture, GError **error);
    const char *looks, *advice;
} PictureKind;

#define MAGIC(offset, text) offset, text, sizeof text - 1
#define CONVERT             "convert it to JPEG or PNG"
#define FILM                "a film cannot be read as a picture: take single frames from it"
#define FETCH               "a download may have given this instead of the picture: fetch it again"
#define UNPACK              "unpack it first"

static const PictureKind picture_kinds[] = {
    {MAGIC(0, "\xff\xd8\xff"), icl_jpeg_decode},
    {MAGIC(0, "\x89PNG\r\n\x1a\n"), icl_png_decode},
    {MAGIC(0, "GIF8"), NULL, "a GIF picture", CONVERT},
    {MAGIC(8, "WEBP"), NULL, "a WebP picture", CONVERT},
    {MAGIC(4, "ftyphe"), NULL, "a HEIC picture", CONVERT},
    {MAGIC(4, "ftypmif1"), NULL, "a HEIF picture", CONVERT},
    {MAGIC(4, "ftypavi"), NULL, "an AVIF picture", CONVERT},
    {MAGIC(4, "ftypcrx"), NULL, "a raw photograph (CR3)", CONVERT},
    {MAGIC(4, "ftyp"), NULL, "an MP4 or QuickTime film", FILM},
    {MAGIC(0, "II*\0"), NULL, "a TIFF picture or a raw photograph", CONVERT},
    {MAGIC(0, "MM\0*"), NULL, "a TIFF picture or a raw photograph", CONVERT},
    {MAGIC(0, "\xff\x0a"), NULL, "a JPEG XL picture", CONVERT},
    {MAGIC(4, "JXL \r\n"), NULL, "a JPEG XL picture", CONVERT},
    {MAGIC(4, "jP  \r\n"), NULL, "a JPEG 2000 picture", CONVERT},
    {MAGIC(0, "\xff\x4f\xff\x51"), NULL, "a JPEG 2000 picture", CONVERT},
    {MAGIC(0, "8BPS"), NULL, "a Photoshop picture", CONVERT},
    {MAGIC(0, "gimp xcf"), NULL, "a GIMP picture", CONVERT},
    {MAGIC(0, "\0\0\1\0"), NULL, "an icon (ICO)", CONVERT},
    {MAGIC(0, "P5\n"), NULL, "a PGM picture", CONVERT},
    {MAGIC(0, "P6\n"), NULL, "a PPM picture", CONVERT},
    {MAGIC(0, "%PDF"), NULL, "a PDF document", CONVERT},
    {MAGIC(0, "\x1a\x45\xdf\xa3"), NULL, "a Matroska or WebM film", FILM},
    {MAGIC(8, "AVI "), NULL, "an AVI film", FILM},
    {MAGIC(0, "<!DOC"), NULL, "an HTML page", FETCH},
    {MAGIC(0, "<!doc"), NULL, "an HTML page", FETCH},
    {MAGIC(0, "<html"), NULL, "an HTML page", FETCH},
    {MAGIC(0, "<HTML"), NULL, "an HTML page", FETCH},
    {MAGIC(0, "<?xml"), NULL, "an XML or SVG file", CONVERT},
    {MAGIC(0, "<svg"), NULL, "an SVG drawing", CONVERT},
    {MAGIC(0, "version https://git-"), NULL, "a Git LFS pointer",
     "fetch the real file with \"git lfs pull\""},
    {MAGIC(0, "PK\x03\x04"), NULL, "a ZIP archive", UNPACK},
    {MAGIC(0, "\x1f\x8b"), NULL, "a gzip file", UNPACK},
    {MAGIC(0, "BM"), NULL, "a BMP picture", CONVERT},
};

/* Whether the first bytes are UTF-8 text; a character may be cut at the end. */
static bool bytes_are_text(const uint8_t *bytes, size_t size)
{
    const char *end;

    for (size_t i = 0; i < size; i++)
        if (bytes[i] < ' ' && !memchr("\t\r\n", bytes[i], 3))
            return false;
    if (g_utf8_validate((const char *)bytes, size, &end))
        return true;
    return g_utf8_get_char_validated(end, (const char *)bytes + size - end) == (gunichar)-2;
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

/* What a file that is no picture looks like, and what would do. */
static char *bytes_look(const PictureKind *kind, const uint8_t *bytes, size_t size)
{
    if (kind)
        return g_strdup_printf("%s; %s", kind->looks, kind->advice);
    if (size == 0)
        return g_strdup("an empty file; " FETCH);
    if (bytes_are_text(bytes, MIN(size, PICTURE_TEXT_MAX)))
        return g_strdup("a text file; take it out, or put it elsewhere");
    return g_strdup_printf(
        "no known format: its first byte is 0x%02x; if it is a picture, " CONVERT, bytes[0]);
}

bool icl_picture_decode_part(const void *data, size_t size, const char *name,
                             const IclPicturePart *part, IclPicture *picture, GError **error)
{
    const PictureKind *kind = picture_kind(data, size);

    if (kind && kind->decode)
        return kind->decode(data, size, name, part, picture, error);
    g_autofree char *looks = bytes_look(kind, data, size);
    g_set_error(
        error, ICL_ERROR, ICL_ERROR_FORMAT,
        "%s: is not a JPEG or PNG picture, the two kinds that can be read; it looks like %s", name,
        looks);
    return false;
}

bool icl_picture_decode(const void *data, size_t size, const char *name, IclPicture *picture,
                        GError **error)
{
    return icl_picture_decode_part(data, size, name, NULL, picture, error);
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

bool icl_picture_init_planes(IclPicture *picture, const IclFrame *frame, const size_t rows[3],
                             const char *name, GError **error)
{
    size_t bytes = 0;

    for (int i = 0; i < 3; i++)
        bytes += (size_t)frame->stride[i] * rows[i];
    uint8_t *pixels = g_try_malloc(bytes);
    if (!pixels) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_MEMORY,
                    "%s: is %d x %d pixels, for which the system has not enough memory", name,
                    frame->width, frame->height);
        return false;
    }
    *picture = (IclPicture){*frame, pixels};
    picture->frame.range = ICL_RANGE_FULL;
    picture->frame.orientation = 1;
    for (int i = 0; i < 3 && rows[i] > 0; i++) {
        picture->frame.plane[i] = pixels;
        pixels += (size_t)frame->stride[i] * rows[i];
    }
    return true;
}

bool icl_picture_init(IclPicture *picture, IclPixelFormat format, int width, int height,
                      const char *name, GError **error)
{
    int channels = format == ICL_PIXEL_GRAY8 ? 1 : format == ICL_PIXEL_RGBA ? 4 : 3;
    IclFrame frame = {
        .format = format, .width = width, .height = height, .stride = {width * channels}};

    return icl_picture_init_planes(picture, &frame, (size_t[3]){height}, name, error);
}
