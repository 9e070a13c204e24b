/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The passes of resizing: every tier against the reference. */
#include <string.h>

#include "kernels_test.h"

static const int ragged[] = {1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 17, 31, 33, 64, 68, 127, 257};

typedef struct Sum {
    const char *name;
    IclSample sample;
    int count, mask;
    bool begun, two;
} Sum;

static const Sum sums[] = {
    {"bytes", ICL_SAMPLE_BYTE, 5, 0, false, true},
    {"bytes-alone", ICL_SAMPLE_BYTE, 2, 0, false, false},
    {"bytes-continued", ICL_SAMPLE_BYTE, 4, 0, true, true},
    {"bytes-ended", ICL_SAMPLE_BYTE, 3, 0, true, false},
    {"no-rows", ICL_SAMPLE_BYTE, 0, 0, true, true},
    {"words-high", ICL_SAMPLE_WORD, 5, 0xffc0, true, true},
    {"words-low", ICL_SAMPLE_WORD, 5, 0x3ff, false, false},
    {"alpha-first", ICL_SAMPLE_ALPHA_FIRST, 5, 0, true, true},
    {"alpha-last", ICL_SAMPLE_ALPHA_LAST, 5, 0, false, true},
};

enum { ROWS_MAX = 5 };

/* `rows` apart, downwards or (stride < 0) upwards, in memory of their exact size. */
static void sum_run(const IclKernels *kernels, const Sum *row, int n, bool upwards, float *sum,
                    float *next)
{
    static const float w[2 * ROWS_MAX] = {0.3f, 0, 0.5f, 0.1f, 0.2f, 0.4f, 0, 0.3f, 0, 0.2f};
    static const float background[4] = {200, 0.5f, 99, 255};
    size_t width = (size_t)n * (row->sample == ICL_SAMPLE_WORD ? 2 : 1), size = width * ROWS_MAX;
    g_autofree uint8_t *bytes = g_malloc(size);

    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(i * 151 + i / 7);
    kernels->resize.rows[row->sample](&(IclRowSum){
        .rows = upwards ? bytes + (ROWS_MAX - 1) * width : bytes,
        .stride = upwards ? -(ptrdiff_t)width : (ptrdiff_t)width,
        .w = w,
        .count = row->count,
        .n = (size_t)n,
        .mask = row->mask,
        .background = background,
        .begun = row->begun,
        .sum = sum,
        .next = row->two ? next : NULL,
    });
}

static void sums_agree(const TierCase *data)
{
    const Sum *row = data->row;
    bool alpha = row->sample >= ICL_SAMPLE_ALPHA_FIRST;

    for (size_t i = 0; i < G_N_ELEMENTS(ragged); i++)
        for (int upwards = 0; upwards < 2; upwards++) {
            int n = alpha ? (ragged[i] + 3) / 4 * 4 : ragged[i];
            Guarded got = guarded_random(n, upwards, 1), want = guarded_random(n, 0, 1);
            Guarded got_next = guarded_random(n, upwards, 2), want_next = guarded_random(n, 0, 2);
            sum_run(data->kernels, row, n, upwards, got.data, got_next.data);
            sum_run(data->reference, row, n, upwards, want.data, want_next.data);
            compare_relative("sum", got.data, want.data, 1e-6, n);
            compare_relative("next", got_next.data, want_next.data, 1e-6, n);
            Guarded *all[] = {&got, &want, &got_next, &want_next};
            for (size_t g = 0; g < G_N_ELEMENTS(all); g++) {
                guarded_check(all[g], "rows");
                guarded_free(all[g]);
            }
        }
}

static void turned_is_turned(const TierCase *data)
{
    const IclResizeKernels *k = &data->kernels->resize;

    for (size_t i = 0; i < G_N_ELEMENTS(ragged); i++)
        for (int count = 1; count <= k->lanes; count++) {
            int n = ragged[i];
            Guarded rows = guarded_random((size_t)count * n, 1, 3);
            Guarded columns = guarded_new((size_t)n * k->lanes, 0);
            k->turn(rows.data, n, count, n, columns.data);
            for (int j = 0; j < n; j++)
                for (int r = 0; r < count; r++)
                    g_assert_cmpfloat(columns.data[j * k->lanes + r], ==, rows.data[r * n + j]);
            guarded_check(&columns, "turn");
            guarded_free(&rows);
            guarded_free(&columns);
        }
}

typedef struct Columns {
    const char *name;
    int n, count, step;
    bool backwards;
} Columns;

static const Columns columns[] = {
    {"one", 1, 1, 1},     {"plane", 35, 9, 1},        {"pairs", 16, 5, 2},
    {"threes", 17, 4, 3}, {"fours-back", 7, 3, 4, 1}, {"plane-back", 40, 2, 1, 1},
};

/* Output i begins at input 3 + 2 i; a row of the inputs is what the reference takes. */
static void columns_agree(const TierCase *data)
{
    const Columns *row = data->row;
    const IclResizeKernels *k = &data->kernels->resize, *reference = &data->reference->resize;
    int inputs = 2 * row->n + row->count, size = inputs * row->step, start[64];
    Guarded w = guarded_random((size_t)row->n * row->count, 1, 4);
    IclTaps taps = {row->n, row->count, 3, start, w.data};
    ptrdiff_t step = row->backwards ? -row->step : row->step;

    for (int i = 0; i < row->n; i++)
        start[i] = 3 + 2 * i;
    for (int count = 1; count <= k->lanes; count++) {
        Guarded rows = guarded_random((size_t)count * size, 0, 5);
        Guarded turned = guarded_new((size_t)size * k->lanes, 0);
        Guarded got = guarded_new((size_t)count * row->n, 1), want = guarded_new(row->n, 0);
        int first = row->backwards ? size - 1 : 0;
        k->turn(rows.data, size, count, size, turned.data);
        k->columns(&taps, turned.data + first * k->lanes, step, count, got.data, row->n);
        for (int r = 0; r < count; r++) {
            reference->columns(&taps, rows.data + r * size + first, step, 1, want.data, row->n);
            compare_relative("columns", got.data + r * row->n, want.data, 1e-6, row->n);
        }
        guarded_check(&got, "columns");
        guarded_free(&rows);
        guarded_free(&turned);
        guarded_free(&got);
        guarded_free(&want);
    }
    guarded_free(&w);
}

static const IclColourMatrix matrices[] = {
    {1, 1, {16}, {{1.2f}}},
    {1, 3, {16}, {{1.2f}, {1.1f}, {1}}},
    {3, 1, {0}, {{0.3f, 0.6f, 0.1f}}},
    {3, 3, {16, 128, 120}, {{1, 0, 1.4f}, {1, -0.3f, -0.7f}, {1, 1.8f, 0.1f}}},
};

/* Some results are under 0 and over 255. */
static void colours_agree(const TierCase *data)
{
    const IclColourMatrix *matrix = data->row;

    for (size_t i = 0; i < G_N_ELEMENTS(ragged); i++) {
        size_t n = (size_t)ragged[i];
        Guarded in = guarded_random(3 * n, 1, 6);
        Guarded got = guarded_new(n * matrix->outputs, 1);
        Guarded want = guarded_new(n * matrix->outputs, 0);
        const float *const planes[3] = {in.data, in.data + n, in.data + 2 * n};
        for (size_t j = 0; j < 3 * n; j++)
            in.data[j] = 128 + 140 * in.data[j];
        data->kernels->resize.colours(matrix, ragged[i], planes, got.data);
        data->reference->resize.colours(matrix, ragged[i], planes, want.data);
        for (size_t j = 0; j < got.count; j++)
            g_assert_cmpfloat_with_epsilon(got.data[j], want.data[j], 1e-4);
        guarded_check(&got, "colours");
        guarded_free(&in);
        guarded_free(&got);
        guarded_free(&want);
    }
}

void resize_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sums); i++)
        add_tier_tests("resize/rows", sums[i].name, &sums[i], sums_agree);
    add_tier_tests("resize", "turn", NULL, turned_is_turned);
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
        add_tier_tests("resize/columns", columns[i].name, &columns[i], columns_agree);
    for (size_t i = 0; i < G_N_ELEMENTS(matrices); i++) {
        g_autofree char *name =
            g_strdup_printf("%d-to-%d", matrices[i].inputs, matrices[i].outputs);
        add_tier_tests("resize/colours", name, &matrices[i], colours_agree);
    }
}
