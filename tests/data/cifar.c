/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * CIFAR's binary files, made here, and each way in which they can be broken. */
#include <icl/dataset.h>
#include <string.h>

#include "helpers.h"

enum { PIXELS = 3 * 32 * 32 };

/* Adds a record: its labels, then planes of one level each. */
static void add_record(GByteArray *bytes, const char *labels, size_t n, uint8_t r, uint8_t g,
                       uint8_t b)
{
    uint8_t pixels[PIXELS];

    memset(pixels, r, PIXELS / 3);
    memset(pixels + PIXELS / 3, g, PIXELS / 3);
    memset(pixels + PIXELS / 3 * 2, b, PIXELS / 3);
    pixels[1] = 200; /* red, second pixel */
    g_byte_array_append(bytes, (const guint8 *)labels, (guint)n);
    g_byte_array_append(bytes, pixels, PIXELS);
}

static void write_records(const char *root, const char *name, const GByteArray *bytes, int change)
{
    g_autofree uint8_t *all = g_malloc0(bytes->len + 8);

    memcpy(all, bytes->data, bytes->len);
    test_write(root, name, all, bytes->len + change);
}

/* Batches 1 and 3 of two pictures and one, and a test batch. */
static void write_ten(const char *root, int change)
{
    g_autoptr(GByteArray) one = g_byte_array_new(), three = g_byte_array_new();

    add_record(one, "\x03", 1, 10, 20, 30);
    add_record(one, "\x09", 1, 40, 50, 60);
    add_record(three, "\x00", 1, 70, 80, 90);
    write_records(root, "data_batch_1.bin", one, change);
    write_records(root, "data_batch_3.bin", three, 0);
    write_records(root, "test_batch.bin", three, 0);
}

static void test_ten(void)
{
    char *root = test_folder_new();
    GError *error = NULL;
    IclPicture picture;

    write_ten(root, 0);
    g_autoptr(IclDataset) dataset = icl_dataset_open(root, ICL_PART_TRAIN, &error);
    g_assert_no_error(error);
    g_assert_cmpint(icl_dataset_size(dataset), ==, 3);
    g_assert_cmpint(icl_dataset_classes(dataset), ==, 10);
    g_assert_cmpint(icl_dataset_class(dataset, 1), ==, 9);
    g_assert_cmpint(icl_dataset_class(dataset, 2), ==, 0);
    g_autofree char *second = icl_dataset_name(dataset, 1), *third = icl_dataset_name(dataset, 2);
    g_assert_cmpstr(second, ==, "data_batch_1.bin[1]");
    g_assert_cmpstr(third, ==, "data_batch_3.bin[0]");
    g_assert_true(icl_dataset_picture(dataset, 1, &picture, NULL));
    g_assert_cmpint(picture.frame.format, ==, ICL_PIXEL_RGB);
    g_assert_cmpint(picture.frame.width, ==, 32);
    g_assert_cmpmem(picture.pixels, 6, ((uint8_t[]){40, 50, 60, 200, 50, 60}), 6);
    icl_picture_clear(&picture);
    g_assert_true(icl_dataset_has_test(root));
    g_assert_false(icl_dataset_has_part(root, ICL_PART_VALIDATION));
    g_autoptr(IclDataset) test = icl_dataset_open(root, ICL_PART_TEST, &error);
    g_assert_cmpint(icl_dataset_size(test), ==, 1);
    test_folder_remove(root);
}

/* CIFAR-100: a coarse label, which is not used, and a fine one. */
static void test_hundred(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    char *root = test_folder_new();
    GError *error = NULL;

    add_record(bytes, "\x07\x63", 2, 1, 2, 3);
    write_records(root, "train.bin", bytes, 0);
    g_autoptr(IclDataset) dataset = icl_dataset_open(root, ICL_PART_TEST, &error);
    g_assert_no_error(error); /* the only part */
    g_assert_cmpint(icl_dataset_classes(dataset), ==, 100);
    g_assert_cmpint(icl_dataset_class(dataset, 0), ==, 99);
    g_assert_cmpstr(icl_dataset_labels(dataset)[99], ==, "99");
    test_folder_remove(root);
}

typedef struct {
    const char *name;
    int change;        /* of the first file's length */
    int label;         /* of its first picture */
    const char *names; /* of batches.meta.txt, or NULL */
    IclError code;
    const char *says; /* NULL: it is as it should be; the last class is then called "truck" */
} Row;

static const Row rows[] = {
    {"named", 0, 3, "a\nb\nc\nd\ne\nf\ng\nh\ni\ntruck\n\n", 0, NULL},
    {"named-crlf", 0, 3, "a\r\nb\r\nc\r\nd\r\ne\r\nf\r\ng\r\nh\r\ni\r\ntruck\r\n", 0, NULL},
    {"too-few-names", 0, 3, "a\nb\n\nc\nd\ne\nf\ng\nh\ni\nj\n", ICL_ERROR_DATA,
     "batches.meta.txt: names 2 classes, a line each; there are 10"},
    {"names-not-text", 0, 3, "\xff\xff", ICL_ERROR_FILE, "cannot be read as UTF-8"},
    {"cut", -1, 3, NULL, ICL_ERROR_FORMAT,
     "data_batch_1.bin: has 6145 bytes, which is not a whole number of records of 3073"},
    {"longer", 1, 3, NULL, ICL_ERROR_FORMAT, "has 6147 bytes"},
    {"nothing", -6146, 3, NULL, ICL_ERROR_FORMAT, "has 0 bytes"},
    {"class", 0, 10, NULL, ICL_ERROR_FORMAT,
     "data_batch_1.bin: picture 0 is of class 10; 0 to 9 are possible"},
    {"class-255", 0, 255, NULL, ICL_ERROR_FORMAT, "picture 0 is of class 255"},
};

static void test_row(const void *data)
{
    const Row *row = data;
    char *root = test_folder_new();
    g_autofree char *path = g_build_filename(root, "data_batch_1.bin", NULL), *bytes = NULL;
    GError *error = NULL;
    gsize size;

    write_ten(root, row->change);
    if (row->names)
        test_write(root, "batches.meta.txt", row->names, strlen(row->names));
    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    if (size)
        bytes[0] = (char)row->label;
    test_write(root, "data_batch_1.bin", bytes, size);
    g_autoptr(IclDataset) dataset = icl_dataset_open(root, ICL_PART_TRAIN, &error);
    if (row->says) {
        g_assert_null(dataset);
        test_error(error, row->code, row->says);
    } else {
        g_assert_no_error(error);
        g_assert_cmpstr(icl_dataset_labels(dataset)[9], ==, "truck");
        g_assert_null(icl_dataset_labels(dataset)[10]);
    }
    test_folder_remove(root);
}

static char *level_fingerprint(uint8_t level)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    char *root = test_folder_new();

    add_record(bytes, "\x01", 1, level, 2, 3);
    write_records(root, "data_batch_1.bin", bytes, 0);
    g_autoptr(IclDataset) dataset = icl_dataset_open(root, ICL_PART_TRAIN, NULL);
    test_folder_remove(root);
    return icl_dataset_fingerprint(dataset);
}

static void test_fingerprint(void)
{
    g_autofree char *one = level_fingerprint(1), *same = level_fingerprint(1);
    g_autofree char *other = level_fingerprint(2);

    g_assert_cmpstr(one, ==, same);
    g_assert_cmpstr(one, !=, other);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cifar/ten", test_ten);
    g_test_add_func("/cifar/hundred", test_hundred);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/cifar/", rows[i].name, NULL);
        g_test_add_data_func(path, &rows[i], test_row);
    }
    g_test_add_func("/cifar/fingerprint", test_fingerprint);
    return g_test_run();
}
