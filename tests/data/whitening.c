/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * ZCA whitening against Keras' and numpy's numbers; batches and portions do not matter. */
#include "whitening.h"

#include <math.h>

#include "golden_whitening.h"
#include "helpers.h"
#include "preprocess.h"

/* As golden_whitening.py makes them: [n,values] in 0..255; caller frees. */
static uint8_t *pictures_new(int n, int values, int dead)
{
    uint8_t *x = g_new(uint8_t, (size_t)n * values);
    uint32_t state = 1, last = 0;

    for (int i = 0; i < n * values; i++) {
        state = (state * 1103515245u + 12345u) & 0x7fffffff;
        last = (3 * last + (state >> 16) % 256) / 4;
        x[i] = (uint8_t)(i % values == dead ? 7 : last);
    }
    return x;
}

static float *scaled_new(const uint8_t *x, int count)
{
    float *scaled = g_new(float, count);

    for (int i = 0; i < count; i++)
        scaled[i] = x[i] / 255.0f;
    return scaled;
}

/* Added in portions of `portion` pictures. */
static IclWhitening *fitted(const float *x, int n, int values, int channels, double epsilon,
                            int portion)
{
    g_autoptr(IclWhiteningFit) fit = icl_whitening_fit_new(values, channels, NULL);

    for (int i = 0; i < n; i += portion)
        icl_whitening_fit_add(fit, MIN(portion, n - i), x + (size_t)i * values);
    return icl_whitening_fit_end(fit, epsilon, NULL);
}

/* Through the recipe, as a model runs it. */
static void run(IclWhitening *whitening, const uint8_t *pixels, int h, int w, int c, float *out)
{
    g_autofree char *text = g_strdup_printf("crop [%d %d] ! rescale ! zca", h, w);
    g_autoptr(IclRecipe) recipe = icl_recipe_parse(text, c, "recipe", NULL);
    g_autoptr(IclPreprocessor) preprocessor = icl_preprocessor_new(recipe);
    IclFrame frame = {.format = c == 3 ? ICL_PIXEL_RGB : ICL_PIXEL_GRAY8,
                      .range = ICL_RANGE_FULL,
                      .width = w,
                      .height = h,
                      .plane = {(uint8_t *)pixels},
                      .stride = {w * c}};

    icl_recipe_set_whitening(recipe, whitening);
    icl_preprocess(preprocessor, &frame, out);
}

static void test_golden(gconstpointer data)
{
    __typeof__(&golden_whitening[0]) row = data;
    int values = row->h * row->w * row->c;
    g_autofree uint8_t *pixels = pictures_new(row->n, values, row->dead);
    g_autofree float *x = scaled_new(pixels, row->n * values);
    g_autoptr(IclWhitening) whitening = fitted(x, row->n, values, row->c, row->epsilon, row->n);
    float white[GOLDEN_WHITENING_MAX];

    g_assert_cmpint(icl_whitening_values(whitening), ==, values);
    g_assert_cmpint(icl_whitening_channels(whitening), ==, row->c);
    for (int c = 0; c < row->c; c++)
        g_assert_cmpfloat_with_epsilon(icl_whitening_mean(whitening)[c], row->mean[c], 1e-6);
    for (int i = 0; i < values * values; i++)
        g_assert_cmpfloat_with_epsilon(icl_whitening_matrix(whitening)[i], row->matrix[i],
                                       1e-5 * (1 + fabsf(row->matrix[i])));
    run(whitening, pixels + (row->n - 1) * values, row->h, row->w, row->c, white);
    for (int i = 0; i < values; i++)
        g_assert_cmpfloat_with_epsilon(white[i], row->white[i], row->tolerance);
}

/* The matrix does not depend on the batches it was fitted to, nor a picture on those beside it;
 * more pictures than are summed and multiplied at once. */
static void batches_do_not_matter(void)
{
    enum { N = 700, VALUES = 5 * 7 * 3 };
    g_autofree uint8_t *pixels = pictures_new(N, VALUES, -1);
    g_autofree float *x = scaled_new(pixels, N * VALUES);
    g_autofree float *alone = g_memdup2(x, N * VALUES * sizeof *x);
    g_autoptr(IclWhitening) whole = fitted(x, N, VALUES, 3, 1e-6, N);
    g_autoptr(IclWhitening) parts = fitted(x, N, VALUES, 3, 1e-6, 33);

    g_assert_cmpmem(icl_whitening_matrix(whole), VALUES * VALUES * sizeof(float),
                    icl_whitening_matrix(parts), VALUES * VALUES * sizeof(float));
    icl_whitening_apply(whole, N, x);
    for (int i = 0; i < N; i++)
        icl_whitening_apply(whole, 1, alone + (size_t)i * VALUES);
    g_assert_cmpmem(x, N * VALUES * sizeof *x, alone, N * VALUES * sizeof *alone);
}

/* What whitening is for: no value says anything of another, and each varies by 1. */
static void white_is_white(void)
{
    enum { N = 2000, VALUES = 4 * 4 };
    g_autofree uint8_t *pixels = pictures_new(N, VALUES, -1);
    g_autofree float *x = scaled_new(pixels, N * VALUES);
    g_autoptr(IclWhitening) whitening = fitted(x, N, VALUES, 1, 1e-12, N);

    icl_whitening_apply(whitening, N, x);
    for (int i = 0; i < VALUES; i++)
        for (int j = 0; j < VALUES; j++) {
            double sum = 0;
            for (int p = 0; p < N; p++)
                sum += (double)x[p * VALUES + i] * x[p * VALUES + j];
            g_assert_cmpfloat_with_epsilon(sum / N, i == j, 1e-4);
        }
}

static void without_numbers(void)
{
    g_autoptr(IclWhiteningFit) none = icl_whitening_fit_new(4, 1, NULL);
    g_autoptr(IclWhiteningFit) broken = icl_whitening_fit_new(4, 1, NULL);
    GError *error = NULL;

    g_assert_null(icl_whitening_fit_end(none, 1e-6, &error));
    test_error(error, ICL_ERROR_DATA, "none of the training pictures can be read");
    error = NULL;
    icl_whitening_fit_add(broken, 1, (float[]){1, NAN, 3, 4});
    g_assert_null(icl_whitening_fit_end(broken, 1e-6, &error));
    test_error(error, ICL_ERROR_DATA, "not finite");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(golden_whitening); i++) {
        g_autofree char *path = g_strconcat("/whitening/golden/", golden_whitening[i].name, NULL);
        g_test_add_data_func(path, &golden_whitening[i], test_golden);
    }
    g_test_add_func("/whitening/batches", batches_do_not_matter);
    g_test_add_func("/whitening/white", white_is_white);
    g_test_add_func("/whitening/without-numbers", without_numbers);
    return g_test_run();
}
