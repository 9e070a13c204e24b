/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Augmentations by what they must keep: each output is the input moved in a way that its parameters
 * allow, and over many draws every way comes up. Pixels are numbered, so that a move can be read
 * off. */
#include "augmenter.h"

#include <math.h>
#include <string.h>

#include "helpers.h"

enum { H = 6, W = 9, C = 3, N = H * W * C, DRAWS = 2000 };

typedef struct {
    GPtrArray *steps;
    float in[N], out[N];
} Fixture;

static Fixture fixture_new(const char *text)
{
    GError *error = NULL;
    Fixture f = {.steps = icl_augment_parse(text, "--augment", &error)};

    g_assert_no_error(error);
    for (int i = 0; i < N; i++)
        f.in[i] = 1 + i;
    return f;
}

static void fixture_draw(Fixture *f, uint64_t sample)
{
    g_autoptr(IclAugmenter) augmenter = icl_augmenter_new(f->steps, H, W, C, NULL);
    IclRandom random;

    memcpy(f->out, f->in, sizeof f->out);
    icl_random_init(&random, 1, ICL_RANDOM_AUGMENT, 0, sample);
    icl_augmenter_picture(augmenter, &random, f->out);
}

/* Steps that change nothing, and that are said to. */
static void test_identity(const void *text)
{
    Fixture f = fixture_new(text);

    for (int i = 0; i < 50; i++) {
        fixture_draw(&f, i);
        g_assert_cmpmem(f.out, sizeof f.out, f.in, sizeof f.in);
    }
    g_ptr_array_unref(f.steps);
}

static bool is_flipped(const Fixture *f)
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            for (int c = 0; c < C; c++)
                if (f->out[(y * W + x) * C + c] != f->in[(y * W + W - 1 - x) * C + c])
                    return false;
    return true;
}

typedef struct {
    const char *text;
    double p;
} Flip;

static const Flip flips[] = {
    {"hflip", 0.5}, {"hflip p=0.1", 0.1}, {"hflip 1", 1}, {"hflip p=0", 0}};

static void test_hflip(const void *data)
{
    const Flip *row = data;
    Fixture f = fixture_new(row->text);
    int flipped = 0;

    for (int i = 0; i < DRAWS; i++) {
        fixture_draw(&f, i);
        bool is = is_flipped(&f);
        g_assert_true(is || !memcmp(f.out, f.in, sizeof f.in));
        flipped += is;
    }
    /* 4 standard deviations: p (1 - p) / DRAWS <= 0.0112 squared */
    g_assert_cmpfloat_with_epsilon((double)flipped / DRAWS, row->p,
                                   0.045 * (row->p < 1 && row->p > 0) + 1e-9);
    g_ptr_array_unref(f.steps);
}

static void test_random_crop(void)
{
    Fixture f = fixture_new("random_crop padding=2");
    int seen[5][5] = {0};

    for (int i = 0; i < DRAWS; i++) {
        int dy = 9, dx = 9;
        fixture_draw(&f, i);
        for (int j = 0; j < N; j += C) /* any pixel that is left tells the move */
            if (f.out[j] != 0) {
                int from = (int)f.out[j] / C;
                dy = from / W - j / C / W;
                dx = from % W - j / C % W;
                break;
            }
        g_assert_true(abs(dy) <= 2 && abs(dx) <= 2);
        seen[dy + 2][dx + 2]++;
        for (int j = 0; j < N; j++) {
            int y = j / C / W + dy, x = j / C % W + dx;
            bool inside = y >= 0 && y < H && x >= 0 && x < W;
            g_assert_cmpfloat(f.out[j], ==, inside ? f.in[(y * W + x) * C + j % C] : 0);
        }
    }
    for (int i = 0; i < 25; i++) /* 80 expected; 4 standard deviations are 35 */
        g_assert_true(seen[i / 5][i % 5] > 40 && seen[i / 5][i % 5] < 120);
    g_ptr_array_unref(f.steps);
}

/* Padding wider than the picture may leave nothing of it. */
static void test_random_crop_far(void)
{
    Fixture f = fixture_new("random_crop padding=100");
    int empty = 0;

    for (int i = 0; i < 200; i++) {
        fixture_draw(&f, i);
        float sum = 0;
        for (int j = 0; j < N; j++) {
            g_assert_true(f.out[j] >= 0 && f.out[j] <= N);
            sum += f.out[j];
        }
        empty += sum == 0;
    }
    g_assert_cmpint(empty, >, 150);
    g_ptr_array_unref(f.steps);
}

typedef struct {
    const char *text;
    double h, w; /* the farthest moves, in pixels */
} Move;

static const Move moves[] = {
    {"shift 0.25", 1.5, 2.25},
    {"shift 0.5 0", 3, 0},
    {"shift 0 w=1", 0, 9},
};

/* A ramp moved by a fraction of a pixel is the ramp again, its ends held. */
static void test_shift(const void *data)
{
    const Move *row = data;
    Fixture f = fixture_new(row->text);
    double most[2] = {0}, least[2] = {0};

    for (int i = 0; i < N; i++)
        f.in[i] = (float)((i / C % W) + 100 * (i / C / W));
    for (int i = 0; i < DRAWS; i++) {
        IclRandom random;
        double moved[2], farthest[2] = {row->h, row->w};
        icl_random_init(&random, 1, ICL_RANDOM_AUGMENT, 0, i);
        for (int k = 0; k < 2; k++) {
            moved[k] = (2 * icl_random_uniform(&random) - 1) * farthest[k];
            most[k] = MAX(most[k], moved[k]);
            least[k] = MIN(least[k], moved[k]);
        }
        fixture_draw(&f, i);
        for (int j = 0; j < N; j++) {
            double y = CLAMP(j / C / W + moved[0], 0, H - 1),
                   x = CLAMP(j / C % W + moved[1], 0, W - 1);
            g_assert_cmpfloat_with_epsilon(f.out[j], x + 100 * y, 1e-3);
        }
    }
    g_assert_cmpfloat(most[0], >=, 0.98 * row->h);
    g_assert_cmpfloat(least[1], <=, -0.98 * row->w);
    g_ptr_array_unref(f.steps);
}

/* What a sample draws depends on the sample alone. */
static void test_sample(const void *text)
{
    Fixture f = fixture_new(text);
    float first[N];
    int same = 0;

    fixture_draw(&f, 3);
    memcpy(first, f.out, sizeof first);
    for (int i = 0; i < 40; i++) {
        fixture_draw(&f, i);
        same += !memcmp(first, f.out, sizeof first);
        g_assert_true(i != 3 || !memcmp(first, f.out, sizeof first));
    }
    g_assert_cmpint(same, <, 40);
    g_ptr_array_unref(f.steps);
}

static const char *const wrongs[] = {"hflip p=2", "shift", "shift 2", "random_crop padding=-1",
                                     "flip"};

static void test_wrong(const void *text)
{
    GError *error = NULL;

    g_assert_null(icl_augment_parse(text, "--augment", &error));
    g_assert_nonnull(error);
    g_error_free(error);
}

int main(int argc, char **argv)
{
    static const char *const identities[] = {"hflip p=0", "shift 0", "shift 0 0",
                                             "random_crop padding=0"};
    static const char *const drawn[] = {"hflip", "shift 0.3", "random_crop"};

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(identities); i++) {
        g_autofree char *path = g_strconcat("/augment/identity/", identities[i], NULL);
        g_test_add_data_func(path, identities[i], test_identity);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(flips); i++) {
        g_autofree char *path = g_strconcat("/augment/flip/", flips[i].text, NULL);
        g_test_add_data_func(path, &flips[i], test_hflip);
    }
    g_test_add_func("/augment/random_crop", test_random_crop);
    g_test_add_func("/augment/random_crop-far", test_random_crop_far);
    for (size_t i = 0; i < G_N_ELEMENTS(moves); i++) {
        g_autofree char *path = g_strconcat("/augment/move/", moves[i].text, NULL);
        g_test_add_data_func(path, &moves[i], test_shift);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(drawn); i++) {
        g_autofree char *path = g_strconcat("/augment/sample/", drawn[i], NULL);
        g_test_add_data_func(path, drawn[i], test_sample);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(wrongs); i++) {
        g_autofree char *path = g_strconcat("/augment/wrong/", wrongs[i], NULL);
        g_test_add_data_func(path, wrongs[i], test_wrong);
    }
    return g_test_run();
}
