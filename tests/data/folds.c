/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Folds are scikit-learn's; splits keep groups together; class weights. */
#include <icl/folds.h>
#include <math.h>
#include <string.h>

#include "dataset_kind.h"
#include "golden_folds.h"
#include "helpers.h"
#include "sampler.h"

enum { MOST = 64 };

/* Numbers separated by spaces. */
static int read_numbers(const char *text, int *numbers)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    int n = 0;

    for (; words[n]; n++)
        numbers[n] = atoi(words[n]);
    return n;
}

static void assert_folds(const IclDataset *dataset, int k, bool stratified, const char *expected)
{
    IclFoldParams params = {.k = k, .stratified = stratified};
    int folds[MOST], wanted[MOST], n = read_numbers(expected, wanted);
    GError *error = NULL;

    g_assert_cmpint(n, ==, dataset->n);
    g_assert_true(icl_dataset_folds(dataset, &params, folds, &error));
    g_assert_no_error(error);
    g_assert_cmpmem(folds, n * sizeof *folds, wanted, n * sizeof *wanted);
}

static void test_golden(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    int classes[MOST], groups[MOST];
    IclDataset dataset = {
        .n = read_numbers(golden_folds[i].classes, classes), .classes = 9, .class_of = classes};

    assert_folds(&dataset, golden_folds[i].k, false, golden_folds[i].plain);
    assert_folds(&dataset, golden_folds[i].k, true, golden_folds[i].stratified);
    read_numbers(golden_folds[i].groups, groups);
    dataset.group = groups;
    assert_folds(&dataset, golden_folds[i].k, false, golden_folds[i].grouped);
    assert_folds(&dataset, golden_folds[i].k, true, golden_folds[i].grouped);
}

static void test_balanced(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    g_auto(GStrv) expected = g_strsplit(golden_folds[i].balanced, " ", -1);
    int classes[MOST], n_expected = (int)g_strv_length(expected);
    IclDataset dataset = {.n = read_numbers(golden_folds[i].classes, classes),
                          .classes = n_expected + 1, /* and one without pictures */
                          .class_of = classes};
    IclSamples samples = {&dataset, NULL, dataset.n};
    g_autofree float *weights = icl_class_weights_parse("balanced", &samples, "", NULL);

    for (int c = 0; c < n_expected; c++)
        g_assert_cmpfloat_with_epsilon(weights[c], g_ascii_strtod(expected[c], NULL), 1e-6);
    g_assert_cmpfloat(weights[n_expected], ==, 1);
}

/* 100 pictures of 3 classes: 60, 30, 10. */
static int three_classes(int i) { return (i % 10 >= 6) + (i % 10 == 9); }

static void count_folds(const IclDataset *dataset, const int *folds, int k, int count[][3])
{
    memset(count, 0, (size_t)k * sizeof *count);
    for (int i = 0; i < dataset->n; i++) {
        g_assert_cmpint(folds[i], >=, 0);
        g_assert_cmpint(folds[i], <, k);
        count[folds[i]][dataset->class_of[i]]++;
    }
}

/* As many of each class as without shuffle; the same by the same seed, and other ones by another.
 */
static void test_shuffled(void)
{
    int classes[100], folds[3][100], count[2][5][3];
    IclDataset dataset = {.n = 100, .classes = 3, .class_of = classes};

    for (int i = 0; i < 100; i++)
        classes[i] = three_classes(i);
    for (int stratified = 0; stratified < 2; stratified++) {
        IclFoldParams params = {.k = 5, .stratified = stratified};
        g_assert_true(icl_dataset_folds(&dataset, &params, folds[0], NULL));
        count_folds(&dataset, folds[0], 5, count[0]);
        params.shuffle = true;
        for (int i = 0; i < 3; i++) {
            params.seed = (uint64_t)i / 2;
            g_assert_true(icl_dataset_folds(&dataset, &params, folds[i], NULL));
        }
        g_assert_cmpint(memcmp(folds[0], folds[1], sizeof folds[0]), ==, 0);
        g_assert_cmpint(memcmp(folds[0], folds[2], sizeof folds[0]), !=, 0);
        count_folds(&dataset, folds[0], 5, count[1]);
        for (int f = 0; f < 5; f++) {
            for (int c = 0; stratified && c < 3; c++)
                g_assert_cmpint(count[0][f][c], ==, count[1][f][c]);
            g_assert_cmpint(count[1][f][0] + count[1][f][1] + count[1][f][2], ==, 20);
        }
    }
}

static void test_grouped_shuffle(void)
{
    int classes[100], groups[100], folds[2][100], of_group[10], size[3] = {0};
    IclDataset dataset = {.n = 100, .classes = 3, .class_of = classes, .group = groups};
    IclFoldParams params = {.k = 3, .shuffle = true};

    for (int i = 0; i < 100; i++) {
        classes[i] = three_classes(i);
        groups[i] = i / 10;
    }
    for (params.seed = 0; params.seed < 2; params.seed++) {
        g_assert_true(icl_dataset_folds(&dataset, &params, folds[params.seed], NULL));
        for (int i = 0; i < 100; i++)
            of_group[i / 10] = folds[params.seed][i];
        for (int i = 0; i < 100; i++)
            g_assert_cmpint(of_group[i / 10], ==, folds[params.seed][i]);
    }
    g_assert_cmpint(memcmp(folds[0], folds[1], sizeof folds[0]), !=, 0);
    for (int i = 0; i < 100; i++)
        size[folds[0][i]]++;
    for (int f = 0; f < 3; f++)
        g_assert_cmpint(size[f], >=, 30);
}

/* More folds than there is to put in them. */
static const struct {
    const char *name;
    int k;
    bool stratified, grouped;
    const char *says;
} too_many[] = {
    {"one", 1, false, false, "1 folds cannot be made: 2 to 6 can"},
    {"negative", -3, true, false, "-3 folds cannot be made"},
    {"pictures", 7, false, false, "2 to 6 can, as many as there are pictures"},
    {"class", 4, true, false, "2 to 3 can, as many as there are pictures of the largest class"},
    {"groups", 3, false, true, "2 to 2 can, as many as there are groups"},
};

static void test_too_many(void)
{
    int classes[] = {0, 1, 2, 1, 1, 0}, groups[] = {0, 0, 1, 1, 1, 1}, folds[6];

    for (size_t i = 0; i < G_N_ELEMENTS(too_many); i++) {
        IclDataset dataset = {.n = 6, .classes = 3, .class_of = classes};
        IclFoldParams params = {.k = too_many[i].k, .stratified = too_many[i].stratified};
        GError *error = NULL;
        dataset.group = too_many[i].grouped ? groups : NULL;
        g_assert_false(icl_dataset_folds(&dataset, &params, folds, &error));
        test_error(error, ICL_ERROR_VALUE, too_many[i].says);
    }
}

/* Groups of a size each; the classes come in turn, or each group is of one class. */
typedef struct {
    const char *name;
    int groups, size;
    bool pure;
    double fraction;
    int least, most; /* pictures of the second part */
} GroupRow;

static const GroupRow group_rows[] = {
    {"small-groups", 50, 6, false, 0.2, 54, 66},
    {"films", 10, 30, false, 0.2, 60, 60},
    {"too-large-for-the-share", 3, 100, false, 0.1, 0, 0},
    {"half-of-two", 2, 30, false, 0.5, 30, 30},
    {"one-group", 1, 30, false, 0.5, 0, 0},
    {"of-one-class", 30, 10, true, 0.2, 60, 60},
    {"only-group-of-its-class", 3, 10, true, 0.5, 0, 0},
};

static void test_groups(const void *data)
{
    const GroupRow *row = data;
    int n = row->groups * row->size, part_of[50], taken[3] = {0};
    g_autofree int *classes = g_new(int, n), *groups = g_new(int, n);
    IclDataset dataset = {.n = n, .classes = 3, .class_of = classes, .group = groups};
    g_autofree uint32_t *first = NULL, *second = NULL;
    int n_first, n_second;

    for (int i = 0; i < n; i++) {
        groups[i] = i / row->size;
        classes[i] = (row->pure ? groups[i] : i) % 3;
    }
    icl_dataset_split(&dataset, row->fraction, 3, &first, &n_first, &second, &n_second);
    g_assert_cmpint(n_first + n_second, ==, n);
    g_assert_cmpint(n_second, >=, row->least);
    g_assert_cmpint(n_second, <=, row->most);
    for (int i = 0; i < n_first; i++)
        part_of[groups[first[i]]] = 0;
    for (int i = 0; i < n_second; i++) {
        part_of[groups[second[i]]] = 1;
        taken[classes[second[i]]]++;
    }
    for (int i = 0; i < n_first; i++)
        g_assert_cmpint(part_of[groups[first[i]]], ==, 0);
    g_assert_cmpint(taken[0], ==, taken[1]);
    g_assert_cmpint(taken[0], ==, taken[2]);
}

/* Groups by file name. */
static const struct {
    const char *pattern;
    int groups[4]; /* of a/film1_001.jpg a/film1_002.jpg b/film2_001.jpg c/film1_003.jpg */
    IclError code;
    const char *says;
} patterns[] = {
    {"film([0-9]+)_", {0, 0, 1, 0}},
    {"[a-z]/film[0-9]+", {0, 0, 1, 2}},
    {"_00(?:1|2)", {-1}, ICL_ERROR_DATA, "c/film1_003.jpg: does not match \"_00(?:1|2)\""},
    {"film(", {-1}, ICL_ERROR_SYNTAX, "\"film(\" is no regular expression"},
};

static void test_patterns(void)
{
    char *root = test_folder_new();

    test_write(root, "a/film1_001.jpg", "", 0);
    test_write(root, "a/film1_002.jpg", "", 0);
    test_write(root, "b/film2_001.jpg", "", 0);
    test_write(root, "c/film1_003.jpg", "", 0);
    for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
        g_autoptr(IclDataset) dataset = icl_dataset_open(root, ICL_PART_TRAIN, NULL);
        GError *error = NULL;
        bool ok = icl_dataset_group_by(dataset, patterns[i].pattern, &error);
        g_assert_true(ok == !patterns[i].says);
        if (ok) {
            const int *groups = icl_dataset_groups(dataset);
            g_assert_cmpmem(groups, 4 * sizeof *groups, patterns[i].groups, 4 * sizeof(int));
        } else {
            test_error(error, patterns[i].code, patterns[i].says);
            g_assert_null(icl_dataset_groups(dataset));
        }
    }
    test_folder_remove(root);
}

/* Weights by hand. */
static const struct {
    const char *text;
    float weights[3];
    IclError code;
    const char *says;
} given[] = {
    {"", {1, 1, 1}},
    {"cat=2 'big dog=0.5'", {2, 0.5F, 1}},
    {"'big dog'=3", {1, 3, 1}},
    {"a=b=0", {1, 1, 0}},
    {"cat", {-1}, ICL_ERROR_VALUE, "--class-weight: \"cat\" is no weight of a class; give"},
    {"cat=", {-1}, ICL_ERROR_VALUE, "\"cat=\" is no weight"},
    {"cat=-1", {-1}, ICL_ERROR_VALUE, "\"cat=-1\" is no weight"},
    {"cat=nan", {-1}, ICL_ERROR_VALUE, "\"cat=nan\" is no weight"},
    {"cat=1e99", {-1}, ICL_ERROR_VALUE, "0 to 1e6"},
    {"kat=1", {-1}, ICL_ERROR_VALUE, "there is no class \"kat\"; did you mean \"cat\"?"},
    {"'cat=1", {-1}, ICL_ERROR_SYNTAX, "--class-weight: \"'cat=1\": "},
};

static void test_given(void)
{
    char *labels[] = {(char *)"cat", (char *)"big dog", (char *)"a=b", NULL};
    IclDataset dataset = {.classes = 3, .labels = labels};
    IclSamples samples = {&dataset, NULL, 0};

    for (size_t i = 0; i < G_N_ELEMENTS(given); i++) {
        GError *error = NULL;
        g_autofree float *weights =
            icl_class_weights_parse(given[i].text, &samples, "--class-weight", &error);
        if (given[i].says)
            test_error(error, given[i].code, given[i].says);
        else
            g_assert_cmpmem(weights, 3 * sizeof *weights, given[i].weights, 3 * sizeof(float));
        g_assert_true(!weights == !!given[i].says);
    }
}

/* Labels of 1000 pictures: on 500, 100, 10 and 1 of them; half have none. */
static void labels_fill(IclLabelSets *sets, int n)
{
    int at = 0;

    sets->class = g_new(int, 4 * n);
    sets->end = g_new(int, n);
    for (int i = 0; i < n; i++) {
        int place = i * 7 % n; /* scattered */
        if (place % 2)
            sets->class[at++] = 0;
        if (place % 10 == 3)
            sets->class[at++] = 1;
        if (place % 100 == 3)
            sets->class[at++] = 2;
        if (place == 3)
            sets->class[at++] = 3;
        sets->end[i] = at;
    }
}

enum { LABELLED = 1000 };

/* Each label's own two classes: n / (2 * pictures where it is off, or on). */
static void test_label_weights(void)
{
    char *labels[] = {(char *)"a", (char *)"b", (char *)"c", (char *)"d", NULL};
    IclDataset dataset = {.n = LABELLED, .classes = 4, .labels = labels};
    IclSamples samples = {&dataset, NULL, LABELLED};
    static const double wanted[] = {1, 1000 / 1800.0, 1000 / 1980.0, 1000 / 1998.0, 1, 5, 50, 500};
    static const float pairs_given[] = {1, 2, 1, 0.5f, 1, 2, 1, 0.5f};

    labels_fill(&dataset.sets, LABELLED);
    g_autofree float *balanced = icl_class_weights_parse("balanced", &samples, "", NULL);
    g_autofree float *pairs = icl_class_weights_parse("b=2 d=0.5", &samples, "", NULL);
    for (int i = 0; i < 8; i++)
        g_assert_cmpfloat_with_epsilon(balanced[i], wanted[i], 1e-6);
    g_assert_cmpmem(pairs, sizeof pairs_given, pairs_given, sizeof pairs_given);
    g_free(dataset.sets.class);
    g_free(dataset.sets.end);
}

/* Pictures of each label, and without any, in a part. */
static void count_labels(const IclDataset *dataset, const int *part, int wanted, int count[5])
{
    memset(count, 0, 5 * sizeof *count);
    for (int i = 0; i < dataset->n; i++) {
        int n;
        const int *class = icl_dataset_classes_of(dataset, i, &n);
        if (part[i] != wanted)
            continue;
        for (int c = 0; c < n; c++)
            count[class[c]]++;
        count[4] += n == 0;
    }
}

static void assert_counts(const int *count, double share)
{
    static const int all[] = {500, 100, 10, 1, 500};

    for (int c = 0; c < 5; c++)
        g_assert_cmpfloat(fabs(count[c] - share * all[c]), <=, 1);
}

static void test_labels_split(void)
{
    IclDataset dataset = {.n = LABELLED, .classes = 4};
    static const double fractions[] = {0.1, 0.5, 0.9};

    labels_fill(&dataset.sets, LABELLED);
    for (size_t f = 0; f < G_N_ELEMENTS(fractions); f++) {
        g_autofree uint32_t *first = NULL, *second = NULL;
        int n_first, n_second, part[LABELLED] = {0}, count[5];
        icl_dataset_split(&dataset, fractions[f], 5, &first, &n_first, &second, &n_second);
        g_assert_cmpint(n_first + n_second, ==, LABELLED);
        for (int i = 0; i < n_second; i++)
            part[second[i]] = 1;
        count_labels(&dataset, part, 1, count);
        assert_counts(count, fractions[f]);
        g_assert_cmpint(count[3], ==, 0); /* the only one is for training */
    }
    g_free(dataset.sets.class);
    g_free(dataset.sets.end);
}

/* Frames of films: none is on both sides, and the labels have nearly their shares. */
static void test_labels_split_by_group(void)
{
    IclDataset dataset = {.n = LABELLED, .classes = 4, .group = g_new(int, LABELLED)};
    g_autofree uint32_t *first = NULL, *second = NULL;
    int n_first, n_second, part[LABELLED] = {0}, count[5];

    labels_fill(&dataset.sets, LABELLED);
    for (int i = 0; i < LABELLED; i++)
        dataset.group[i] = i / 5;
    icl_dataset_split(&dataset, 0.2, 5, &first, &n_first, &second, &n_second);
    for (int i = 0; i < n_second; i++)
        part[second[i]] = 1;
    for (int i = 0; i < LABELLED; i++)
        g_assert_cmpint(part[i], ==, part[i / 5 * 5]);
    count_labels(&dataset, part, 1, count);
    g_assert_cmpint(count[0], >=, 90);
    g_assert_cmpint(count[0], <=, 110);
    g_assert_cmpint(count[4], >=, 90);
    g_assert_cmpint(count[4], <=, 110);
    g_assert_cmpint(count[3], ==, 0);
    g_free(dataset.sets.class);
    g_free(dataset.sets.end);
    g_free(dataset.group);
}

static void test_labels_folds(void)
{
    IclDataset dataset = {.n = LABELLED, .classes = 4};
    int folds[3][LABELLED], count[5];

    labels_fill(&dataset.sets, LABELLED);
    for (int shuffle = 0; shuffle < 3; shuffle++) {
        IclFoldParams params = {.k = 5, .stratified = true, .shuffle = shuffle, .seed = shuffle};
        g_assert_true(icl_dataset_folds(&dataset, &params, folds[shuffle], NULL));
        for (int f = 0; f < 5; f++) {
            count_labels(&dataset, folds[shuffle], f, count);
            assert_counts(count, 0.2);
        }
    }
    g_assert_cmpint(memcmp(folds[1], folds[2], sizeof folds[0]), !=, 0);
    g_free(dataset.sets.class);
    g_free(dataset.sets.end);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(golden_folds); i++) {
        g_autofree char *path = g_strdup_printf("/folds/golden/%zu", i);
        g_autofree char *balanced = g_strdup_printf("/weights/balanced/%zu", i);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_golden);
        g_test_add_data_func(balanced, GSIZE_TO_POINTER(i), test_balanced);
    }
    g_test_add_func("/folds/shuffled", test_shuffled);
    g_test_add_func("/folds/grouped-shuffle", test_grouped_shuffle);
    g_test_add_func("/folds/too-many", test_too_many);
    for (size_t i = 0; i < G_N_ELEMENTS(group_rows); i++) {
        g_autofree char *path = g_strconcat("/split/groups/", group_rows[i].name, NULL);
        g_test_add_data_func(path, &group_rows[i], test_groups);
    }
    g_test_add_func("/groups/patterns", test_patterns);
    g_test_add_func("/weights/given", test_given);
    g_test_add_func("/weights/labels", test_label_weights);
    g_test_add_func("/folds/labels", test_labels_folds);
    g_test_add_func("/folds/labels-split", test_labels_split);
    g_test_add_func("/folds/labels-split-by-group", test_labels_split_by_group);
    return g_test_run();
}
