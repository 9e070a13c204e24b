/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Augmentations against the libraries that they are named after: what each makes of a known picture
 * of 8 bits, frozen in golden_augment.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "augment_elastic.h"
#include "augment_keras.h"
#include "augment_perspective.h"
#include "augment_policy.h"
#include "golden_augment.h"
#include "orient.h"

/* In levels. Both sides compute in floats, and the golden numbers have two decimals. */
static const double bound = 0.01;

static uint8_t golden_level(int x, int y, int k)
{
    return (uint8_t)(x * 37 + y * 91 + x * y * 13 + k * 57);
}

static float *golden_picture(int h, int w, int c)
{
    float *x = g_new(float, h *w *c);

    for (int i = 0; i < h * w * c; i++)
        x[i] = golden_level(i / c % w, i / c / w, i % c);
    return x;
}

/* The pixels that the reference decides, and how many these must be at least. */
static void check_values(const float *x, int n, int at, int least)
{
    int compared = 0;

    for (int i = 0; i < n; i++)
        if (golden_values[at + i] >= 0) {
            g_assert_cmpfloat_with_epsilon(x[i], golden_values[at + i] / 100.0, bound);
            compared++;
        }
    g_assert_cmpint(compared, >=, least);
}

/* Of a step alone, and of the same step where the picture lies in the augmenter's memory and a flip
 * is still to be done. */
static void test_step(const void *data)
{
    size_t row = GPOINTER_TO_SIZE(data);
    int h = golden_steps[row].h, w = golden_steps[row].w, c = golden_steps[row].c, n = h * w * c;
    const char *text = golden_steps[row].text;
    g_autofree char *composed =
        g_strconcat("hflip p=1 ! invert p=1 ! invert p=1 ! hflip p=1 ! ", text, NULL);
    const char *const texts[] = {text, composed};

    for (int i = 0; i < 2; i++) {
        GError *error = NULL;
        g_autoptr(GPtrArray) steps = icl_augment_parse(texts[i], "text", &error);
        g_assert_no_error(error);
        g_autoptr(IclAugmenter) augmenter = icl_augmenter_new(steps, h, w, c, &error);
        g_autofree float *x = golden_picture(h, w, c);
        IclRandom random;
        icl_random_init(&random, 1, ICL_RANDOM_AUGMENT, 0, 0);
        icl_augmenter_picture(augmenter, &random, x);
        check_values(x, n, golden_steps[row].at, n / 4);
    }
}

/* A picture in an augmenter that has no steps of its own. */
typedef struct {
    IclAugmenter *augmenter;
    float *x;
    int n;
} Fixture;

static Fixture fixture_new(int h, int w, int c)
{
    Fixture f = {icl_augmenter_new(NULL, h, w, c, NULL), golden_picture(h, w, c), h * w * c};

    f.augmenter->x = f.x;
    f.augmenter->spare = g_new(float, f.n);
    return f;
}

static void fixture_check(Fixture *f, int at, int least)
{
    check_values(icl_augmenter_pixels(f->augmenter), f->n, at, least);
    g_free(f->augmenter->x);
    g_free(f->augmenter->spare);
    icl_augmenter_free(f->augmenter);
}

static IclFill fill_named(const char *name)
{
    static const char *const names[] = {"nearest", "constant", "reflect", "wrap"};
    int mode = 0;

    while (strcmp(names[mode], name))
        mode++;
    return (IclFill){mode, 7};
}

static void test_keras(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(golden_keras); i++) {
        Fixture f = fixture_new(7, 9, 1);
        IclFill fill = fill_named(golden_keras[i].fill_mode);
        IclKerasDraw draw = {.theta = golden_keras[i].theta,
                             .shear = golden_keras[i].shear,
                             .height_shift = golden_keras[i].height_shift,
                             .width_shift = golden_keras[i].width_shift,
                             .zx = golden_keras[i].zx,
                             .zy = golden_keras[i].zy};
        IclWarp warp = icl_keras_warp(&draw, golden_keras[i].compat, 7, 9);
        icl_augmenter_warp(f.augmenter, &warp, &fill);
        fixture_check(&f, golden_keras[i].at, f.n);
    }
}

static void test_keras_brightness(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(golden_keras_brightness); i++) {
        Fixture f = fixture_new(7, 9, 1);
        icl_keras_brightness(f.augmenter, golden_keras_brightness[i].factor);
        fixture_check(&f, golden_keras_brightness[i].at, f.n);
    }
}

/* As documented: on square pictures that are only turned or zoomed, Keras 2.9 is right; shifts move
 * along their own axis. */
static void test_keras_documented(void)
{
    const IclKerasDraw turn = {.theta = 33, .zx = 0.8, .zy = 1.3}, move = {0, 0, 2, 5, 1, 1};
    IclWarp a = icl_keras_warp(&turn, ICL_KERAS_DOCUMENTED, 8, 8);
    IclWarp b = icl_keras_warp(&turn, ICL_KERAS_2_9, 8, 8);
    IclWarp c = icl_keras_warp(&move, ICL_KERAS_DOCUMENTED, 6, 9);

    g_assert_cmpmem(&a, sizeof a, &b, sizeof b);
    g_assert_cmpfloat_with_epsilon(c.m[0][2], 5, 1e-12); /* columns: the width's */
    g_assert_cmpfloat_with_epsilon(c.m[1][2], 2, 1e-12);
    a = icl_keras_warp(&turn, ICL_KERAS_DOCUMENTED, 5, 9);
    g_assert_cmpfloat_with_epsilon(a.m[0][0] * 4 + a.m[0][1] * 2 + a.m[0][2], 4, 1e-12);
    g_assert_cmpfloat_with_epsilon(a.m[1][0] * 4 + a.m[1][1] * 2 + a.m[1][2], 2, 1e-12);
}

static void test_policy(void)
{
    const IclFill black = {ICL_FILL_CONSTANT, 0};

    for (size_t i = 0; i < G_N_ELEMENTS(golden_policy); i++) {
        Fixture f = fixture_new(golden_policy[i].h, golden_policy[i].w, golden_policy[i].c);
        icl_policy_apply(golden_policy[i].op, golden_policy[i].magnitude, &black, f.augmenter);
        fixture_check(&f, golden_policy[i].at, f.n / 4);
    }
}

static void test_magnitudes(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(golden_magnitudes); i++) {
        double m = icl_policy_magnitude(golden_magnitudes[i].policy, golden_magnitudes[i].op,
                                        golden_magnitudes[i].bin, golden_magnitudes[i].bins,
                                        golden_magnitudes[i].h, golden_magnitudes[i].w);
        g_assert_cmpfloat_with_epsilon(m, golden_magnitudes[i].magnitude, 1e-5);
    }
}

static void test_perspective(void)
{
    const IclFill black = {ICL_FILL_CONSTANT, 0};

    for (size_t i = 0; i < G_N_ELEMENTS(golden_perspective); i++) {
        Fixture f = fixture_new(16, 20, 1);
        IclWarp warp;
        g_assert_true(icl_perspective(golden_perspective[i].from, golden_perspective[i].to, &warp));
        icl_augmenter_warp(f.augmenter, &warp, &black);
        fixture_check(&f, golden_perspective[i].at, f.n / 4);
    }
    const double line[4][2] = {{0, 0}, {1, 1}, {2, 2}, {3, 3}};
    IclWarp warp;
    g_assert_false(icl_perspective(golden_perspective[0].from, line, &warp));
}

static void test_elastic(void)
{
    const IclFill black = {ICL_FILL_CONSTANT, 0};
    Fixture f = fixture_new(16, 20, 1);
    float dx[16 * 20], dy[16 * 20];

    for (int y = 0; y < 16; y++)
        for (int x = 0; x < 20; x++) {
            dx[y * 20 + x] = (float)((x * 7 + y * 3) % 11 - 5) * 0.37f;
            dy[y * 20 + x] = (float)((x * 5 + y * 13) % 9 - 4) * 0.43f;
        }
    icl_elastic(f.augmenter, dx, dy, &black);
    fixture_check(&f, GOLDEN_ELASTIC, f.n / 2);
}

/* In every orientation: the box is of the upright picture. */
static void test_regions(void)
{
    enum { H = 24, W = 30 };

    for (size_t i = 0; i < G_N_ELEMENTS(golden_regions); i++)
        for (int orientation = 1; orientation <= 8; orientation++) {
            IclOrientation turn = icl_orientation(orientation);
            int width = turn.swapped ? H : W, height = turn.swapped ? W : H;
            uint8_t pixels[H * W * 3];
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    for (int k = 0; k < 3; k++) {
                        int row = turn.flip_rows ? height - 1 - y : y;
                        int column = turn.flip_columns ? width - 1 - x : x;
                        pixels[(y * width + x) * 3 + k] = turn.swapped
                                                              ? golden_level(row, column, k)
                                                              : golden_level(column, row, k);
                    }
            IclFrame frame = {.format = ICL_PIXEL_RGB,
                              .orientation = orientation,
                              .width = width,
                              .height = height,
                              .plane = {pixels},
                              .stride = {width * 3}};
            int rows = golden_regions[i].rows, columns = golden_regions[i].columns;
            const IclBox box = {golden_regions[i].x, golden_regions[i].y, golden_regions[i].w,
                                golden_regions[i].h};
            g_autofree char *text = g_strdup_printf("resize 9 ! crop [%d %d]", rows, columns);
            g_autoptr(IclRecipe) recipe = icl_recipe_parse(text, 3, "recipe", NULL);
            g_autoptr(IclPreprocessor) preprocessor = icl_preprocessor_new(recipe);
            g_autofree float *x = g_new(float, rows *columns * 3);
            icl_preprocess_region(preprocessor, &frame, &box, x);
            check_values(x, rows * columns * 3, golden_regions[i].at, rows * columns * 3);
        }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(golden_steps); i++) {
        g_autofree char *path = g_strdup_printf("/golden/%s/%zu/%s", golden_steps[i].reference, i,
                                                golden_steps[i].text);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_step);
    }
    g_test_add_func("/golden/keras/matrix", test_keras);
    g_test_add_func("/golden/keras/brightness", test_keras_brightness);
    g_test_add_func("/golden/keras/documented", test_keras_documented);
    g_test_add_func("/golden/torchvision/policy", test_policy);
    g_test_add_func("/golden/torchvision/magnitudes", test_magnitudes);
    g_test_add_func("/golden/torchvision/perspective", test_perspective);
    g_test_add_func("/golden/torchvision/elastic", test_elastic);
    g_test_add_func("/golden/torchvision/regions", test_regions);
    return g_test_run();
}
