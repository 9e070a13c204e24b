/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Layouts of image folders, written to a temporary folder: what is found, in which order, and what
 * is said where a layout will not do. Then splitting. */
#include <glib/gstdio.h>
#include <icl/dataset.h>
#include <string.h>
#include <unistd.h>

#include "helpers.h"

typedef struct {
    const char *name;
    const char *files; /* separated by spaces; "a->b" makes a link a to b, "a/" an empty folder */
    IclPart part;
    const char *labels;   /* separated by spaces; NULL: an error */
    const char *pictures; /* what follows the folder in the names of the pictures, in order */
    IclError code;
    const char *says;
} Layout;

static const Layout layouts[] = {
    {"plain", "cat/1.jpg dog/1.jpg", ICL_PART_TRAIN, "cat dog", "cat/1.jpg dog/1.jpg"},
    {"code-point-order", "b/1.jpg a/2.jpg a/10.jpg B/1.jpg é/1.jpg 10/x.png 2/x.png",
     ICL_PART_TRAIN, "10 2 B a b é", "10/x.png 2/x.png B/1.jpg a/10.jpg a/2.jpg b/1.jpg é/1.jpg"},
    {"recursive", "cat/old/1.jpg cat/0.jpg cat/z.png dog/a/b/c/2.jpeg", ICL_PART_TRAIN, "cat dog",
     "cat/0.jpg cat/old/1.jpg cat/z.png dog/a/b/c/2.jpeg"},
    {"whole-paths-sorted", "cat/a/1.jpg cat/a-b.jpg cat/ab.jpg dog/1.jpg", ICL_PART_TRAIN,
     "cat dog", "cat/a-b.jpg cat/a/1.jpg cat/ab.jpg dog/1.jpg"},
    {"any-case", "cat/1.JPG cat/2.Jpeg dog/3.PnG", ICL_PART_TRAIN, "cat dog",
     "cat/1.JPG cat/2.Jpeg dog/3.PnG"},
    {"other-files", "cat/1.jpg cat/readme.txt cat/2.gif dog/1.jpg notes.txt 3.jpg", ICL_PART_TRAIN,
     "cat dog", "cat/1.jpg dog/1.jpg"},
    {"hidden", "cat/1.jpg dog/1.jpg .git/1.jpg cat/.2.jpg cat/.thumbs/3.jpg", ICL_PART_TRAIN,
     "cat dog", "cat/1.jpg dog/1.jpg"},
    {"empty-class", "cat/1.jpg dog/", ICL_PART_TRAIN, "cat dog", "cat/1.jpg"},
    {"file-links", "cat/1.jpg dog/1.jpg dog/2.jpg->1.jpg dog/3.jpg->nowhere.jpg", ICL_PART_TRAIN,
     "cat dog", "cat/1.jpg dog/1.jpg dog/2.jpg"},
    {"circular-links", "cat/1.jpg cat/up->.. cat/self->. dog/1.jpg", ICL_PART_TRAIN, "cat dog",
     "cat/1.jpg dog/1.jpg"},
    {"class-links", "cat/1.jpg dog->cat", ICL_PART_TRAIN, "cat dog", "cat/1.jpg dog/1.jpg"},
    {"train-part", "train/a/1.jpg train/b/1.jpg test/a/2.jpg test/b/2.jpg", ICL_PART_TRAIN, "a b",
     "train/a/1.jpg train/b/1.jpg"},
    {"test-part", "train/a/1.jpg train/b/1.jpg test/a/2.jpg test/b/2.jpg", ICL_PART_TEST, "a b",
     "test/a/2.jpg test/b/2.jpg"},
    {"val-part", "train/a/1.jpg train/b/1.jpg val/a/2.jpg val/b/2.jpg", ICL_PART_TEST, "a b",
     "val/a/2.jpg val/b/2.jpg"},
    {"validation-part", "train/a/1.jpg train/b/1.jpg validation/a/2.jpg validation/b/2.jpg",
     ICL_PART_TEST, "a b", "validation/a/2.jpg validation/b/2.jpg"},
    {"test-before-val", "train/a/1.jpg train/b/1.jpg val/a/2.jpg val/b/2.jpg test/a/3.jpg test/b/",
     ICL_PART_TEST, "a b", "test/a/3.jpg"},
    {"three-parts", "train/a/1.jpg train/b/1.jpg valid/a/2.jpg valid/b/2.jpg test/a/3.jpg test/b/",
     ICL_PART_VALIDATION, "a b", "valid/a/2.jpg valid/b/2.jpg"},
    {"two-parts", "train/a/1.jpg train/b/1.jpg val/a/2.jpg val/b/2.jpg", ICL_PART_VALIDATION, "a b",
     "val/a/2.jpg val/b/2.jpg"},
    {"no-validation-part", "train/a/1.jpg train/b/1.jpg test/a/2.jpg test/b/2.jpg",
     ICL_PART_VALIDATION, NULL, NULL, ICL_ERROR_DATA,
     "has no validation part of its own; hold out a share"},
    {"whole-as-validation", "cat/1.jpg dog/1.jpg", ICL_PART_VALIDATION, NULL, NULL, ICL_ERROR_DATA,
     "has no validation part of its own"},
    {"class-only-in-val", "train/a/1.jpg train/b/1.jpg val/a/1.jpg test/a/2.jpg test/b/2.jpg",
     ICL_PART_TEST, NULL, NULL, ICL_ERROR_DATA, "has the class folder \"b\", which"},
    {"whole-as-test", "cat/1.jpg dog/1.jpg", ICL_PART_TEST, "cat dog", "cat/1.jpg dog/1.jpg"},
    {"test-without-train", "test/1.jpg val/1.jpg", ICL_PART_TEST, "test val",
     "test/1.jpg val/1.jpg"},
    {"classes-differ", "train/a/1.jpg train/b/1.jpg test/a/2.jpg test/c/2.jpg", ICL_PART_TRAIN,
     NULL, NULL, ICL_ERROR_DATA, "has the class folder \"b\", which"},
    {"class-only-in-test", "train/a/1.jpg train/b/1.jpg test/a/2.jpg test/b/ test/c/1.jpg",
     ICL_PART_TEST, NULL, NULL, ICL_ERROR_DATA, "has the class folder \"c\", which"},
    {"one-class", "cat/1.jpg", ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "has only the class \"cat\""},
    {"one-level-up", "pets/cat/1.jpg pets/dog/1.jpg", ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "\"pets\", which holds 2 folders; perhaps the data set is"},
    {"train-alone", "train/cat/1.jpg train/dog/1.jpg", ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "perhaps the data set is"},
    {"no-class-folders", "1.jpg 2.png 3.txt", ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "has 2 pictures and no class folders"},
    {"no-pictures", "cat/ dog/1.gif", ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "has 2 classes but no pictures"},
    {"nothing", "", ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA, "no class folders"},
};

static void make_layout(const char *root, const char *files)
{
    g_auto(GStrv) names = g_strsplit(files, " ", -1);

    for (int i = 0; names[i] && *names[i]; i++) {
        g_auto(GStrv) link = g_strsplit(names[i], "->", 2);
        g_autofree char *path = g_build_filename(root, link[0], NULL);
        if (link[1])
            g_assert_cmpint(symlink(link[1], path), ==, 0);
        else if (g_str_has_suffix(names[i], "/"))
            g_assert_cmpint(g_mkdir_with_parents(path, 0700), ==, 0);
        else
            test_write(root, names[i], "x", 1);
    }
}

static void check_layout(const Layout *row, const char *root, const IclDataset *dataset)
{
    g_autofree char *labels = g_strjoinv(" ", (char **)icl_dataset_labels(dataset));
    g_autoptr(GString) pictures = g_string_new(NULL);

    g_assert_cmpstr(labels, ==, row->labels);
    for (int i = 0; i < icl_dataset_size(dataset); i++) {
        g_autofree char *name = icl_dataset_name(dataset, i);
        const char *label = icl_dataset_labels(dataset)[icl_dataset_class(dataset, i)];
        g_autofree char *middle = g_strdup_printf("/%s/", label);
        g_assert_true(g_str_has_prefix(name, root));
        g_assert_nonnull(strstr(name, middle));
        g_string_append_printf(pictures, "%s%s", i ? " " : "", name + strlen(root) + 1);
    }
    g_assert_cmpstr(pictures->str, ==, row->pictures);
}

static void test_layout(const void *data)
{
    const Layout *row = data;
    char *root = test_folder_new();
    GError *error = NULL;
    g_autoptr(IclDataset) dataset = NULL;

    make_layout(root, row->files);
    dataset = icl_dataset_open(root, row->part, &error);
    if (row->labels) {
        g_assert_no_error(error);
        check_layout(row, root, dataset);
    } else {
        g_assert_null(dataset);
        test_error(error, row->code, row->says);
    }
    test_folder_remove(root);
}

static void test_missing(void)
{
    GError *error = NULL;

    g_assert_null(icl_dataset_open("no/such/folder", ICL_PART_TRAIN, &error));
    test_error(error, ICL_ERROR_FILE, "no/such/folder: is not a folder");
    g_assert_false(icl_dataset_has_test("no/such/folder"));
}

/* Which parts are there: a bit each, the lowest for training. */
static const struct {
    const char *files;
    unsigned parts;
    bool has_test;
} with_parts[] = {
    {"a/1.jpg b/1.jpg", 1, false},
    {"train/a/1.jpg train/b/1.jpg", 1, false},
    {"train/a/1.jpg valid/a/1.jpg", 1 | 4, true},
    {"train/a/1.jpg test/a/1.jpg", 1 | 2, true},
    {"train/a/1.jpg validation/a/1.jpg test/a/1.jpg", 1 | 2 | 4, true},
    {"val/1.jpg test/1.jpg", 1, false},
};

static void test_parts(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(with_parts); i++) {
        char *root = test_folder_new();
        unsigned parts = 0;
        make_layout(root, with_parts[i].files);
        for (int part = 0; part < ICL_PARTS; part++)
            parts |= (unsigned)icl_dataset_has_part(root, (IclPart)part) << part;
        g_assert_cmpuint(parts, ==, with_parts[i].parts);
        g_assert_true(icl_dataset_has_test(root) == with_parts[i].has_test);
        test_folder_remove(root);
    }
}

static char *layout_fingerprint(const char *files, const char *longer)
{
    char *root = test_folder_new(), *print;
    g_autoptr(IclDataset) dataset = NULL;

    make_layout(root, files);
    if (longer)
        test_write(root, longer, "xy", 2);
    dataset = icl_dataset_open(root, ICL_PART_TRAIN, NULL);
    print = icl_dataset_fingerprint(dataset);
    test_folder_remove(root);
    return print;
}

static void test_fingerprint(void)
{
    g_autofree char *one = layout_fingerprint("a/1.jpg b/1.jpg", NULL);
    g_autofree char *same = layout_fingerprint("b/1.jpg a/1.jpg", NULL);
    g_autofree char *other = layout_fingerprint("a/1.jpg b/2.jpg", NULL);
    g_autofree char *moved = layout_fingerprint("a/1.jpg c/1.jpg", NULL);
    g_autofree char *longer = layout_fingerprint("a/1.jpg b/1.jpg", "b/1.jpg");

    g_assert_cmpstr(one, ==, same); /* in another folder, written in another order */
    g_assert_cmpstr(one, !=, other);
    g_assert_cmpstr(one, !=, moved);
    g_assert_cmpstr(one, !=, longer);
}

/* Class sizes 1, 2, 10, 5; what a fraction takes of each. */
typedef struct {
    const char *name;
    double fraction;
    int taken[4];
} Split;

static const Split splits[] = {
    {"tenth", 0.1, {0, 0, 1, 1}}, /* 0.5 is rounded up */
    {"fifth", 0.2, {0, 0, 2, 1}},
    {"half", 0.5, {0, 1, 5, 3}},
    {"nearly-all", 0.99, {0, 1, 9, 4}},
};

static IclDataset *split_dataset(char *root)
{
    static const int sizes[4] = {1, 2, 10, 5};

    for (int c = 0; c < 4; c++)
        for (int i = 0; i < sizes[c]; i++) {
            g_autofree char *name = g_strdup_printf("%c/%d.jpg", 'a' + c, i);
            test_write(root, name, "x", 1);
        }
    return icl_dataset_open(root, ICL_PART_TRAIN, NULL);
}

static void test_split(const void *data)
{
    const Split *row = data;
    char *root = test_folder_new();
    g_autoptr(IclDataset) dataset = split_dataset(root);
    g_autofree uint32_t *first = NULL, *second = NULL;
    int n_first, n_second, taken[4] = {0}, seen[18] = {0};

    icl_dataset_split(dataset, row->fraction, 7, &first, &n_first, &second, &n_second);
    g_assert_cmpint(n_first + n_second, ==, 18);
    for (int i = 0; i < n_first; i++)
        seen[first[i]]++;
    for (int i = 0; i < n_second; i++) {
        seen[second[i]]++;
        taken[icl_dataset_class(dataset, (int)second[i])]++;
        g_assert_true(i == 0 || second[i - 1] < second[i]);
    }
    for (int i = 1; i < n_first; i++)
        g_assert_cmpuint(first[i - 1], <, first[i]);
    for (int i = 0; i < 18; i++)
        g_assert_cmpint(seen[i], ==, 1);
    for (int c = 0; c < 4; c++)
        g_assert_cmpint(taken[c], ==, row->taken[c]);
    test_folder_remove(root);
}

static void test_split_seed(void)
{
    char *root = test_folder_new();
    g_autoptr(IclDataset) dataset = split_dataset(root);
    uint32_t *first, *second[3];
    int n_first, n_second;

    for (int i = 0; i < 3; i++) {
        icl_dataset_split(dataset, 0.5, i / 2, &first, &n_first, &second[i], &n_second);
        g_free(first);
    }
    g_assert_cmpint(memcmp(second[0], second[1], n_second * sizeof **second), ==, 0);
    g_assert_cmpint(memcmp(second[0], second[2], n_second * sizeof **second), !=, 0);
    for (int i = 0; i < 3; i++)
        g_free(second[i]);
    test_folder_remove(root);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(layouts); i++) {
        g_autofree char *path = g_strconcat("/folder/", layouts[i].name, NULL);
        g_test_add_data_func(path, &layouts[i], test_layout);
    }
    g_test_add_func("/folder/missing", test_missing);
    g_test_add_func("/folder/parts", test_parts);
    g_test_add_func("/folder/fingerprint", test_fingerprint);
    for (size_t i = 0; i < G_N_ELEMENTS(splits); i++) {
        g_autofree char *path = g_strconcat("/split/", splits[i].name, NULL);
        g_test_add_data_func(path, &splits[i], test_split);
    }
    g_test_add_func("/split/seed", test_split_seed);
    return g_test_run();
}
