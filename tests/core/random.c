/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <glib.h>
#include <math.h>

#include "random.h"

/* Known answers of Random123's kat_vectors, philox4x32 10. */
static void philox_known_answers(void)
{
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } rows[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint32_t out[4];
        icl_philox(rows[i].counter, rows[i].key, out);
        g_assert_cmpmem(out, sizeof out, rows[i].out, sizeof rows[i].out);
    }
}

static void streams_differ_in_every_part_of_the_key(void)
{
    static const uint64_t keys[][4] = {{1, 0, 0, 0},         {2, 0, 0, 0}, {1ull << 32, 0, 0, 0},
                                       {1, 1, 0, 0},         {1, 0, 1, 0}, {1, 0, 0, 1},
                                       {1, 0, 0, 1ull << 32}};
    uint32_t first[G_N_ELEMENTS(keys)];

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        IclRandom random;
        icl_random_init(&random, keys[i][0], keys[i][1], keys[i][2], keys[i][3]);
        first[i] = icl_random_u32(&random);
        for (size_t j = 0; j < i; j++)
            g_assert_cmphex(first[i], !=, first[j]);
    }
}

static void uniform_and_normal_have_their_moments(void)
{
    enum { N = 200000 };
    double u = 0, uu = 0, g = 0, gg = 0;
    IclRandom random;

    icl_random_init(&random, 7, ICL_RANDOM_TEST, 0, 0);
    for (int i = 0; i < N; i++) {
        double x = icl_random_uniform(&random), y = icl_random_normal(&random);
        g_assert_true(x >= 0 && x < 1 && isfinite(y));
        u += x, uu += x * x, g += y, gg += y * y;
    }
    g_assert_cmpfloat_with_epsilon(u / N, 0.5, 0.005);
    g_assert_cmpfloat_with_epsilon(uu / N - u / N * (u / N), 1 / 12.0, 0.002);
    g_assert_cmpfloat_with_epsilon(g / N, 0, 0.01);
    g_assert_cmpfloat_with_epsilon(gg / N, 1, 0.02);
}

static void below_and_shuffle_are_even(void)
{
    enum { N = 60000 };
    int count[6] = {0}, place[4][4] = {{0}};
    IclRandom random;

    icl_random_init(&random, 9, ICL_RANDOM_TEST, 0, 0);
    for (int i = 0; i < N; i++) {
        uint32_t items[4] = {0, 1, 2, 3};
        count[icl_random_below(&random, 6)]++;
        icl_random_shuffle(&random, items, 4);
        for (int j = 0; j < 4; j++)
            place[j][items[j]]++;
    }
    for (int i = 0; i < 6; i++)
        g_assert_cmpint(ABS(count[i] - N / 6), <, 500);
    for (int i = 0; i < 16; i++)
        g_assert_cmpint(ABS(place[i / 4][i % 4] - N / 4), <, 600);
    g_assert_cmpuint(icl_random_below(&random, 1), ==, 0);
}

static void gamma_and_beta_have_their_moments(void)
{
    static const double shapes[] = {0.2, 0.5, 1, 2.5, 20};
    enum { N = 50000 };
    IclRandom random;

    icl_random_init(&random, 8, ICL_RANDOM_TEST, 0, 0);
    for (size_t k = 0; k < G_N_ELEMENTS(shapes); k++) {
        double a = shapes[k], g = 0, gg = 0, b = 0, bb = 0;
        for (int i = 0; i < N; i++) {
            double x = icl_random_gamma(&random, a), y = icl_random_beta(&random, a, 2 * a);
            g_assert_true(x >= 0 && isfinite(x) && y >= 0 && y <= 1);
            g += x, gg += x * x, b += y, bb += y * y;
        }
        double mean = 1 / 3.0, spread = 2 / 9.0 / (3 * a + 1);
        g_assert_cmpfloat_with_epsilon(g / N, a, 0.03 * a);
        g_assert_cmpfloat_with_epsilon(gg / N - g / N * (g / N), a, 0.08 * a);
        g_assert_cmpfloat_with_epsilon(b / N, mean, 0.01);
        g_assert_cmpfloat_with_epsilon(bb / N - b / N * (b / N), spread, 0.005);
    }
    icl_random_init(&random, 8, ICL_RANDOM_TEST, 1, 0);
    for (int i = 0; i < 1000; i++) { /* gammas that vanish */
        double y = icl_random_beta(&random, 1e-4, 1e-4);
        g_assert_true(y >= 0 && y <= 1);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/random/philox-known-answers", philox_known_answers);
    g_test_add_func("/random/streams-differ", streams_differ_in_every_part_of_the_key);
    g_test_add_func("/random/moments", uniform_and_normal_have_their_moments);
    g_test_add_func("/random/gamma-beta", gamma_and_beta_have_their_moments);
    g_test_add_func("/random/even", below_and_shuffle_are_even);
    return g_test_run();
}
