/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "tiny_set.h"

#include <glib/gstdio.h>

#include "random.h"

static void append_big_endian(GByteArray *bytes, guint32 value)
{
    guint32 big = GUINT32_TO_BE(value);
    g_byte_array_append(bytes, (guint8 *)&big, 4);
}

static void write_bytes(const char *folder, const char *name, GByteArray *bytes)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_assert_true(g_file_set_contents(path, (char *)bytes->data, bytes->len, NULL));
    g_byte_array_unref(bytes);
}

static guint8 pixel(int class, int place, IclRandom *random)
{
    int quarter = (place / 8 >= 4) * 2 + (place % 8 >= 4);
    return (guint8)(icl_random_below(random, 120) + (quarter == class ? 100 : 0));
}

static void write_part(const char *folder, const char *part, int classes, int pictures, int seed)
{
    GByteArray *images = g_byte_array_new(), *labels = g_byte_array_new();
    g_autofree char *image_name = g_strdup_printf("%s-images-idx3-ubyte", part);
    g_autofree char *label_name = g_strdup_printf("%s-labels-idx1-ubyte", part);
    const guint32 image_head[] = {0x803, (guint32)pictures, 8, 8},
                  label_head[] = {0x801, (guint32)pictures};
    IclRandom random;

    icl_random_init(&random, (uint64_t)seed, ICL_RANDOM_TEST, 0, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(image_head); i++)
        append_big_endian(images, image_head[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(label_head); i++)
        append_big_endian(labels, label_head[i]);
    for (int i = 0; i < pictures; i++) {
        guint8 class = (guint8)(i % classes);
        g_byte_array_append(labels, &class, 1);
        for (int place = 0; place < 64; place++) {
            guint8 value = pixel(class, place, &random);
            g_byte_array_append(images, &value, 1);
        }
    }
    write_bytes(folder, image_name, images);
    write_bytes(folder, label_name, labels);
}

char *tiny_set_new(int classes, int pictures)
{
    char *folder = g_dir_make_tmp("icl-tiny-XXXXXX", NULL);

    g_assert_nonnull(folder);
    write_part(folder, "train", classes, pictures, 1);
    write_part(folder, "t10k", classes, pictures, 2);
    return folder;
}

void tiny_set_free(char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
}
