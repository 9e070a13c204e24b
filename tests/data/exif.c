/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Orientation: EXIF of both byte orders, broken in every way, alone and in a JPEG file. */
#include <stdlib.h>

#include "jpeg_made.h"
#include "picture_exif.h"

static const TestJpeg plain = {"plain", 37, 23, JCS_YCbCr, 2, 2, BASELINE, ICL_PIXEL_I420};

#define LITTLE "Exif\0\0II*\0\x08\0\0\0"
#define BIG    "Exif\0\0MM\0*\0\0\0\x08"

typedef struct {
    const char *name;
    int orientation;
    size_t size;
    const char *bytes;
} Exif;

#define EXIF(name, orientation, bytes)             \
    {                                              \
        name, orientation, sizeof bytes - 1, bytes \
    }

static const Exif exifs[] = {
    EXIF("little-endian", 6, LITTLE "\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"),
    EXIF("big-endian", 8, BIG "\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0"),
    EXIF("second-entry", 3,
         BIG "\0\x02\x01\x0f\0\x02\0\0\0\x04ICL\0"
             "\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0"),
    EXIF("directory-elsewhere", 5,
         "Exif\0\0II*\0\x0b\0\0\0gap\x01\0\x12\x01\x03\0\x01\0\0\0\x05\0\0\0\0\0\0\0"),
    EXIF("no-orientation", 1, BIG "\0\x01\x01\x0f\0\x02\0\0\0\x04ICL\0\0\0\0\0"),
    EXIF("orientation-0", 1, BIG "\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0"),
    EXIF("orientation-9", 1, BIG "\0\x01\x01\x12\0\x03\0\0\0\x01\0\x09\0\0\0\0\0\0"),
    EXIF("orientation-as-text", 1, BIG "\0\x01\x01\x12\0\x02\0\0\0\x01\0\x06\0\0\0\0\0\0"),
    EXIF("two-orientations-in-one", 1, BIG "\0\x01\x01\x12\0\x03\0\0\0\x02\0\x06\0\x06\0\0\0\0"),
    EXIF("count-past-the-end", 7, LITTLE "\xff\xff\x12\x01\x03\0\x01\0\0\0\x07\0"),
    EXIF("offset-past-the-end", 1, "Exif\0\0II*\0\xff\xff\xff\xff\x01\0\x12\x01\x03\0"),
    EXIF("offset-at-the-end", 1, "Exif\0\0II*\0\x08\0\0\0"),
    EXIF("neither-byte-order", 1,
         "Exif\0\0MI*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"),
    EXIF("not-42", 1, "Exif\0\0II+\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"),
    EXIF("xmp", 1, "http://ns.adobe.com/xap/1.0/\0<x>"),
    EXIF("head-only", 1, "Exif\0\0"),
    EXIF("empty", 1, ""),
};

/* A picture is as large as before, and turned by nothing but its orientation. */
static void test_jpeg_exif(const void *data)
{
    const Exif *exif = data;
    unsigned long size = 0;
    unsigned char *bytes = test_jpeg_make(&plain, exif->bytes, exif->size, &size);
    GError *error = NULL;
    IclPicture picture;

    icl_picture_decode(bytes, size, "a.jpg", &picture, &error);
    g_assert_no_error(error);
    g_assert_cmpint(picture.frame.orientation, ==, exif->orientation);
    g_assert_cmpint(picture.frame.width, ==, plain.width);
    icl_picture_clear(&picture);
    free(bytes);
}

/* Cut or damaged anywhere, EXIF is some orientation or none, and no byte outside it is read. */
static void test_exif_damage(const void *data)
{
    const Exif *exif = data;
    size_t head = MIN(exif->size, 6), size = exif->size - head;

    for (size_t i = 0; i <= 9 * size; i++) {
        bool cut = i <= size;
        g_autofree uint8_t *damaged = g_memdup2(exif->bytes + head, cut ? i : size);
        if (!cut)
            damaged[(i - size - 1) / 8] ^= 1 << (i - size - 1) % 8;
        int orientation = icl_exif_orientation(damaged, cut ? i : size);
        g_assert_cmpint(orientation, >=, 1);
        g_assert_cmpint(orientation, <=, 8);
        if (cut && i < 18)
            g_assert_cmpint(orientation, ==, 1);
    }
}

#define ADD_ROWS(prefix, rows, function)                                 \
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                    \
        g_autofree char *path = g_strconcat(prefix, rows[i].name, NULL); \
        g_test_add_data_func(path, &rows[i], function);                  \
    }

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/exif/jpeg/", exifs, test_jpeg_exif)
    ADD_ROWS("/exif/damage/", exifs, test_exif_damage)
    return g_test_run();
}
