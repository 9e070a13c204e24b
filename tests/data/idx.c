/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * IDX files: each way in which one can be broken, names and classes, and the real thing. */
#include <icl/dataset.h>
#include <string.h>

#include "helpers.h"

/* Three pictures of 2 x 3, classes 0 2 1. */
static const uint8_t images[] = {0, 0, 8, 3, 0, 0,  0,  3,  0,  0,  0,  2,  0,  0,  0,  3,  1,
                                 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26};
static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 0, 2, 1};

#define IMAGES "train-images-idx3-ubyte"
#define LABELS "train-labels-idx1-ubyte"

static void write_good(const char *root)
{
    test_write(root, IMAGES, images, sizeof images);
    test_write(root, LABELS, labels, sizeof labels);
}

static void check_good(const char *root, const char *first_name)
{
    GError *error = NULL;
    g_autoptr(IclDataset) dataset = icl_dataset_open(root, ICL_PART_TRAIN, &error);
    g_autofree char *name = NULL;
    IclPicture picture;

    g_assert_no_error(error);
    g_assert_cmpint(icl_dataset_size(dataset), ==, 3);
    g_assert_cmpint(icl_dataset_classes(dataset), ==, 3);
    g_assert_cmpint(icl_dataset_class(dataset, 1), ==, 2);
    g_assert_cmpstr(icl_dataset_labels(dataset)[2], ==, "2");
    g_assert_null(icl_dataset_labels(dataset)[3]);
    name = icl_dataset_name(dataset, 0);
    g_assert_cmpstr(name, ==, first_name);
    g_assert_true(icl_dataset_picture(dataset, 1, &picture, &error));
    g_assert_cmpint(picture.frame.format, ==, ICL_PIXEL_GRAY8);
    g_assert_cmpint(picture.frame.range, ==, ICL_RANGE_FULL);
    g_assert_cmpint(picture.frame.height, ==, 2);
    g_assert_cmpint(picture.frame.width, ==, 3);
    g_assert_cmpmem(picture.frame.plane[0], 6, ((uint8_t[]){11, 12, 13, 14, 15, 16}), 6);
    icl_picture_clear(&picture);
}

static void test_plain(void)
{
    char *root = test_folder_new();

    write_good(root);
    check_good(root, IMAGES "[0]");
    g_assert_false(icl_dataset_has_test(root));
    test_folder_remove(root);
}

static void test_gz(void)
{
    char *root = test_folder_new();

    test_write_gz(root, IMAGES ".gz", images, sizeof images);
    test_write_gz(root, LABELS ".gz", labels, sizeof labels);
    check_good(root, IMAGES ".gz[0]");
    test_folder_remove(root);
}

static void test_colour(void)
{
    static const uint8_t rgb[] = {0, 0, 8, 4, 0, 0, 0, 2, 0, 0, 0, 1, 0,
                                  0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 7, 8, 9};
    static const uint8_t two[] = {0, 0, 8, 1, 0, 0, 0, 2, 0, 1};
    char *root = test_folder_new();
    g_autoptr(IclDataset) dataset = NULL;
    IclPicture picture;

    test_write(root, "train-images-idx4-ubyte", rgb, sizeof rgb);
    test_write(root, LABELS, two, sizeof two);
    dataset = icl_dataset_open(root, ICL_PART_TRAIN, NULL);
    g_assert_nonnull(dataset);
    g_assert_true(icl_dataset_picture(dataset, 1, &picture, NULL));
    g_assert_cmpint(picture.frame.format, ==, ICL_PIXEL_RGB);
    g_assert_cmpmem(picture.pixels, 3, ((uint8_t[]){7, 8, 9}), 3);
    icl_picture_clear(&picture);
    test_folder_remove(root);
}

/* A byte changed, or the file cut or lengthened, in one of the two files. */
typedef struct {
    const char *name;
    bool in_labels;
    int at, value; /* at < 0: no byte is changed */
    int change;    /* of length */
    IclError code;
    const char *says;
} Broken;

static const Broken broken[] = {
    {"first-byte", false, 0, 1, 0, ICL_ERROR_FORMAT, "begins with 01000803"},
    {"type", false, 2, 0x0d, 0, ICL_ERROR_FORMAT, "begins with 00000d03"},
    {"dimensions", false, 3, 1, 0, ICL_ERROR_FORMAT, "1 dimensions; its name promises 3"},
    {"five-dimensions", false, 3, 5, 0, ICL_ERROR_FORMAT, "begins with 00000805"},
    {"labels-dimensions", true, 3, 2, 0, ICL_ERROR_FORMAT, "2 dimensions; its name promises 1"},
    {"no-rows", false, 11, 0, 0, ICL_ERROR_FORMAT, "dimension 2 is 0"},
    {"huge-rows", false, 8, 1, 0, ICL_ERROR_FORMAT, "dimension 2 is 16777218"},
    {"negative-count", false, 4, 0x80, 0, ICL_ERROR_FORMAT, "dimension 1 is 2147483651"},
    {"lying-count", false, 4, 0x7f, 0, ICL_ERROR_FORMAT, "fewer bytes"},
    {"more-pictures", false, 7, 4, 0, ICL_ERROR_FORMAT, "fewer bytes"},
    {"fewer-pictures", false, 7, 2, 0, ICL_ERROR_FORMAT, "goes on after the 12 entries"},
    {"cut-in-pixels", false, -1, 0, -1, ICL_ERROR_FORMAT, "fewer bytes"},
    {"cut-in-header", false, -1, 0, -25, ICL_ERROR_FORMAT, "fewer bytes"},
    {"empty", false, -1, 0, -(int)sizeof images, ICL_ERROR_FORMAT, "fewer bytes"},
    {"longer", false, -1, 0, 1, ICL_ERROR_FORMAT, "goes on after the 18 entries"},
    {"labels-cut", true, -1, 0, -1, ICL_ERROR_FORMAT, "fewer bytes"},
    {"labels-longer", true, -1, 0, 1, ICL_ERROR_FORMAT, "goes on after the 3 entries"},
};

static void test_broken(const void *data)
{
    const Broken *row = data;
    char *root = test_folder_new();
    size_t size = row->in_labels ? sizeof labels : sizeof images;
    uint8_t bytes[sizeof images + 1] = {0};
    GError *error = NULL;

    write_good(root);
    memcpy(bytes, row->in_labels ? labels : images, size);
    if (row->at >= 0)
        bytes[row->at] = (uint8_t)row->value;
    test_write(root, row->in_labels ? LABELS : IMAGES, bytes, size + row->change);
    g_assert_null(icl_dataset_open(root, ICL_PART_TRAIN, &error));
    test_error(error, row->code, row->says);
    test_folder_remove(root);
}

/* Each byte of a .gz file in turn is damaged, then the file is cut there: never a crash, and the
 * picture bytes are right or refused. (Some header bytes of gzip, such as its time, mean nothing.)
 */
static void test_gz_damage(void)
{
    char *root = test_folder_new();
    g_autofree char *path = g_build_filename(root, IMAGES ".gz", NULL), *good = NULL;
    gsize size;

    test_write(root, LABELS, labels, sizeof labels);
    test_write_gz(root, IMAGES ".gz", images, sizeof images);
    g_assert_true(g_file_get_contents(path, &good, &size, NULL));
    for (gsize at = 0; at < 2 * size; at++) {
        bool cut = at >= size;
        g_autofree char *bytes = g_memdup2(good, size);
        g_autoptr(GError) error = NULL;
        bytes[at % size] ^= cut ? 0 : 0x55;
        test_write(root, IMAGES ".gz", bytes, cut ? at - size : size);
        g_autoptr(IclDataset) dataset = icl_dataset_open(root, ICL_PART_TRAIN, &error);
        g_assert_true(dataset || error);
        g_assert_false(cut && dataset);
        if (dataset)
            check_good(root, IMAGES ".gz[0]");
    }
    test_folder_remove(root);
}

typedef struct {
    const char *name;
    const char *text; /* of labels.txt, or NULL */
    uint8_t classes[3];
    int n;             /* classes expected; 0: an error */
    const char *label; /* of the last class, or what the error says */
} Names;

static const Names names[] = {
    {"digits", NULL, {0, 1, 2}, 3, "2"},
    {"gap", NULL, {0, 1, 7}, 8, "7"},
    {"named", "cat\ndog \r\nbird\n", {0, 1, 2}, 3, "bird"},
    {"more-names", "a\nb\nc\nd", {0, 1, 2}, 4, "d"},
    {"too-few-names", "cat\ndog\n", {0, 1, 2}, 0, "names 2 classes"},
    {"empty-name", "cat\n\ndog\n", {0, 1, 2}, 0, "labels.txt:2: is empty"},
    {"one-class", NULL, {0, 0, 0}, 0, "only the class \"0\""},
};

static void test_names(const void *data)
{
    const Names *row = data;
    char *root = test_folder_new();
    uint8_t bytes[sizeof labels];
    GError *error = NULL;
    g_autoptr(IclDataset) dataset = NULL;

    memcpy(bytes, labels, sizeof labels);
    memcpy(bytes + 8, row->classes, 3);
    write_good(root);
    test_write(root, LABELS, bytes, sizeof bytes);
    if (row->text)
        test_write(root, "labels.txt", row->text, strlen(row->text));
    dataset = icl_dataset_open(root, ICL_PART_TRAIN, &error);
    if (row->n) {
        g_assert_no_error(error);
        g_assert_cmpint(icl_dataset_classes(dataset), ==, row->n);
        g_assert_cmpstr(icl_dataset_labels(dataset)[row->n - 1], ==, row->label);
    } else {
        g_assert_null(dataset);
        test_error(error, ICL_ERROR_DATA, row->label);
    }
    test_folder_remove(root);
}

static void test_no_labels(void)
{
    char *root = test_folder_new();
    GError *error = NULL;

    test_write(root, IMAGES, images, sizeof images);
    g_assert_null(icl_dataset_open(root, ICL_PART_TRAIN, &error));
    test_error(error, ICL_ERROR_FILE, "not train-labels-idx1-ubyte");
    test_folder_remove(root);
}

static void test_counts_differ(void)
{
    static const uint8_t two[] = {0, 0, 8, 1, 0, 0, 0, 2, 0, 1};
    char *root = test_folder_new();
    GError *error = NULL;

    write_good(root);
    test_write(root, LABELS, two, sizeof two);
    g_assert_null(icl_dataset_open(root, ICL_PART_TRAIN, &error));
    test_error(error, ICL_ERROR_DATA, "has 3 pictures, but its labels file has 2");
    test_folder_remove(root);
}

/* A test part without the last class still has the classes of the train part. */
static void test_parts_share_classes(void)
{
    static const uint8_t zeros[] = {0, 0, 8, 1, 0, 0, 0, 3, 0, 0, 0};
    char *root = test_folder_new();
    g_autoptr(IclDataset) dataset = NULL;
    g_autofree char *name = NULL;

    write_good(root);
    test_write(root, "t10k-images-idx3-ubyte", images, sizeof images);
    test_write(root, "t10k-labels-idx1-ubyte", zeros, sizeof zeros);
    g_assert_true(icl_dataset_has_test(root));
    dataset = icl_dataset_open(root, ICL_PART_TEST, NULL);
    g_assert_nonnull(dataset);
    g_assert_cmpint(icl_dataset_classes(dataset), ==, 3);
    g_assert_cmpint(icl_dataset_class(dataset, 1), ==, 0);
    name = icl_dataset_name(dataset, 2);
    g_assert_cmpstr(name, ==, "t10k-images-idx3-ubyte[2]");
    test_folder_remove(root);
}

/* The fingerprint of three pictures of 600 x 600, one pixel changed; written plain or as .gz. */
static char *big_fingerprint(size_t changed, bool gz)
{
    static const uint8_t head[] = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 2, 88, 0, 0, 2, 88};
    size_t size = sizeof head + 3 * 600 * 600;
    g_autofree uint8_t *bytes = g_malloc0(size);
    char *root = test_folder_new(), *print;
    g_autoptr(IclDataset) dataset = NULL;

    memcpy(bytes, head, sizeof head);
    if (changed)
        bytes[sizeof head + changed - 1] = 1;
    (gz ? test_write_gz : test_write)(root, gz ? IMAGES ".gz" : IMAGES, bytes, size);
    test_write(root, LABELS, labels, sizeof labels);
    dataset = icl_dataset_open(root, ICL_PART_TRAIN, NULL);
    print = icl_dataset_fingerprint(dataset);
    g_assert_cmpuint(strlen(print), ==, 16);
    g_assert_cmpuint(strspn(print, "0123456789abcdef"), ==, 16);
    test_folder_remove(root);
    return print;
}

/* One changed pixel changes it, the last one too; the folder's place and compression do not. */
static void test_fingerprint(void)
{
    g_autofree char *plain = big_fingerprint(0, false), *same = big_fingerprint(0, true);
    g_autofree char *first = big_fingerprint(1, false), *last = big_fingerprint(1080000, false);

    g_assert_cmpstr(plain, ==, same);
    g_assert_cmpstr(plain, !=, first);
    g_assert_cmpstr(plain, !=, last);
    g_assert_cmpstr(first, !=, last);
}

static void test_fashion(void)
{
    static const char root[] = "/usr/share/datasets/fashion-mnist";
    g_autoptr(IclDataset) train = NULL, test = NULL;
    GError *error = NULL;

    if (!g_file_test(root, G_FILE_TEST_IS_DIR)) {
        g_test_skip("the package dataset-fashion-mnist is not installed");
        return;
    }
    train = icl_dataset_open(root, ICL_PART_TRAIN, &error);
    g_assert_no_error(error);
    test = icl_dataset_open(root, ICL_PART_TEST, &error);
    g_assert_no_error(error);
    g_assert_cmpint(icl_dataset_size(train), ==, 60000);
    g_assert_cmpint(icl_dataset_size(test), ==, 10000);
    g_assert_cmpint(icl_dataset_classes(test), ==, 10);
    g_assert_cmpstr(icl_dataset_labels(train)[9], ==, "Ankle boot");
    g_assert_cmpint(icl_dataset_class(train, 0), ==, 9);
    g_assert_cmpstr(icl_dataset_labels(test)[0], ==, "T-shirt/top");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/idx/plain", test_plain);
    g_test_add_func("/idx/gz", test_gz);
    g_test_add_func("/idx/colour", test_colour);
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autofree char *path = g_strconcat("/idx/broken/", broken[i].name, NULL);
        g_test_add_data_func(path, &broken[i], test_broken);
    }
    g_test_add_func("/idx/broken/gz", test_gz_damage);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat("/idx/names/", names[i].name, NULL);
        g_test_add_data_func(path, &names[i], test_names);
    }
    g_test_add_func("/idx/no-labels", test_no_labels);
    g_test_add_func("/idx/counts-differ", test_counts_differ);
    g_test_add_func("/idx/parts-share-classes", test_parts_share_classes);
    g_test_add_func("/idx/fingerprint", test_fingerprint);
    g_test_add_func("/idx/fashion-mnist", test_fashion);
    return g_test_run();
}
