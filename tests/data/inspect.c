/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What is found in a folder of which everything is known: made here, with all that can be wrong. */
#include <glib/gstdio.h>
#include <icl/inspect.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "helpers.h"
#include "random.h"

enum { GRID = 5 };

/* A picture like no other of another number: colours at the points of a grid, and what lies between
 * them; the same at any size. */
static void write_picture(const char *root, const char *name, int number, int w, int h, int quality)
{
    g_autofree char *path = g_build_filename(root, name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree uint8_t *pixels = g_new(uint8_t, 3 * w * h);
    double levels[(GRID + 1) * (GRID + 1) * 3];
    IclRandom random;
    GError *error = NULL;

    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    icl_random_init(&random, 7, ICL_RANDOM_TEST, 0, (uint64_t)number);
    for (int i = 0; i < (GRID + 1) * (GRID + 1) * 3; i++)
        levels[i] = 255 * icl_random_uniform(&random);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            double u = (x + 0.5) * GRID / w, v = (y + 0.5) * GRID / h;
            int i = (int)v, j = (int)u;
            for (int c = 0; c < 3; c++) {
                const double *p = levels + (i * (GRID + 1) + j) * 3 + c, *q = p + (GRID + 1) * 3;
                double above = p[0] + (u - j) * (p[3] - p[0]);
                double below = q[0] + (u - j) * (q[3] - q[0]);
                pixels[3 * (y * w + x) + c] = (uint8_t)(above + (v - i) * (below - above));
            }
        }
    IclFrame frame = {.format = ICL_PIXEL_RGB,
                      .range = ICL_RANGE_FULL,
                      .width = w,
                      .height = h,
                      .plane = {pixels},
                      .stride = {3 * w}};
    icl_picture_save_jpeg(&frame, quality, path, &error);
    g_assert_no_error(error);
}

/* Classes of 60, 6 and 6 pictures for training, and 2 of each for testing. */
static char *folder_new(void)
{
    static const char *const names[] = {"ant", "bee", "cat"};
    char *root = test_folder_new();

    for (int c = 0, number = 0; c < 3; c++)
        for (int part = 0; part < 2; part++)
            for (int i = 0; i < (part ? 2 : c ? 6 : 60); i++, number++) {
                g_autofree char *name =
                    g_strdup_printf("%s/%s/%02d.jpg", part ? "test" : "train", names[c], i);
                write_picture(root, name, number, 60 + number % 7, 50 + number % 5, 90);
            }
    return root;
}

static json_t *inspect(const char *root, int near, int threads, int *broken)
{
    IclInspectParams params = {.near = near, .threads = threads};
    GError *error = NULL;
    g_autoptr(IclInspection) inspection = icl_inspect(root, &params, &error);
    g_assert_no_error(error);
    g_autofree char *text = icl_inspection_json(inspection);
    json_t *json = json_loads(text, 0, NULL);

    g_assert_nonnull(json);
    if (broken)
        *broken = icl_inspection_broken(inspection);
    return json;
}

static size_t member_size(const json_t *json, const char *key)
{
    return json_array_size(json_object_get(json, key));
}

/* Whether the advice has a sentence with this part, which is broken or not. */
static bool advises(const json_t *json, const char *part, bool broken)
{
    size_t i;
    json_t *advice;

    json_array_foreach(json_object_get(json, "advice"), i, advice)
    {
        const char *text = json_string_value(json_object_get(advice, "text"));
        if (strstr(text, part))
            return json_is_true(json_object_get(advice, "broken")) == broken;
    }
    return false;
}

/* A set of two files whose names end so, whatever their order. */
static bool has_set(const json_t *sets, const char *a, const char *b, bool parts, bool classes)
{
    size_t i;
    json_t *set;

    json_array_foreach(sets, i, set)
    {
        const json_t *files = json_object_get(set, "files");
        const char *x = json_string_value(json_array_get(files, 0));
        const char *y = json_string_value(json_array_get(files, 1));
        if (json_array_size(files) == 2 && ((g_str_has_suffix(x, a) && g_str_has_suffix(y, b)) ||
                                            (g_str_has_suffix(x, b) && g_str_has_suffix(y, a))))
            return json_is_true(json_object_get(set, "across_parts")) == parts &&
                   json_is_true(json_object_get(set, "across_classes")) == classes;
    }
    return false;
}

static int count_of(const json_t *json, const char *part, const char *class)
{
    return (int)json_integer_value(
        json_object_get(json_object_get(json_object_get(json, "parts"), part), class));
}

static void test_sound(void)
{
    char *root = folder_new();
    int broken;
    json_t *json = inspect(root, 4, 0, &broken);

    g_assert_cmpint(broken, ==, 0);
    g_assert_cmpint(count_of(json, "train", "ant"), ==, 60);
    g_assert_cmpint(count_of(json, "train", "cat"), ==, 6);
    g_assert_cmpint(count_of(json, "test", "bee"), ==, 2);
    g_assert_cmpuint(member_size(json, "unreadable"), ==, 0);
    g_assert_cmpuint(member_size(json, "exact_duplicates"), ==, 0);
    g_assert_cmpuint(member_size(json, "near_duplicates"), ==, 0);
    g_assert_true(advises(json, "\"ant\" has 10 times as many pictures as \"bee\"", false));
    g_assert_true(advises(json, "2 classes have fewer than 20 pictures", false));
    json_decref(json);
    test_folder_remove(root);
}

/* Damage of each kind, and what is said of it. */
static void test_faults(void)
{
    char *root = folder_new();
    int broken;

    test_write(root, "train/bee/03.jpg", "\xff\xd8\xff\xe0 cut off", 12);
    write_picture(root, "test/bee/copy.jpg", 62, 60 + 62 % 7, 50 + 62 % 5, 90);   /* train/bee/00 */
    write_picture(root, "train/ant/label.jpg", 72, 60 + 72 % 7, 50 + 72 % 5, 90); /* train/cat/02 */
    write_picture(root, "train/ant/twice.jpg", 5, 60 + 5 % 7, 50 + 5 % 5, 90);
    write_picture(root, "test/ant/small.jpg", 8, 45, 40, 90);   /* train/ant/08 */
    write_picture(root, "train/cat/worse.jpg", 71, 61, 51, 60); /* train/cat/01 */
    json_t *json = inspect(root, 4, 0, &broken);
    const json_t *same = json_object_get(json, "exact_duplicates");
    const json_t *near = json_object_get(json, "near_duplicates");
    g_assert_cmpint(broken, ==, 3);
    g_assert_cmpuint(member_size(json, "unreadable"), ==, 1);
    g_assert_cmpint(count_of(json, "train", "bee"), ==, 5);
    g_assert_true(has_set(same, "train/bee/00.jpg", "test/bee/copy.jpg", true, false));
    g_assert_true(has_set(same, "train/ant/label.jpg", "train/cat/02.jpg", false, true));
    g_assert_true(has_set(same, "train/ant/05.jpg", "train/ant/twice.jpg", false, false));
    g_assert_cmpuint(json_array_size(same), ==, 3);
    g_assert_true(has_set(near, "train/ant/08.jpg", "test/ant/small.jpg", true, false));
    g_assert_true(has_set(near, "train/cat/01.jpg", "train/cat/worse.jpg", false, false));
    g_assert_cmpuint(json_array_size(near), ==, 2);
    g_assert_true(advises(json, "1 picture cannot be read", true));
    g_assert_true(advises(json, "1 picture is in more than one part", true));
    g_assert_true(advises(json, "1 picture is in more than one class", true));
    g_assert_true(advises(json, "1 picture is there more than once in a class", false));
    g_assert_true(advises(json, "1 set of nearly the same pictures reaches over", false));
    json_decref(json);
    json = inspect(root, -1, 0, NULL);
    g_assert_cmpuint(member_size(json, "near_duplicates"), ==, 0);
    json_decref(json);
    test_folder_remove(root);
}

/* Any number of threads says the same, to the last digit. */
static void test_threads(void)
{
    char *root = folder_new();
    g_autofree char *first = NULL;

    test_write(root, "train/bee/03.jpg", "text", 4);
    for (int threads = 1; threads <= 3; threads++) {
        IclInspectParams params = {.near = 15, .threads = threads};
        g_autoptr(IclInspection) inspection = icl_inspect(root, &params, NULL);
        g_autofree char *text = icl_inspection_json(inspection);
        if (first)
            g_assert_cmpstr(text, ==, first);
        else
            first = g_steal_pointer(&text);
    }
    test_folder_remove(root);
}

/* Sizes, channels, mean and deviation of pictures of one colour each: red 200 and 100 half and
 * half. */
static void test_figures(void)
{
    char *root = test_folder_new();

    for (int i = 0; i < 4; i++) {
        g_autofree char *name = g_strdup_printf("%c/%d.jpg", 'a' + i % 2, i);
        test_write_jpeg(root, name, 40, 20, i < 2 ? 200 : 100, 50, 0);
    }
    json_t *json = inspect(root, -1, 1, NULL);
    const json_t *mean = json_object_get(json, "mean"), *std = json_object_get(json, "std");
    g_assert_cmpint(json_integer_value(json_object_get(json, "colour")), ==, 4);
    g_assert_cmpint(json_integer_value(json_object_get(json, "grey")), ==, 0);
    g_assert_cmpfloat_with_epsilon(json_real_value(json_array_get(mean, 0)), 150. / 255, 0.01);
    g_assert_cmpfloat_with_epsilon(json_real_value(json_array_get(mean, 1)), 50. / 255, 0.01);
    g_assert_cmpfloat_with_epsilon(json_real_value(json_array_get(std, 0)), 50. / 255, 0.01);
    g_assert_cmpfloat_with_epsilon(json_real_value(json_array_get(std, 1)), 0, 0.01);
    g_assert_cmpint(json_integer_value(json_object_get(json_object_get(json, "height"), "median")),
                    ==, 20);
    g_assert_true(advises(json, "There is no test part", false));
    json_decref(json);
    test_folder_remove(root);
}

static void test_empty_class(void)
{
    char *root = test_folder_new();
    int broken;

    write_picture(root, "a/1.jpg", 1, 40, 40, 90);
    test_write(root, "b/1.jpg", "", 0);
    json_t *json = inspect(root, 4, 0, &broken);
    g_assert_cmpint(broken, ==, 2);
    g_assert_true(advises(json, "Class \"b\" has no picture in the train part", true));
    json_decref(json);
    test_folder_remove(root);
}

static void test_text(void)
{
    char *root = folder_new();
    IclInspectParams params = {ICL_INSPECT_DEFAULTS};

    test_write(root, "train/bee/evil\033[2J.jpg", "text", 4);
    g_autoptr(IclInspection) inspection = icl_inspect(root, &params, NULL);
    g_autofree char *text = icl_inspection_text(inspection);
    g_assert_nonnull(
        strstr(text, "class       train        test\nant            60           2\n"));
    g_assert_nonnull(strstr(text, "unreadable: 1\n"));
    g_assert_nonnull(strstr(text, "evil?[2J.jpg: is not a JPEG or PNG picture"));
    g_assert_nonnull(strstr(text, "\nbroken: 1 picture cannot be read"));
    test_folder_remove(root);
}

static void stop(void *user, int done, int total) { *(volatile int *)user = 1; }

static void test_refused(void)
{
    char *root = folder_new();
    volatile int cancel = 0;
    IclInspectParams params = {.cancel = &cancel, .progress = stop, .user = (void *)&cancel};
    GError *error = NULL;

    g_assert_null(icl_inspect(root, &params, &error));
    test_error(error, ICL_ERROR_CANCELLED, "stopped");
    error = NULL;
    g_assert_null(icl_inspect("no/such/folder", &params, &error));
    test_error(error, ICL_ERROR_FILE, "no/such/folder");
    error = NULL;
    test_folder_remove(root);
}

static bool level_near(const uint8_t *pixel, int r, int g, int b)
{
    return ABS(pixel[0] - r) < 8 && ABS(pixel[1] - g) < 8 && ABS(pixel[2] - b) < 8;
}

/* Tiles of 16 pixels where they should be, the second row augmented; a broken one stays empty. */
static void test_sheet(void)
{
    char *root = test_folder_new();
    g_autofree char *path = g_build_filename(root, "sheet.png", NULL);
    IclSheetParams params = {
        .recipe = "stretch 16 ! normalize mean=0.5 std=0.2", .augment = "invert p=1", .columns = 3};
    GError *error = NULL;
    IclPicture sheet;

    test_write_jpeg(root, "a/1.jpg", 8, 8, 255, 0, 0);
    test_write(root, "a/2.jpg", "no picture", 10);
    test_write_jpeg(root, "a/3.jpg", 8, 8, 0, 0, 255);
    test_write_jpeg(root, "b/1.jpg", 8, 8, 0, 255, 0);
    g_autoptr(IclDataset) dataset = icl_dataset_open(root, ICL_PART_TRAIN, NULL);
    g_assert_true(icl_contact_sheet(dataset, &params, path, &error));
    g_assert_no_error(error);
    g_assert_true(icl_picture_load(path, &sheet, &error));
    int stride = sheet.frame.stride[0], row = 6 + 20 + 8, band = 20 + 2 * 22 + 6;
    g_assert_cmpint(sheet.frame.width, ==, 6 + 3 * 22);
    g_assert_cmpint(sheet.frame.height, ==, 6 + 2 * band);
    g_assert_true(level_near(sheet.pixels + row * stride + 3 * 14, 254, 0, 0));
    g_assert_true(level_near(sheet.pixels + row * stride + 3 * 36, 255, 255, 255));
    g_assert_true(level_near(sheet.pixels + row * stride + 3 * 58, 0, 0, 254));
    g_assert_true(level_near(sheet.pixels + (row + 22) * stride + 3 * 14, 1, 255, 255));
    g_assert_true(level_near(sheet.pixels + (row + band) * stride + 3 * 14, 0, 255, 1));
    icl_picture_clear(&sheet);
    test_folder_remove(root);
}

/* Sheets that cannot be made. */
static const struct {
    const char *recipe, *augment, *file;
    const char *says;
} no_sheets[] = {
    {"resise 8", NULL, "s.png", "--recipe"},
    {"stretch 2000", NULL, "s.png", "256 on a side"},
    {NULL, "hflop", "s.png", "--augment"},
    {NULL, NULL, "no/s.png", "no/s.png"},
};

static void test_no_sheet(void)
{
    char *root = test_folder_new();

    test_write_jpeg(root, "a/1.jpg", 8, 8, 255, 0, 0);
    test_write_jpeg(root, "b/1.jpg", 8, 8, 255, 0, 0);
    g_autoptr(IclDataset) dataset = icl_dataset_open(root, ICL_PART_TRAIN, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(no_sheets); i++) {
        g_autofree char *path = g_build_filename(root, no_sheets[i].file, NULL);
        IclSheetParams params = {.recipe = no_sheets[i].recipe, .augment = no_sheets[i].augment};
        GError *error = NULL;
        g_assert_false(icl_contact_sheet(dataset, &params, path, &error));
        g_assert_nonnull(error);
        g_assert_true(strstr(error->message, no_sheets[i].says) != NULL);
        g_error_free(error);
        g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    }
    test_folder_remove(root);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/inspect/sound", test_sound);
    g_test_add_func("/inspect/faults", test_faults);
    g_test_add_func("/inspect/threads", test_threads);
    g_test_add_func("/inspect/figures", test_figures);
    g_test_add_func("/inspect/empty-class", test_empty_class);
    g_test_add_func("/inspect/text", test_text);
    g_test_add_func("/inspect/refused", test_refused);
    g_test_add_func("/sheet/tiles", test_sheet);
    g_test_add_func("/sheet/none", test_no_sheet);
    return g_test_run();
}
