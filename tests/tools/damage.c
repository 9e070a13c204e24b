/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "damage.h"

#include <glib/gstdio.h>
#include <png.h>
#include <string.h>
#include <zlib.h>

enum { WIDTH = 40, HEIGHT = 30 };

static guint32 mix(guint32 x)
{
    x = (x ^ x >> 16) * 0x7feb352du;
    x = (x ^ x >> 15) * 0x846ca68bu;
    return x ^ x >> 16;
}

static void make_png(const Fixture *fixture, const char *name, png_uint_32 format)
{
    static const png_byte colours[] = {0, 0, 0, 0, 250, 20, 30, 255};
    g_autofree char *path = fixture_path(fixture, name);
    g_autofree guint8 *pixels = g_malloc(3 * WIDTH * HEIGHT);
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = WIDTH,
                       .height = HEIGHT,
                       .format = format,
                       .colormap_entries = 2};
    for (guint i = 0; i < 3 * WIDTH * HEIGHT; i++)
        pixels[i] = (guint8)(format == PNG_FORMAT_RGB ? i / 9 + mix(i) % 32 : mix(i) % 2);
    g_assert_true(png_image_write_to_file(&image, path, 0, pixels, 0, colours));
}

/* A colour JPEG file is what the program makes of a PNG file. */
static void make_pictures(const Fixture *fixture)
{
    g_autofree char *folder = fixture_path(fixture, "png/a");
    g_autofree char *other = fixture_path(fixture, "png/b");
    g_assert_cmpint(g_mkdir_with_parents(folder, 0777), ==, 0);
    g_assert_cmpint(g_mkdir_with_parents(other, 0777), ==, 0);
    make_png(fixture, "png/a/rgb.png", PNG_FORMAT_RGB);
    make_png(fixture, "png/b/palette.png", PNG_FORMAT_RGBA_COLORMAP);
    g_free(icl_output(fixture, "frames png jpeg"));
}

static void make_gz(const Fixture *fixture, const char *from, const char *to)
{
    g_autofree char *bytes = NULL, *path = fixture_path(fixture, to);
    gsize size;
    read_file(fixture, from, &bytes, &size);
    gzFile file = gzopen(path, "wb");
    g_assert_cmpint(gzwrite(file, bytes, (unsigned)size), ==, (int)size);
    g_assert_cmpint(gzclose(file), ==, Z_OK);
}

void goods_make(const Fixture *fixture, GBytes *goods[GOODS])
{
    static const char *const names[GOODS] = {
        [GOOD_MODEL] = "m.bin",
        [GOOD_JPEG] = "jpeg/00000.jpg",
        [GOOD_GREY] = "folder/1/a.jpg",
        [GOOD_PNG] = "png/a/rgb.png",
        [GOOD_ALPHA] = "png/b/palette.png",
        [GOOD_IMAGES] = "idx/t10k-images-idx3-ubyte",
        [GOOD_LABELS] = "idx/t10k-labels-idx1-ubyte",
        [GOOD_IMAGES_GZ] = "images.gz",
        [GOOD_NETWORK] = "net.icl",
    };
    g_free(icl_output(fixture, "train idx --model net.icl --epochs 1 --quiet -o m.bin"));
    make_pictures(fixture);
    make_gz(fixture, names[GOOD_IMAGES], names[GOOD_IMAGES_GZ]);
    for (int i = 0; i < GOODS; i++) {
        char *bytes;
        gsize size;
        read_file(fixture, names[i], &bytes, &size);
        goods[i] = g_bytes_new_take(bytes, size);
    }
}

static GByteArray *bytes_copy(GBytes *good, gsize size)
{
    GByteArray *copy = g_byte_array_new();
    return g_byte_array_append(copy, g_bytes_get_data(good, NULL), (guint)size);
}

GByteArray *spoil_cut(GBytes *good, int nth, int times)
{
    gsize size = g_bytes_get_size(good);
    return bytes_copy(good, (size - 3) * (gsize)nth / (gsize)(times - 1));
}

static GByteArray *flip(GBytes *good, gsize first, gsize size, int nth, int times)
{
    GByteArray *bytes = bytes_copy(good, g_bytes_get_size(good));
    gsize from = size * (gsize)nth / (gsize)times, to = size * (gsize)(nth + 1) / (gsize)times;
    guint32 random = mix((guint32)nth);
    bytes->data[first + from + random % MAX(to - from, 1)] ^= 1 << (random >> 29);
    return bytes;
}

GByteArray *spoil_flip(GBytes *good, int nth, int times)
{
    return flip(good, 0, g_bytes_get_size(good), nth, times);
}

GByteArray *spoil_flip_inside(GBytes *good, int nth, int times)
{
    return flip(good, 18, g_bytes_get_size(good) - 18 - 9, nth, times);
}
