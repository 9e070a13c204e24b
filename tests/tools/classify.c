/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * `icl classify`: which pictures it finds, what it says of them in each format, and that these are
 * the very scores of `icl evaluate`. */
#include <glib/gstdio.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

enum { CLASSES = 3 };

static void copy(const Fixture *fixture, const char *from, const char *to)
{
    g_autofree char *bytes = NULL, *path = fixture_path(fixture, to);
    g_autofree char *folder = g_path_get_dirname(path);
    gsize size;
    read_file(fixture, from, &bytes, &size);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0777), ==, 0);
    g_assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
}

/* A folder in which everything is met that a search for pictures may meet. */
static void make_tree(const Fixture *fixture)
{
    static const char *const pictures[] = {"tree/b.JPG", "tree/a/z.jpeg", "tree/a.jpg",
                                           "tree/a/.hidden.jpg", "tree/.hidden/a.jpg"};
    g_autofree char *round = fixture_path(fixture, "tree/a/round");
    g_autofree char *link = fixture_path(fixture, "tree/link.jpg");
    if (g_file_test(link, G_FILE_TEST_EXISTS))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(pictures); i++)
        copy(fixture, "folder/1/a.jpg", pictures[i]);
    copy(fixture, "text", "tree/notes.txt");
    g_assert_cmpint(symlink("..", round), ==, 0);
    g_assert_cmpint(symlink("a.jpg", link), ==, 0);
}

/* The first field of each row of the CSV, by spaces. */
static char *files_of(const Fixture *fixture, const char *operands)
{
    g_autofree char *line = g_strconcat("classify m.bin --csv --top-k 1 ", operands, NULL);
    g_autofree char *out = icl_output(fixture, line);
    g_auto(GStrv) rows = g_strsplit(out, "\n", -1);
    GString *files = g_string_new(NULL);
    for (int i = 1; rows[i] && *rows[i]; i++)
        g_string_append_printf(files, "%.*s ", (int)strcspn(rows[i], ","), rows[i]);
    return g_string_free(files, FALSE);
}

static void finds_pictures(gconstpointer data)
{
    static const struct {
        const char *operands, *files;
    } rows[] = {
        {"folder/1", "folder/1/a.jpg folder/1/b.jpg "},
        {"tree", "tree/a.jpg tree/a/z.jpeg tree/b.JPG tree/link.jpg "},
        {"tree/a/round/a.jpg tree/a", "tree/a/round/a.jpg tree/a/z.jpeg "},
        {"folder/2/a.jpg folder/1 folder/2/a.jpg",
         "folder/2/a.jpg folder/1/a.jpg folder/1/b.jpg folder/2/a.jpg "},
        {"tree/.hidden/a.jpg", "tree/.hidden/a.jpg "},
    };
    need_model(data);
    make_tree(data);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *files = files_of(data, rows[i].operands);
        g_assert_cmpstr(files, ==, rows[i].files);
    }
}

static void table(gconstpointer data)
{
    need_model(data);
    g_autofree char *out = icl_output(data, "classify m.bin folder/1 --top-k 2");
    g_auto(GStrv) lines = g_strsplit(out, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 6); /* the last is empty */
    g_assert_cmpstr(lines[0], ==, "picture         label  confidence");
    g_assert_true(g_str_has_prefix(lines[1], "folder/1/a.jpg  1          "));
    g_assert_true(g_str_has_prefix(lines[2], "                "));
    g_assert_true(g_str_has_prefix(lines[3], "folder/1/b.jpg  1          "));
    for (int i = 1; i < 5; i++)
        g_assert_cmpuint(strlen(lines[i]), ==, strlen(lines[0]));
}

/* Rows of a picture by --top-k. */
static void top_k(gconstpointer data)
{
    static const struct {
        const char *options;
        guint rows;
    } rows[] = {{"--top-k 1", 1}, {"--top-k 2", 2}, {"--top-k 100", 3}, {"--top-k 0", 3}, {"", 3}};
    need_model(data);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *line =
            g_strconcat("classify m.bin folder/1/a.jpg --csv ", rows[i].options, NULL);
        g_autofree char *out = icl_output(data, line);
        g_auto(GStrv) lines = g_strsplit(out, "\n", -1);
        g_assert_cmpuint(g_strv_length(lines), ==, rows[i].rows + 2);
    }
}

/* What a line of JSON says of a class. */
static float confidence_of(const json_t *entry, int *class_id)
{
    const char *label = json_string_value(json_object_get(entry, "label"));
    *class_id = (int)json_integer_value(json_object_get(entry, "class_id"));
    g_autofree char *expected = g_strdup_printf("%d", *class_id); /* classes 0, 1, 2 */
    g_assert_cmpstr(label, ==, expected);
    g_assert_true(json_is_number(json_object_get(entry, "confidence")));
    return (float)json_number_value(json_object_get(entry, "confidence"));
}

/* Reads a line: the file, and scores [CLASSES] in the model's order. */
static char *parse_line(const char *line, float *scores)
{
    json_error_t error;
    json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        g_error("%s: %s", line, error.text);
    const json_t *top = json_object_get(json, "top");
    int best, class_id;
    float confidence = confidence_of(json, &best), before = INFINITY;
    g_assert_cmpuint(json_array_size(top), ==, CLASSES);
    for (size_t i = 0; i < CLASSES; i++) {
        float score = confidence_of(json_array_get(top, i), &class_id);
        g_assert_cmpint(class_id, <, CLASSES);
        g_assert_cmpfloat(score, <=, before);
        scores[class_id] = before = score;
    }
    g_assert_cmpfloat(scores[best], ==, confidence);
    confidence_of(json_array_get(top, 0), &class_id);
    g_assert_cmpint(class_id, ==, best);
    char *file = g_strdup(json_string_value(json_object_get(json, "file")));
    json_decref(json);
    return file;
}

/* The row of a file in what --samples wrote: name, truth, predicted, scores. */
static void expect_sample(const char *samples, const char *file, const float *scores)
{
    g_auto(GStrv) rows = g_strsplit(samples, "\n", -1);
    g_autofree char *prefix = g_strconcat(file, ",", NULL);
    for (int i = 0; rows[i]; i++) {
        if (!g_str_has_prefix(rows[i], prefix))
            continue;
        g_auto(GStrv) fields = g_strsplit(rows[i], ",", -1);
        for (int c = 0; c < CLASSES; c++) {
            float expected = (float)g_ascii_strtod(fields[3 + c], NULL);
            g_assert_cmpmem(&scores[c], sizeof(float), &expected, sizeof(float));
        }
        return;
    }
    g_error("%s is not in %s", file, samples);
}

/* Whatever the batch and the threads. */
static void same_scores_as_evaluate(gconstpointer data)
{
    static const char *const options[] = {"", "--batch 1 --threads 1 --workers 1",
                                          "--batch 2 --threads 2 --workers 3"};
    g_autofree char *samples = NULL;
    need_model(data);
    g_free(icl_output(data, "evaluate m.bin folder --samples all.csv"));
    read_file(data, "all.csv", &samples, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
        g_autofree char *line =
            g_strconcat("classify m.bin folder/1 folder/2 --json ", options[i], NULL);
        g_autofree char *out = icl_output(data, line);
        g_auto(GStrv) lines = g_strsplit(out, "\n", -1);
        g_assert_cmpuint(g_strv_length(lines), ==, 4);
        for (int picture = 0; picture < 3; picture++) {
            float scores[CLASSES];
            g_autofree char *file = parse_line(lines[picture], scores);
            expect_sample(samples, file, scores);
        }
    }
}

/* Names that need quotes: of files, and of classes. */
static void quoting(gconstpointer data)
{
    static const char name[] = "odd/x, \"y\"/new\nline\\.jpg";
    need_model(data);
    copy(data, "folder/1/a.jpg", name);
    copy(data, "folder/2/a.jpg", "odd/plain/a.jpg");
    g_free(icl_output(data, "train odd -o odd.bin --epochs 1 --validation 0 --quiet"));
    g_autofree char *path = g_shell_quote(name);
    g_autofree char *csv_line = g_strconcat("classify odd.bin --csv --top-k 0 ", path, NULL);
    g_autofree char *csv = icl_output(data, csv_line);
    expect_part(csv, "\n\"odd/x, \"\"y\"\"/new\nline\\.jpg\",1,");
    expect_part(csv, ",\"x, \"\"y\"\"\",1,0.");
    expect_part(csv, ",plain,0,0.");
    g_autofree char *json_line = g_strconcat("classify odd.bin --json ", path, NULL);
    g_autofree char *text = icl_output(data, json_line);
    json_t *json = json_loads(text, 0, NULL);
    g_assert_cmpstr(json_string_value(json_object_get(json, "file")), ==, name);
    json_decref(json);
    g_autofree char *table_line = g_strconcat("classify odd.bin ", path, NULL);
    g_autofree char *shown = icl_output(data, table_line);
    expect_part(shown, "odd/x, \"y\"/new?line\\.jpg  ");
}

static void unreadable(gconstpointer data)
{
    need_model(data);
    Result result = run_icl(data, "classify m.bin no.jpg folder idx --top-k 1");
    g_assert_cmpint(result.status, ==, 0);
    expect_part(result.out, "folder/2/a.jpg  ");
    g_assert_null(strstr(result.out, "broken.jpg"));
    expect_part(result.err, "icl: left out: folder/2/broken.jpg: ");
    expect_part(result.err, "no.jpg");
    expect_part(result.err, "icl: left out: idx: no picture ");
    expect_part(result.err, "icl: 3 of 6 could not be read and were left out\n");
    result_clear(&result);
    Result none = run_icl(data, "classify m.bin folder/2/broken.jpg --csv");
    g_assert_cmpint(none.status, ==, 1);
    g_assert_cmpstr(none.out, ==, "");
    expect_part(none.err, "icl: 1 of 1 could not be read and was left out\n");
    result_clear(&none);
}

/* What comes before the unreadable one is shown, what comes after it is not. */
static void strict(gconstpointer data)
{
    need_model(data);
    Result result =
        run_icl(data, "classify m.bin --strict folder/1/a.jpg folder/2/broken.jpg folder/1/b.jpg");
    g_assert_cmpint(result.status, ==, 1);
    expect_part(result.out, "folder/1/a.jpg");
    g_assert_null(strstr(result.out, "folder/1/b.jpg"));
    g_assert_true(g_str_has_prefix(result.err, "icl: folder/2/broken.jpg: "));
    result_clear(&result);
    expect_failure(data, "classify m.bin --strict folder/1 idx", "idx: no picture");
}

static guint count(const char *text, const char *part)
{
    guint n = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        n++;
    return n;
}

/* Ten are named, by each command that leaves pictures out. */
static void many_unreadable(gconstpointer data)
{
    static const char *const lines[] = {
        "classify m.bin many",
        "evaluate m.bin many",
        "train many -o many.bin --epochs 1 --validation 0 --sampler shuffle",
    };
    need_model(data);
    copy(data, "folder/1/a.jpg", "many/1/a.jpg");
    copy(data, "folder/2/a.jpg", "many/2/a.jpg");
    for (int i = 0; i < 12; i++) {
        g_autofree char *name = g_strdup_printf("many/1/bad%d.jpg", i);
        copy(data, "text", name);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        Result result = run_icl(data, lines[i]);
        g_assert_cmpint(result.status, ==, 0);
        g_assert_cmpuint(count(result.err, "left out: many/1/bad"), ==, 10);
        g_assert_cmpuint(count(result.err, "further unreadable pictures"), ==, 1);
        result_clear(&result);
    }
}

static void failures(gconstpointer data)
{
    need_model(data);
    expect_failure(data, "classify no.bin folder", "icl: no.bin: cannot be read");
    expect_failure(data, "classify text folder", "icl: text: ");
}

static const struct {
    const char *name;
    GTestDataFunc run;
} tests[] = {
    {"finds pictures", finds_pictures},
    {"table", table},
    {"top-k", top_k},
    {"same scores as evaluate", same_scores_as_evaluate},
    {"quoting", quoting},
    {"unreadable", unreadable},
    {"strict", strict},
    {"many unreadable", many_unreadable},
    {"failures", failures},
};

int main(int argc, char **argv)
{
    Fixture fixture;
    g_test_init(&argc, &argv, NULL);
    fixture_init(&fixture);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/classify/%s", tests[i].name);
        g_test_add_data_func(path, &fixture, tests[i].run);
    }
    int status = g_test_run();
    fixture_clear(&fixture);
    return status;
}
