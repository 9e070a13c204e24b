/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * JPEG and PNG files, decoded and made 8 x 8: each pixel is read. A part of the file gives what it
 * gives in the whole one, and one made smaller is read as well. The checksums of PNG's chunks are
 * set right, for else nothing that is changed would get past them. Pictures over 512 pixels a side
 * are left out by their headers: they may be valid, and take all the time. */
#include <string.h>
#include <zlib.h>

#include "picture.h"
#include "preprocess.h"
#include "target.h"

enum {
    SIDE_MAX = 512,
    SIDE = 8,
    VALUES = SIDE * SIDE * 3,
    PNG_HEAD = 8,
    CHUNK = 12 /* length, type, checksum */
};

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

static void make_small(const IclFrame *frame, const IclBox *box, float *out)
{
    g_autoptr(IclRecipe) recipe = icl_recipe_parse("resize [8 8]", 3, "recipe", NULL);
    g_autoptr(IclPreprocessor) preprocessor = icl_preprocessor_new(recipe);

    icl_preprocess_region(preprocessor, frame, box, out);
    for (int i = 0; i < VALUES; i++)
        g_assert_true(out[i] >= 0 && out[i] <= 255);
}

typedef struct Part {
    IclBox box; /* of the upright picture; empty: not asked for */
    int shrink;
} Part;

/* The middle third. */
static IclBox part_choose(void *user, const IclFrame *frame, int *shrink)
{
    Part *part = user;
    int n = *shrink = part->shrink;
    int w = (frame->width + n - 1) / n, h = (frame->height + n - 1) / n;
    bool swapped = icl_orientation(frame->orientation).swapped;
    IclBox stored = {w / 3, h / 3, (w + 2) / 3, (h + 2) / 3};
    IclBox upright = {stored.y, stored.x, stored.h, stored.w};

    part->box = swapped ? upright : stored;
    return icl_box_stored(&part->box, frame->orientation, w, h);
}

/* `whole`: NULL where it is damaged; a part of it may be sound. */
static void read_part(const void *bytes, size_t size, int shrink, const IclFrame *whole)
{
    g_autoptr(GError) error = NULL;
    Part part = {.shrink = shrink};
    g_auto(IclPicture) picture = {0};
    float out[VALUES], wanted[VALUES];

    if (!icl_picture_decode_part(bytes, size, "fuzz.jpg", &(IclPicturePart){part_choose, &part},
                                 &picture, &error)) {
        g_assert_nonnull(error);
        g_assert_true(!whole);
        return;
    }
    make_small(&picture.frame, &part.box, out);
    if (!whole || shrink > 1)
        return;
    make_small(whole, &part.box, wanted);
    g_assert_cmpmem(out, sizeof out, wanted, sizeof wanted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    float out[VALUES];
    IclPicture picture;

    if (is_large(data, size))
        return 0;
    g_autofree uint8_t *bytes = g_memdup2(data, size);
    if (size > PNG_HEAD && data[0] == 0x89)
        set_checksums(bytes, size);
    if (!icl_picture_decode(bytes, size, "fuzz.jpg", &picture, &error)) {
        g_assert_nonnull(error);
        read_part(bytes, size, 1, NULL);
        return 0;
    }
    g_assert_no_error(error);
    make_small(&picture.frame, &(IclBox){0}, out);
    read_part(bytes, size, 1, &picture.frame);
    read_part(bytes, size, 2 << size % 3, &picture.frame);
    icl_picture_clear(&picture);
    return 0;
}
