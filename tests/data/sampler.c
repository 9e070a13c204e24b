/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What an epoch is made of, by sampler, and that it depends on seed and epoch alone. */
#include "sampler.h"

#include <string.h>

#include "dataset_kind.h"
#include "helpers.h"

enum { PICTURES = 60, CLASSES = 4 };

typedef struct {
    IclDataset dataset;
    int class_of[PICTURES];
    float weight[PICTURES];
} Data;

/* Classes of 40, 15, 5 and no pictures. */
static IclSamples data_init(Data *data)
{
    memset(data, 0, sizeof *data);
    data->dataset = (IclDataset){.n = PICTURES, .classes = CLASSES, .class_of = data->class_of};
    for (int i = 0; i < PICTURES; i++)
        data->class_of[i] = i % 4 == 3 ? (i % 12 == 3 ? 2 : 1) : i < 20 && i % 4 == 2 ? 1 : 0;
    return (IclSamples){&data->dataset, NULL, PICTURES};
}

static void *sampler_new(const char *text)
{
    GError *error = NULL;
    void *sampler = icl_instance_parse(&icl_sampler_family, text, "--sampler", &error);

    g_assert_no_error(error);
    return sampler;
}

typedef struct {
    const char *sampler;
    int size;
    int classes[CLASSES]; /* pictures of each in an epoch; -1: at random */
    int least, most;      /* how often a picture of class 0 comes; of class 2 */
    int least2, most2;
} Row;

static const Row rows[] = {
    {"shuffle", 60, {40, 15, 5, 0}, 1, 1, 1, 1},
    {"sequential", 60, {40, 15, 5, 0}, 1, 1, 1, 1},
    {"oversample", 120, {40, 40, 40, 0}, 1, 1, 8, 8},
    {"undersample", 15, {5, 5, 5, 0}, 0, 1, 1, 1},
    {"weighted", 60, {-1}, 0, 9, 0, 99},
    {"weighted n=7", 7, {-1}, 0, 9, 0, 99},
};

static void count_epoch(const Data *data, const uint32_t *order, int n, int *of_class, int *times)
{
    memset(of_class, 0, CLASSES * sizeof *of_class);
    memset(times, 0, PICTURES * sizeof *times);
    for (int i = 0; i < n; i++) {
        g_assert_cmpuint(order[i], <, PICTURES);
        of_class[data->class_of[order[i]]]++;
        times[order[i]]++;
    }
}

static void test_row(const void *user)
{
    const Row *row = user;
    Data data;
    IclSamples samples = data_init(&data);
    void *sampler = sampler_new(row->sampler);
    uint32_t order[120];
    int of_class[CLASSES], times[PICTURES];

    g_assert_true(icl_sampler_check(sampler, &samples, NULL));
    g_assert_cmpint(icl_sampler_size(sampler, &samples), ==, row->size);
    icl_sampler_draw(sampler, &samples, 1, 2, order);
    count_epoch(&data, order, row->size, of_class, times);
    for (int c = 0; c < CLASSES && row->classes[0] >= 0; c++)
        g_assert_cmpint(of_class[c], ==, row->classes[c]);
    for (int i = 0; i < PICTURES; i++) {
        if (data.class_of[i] == 0)
            g_assert_true(times[i] >= row->least && times[i] <= row->most);
        if (data.class_of[i] == 2)
            g_assert_true(times[i] >= row->least2 && times[i] <= row->most2);
    }
    icl_instance_free(sampler);
}

/* The same again by the same seed and epoch; another order by others, unless it is sequential. */
static void test_repeats(const void *user)
{
    const Row *row = user;
    Data data;
    IclSamples samples = data_init(&data);
    void *sampler = sampler_new(row->sampler);
    uint32_t order[4][120];
    size_t bytes = row->size * sizeof **order;
    bool random = !g_str_equal(row->sampler, "sequential");

    icl_sampler_draw(sampler, &samples, 1, 2, order[0]);
    icl_sampler_draw(sampler, &samples, 1, 3, order[1]);
    icl_sampler_draw(sampler, &samples, 2, 2, order[2]);
    icl_sampler_draw(sampler, &samples, 1, 2, order[3]);
    g_assert_cmpint(memcmp(order[0], order[3], bytes), ==, 0);
    g_assert_true((memcmp(order[0], order[1], bytes) != 0) == random);
    g_assert_true((memcmp(order[0], order[2], bytes) != 0) == random);
    icl_instance_free(sampler);
}

/* Only the pictures given, which NULL draws as shuffle. */
static void test_indices(void)
{
    static const uint32_t indices[] = {3, 7, 15, 0, 1}; /* classes 2 1 2 0 0 */
    Data data;
    IclSamples samples = data_init(&data);
    void *over = sampler_new("oversample");
    uint32_t order[6], shuffled[5];
    int of_class[CLASSES], times[PICTURES];

    samples.indices = indices;
    samples.n = G_N_ELEMENTS(indices);
    g_assert_cmpint(icl_sampler_size(over, &samples), ==, 6);
    icl_sampler_draw(over, &samples, 1, 0, order);
    count_epoch(&data, order, 6, of_class, times);
    g_assert_cmpint(times[7], ==, 2);
    for (int i = 0; i < 3; i++)
        g_assert_cmpint(of_class[i], ==, 2);
    icl_sampler_draw(NULL, &samples, 1, 0, shuffled);
    count_epoch(&data, shuffled, 5, of_class, times);
    for (int i = 0; i < 5; i++)
        g_assert_cmpint(times[indices[i]], ==, 1);
    icl_instance_free(over);
}

/* An undersampled class shows other pictures in other epochs: all of them in the end. */
static void test_undersample_turns(void)
{
    Data data;
    IclSamples samples = data_init(&data);
    void *under = sampler_new("undersample");
    bool seen[PICTURES] = {false};
    uint32_t order[15];

    for (int epoch = 0; epoch < 60; epoch++) {
        icl_sampler_draw(under, &samples, 4, epoch, order);
        for (int i = 0; i < 15; i++)
            seen[order[i]] = true;
    }
    for (int i = 0; i < PICTURES; i++)
        g_assert_true(seen[i]);
    icl_instance_free(under);
}

/* 60,000 draws: classes alike within four standard deviations, sqrt(n p (1 - p)). */
static void test_weighted_classes(void)
{
    enum { DRAWS = 60000 };
    Data data;
    IclSamples samples = data_init(&data);
    void *weighted = sampler_new("weighted n=60000");
    g_autofree uint32_t *order = g_new(uint32_t, DRAWS);
    int of_class[CLASSES], times[PICTURES];

    icl_sampler_draw(weighted, &samples, 1, 0, order);
    count_epoch(&data, order, DRAWS, of_class, times);
    for (int c = 0; c < 3; c++)
        g_assert_cmpint(ABS(of_class[c] - DRAWS / 3), <, 4 * 116);
    icl_instance_free(weighted);
}

/* By weights: picture i weighs i % 3, so that every third never comes. */
static void test_weighted_pictures(void)
{
    enum { DRAWS = 60000 };
    Data data;
    IclSamples samples = data_init(&data);
    void *weighted = sampler_new("weighted by=weights n=60000");
    g_autofree uint32_t *order = g_new(uint32_t, DRAWS);
    int of_class[CLASSES], times[PICTURES];

    for (int i = 0; i < PICTURES; i++)
        data.weight[i] = (float)(i % 3);
    data.dataset.weight = data.weight;
    g_assert_true(icl_sampler_check(weighted, &samples, NULL));
    g_assert_true(icl_sampler_uses_weights(weighted));
    icl_sampler_draw(weighted, &samples, 1, 0, order);
    count_epoch(&data, order, DRAWS, of_class, times);
    for (int i = 0; i < PICTURES; i++) {
        if (i % 3 == 0)
            g_assert_cmpint(times[i], ==, 0);
        else
            g_assert_cmpint(ABS(times[i] - i % 3 * 1000), <, 4 * 45);
    }
    icl_instance_free(weighted);
}

static void test_refused(void)
{
    Data data;
    IclSamples samples = data_init(&data);
    void *weighted = sampler_new("weighted by=weights"), *over = sampler_new("oversample");
    GError *error = NULL;

    g_assert_false(icl_sampler_check(weighted, &samples, &error));
    test_error(error, ICL_ERROR_VALUE, "the data has no weights; give by=classes");
    data.dataset.weight = data.weight;
    error = NULL;
    g_assert_false(icl_sampler_check(weighted, &samples, &error));
    test_error(error, ICL_ERROR_VALUE, "all weights are 0");
    g_assert_true(icl_sampler_check(over, &samples, NULL));
    g_assert_true(icl_sampler_check(NULL, &samples, NULL));
    icl_instance_free(weighted);
    icl_instance_free(over);
}

/* 40,000 classes, the largest of 60,000 pictures: more than can be counted. */
static void test_too_large(void)
{
    enum { ONES = 40000, MANY = 60000 };
    g_autofree int *class_of = g_new0(int, ONES + MANY);
    IclDataset dataset = {.n = ONES + MANY, .classes = ONES + 1, .class_of = class_of};
    IclSamples samples = {&dataset, NULL, ONES + MANY};
    void *over = sampler_new("oversample");
    GError *error = NULL;

    for (int i = 0; i < ONES; i++)
        class_of[i] = i + 1;
    g_assert_false(icl_sampler_check(over, &samples, &error));
    test_error(error, ICL_ERROR_VALUE, "makes epochs of 2400060000 pictures");
    icl_instance_free(over);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/sampler/epoch/", rows[i].sampler, NULL);
        g_autofree char *again = g_strconcat("/sampler/repeats/", rows[i].sampler, NULL);
        g_test_add_data_func(path, &rows[i], test_row);
        g_test_add_data_func(again, &rows[i], test_repeats);
    }
    g_test_add_func("/sampler/indices", test_indices);
    g_test_add_func("/sampler/undersample-turns", test_undersample_turns);
    g_test_add_func("/sampler/weighted-classes", test_weighted_classes);
    g_test_add_func("/sampler/weighted-pictures", test_weighted_pictures);
    g_test_add_func("/sampler/refused", test_refused);
    g_test_add_func("/sampler/too-large", test_too_large);
    return g_test_run();
}
