/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * JPEG and PNG files, decoded and made 8 x 8: each pixel is read. The checksums of PNG's chunks are
 * set right, for else nothing that is changed would get past them. Pictures over 512 pixels a side
 * are left out by their headers: they may be valid, and take all the time. */
#include <string.h>
#include <zlib.h>

#include "preprocess.h"
#include "target.h"

enum { SIDE_MAX = 512, SIDE = 8, PNG_HEAD = 8, CHUNK = 12 /* length, type, checksum */ };

static unsigned big_endian(const uint8_t *bytes, int n)
{
    unsigned value = 0;

    for (int i = 0; i < n; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* Any frame header of JPEG (SOF0 to SOF15) that there may be, or the header of PNG. */
static bool is_large(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + 9 <= size; i++)
        if (data[i] == 0xff && data[i + 1] >> 4 == 0xc &&
            (big_endian(data + i + 5, 2) > SIDE_MAX || big_endian(data + i + 7, 2) > SIDE_MAX))
            return true;
    return size >= 24 && !memcmp(data + 12, "IHDR", 4) &&
           (big_endian(data + 16, 4) > SIDE_MAX || big_endian(data + 20, 4) > SIDE_MAX);
}

/* A chunk: n, 4 bytes of type, n bytes, CRC-32 of type and bytes; all numbers big-endian. */
static void set_checksums(uint8_t *data, size_t size)
{
    for (size_t at = PNG_HEAD; size >= at + CHUNK;) {
        size_t n = big_endian(data + at, 4);
        if (n > size - at - CHUNK)
            return;
        uint32_t crc = (uint32_t)crc32(0, data + at + 4, (uInt)n + 4);
        for (int i = 0; i < 4; i++)
            data[at + 8 + n + i] = (uint8_t)(crc >> (24 - 8 * i));
        at += CHUNK + n;
    }
}

static void make_small(const IclFrame *frame)
{
    float out[SIDE * SIDE * 3];
    g_autoptr(IclRecipe) recipe = icl_recipe_parse("resize [8 8]", 3, "recipe", NULL);
    g_autoptr(IclPreprocessor) preprocessor = icl_preprocessor_new(recipe);

    icl_preprocess(preprocessor, frame, out);
    for (size_t i = 0; i < G_N_ELEMENTS(out); i++)
        g_assert_true(out[i] >= 0 && out[i] <= 255);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    IclPicture picture;

    if (is_large(data, size))
        return 0;
    g_autofree uint8_t *bytes = g_memdup2(data, size);
    if (size > PNG_HEAD && data[0] == 0x89)
        set_checksums(bytes, size);
    if (!icl_picture_decode(bytes, size, "fuzz.jpg", &picture, &error)) {
        g_assert_nonnull(error);
        return 0;
    }
    g_assert_no_error(error);
    make_small(&picture.frame);
    icl_picture_clear(&picture);
    return 0;
}
