/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What is packed comes out again; and a file in which any byte has changed, or that is cut
 * anywhere, is refused, or the picture that the byte belongs to is. */
#include <glib/gstdio.h>
#include <icl/pack.h>
#include <string.h>
#include <zlib.h>

#include "helpers.h"
#include "record.h"
#include "sha256.h"

typedef struct {
    char *root, *list, *packed;
} Files;

static Files files_of(const char *text)
{
    Files f = {.root = test_folder_new()};

    for (int i = 1; i <= 6; i++) {
        g_autofree char *name = g_strdup_printf("%d.jpg", i);
        test_write_jpeg(f.root, name, 10 + i, 9, (uint8_t)(30 * i), 50, (uint8_t)(200 - 30 * i));
    }
    test_write(f.root, "l.csv", text, strlen(text));
    f.list = g_build_filename(f.root, "l.csv", NULL);
    f.packed = g_build_filename(f.root, "l.icl-records", NULL);
    return f;
}

/* A list with all that a row can have, of six pictures. */
static Files files_new(void)
{
    return files_of("path,label,weight,group,split\n"
                    "1.jpg,b,2,x,train\n2.jpg,a,1,y,train\n3.jpg,b,0,x,train\n"
                    "4.jpg,a,1,z,test\n5.jpg,b,3,z,val\n6.jpg,a,1,x,test\n");
}

/* With any number of labels a picture. */
static Files files_multi_label(void)
{
    return files_of("path,labels,weight,group,split\n"
                    "1.jpg,c|a,2,x,train\n2.jpg,,1,y,train\n3.jpg,b,0,x,train\n"
                    "4.jpg,a|b|c,1,z,test\n5.jpg,,3,z,val\n6.jpg,c,1,x,test\n");
}

static void files_clear(Files *f)
{
    test_folder_remove(f->root);
    g_free(f->list);
    g_free(f->packed);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Files, files_clear)

static void pack(const Files *f, const IclPackParams *params)
{
    GError *error = NULL;

    icl_pack(f->list, f->packed, params, &error);
    g_assert_no_error(error);
}

static IclDataset *open_part(const char *path, IclPart part)
{
    GError *error = NULL;
    IclDataset *dataset = icl_dataset_open(path, part, &error);

    g_assert_no_error(error);
    return dataset;
}

static void assert_same_rows(const IclDataset *a, const IclDataset *b)
{
    int n = icl_dataset_size(a);

    g_assert_cmpint(icl_dataset_size(b), ==, n);
    g_assert_cmpint(icl_dataset_classes(b), ==, icl_dataset_classes(a));
    g_assert_true(g_strv_equal(icl_dataset_labels(a), icl_dataset_labels(b)));
    g_assert_true(icl_dataset_is_multi_label(a) == icl_dataset_is_multi_label(b));
    g_assert_cmpmem(icl_dataset_weights(b), n * sizeof(float), icl_dataset_weights(a),
                    n * sizeof(float));
    for (int i = 0; i < n; i++) {
        g_autofree char *x = icl_dataset_name(a, i), *y = icl_dataset_name(b, i);
        g_assert_cmpstr(x, ==, y);
        g_autofree char *of_a = icl_dataset_labels_text(a, i);
        g_autofree char *of_b = icl_dataset_labels_text(b, i);
        g_assert_cmpint(icl_dataset_class(a, i), ==, icl_dataset_class(b, i));
        g_assert_cmpstr(of_a, ==, of_b);
        for (int j = 0; j < i; j++)
            g_assert_true((icl_dataset_groups(a)[i] == icl_dataset_groups(a)[j]) ==
                          (icl_dataset_groups(b)[i] == icl_dataset_groups(b)[j]));
    }
}

static void assert_same_pixels(const IclDataset *a, const IclDataset *b, int i)
{
    g_auto(IclPicture) x = {0}, y = {0};

    g_assert_true(icl_dataset_picture(a, i, &x, NULL));
    g_assert_true(icl_dataset_picture(b, i, &y, NULL));
    g_assert_cmpint(x.frame.format, ==, y.frame.format);
    g_assert_cmpint(x.frame.width, ==, y.frame.width);
    for (int r = 0; r < x.frame.height; r++)
        g_assert_cmpmem(x.frame.plane[0] + r * x.frame.stride[0], x.frame.width,
                        y.frame.plane[0] + r * y.frame.stride[0], x.frame.width);
}

/* As files: to the bit, in all three parts; and packing what is packed gives the same file. */
static void test_files(const void *make)
{
    g_auto(Files) f = ((Files(*)(void))make)();
    g_autofree char *again = g_build_filename(f.root, "again", NULL), *one = NULL, *two = NULL;
    gsize n_one, n_two;

    pack(&f, &(IclPackParams){0});
    for (int part = 0; part < ICL_PARTS; part++) {
        g_autoptr(IclDataset) list = open_part(f.list, (IclPart)part);
        g_autoptr(IclDataset) packed = open_part(f.packed, (IclPart)part);
        g_assert_true(icl_dataset_has_part(f.packed, (IclPart)part));
        assert_same_rows(list, packed);
        for (int i = 0; i < icl_dataset_size(list); i++)
            assert_same_pixels(list, packed, i);
    }
    g_assert_true(icl_dataset_has_test(f.packed));
    g_assert_true(icl_pack(f.packed, again, &(IclPackParams){0}, NULL));
    g_assert_true(g_file_get_contents(f.packed, &one, &n_one, NULL));
    g_assert_true(g_file_get_contents(again, &two, &n_two, NULL));
    g_assert_cmpmem(one, n_one, two, n_two);
}

/* As pixels: RGB of the size wanted, one colour each. */
static void test_pixels(void)
{
    g_auto(Files) f = files_new();
    IclPicture picture;

    pack(&f, &(IclPackParams){.resize = 6});
    g_autoptr(IclDataset) packed = open_part(f.packed, ICL_PART_TRAIN);
    g_assert_true(icl_dataset_picture(packed, 2, &picture, NULL)); /* 13 x 9 */
    g_assert_cmpint(picture.frame.format, ==, ICL_PIXEL_RGB);
    g_assert_cmpint(picture.frame.height, ==, 6);
    g_assert_cmpint(picture.frame.width, ==, 9);
    g_assert_cmpint(ABS(picture.pixels[0] - 90), <, 6);
    g_assert_cmpint(ABS(picture.pixels[6 * 9 * 3 - 1] - 110), <, 6);
    icl_picture_clear(&picture);
    icl_dataset_free(g_steal_pointer(&packed));
    pack(&f, &(IclPackParams){.decode = true}); /* over the old one */
    packed = open_part(f.packed, ICL_PART_TRAIN);
    g_assert_true(icl_dataset_picture(packed, 2, &picture, NULL));
    g_assert_cmpint(picture.frame.width, ==, 13);
    icl_picture_clear(&picture);
}

/* Every byte in turn is changed, and the file cut there. */
static void test_damage(const void *make)
{
    g_auto(Files) f = ((Files(*)(void))make)();
    g_autofree char *good = NULL;
    gsize size;

    pack(&f, &(IclPackParams){.resize = 2});
    g_autoptr(IclDataset) sound = open_part(f.packed, ICL_PART_TEST);
    g_assert_true(g_file_get_contents(f.packed, &good, &size, NULL));
    for (gsize at = 0; at < 2 * size; at++) {
        bool cut = at >= size;
        g_autofree char *bytes = g_memdup2(good, size);
        g_autoptr(GError) error = NULL;
        bytes[at % size] ^= cut ? 0 : 0x41;
        test_write(f.root, "l.icl-records", bytes, cut ? at - size : size);
        g_autoptr(IclDataset) dataset = icl_dataset_open(f.packed, ICL_PART_TEST, &error);
        g_assert_true(dataset || error);
        g_assert_false(cut && dataset);
        for (int i = 0; dataset && i < icl_dataset_size(dataset); i++) {
            g_auto(IclPicture) picture = {0};
            if (icl_dataset_picture(dataset, i, &picture, NULL))
                assert_same_pixels(sound, dataset, i);
        }
    }
}

/* Numbers that a liar wrote, with the right checksum of the head. */
typedef struct {
    const char *name;
    size_t at, bytes;
    uint64_t value;
    bool keep_crc;
    const char *says;
} Lie;

#define FIELD(field) offsetof(IclRecordHead, field), sizeof(((IclRecordHead *)0)->field)

static const Lie lies[] = {
    {"magic", 0, 1, 'x', false, "does not begin as packed pictures do"},
    {"version", FIELD(version), 1, true, "is of version 1 of the format; this icl reads version 2"},
    {"checksum", FIELD(n), 5, true, "its head is damaged"},
    {"rows", FIELD(n), 0x7fffffff, false, "is cut off"},
    {"more-rows", FIELD(n), 0xffffffff, false, "is cut off"},
    {"fewer-rows", FIELD(n), 5, false, "is cut off"},
    {"size", FIELD(size), 99, false, "is cut off"},
    {"tail", FIELD(tail), 0xffffffffffffff00, false, "is cut off"},
    {"tail-in-head", FIELD(tail), 8, false, "is cut off"},
    {"names", FIELD(n_names), 0xffffffffffff, false, "is cut off"},
    {"classes", FIELD(classes), 0x10000000, false, "is cut off"},
    {"one-class-more", FIELD(classes), 3, false, "its labels are damaged"},
    {"no-classes", FIELD(classes), 0, false, "is cut off"},
    {"labels", FIELD(n_labels), 0xffffffff, false, "is cut off"},
    {"sets", FIELD(n_sets), 1, false, "is cut off"},
    {"many-sets", FIELD(n_sets), 0xffffffff, false, "is cut off"},
    {"sets-flag", FIELD(flags), 7, false, "its index holds what cannot be"},
};

/* The first rows, or sets, of a multi-label file, with the right checksums. */
typedef struct {
    const char *name;
    int row, class; /* row: how many classes it has; -1: the set below */
    int set;        /* index, of 7: the classes 0 2 1 0 1 2 2 */
} SetLie;

static const SetLie set_lies[] = {
    {"class", -1, 3, 0},          {"negative", -1, -1, 0}, {"twice", -1, 2, 0},
    {"descending", -1, 0, 4},     {"fewer", 3, 2, 0},      {"more", 3, 4, 0},
    {"negative-count", 0, -1, 0}, {"shifted", 0, 3, 0},
};

static void put_sums(char *bytes)
{
    IclRecordHead head;
    char digits[ICL_SHA256_DIGITS + 1];
    IclSha256 sha;

    memcpy(&head, bytes, sizeof head);
    icl_record_swap_head(&head);
    icl_sha256_init(&sha);
    icl_sha256_add(&sha, bytes + head.tail, head.n_tail - head.n_names);
    icl_sha256_end(&sha, digits);
    for (size_t i = 0; i < sizeof head.tail_sum; i++)
        head.tail_sum[i] = (uint8_t)(g_ascii_xdigit_value(digits[2 * i]) << 4 |
                                     g_ascii_xdigit_value(digits[2 * i + 1]));
    icl_record_swap_head(&head);
    head.head_crc = GUINT32_TO_LE(icl_record_head_crc(&head));
    memcpy(bytes, &head, sizeof head);
}

static void test_set_lie(const void *data)
{
    const SetLie *lie = data;
    g_auto(Files) f = files_multi_label();
    g_autofree char *bytes = NULL;
    const int32_t class = (int32_t)GUINT32_TO_LE((uint32_t)lie->class);
    GError *error = NULL;
    IclRecordHead head;
    gsize size;

    pack(&f, &(IclPackParams){.resize = 2});
    g_assert_true(g_file_get_contents(f.packed, &bytes, &size, NULL));
    memcpy(&head, bytes, sizeof head);
    icl_record_swap_head(&head);
    g_assert_cmpint(head.n_sets, ==, 7);
    size_t rows = sizeof(IclRecordRow);
    size_t at = lie->row >= 0 ? lie->row * rows + offsetof(IclRecordRow, class)
                              : head.n * rows + lie->set * sizeof class;
    memcpy(bytes + head.tail + at, &class, sizeof class);
    put_sums(bytes);
    test_write(f.root, "l.icl-records", bytes, size);
    g_assert_null(icl_dataset_open(f.packed, ICL_PART_TRAIN, &error));
    test_error(error, ICL_ERROR_FORMAT, "its index holds what cannot be");
}

static void test_lie(const void *data)
{
    const Lie *lie = data;
    g_auto(Files) f = files_new();
    g_autofree char *bytes = NULL;
    uint64_t value = GUINT64_TO_LE(lie->value);
    GError *error = NULL;
    IclRecordHead head;
    gsize size;

    pack(&f, &(IclPackParams){.resize = 2});
    g_assert_true(g_file_get_contents(f.packed, &bytes, &size, NULL));
    memcpy(bytes + lie->at, &value, lie->bytes);
    memcpy(&head, bytes, sizeof head);
    if (!lie->keep_crc)
        head.head_crc = GUINT32_TO_LE(icl_record_head_crc(&head));
    memcpy(bytes, &head, sizeof head);
    test_write(f.root, "l.icl-records", bytes, size);
    g_assert_null(icl_dataset_open(f.packed, ICL_PART_TRAIN, &error));
    test_error(error, ICL_ERROR_FORMAT, lie->says);
}

/* Files that are something else. */
static void test_strangers(void)
{
    static const struct {
        const char *text;
        size_t size;
        const char *says;
    } strangers[] = {
        {"", 0, "is too short for packed pictures"},
        {"text", 4, "is too short"},
        {ICL_RECORD_MAGIC, 8, "is too short"},
    };
    char *root = test_folder_new();
    g_autofree char *path = g_build_filename(root, "x.icl-records", NULL);
    g_autofree char *zeros = g_malloc0(4096);
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(strangers); i++) {
        test_write(root, "x.icl-records", strangers[i].text, strangers[i].size);
        g_assert_null(icl_dataset_open(path, ICL_PART_TRAIN, &error));
        test_error(error, ICL_ERROR_FORMAT, strangers[i].says);
        error = NULL;
        g_assert_false(icl_dataset_has_test(path));
    }
    test_write(root, "x.icl-records", zeros, 4096);
    g_assert_null(icl_dataset_open(path, ICL_PART_TRAIN, &error));
    test_error(error, ICL_ERROR_FORMAT, "does not begin");
    test_folder_remove(root);
}

static void count_report(void *user, const GError *error)
{
    g_assert_nonnull(strstr(error->message, "2.jpg"));
    ++*(int *)user;
}

static void test_unreadable(void)
{
    g_auto(Files) f = files_new();
    int reported = 0;
    GError *error = NULL;

    test_write(f.root, "2.jpg", "no picture", 10);
    pack(&f, &(IclPackParams){.report = count_report, .user = &reported});
    g_assert_cmpint(reported, ==, 1);
    g_autoptr(IclDataset) packed = open_part(f.packed, ICL_PART_TRAIN);
    g_assert_cmpint(icl_dataset_size(packed), ==, 2);
    g_remove(f.packed);
    g_assert_false(icl_pack(f.list, f.packed, &(IclPackParams){.strict = true}, &error));
    test_error(error, ICL_ERROR_FORMAT, "2.jpg");
    g_assert_false(g_file_test(f.packed, G_FILE_TEST_EXISTS));
}

/* Failures leave neither the file nor what it was to be made of. */
static void test_failures(void)
{
    g_auto(Files) f = files_new();
    g_autofree char *nowhere = g_build_filename(f.root, "no", "x", NULL);
    GError *error = NULL;

    g_assert_false(icl_pack(f.list, nowhere, &(IclPackParams){0}, &error));
    test_error(error, ICL_ERROR_FILE, "no/x: cannot be written");
    error = NULL;
    g_assert_false(icl_pack("no/such", f.packed, &(IclPackParams){0}, &error));
    test_error(error, ICL_ERROR_FILE, "no/such");
    error = NULL;
    for (int i = 1; i <= 6; i++) {
        g_autofree char *name = g_strdup_printf("%d.jpg", i);
        test_write(f.root, name, "text", 4);
    }
    g_assert_false(icl_pack(f.list, f.packed, &(IclPackParams){0}, &error));
    test_error(error, ICL_ERROR_DATA, "none of its pictures can be read");
    g_autoptr(GDir) dir = g_dir_open(f.root, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));)
        g_assert_null(strstr(name, "records"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/record/files", (const void *)files_new, test_files);
    g_test_add_data_func("/record/files-multi-label", (const void *)files_multi_label, test_files);
    g_test_add_func("/record/pixels", test_pixels);
    g_test_add_data_func("/record/damage", (const void *)files_new, test_damage);
    g_test_add_data_func("/record/damage-multi-label", (const void *)files_multi_label,
                         test_damage);
    for (size_t i = 0; i < G_N_ELEMENTS(set_lies); i++) {
        g_autofree char *path = g_strconcat("/record/set-lie/", set_lies[i].name, NULL);
        g_test_add_data_func(path, &set_lies[i], test_set_lie);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autofree char *path = g_strconcat("/record/lie/", lies[i].name, NULL);
        g_test_add_data_func(path, &lies[i], test_lie);
    }
    g_test_add_func("/record/strangers", test_strangers);
    g_test_add_func("/record/unreadable", test_unreadable);
    g_test_add_func("/record/failures", test_failures);
    return g_test_run();
}
