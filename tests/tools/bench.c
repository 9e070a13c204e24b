/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * `icl bench`: times are the machine's, but figures of one run must fit together. */
#include <jansson.h>
#include <math.h>

#include "fixture.h"

static json_t *bench(const Fixture *fixture, const char *options)
{
    g_autofree char *line = g_strconcat("bench --json ", options, NULL);
    g_autofree char *out = icl_output(fixture, line);
    json_error_t error;
    json_t *json = json_loads(out, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        g_error("%s: %s", out, error.text);
    return json;
}

static double number(const json_t *json, const char *key)
{
    const json_t *value = json_object_get(json, key);
    if (!json_is_number(value))
        g_error("%s is no number", key);
    return json_number_value(value);
}

static const char *word(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

/* Percentiles rise, and the mean that images_per_second stands for lies among the times: at least
 * half of them took p50, and none longer than p99, which of so few is the last. */
static void expect_consistent(const json_t *json)
{
    double p50 = number(json, "p50_ms"), p90 = number(json, "p90_ms"), p99 = number(json, "p99_ms");
    double mean = 1e3 * number(json, "batch") / number(json, "images_per_second");
    g_assert_cmpfloat(p50, >, 0);
    g_assert_cmpfloat(p90, >=, p50);
    g_assert_cmpfloat(p99, >=, p90);
    g_assert_cmpfloat(mean, >=, p50 / 2 * 0.999);
    g_assert_cmpfloat(mean, <=, p99 * 1.001);
    g_assert_cmpfloat(number(json, "preprocess_ms"), >, 0);
    g_assert_cmpfloat(number(json, "memory_bytes"), >=, number(json, "activation_bytes"));
    g_assert_cmpfloat(number(json, "activation_bytes"), >, 0);
}

static const struct {
    const char *options, *task;
    int runs, batch, side, channels, parameters;
} rows[] = {
    /* net.icl: conv2d 9 * 8 + 8, dense 8 * 3 + 3 */
    {"m.bin --runs 5", "inference", 5, 1, 8, 1, 107},
    {"m.bin --runs 7 --batch 3 --threads 1 --frame 64x48", "inference", 7, 3, 8, 1, 107},
    {"m.bin --runs 4 --train --batch 6", "train", 4, 6, 8, 1, 107},
    {"--model net.icl --classes 5 --runs 3", "inference", 3, 1, 8, 1, 125},
    {"--model net.icl --classes 5 --runs 3 --train --optimizer sgd", "train", 3, 1, 8, 1, 125},
    {"--model lenet --classes 10 --runs 3", "inference", 3, 1, 28, 1, 61706},
    /* kernels over three channels, and 6x6x16 into the dense layer rather than 5x5x16 */
    {"--model lenet --classes 10 --runs 3 --size 32 --channels 3", "inference", 3, 1, 32, 3, 83126},
};

static void figures(gconstpointer data)
{
    need_model(data);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *json = bench(data, rows[i].options);
        const json_t *input = json_object_get(json, "input");
        expect_consistent(json);
        g_assert_cmpstr(word(json, "task"), ==, rows[i].task);
        g_assert_nonnull(word(json, "kernels"));
        g_assert_nonnull(word(json, "model"));
        g_assert_cmpfloat(number(json, "threads"), >=, 1);
        g_assert_cmpfloat(number(json, "runs"), ==, rows[i].runs);
        g_assert_cmpfloat(number(json, "batch"), ==, rows[i].batch);
        g_assert_cmpfloat(number(json, "parameters"), ==, rows[i].parameters);
        g_assert_cmpint(json_integer_value(json_array_get(input, 0)), ==, rows[i].side);
        g_assert_cmpint(json_integer_value(json_array_get(input, 2)), ==, rows[i].channels);
        json_decref(json);
    }
}

/* 6x6 places of 8 filters of 3x3, and a dense layer from 8 to 3. */
static void multiply_adds(gconstpointer data)
{
    need_model(data);
    json_t *json = bench(data, "m.bin --runs 1");
    g_assert_cmpfloat(number(json, "multiply_adds"), ==, 6 * 6 * 8 * 9 + 8 * 3);
    json_decref(json);
}

/* More pictures need more memory, and training more than inference. */
static void memory(gconstpointer data)
{
    static const char *const rising[] = {"m.bin --runs 1", "m.bin --runs 1 --batch 64",
                                         "m.bin --runs 1 --batch 64 --train"};
    double before = 0;
    need_model(data);
    for (gsize i = 0; i < G_N_ELEMENTS(rising); i++) {
        json_t *json = bench(data, rising[i]);
        g_assert_cmpfloat(number(json, "activation_bytes"), >, before);
        before = number(json, "activation_bytes");
        json_decref(json);
    }
}

/* Steps of one pass: what is fused, and times that with the rest make up the whole. */
static void expect_layers(const Fixture *fixture, const char *options, const char *steps)
{
    json_t *json = bench(fixture, options), *layers = json_object_get(json, "layers"), *layer;
    g_autoptr(GString) text = g_string_new(NULL);
    double sum = number(json, "rest_ms");
    bool train = g_str_equal(word(json, "task"), "train");
    gsize i;
    json_array_foreach(layers, i, layer)
    {
        bool counts = !g_str_equal(word(layer, "step"), "globalpool");
        g_string_append_printf(text, "%s %s %s;", word(layer, "layer"), word(layer, "step"),
                               word(layer, "shape"));
        sum += number(layer, "forward_ms") + number(layer, "backward_ms");
        g_assert_cmpfloat(number(layer, "forward_ms"), >, 0);
        g_assert_cmpint(number(layer, "backward_ms") > 0, ==, train);
        g_assert_cmpint(number(layer, "forward_gflops") > 0, ==, counts);
        g_assert_cmpint(number(layer, "backward_gflops") > 0, ==, counts && train);
    }
    g_assert_cmpstr(text->str, ==, steps);
    g_assert_cmpfloat(number(json, "rest_ms"), >, 0);
    g_assert_cmpfloat(fabs(sum - number(json, "p50_ms")), <, 1e-4 * sum);
    g_assert_cmpfloat(number(json, "peak_gflops"), >, 0.01);
    json_decref(json);
}

static void layers(gconstpointer data)
{
    static const char steps[] = "conv2d conv2d+relu 8x8x1 > 6x6x8, 3x3;"
                                "globalpool globalpool 6x6x8 > 1x1x8;dense dense 1x1x8 > 1x1x3;";
    need_model(data);
    expect_layers(data, "m.bin --runs 1 --layers", steps);
    expect_layers(data, "m.bin --runs 1 --layers --train --batch 4", steps);
    json_t *json = bench(data, "m.bin --runs 1");
    g_assert_null(json_object_get(json, "layers"));
    json_decref(json);
}

static void seconds_end_it(gconstpointer data)
{
    need_model(data);
    gint64 begun = g_get_monotonic_time();
    json_t *json = bench(data, "m.bin --seconds 0.05");
    g_assert_cmpfloat((double)(g_get_monotonic_time() - begun), <, 2.5e6); /* not the default */
    g_assert_cmpfloat(number(json, "runs"), >=, 1);
    json_decref(json);
}

static void text(gconstpointer data)
{
    static const char *const parts[] = {"inference  input 8x8x1  batch 2  1 thread  ",
                                        "latency         p50 ",
                                        " over 4 passes\n",
                                        "throughput ",
                                        " images/s\n",
                                        "preprocessing ",
                                        "107, ",
                                        " MiB of it"};
    need_model(data);
    g_autofree char *out = icl_output(data, "bench m.bin --batch 2 --threads 1 --runs 4");
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        expect_part(out, parts[i]);
}

static void text_of_layers(gconstpointer data)
{
    static const char *const parts[] = {
        "peak            ", "layer       step         shape                  ", "share\n",
        "conv2d      conv2d+relu  8x8x1 > 6x6x8, 3x3 ", "\nsoftmax and the rest   "};
    need_model(data);
    g_autofree char *out = icl_output(data, "bench m.bin --runs 2 --layers");
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        expect_part(out, parts[i]);
    g_autofree char *train = icl_output(data, "bench m.bin --runs 2 --layers --train");
    expect_part(train, "backward");
    expect_part(train, "\nloss, optimizer and the rest ");
}

static void failures(gconstpointer data)
{
    expect_failure(data, "bench no.bin", "icl: no.bin: cannot be read");
    expect_failure(data, "bench --model lenett", "did you mean lenet?");
    expect_failure(data, "bench --model net.icl --size 9",
                   "\"size=9\" cannot be set: the description has no variable of that name");
    expect_failure(data, "bench --model lenet --train --optimizer adamv", "adam");
    expect_failure(data, "bench --model lenet --size 1", "icl: ");
}

static const struct {
    const char *name;
    GTestDataFunc run;
} tests[] = {
    {"figures", figures},
    {"multiply-adds", multiply_adds},
    {"memory", memory},
    {"layers", layers},
    {"seconds end it", seconds_end_it},
    {"text", text},
    {"text of layers", text_of_layers},
    {"failures", failures},
};

int main(int argc, char **argv)
{
    Fixture fixture;
    g_test_init(&argc, &argv, NULL);
    fixture_init(&fixture);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/bench/%s", tests[i].name);
        g_test_add_data_func(path, &fixture, tests[i].run);
    }
    int status = g_test_run();
    fixture_clear(&fixture);
    return status;
}
