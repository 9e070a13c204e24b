/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pictures with any number of labels, by command line, from the list to what a picture has. Stripes
 * that change along x are "vertical", along y "horizontal", a checkerboard is both, a ramp neither.
 */
#include <jansson.h>
#include <string.h>

#include "fixture.h"

enum { PICTURES = 40 }; /* of each part */

static const char *const labels[] = {"vertical", "horizontal", "vertical|horizontal", ""};

#define TRAIN_LABELS \
    "train l.csv --model net.icl --batch 8 --optimizer 'adamw lr=0.02' --augment '' --quiet "

/* "l.csv": the pictures of "idx4", with their labels; "one.csv" has one class each. */
static void make_lists(const Fixture *fixture)
{
    static const char *const parts[] = {"train", "test"};
    g_autofree char *path = fixture_path(fixture, "l.csv"), *one = fixture_path(fixture, "one.csv");
    g_autoptr(GString) list = g_string_new("path,labels,split\n");
    g_autoptr(GString) classes = g_string_new("path,label\n");
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return;
    for (gsize p = 0; p < G_N_ELEMENTS(parts); p++) {
        g_autofree char *line = g_strdup_printf("frames idx4 %s4 --part %s", parts[p], parts[p]);
        g_free(icl_output(fixture, line));
        for (int i = 0; i < PICTURES; i++) {
            g_string_append_printf(list, "%s4/%05d.jpg,%s,%s\n", parts[p], i, labels[i % 4],
                                   parts[p]);
            g_string_append_printf(classes, "%s4/%05d.jpg,%s\n", parts[p], i,
                                   i % 2 ? "horizontal" : "vertical");
        }
    }
    g_assert_true(g_file_set_contents(path, list->str, -1, NULL));
    g_assert_true(g_file_set_contents(one, classes->str, -1, NULL));
}

/* Trains "labels.bin" unless it is there. */
static void need_labels(const Fixture *fixture)
{
    g_autofree char *path = fixture_path(fixture, "labels.bin");
    make_lists(fixture);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        g_free(icl_output(fixture, TRAIN_LABELS "-o labels.bin --epochs 40"));
}

static double number_after(const char *text, const char *what)
{
    expect_part(text, what);
    return g_ascii_strtod(strstr(text, what) + strlen(what), NULL);
}

static void learns(gconstpointer data)
{
    need_labels(data);
    g_autofree char *out = icl_output(data, "evaluate labels.bin l.csv");
    g_assert_cmpfloat(number_after(out, "binary accuracy: "), >=, 0.95);
    g_assert_cmpfloat(number_after(out, "exact match: "), >=, 0.9);
    g_assert_cmpfloat(number_after(out, "mean average precision: "), >=, 0.95);
    expect_part(out, " samples avg ");
    expect_part(out, "true pos");
    g_autofree char *json = icl_output(data, "evaluate labels.bin l.csv --json");
    expect_part(json, "\"mean_average_precision\": ");
    expect_part(json, "\"average_precision\": ");
}

static void says_what_it_is(gconstpointer data)
{
    need_labels(data);
    g_autofree char *info = icl_output(data, "info labels.bin");
    expect_part(info, "2 labels, any number of them on a picture: horizontal, vertical\n");
    expect_part(info, "outputs: multi-label\n");
    g_autofree char *options = icl_output(data, "info labels.bin --options");
    expect_part(options, "--loss binary ");
    Result found = run_icl(data, "data l.csv --near -1"); /* the parts have pictures in common */
    expect_part(found.out, "horizontal          20          20\n");
    expect_part(found.out, "(no label)          10          10\n");
    expect_part(found.out, "all                 40          40\n");
    result_clear(&found);
}

/* The labels of a picture in the @file of `icl evaluate --samples`, in the model's order. */
static char *found_by_evaluate(const Fixture *fixture, const char *file, int picture)
{
    g_autofree char *table = NULL;
    read_file(fixture, file, &table, NULL);
    g_auto(GStrv) rows = g_strsplit(table, "\n", -1);
    g_auto(GStrv) fields = g_strsplit(rows[1 + picture], ",", -1);
    g_assert_cmpstr(rows[0], ==, "name,truth,predicted,horizontal,vertical");
    g_assert_cmpuint(g_strv_length(fields), ==, 5);
    return g_strdup(fields[2]);
}

/* The same of a line of JSON, in the model's order. */
static char *found_by_classify(const char *line)
{
    json_t *object = json_loads(line, 0, NULL), *found = json_object_get(object, "labels");
    bool horizontal = false, vertical = false;
    g_assert_true(json_is_array(found));
    g_assert_cmpuint(json_array_size(json_object_get(object, "top")), ==, 2);
    g_assert_null(json_object_get(object, "label"));
    for (size_t i = 0; i < json_array_size(found); i++) {
        json_t *entry = json_array_get(found, i);
        const char *label = json_string_value(json_object_get(entry, "label"));
        g_assert_cmpfloat(json_real_value(json_object_get(entry, "confidence")), >, 0.5);
        horizontal |= g_str_equal(label, "horizontal");
        vertical |= g_str_equal(label, "vertical");
    }
    json_decref(object);
    return g_strdup_printf("%s%s%s", horizontal ? "horizontal" : "",
                           horizontal && vertical ? "|" : "", vertical ? "vertical" : "");
}

static void classifies_as_it_evaluates(gconstpointer data)
{
    need_labels(data);
    g_free(icl_output(data, "evaluate labels.bin l.csv --samples samples.csv"));
    g_autofree char *out = icl_output(data, "classify labels.bin test4 --json");
    g_auto(GStrv) lines = g_strsplit(out, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, PICTURES + 1); /* the last is empty */
    for (int i = 0; i < PICTURES; i++) {
        g_autofree char *evaluated = found_by_evaluate(data, "samples.csv", i);
        g_autofree char *classified = found_by_classify(lines[i]);
        g_assert_cmpstr(classified, ==, evaluated);
    }
}

static void threshold(gconstpointer data)
{
    need_labels(data);
    g_autofree char *none = icl_output(data, "classify labels.bin test4/00003.jpg --threshold 1");
    expect_part(none, "test4/00003.jpg  -\n");
    g_autofree char *empty =
        icl_output(data, "classify labels.bin test4/00003.jpg --threshold 1 --csv");
    g_assert_cmpstr(empty, ==, "file,rank,label,class_id,confidence\ntest4/00003.jpg,0,,-1,\n");
    g_autofree char *all =
        icl_output(data, "classify labels.bin test4/00003.jpg --threshold 0 --csv");
    g_auto(GStrv) rows = g_strsplit(all, "\n", -1);
    g_assert_cmpuint(g_strv_length(rows), ==, 4);
    g_autofree char *one =
        icl_output(data, "classify labels.bin test4/00003.jpg --threshold 0 --csv --top-k 1");
    g_auto(GStrv) first = g_strsplit(one, "\n", -1);
    g_assert_cmpuint(g_strv_length(first), ==, 3);
}

/* At the extremes: no label counts as found, or all. */
static void evaluate_threshold(gconstpointer data)
{
    need_labels(data);
    g_free(icl_output(data, "evaluate labels.bin l.csv --threshold 1 --samples none.csv"));
    g_free(icl_output(data, "evaluate labels.bin l.csv --threshold 1e-6 --samples all.csv"));
    g_autofree char *none = icl_output(data, "evaluate labels.bin l.csv --threshold 1 --digits 4");
    expect_part(none, "   micro avg     0.0000    0.0000    0.0000");
    for (int i = 0; i < PICTURES; i++) {
        g_autofree char *nothing = found_by_evaluate(data, "none.csv", i);
        g_autofree char *both = found_by_evaluate(data, "all.csv", i);
        g_assert_cmpstr(nothing, ==, "");
        g_assert_cmpstr(both, ==, "horizontal|vertical");
    }
}

/* What is packed is what was listed: to the model and to the training. */
static void packed(gconstpointer data)
{
    need_labels(data);
    g_free(icl_output(data, "pack l.csv -o l.icl-records"));
    g_autofree char *list = icl_output(data, "evaluate labels.bin l.csv --json");
    g_autofree char *records = icl_output(data, "evaluate labels.bin l.icl-records --json");
    g_assert_cmpstr(records, ==, list);
    g_free(icl_output(data, TRAIN_LABELS "--epochs 2 -o of-list.bin"));
    g_free(icl_output(data, "train l.icl-records --model net.icl --batch 8 --augment '' --quiet "
                            "--optimizer 'adamw lr=0.02' --epochs 2 -o of-records.bin"));
    g_autofree char *of_list = icl_output(data, "evaluate of-list.bin l.csv --json");
    g_autofree char *of_records = icl_output(data, "evaluate of-records.bin l.csv --json");
    g_assert_cmpstr(of_records, ==, of_list);
}

/* Neither threads nor workers change it. */
static void same_bytes(gconstpointer data)
{
    static const char line[] = TRAIN_LABELS "--epochs 4 --augment mixup --class-weight balanced "
                                            "--loss 'binary_focal label_smoothing=0.1' ";
    make_lists(data);
    g_autofree char *one = g_strconcat(line, "-o one.bin --threads 1 --workers 0", NULL);
    g_autofree char *two = g_strconcat(line, "-o two.bin --threads 2 --workers 3", NULL);
    g_free(icl_output(data, one));
    g_free(icl_output(data, two));
    g_assert_true(same_file(data, "one.bin", "two.bin"));
}

static void failures(gconstpointer data)
{
    static const char *const rows[][2] = {
        {"train l.csv -o x.bin --loss cross_entropy", "--loss cross_entropy: is for one class"},
        {"train l.csv -o x.bin --loss 'focal gamma=2'", "--loss focal: is for one class"},
        {"train l.csv -o x.bin --class-weight sideways=2", "there is no class \"sideways\""},
        {"train l.csv -o x.bin --sampler oversample", "sampler oversample: goes by classes"},
        {"train l.csv -o x.bin --sampler weighted", "sampler weighted: goes by classes"},
        {"train l.csv -o x.bin --monitor val_top5", "--monitor watches val_top5"},
        {"train l.csv -o x.bin --callbacks 'early_stopping top5'", "early_stopping watches top5"},
        {"frames l.csv x", "is multi-label"},
        {"evaluate labels.bin one.csv", "the data set one class"},
        {"evaluate one.bin l.csv", "the model gives one class"},
        {"classify one.bin test4/00000.jpg --threshold 0.7", "--threshold is for multi-label"},
        {"evaluate one.bin one.csv --threshold 0.7", "--threshold is for multi-label"},
    };
    need_labels(data);
    g_free(icl_output(data, "train one.csv --model net.icl --epochs 1 --quiet -o one.bin"));
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        expect_failure(data, rows[i][0], rows[i][1]);
}

static const struct {
    const char *name;
    GTestDataFunc run;
} tests[] = {
    {"learns", learns},
    {"says what it is", says_what_it_is},
    {"classifies as it evaluates", classifies_as_it_evaluates},
    {"threshold", threshold},
    {"threshold of evaluate", evaluate_threshold},
    {"packed", packed},
    {"same bytes", same_bytes},
    {"failures", failures},
};

int main(int argc, char **argv)
{
    Fixture fixture;
    g_test_init(&argc, &argv, NULL);
    fixture_init(&fixture);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/labels/%s", tests[i].name);
        g_test_add_data_func(path, &fixture, tests[i].run);
    }
    int status = g_test_run();
    fixture_clear(&fixture);
    return status;
}
