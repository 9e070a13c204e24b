/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Every augmentation by its name: parsed, printed, refused, run on pictures of odd sizes; and what
 * the random ones draw, by shares and means over many pictures. */
#include <math.h>
#include <string.h>

#include "augmenter.h"
#include "helpers.h"
#include "noise.h"

/* `required`: the shortest text that parses, and prints as itself. `full` prints as `printed`;
 * `wrong` is refused with a message that says `problem`. */
typedef struct {
    const char *required, *full, *printed, *wrong, *problem;
} Row;

static const Row rows[] = {
    {"augmix", "augmix 5 2 chain_depth=4 alpha=0.5 all_ops=no",
     "augmix severity=5 mixture_width=2 chain_depth=4 alpha=0.5 all_ops=no", "augmix severity=11",
     "severity is 11, outside 1..10"},
    {"autocontrast", "autocontrast 1", "autocontrast p=1", "autocontrast p=1.5",
     "p is 1.5, outside 0..1"},
    {"brightness 0.4", "brightness [0.5 2] p=0.3", "brightness [0.5 2] p=0.3", "brightness [2 0.5]",
     "factor falls from 2 to 0.5"},
    {"channel_shift 20", "channel_shift [-5 9]", "channel_shift [-5 9]", "channel_shift 300",
     "range is 300, outside -255..255"},
    {"color_jitter", "color_jitter 0.4 0.4 0.4 0.1",
     "color_jitter brightness=0.4 contrast=0.4 saturation=0.4 hue=0.1", "color_jitter hue=0.6",
     "hue is 0.6"},
    {"contrast 0.4", "contrast 0.4 1", "contrast 0.4", "contrast", "factor is missing"},
    {"cutmix", "cutmix 0.5", "cutmix alpha=0.5", "cutmix ! hflip", "before those that mix"},
    {"elastic", "elastic 30 4 fill_mode=wrap", "elastic alpha=30 sigma=4 fill_mode=wrap",
     "elastic sigma=50", "sigma is 50"},
    {"equalize", "equalize 0.2", "equalize p=0.2", "equalize 0.2 0.3", "one value too many"},
    {"erasing", "erasing 0.25 [0.1 0.2] [1 2] [1 2 3] yes",
     "erasing p=0.25 scale=[0.1 0.2] ratio=[1 2] value=[1 2 3] random=yes", "erasing value=[1 2]",
     "value has 2 numbers"},
    {"gaussian_blur", "gaussian_blur 5 1.5 p=0.5", "gaussian_blur kernel_size=5 sigma=1.5 p=0.5",
     "gaussian_blur 4", "kernel_size is 4; an odd number would do"},
    {"gaussian_noise", "gaussian_noise 0.1 0.2 no", "gaussian_noise mean=0.1 sigma=0.2 clip=no",
     "gaussian_noise sigma=2", "sigma is 2, outside 0..1"},
    {"grayscale", "grayscale 0.2", "grayscale p=0.2", "greyscale", "did you mean \"grayscale\"?"},
    {"hflip", "hflip 1", "hflip p=1", "hflip q=1", "no parameter \"q\""},
    {"hue 0.1", "hue [-0.1 0.2]", "hue [-0.1 0.2]", "hue 0.7", "factor is 0.7"},
    {"invert", "invert p=0.1", "invert p=0.1", "invert p=no", "p is no; a number would do"},
    {"keras",
     "keras rotation_range=20 width_shift_range=0.1 height_shift_range=[0.1 0.3] shear_range=5 "
     "zoom_range=[0.8 1.2] channel_shift_range=10 brightness_range=[0.5 1.5] horizontal_flip=yes "
     "vertical_flip=yes fill_mode=constant cval=9 compat=keras29",
     "keras rotation_range=20 width_shift_range=0.1 height_shift_range=[0.1 0.3] shear_range=5 "
     "zoom_range=[0.8 1.2] channel_shift_range=10 brightness_range=[0.5 1.5] horizontal_flip=yes "
     "vertical_flip=yes fill_mode=constant cval=9 compat=keras29",
     "keras brightness_range=0.5", "brightness_range has 1 number; [from to] would do"},
    {"mixup", "mixup 0.2 p=0.5", "mixup alpha=0.2 p=0.5", "mixup 0", "alpha is 0"},
    {"perspective", "perspective 0.3 1 constant 255",
     "perspective distortion_scale=0.3 p=1 cval=255", "perspective fill_mode=mirror",
     "one of nearest, constant, reflect, wrap would do"},
    {"posterize 4", "posterize 4 1", "posterize 4 p=1", "posterize 9", "bits is 9, outside 0..8"},
    {"randaugment", "randaugment 3 15", "randaugment num_ops=3 magnitude=15",
     "randaugment magnitude=31", "magnitude is 31; it is a bin's number, 0..30"},
    {"random_crop", "random_crop 2 reflect", "random_crop padding=2 fill_mode=reflect",
     "random_crop padding=-1", "padding is -1"},
    {"random_resized_crop", "random_resized_crop [0.5 1] [1 1] yes",
     "random_resized_crop scale=[0.5 1] ratio=[1 1] dct=yes", "hflip ! random_resized_crop",
     "put it first"},
    {"rotate 20", "rotate [-10 20] reflect", "rotate [-10 20] fill_mode=reflect", "rotate [1 2 3]",
     "degrees has 3 numbers"},
    {"saturation 0.4", "saturation 0.2", "saturation 0.2", "saturation -1", "factor is -1"},
    {"sharpness 2", "sharpness 0 1", "sharpness 0 p=1", "sharpness", "sharpness_factor is missing"},
    {"shear 10", "shear [-1 1 -2 2]", "shear [-1 1 -2 2]", "shear 90", "degrees is 90"},
    {"shift 0.1", "shift 0.1 0.2 wrap", "shift 0.1 w=0.2 fill_mode=wrap", "shift 2", "h is 2"},
    {"solarize", "solarize 100 1", "solarize threshold=100 p=1", "solarize 256",
     "threshold is 256, outside 0..255"},
    {"trivialaugment", "trivialaugment 11", "trivialaugment num_magnitude_bins=11",
     "trivialaugment 1", "num_magnitude_bins is 1"},
    {"vflip", "vflip 0.3", "vflip p=0.3", "vflip p=-1", "p is -1"},
    {"zoom 0.2", "zoom 0.2 [0 0.1]", "zoom 0.2 width_factor=[0 0.1]", "zoom -0.2",
     "one number is a distance"},
};

static GPtrArray *steps_new(const char *text)
{
    GError *error = NULL;
    GPtrArray *steps = icl_augment_parse(text, "augment", &error);

    g_assert_no_error(error);
    return steps;
}

static void check_print(const char *text, const char *printed)
{
    g_autoptr(GPtrArray) steps = steps_new(text);
    g_autofree char *out = icl_instance_print(g_ptr_array_index(steps, 0));

    g_assert_cmpstr(out, ==, printed);
}

static void test_text(const void *data)
{
    const Row *row = data;
    GError *error = NULL;

    check_print(row->required, row->required);
    check_print(row->full, row->printed);
    check_print(row->printed, row->printed);
    g_assert_null(icl_augment_parse(row->wrong, "augment", &error));
    test_error(error, error->code, row->problem);
}

/* No class without a row, and no row without a class. */
static void test_all(void)
{
    size_t n = 0;

    for (; icl_augment_family.classes[n]; n++) {
        const char *name = icl_augment_family.classes[n]->name;
        g_assert_cmpuint(n, <, G_N_ELEMENTS(rows));
        g_auto(GStrv) words = g_strsplit(rows[n].required, " ", 2);
        g_assert_cmpstr(words[0], ==, name);
        g_autofree char *page = icl_class_page(&icl_augment_family, icl_augment_family.classes[n]);
        g_assert_nonnull(strstr(page, name));
    }
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(rows));
}

/* Runs a chain on a picture; the stream is that of `draw`. */
static void run(const GPtrArray *steps, int h, int w, int c, uint64_t draw, float *x)
{
    g_autoptr(IclAugmenter) augmenter = icl_augmenter_new(steps, h, w, c, NULL);
    IclRandom random;

    icl_random_init(&random, 1, ICL_RANDOM_AUGMENT, 0, draw);
    icl_augmenter_picture(augmenter, &random, x);
}

static void picture_fill(float *x, int h, int w, int c)
{
    for (int i = 0; i < h * w * c; i++)
        x[i] = test_pattern(i / c % w + 50 * (i % c), i / c / w);
}

/* Whatever is drawn, pictures of any size stay finite and in range. */
static void test_sizes(const void *data)
{
    static const int sizes[][3] = {{1, 1, 1}, {1, 1, 3}, {1, 9, 3},  {8, 1, 1},
                                   {2, 2, 1}, {3, 5, 3}, {19, 23, 1}};
    const Row *row = data;
    g_autoptr(GPtrArray) required = steps_new(row->required), full = steps_new(row->full);
    const GPtrArray *chains[] = {required, full};
    float x[19 * 23];

    for (size_t i = 0; i < 2 * G_N_ELEMENTS(sizes); i++) {
        const int *size = sizes[i / 2];
        for (int draw = 0; draw < 40; draw++) {
            picture_fill(x, size[0], size[1], size[2]);
            run(chains[i % 2], size[0], size[1], size[2], (uint64_t)draw, x);
            bool clips = !strstr(row->full, "clip") && !strstr(row->full, "noise");
            for (int k = 0; k < size[0] * size[1] * size[2]; k++) {
                g_assert_true(isfinite(x[k]));
                g_assert_true(!clips || (x[k] > -0.001 && x[k] < 255.001));
            }
        }
    }
}

enum { H = 16, W = 20, N = H * W * 3, DRAWS = 1000 };

/* Share of the pictures that a chain changes. */
static double share_changed(const char *text)
{
    g_autoptr(GPtrArray) steps = steps_new(text);
    float before[N], after[N];
    int changed = 0;

    picture_fill(before, H, W, 3);
    for (int draw = 0; draw < DRAWS; draw++) {
        memcpy(after, before, sizeof after);
        run(steps, H, W, 3, (uint64_t)draw, after);
        changed += memcmp(after, before, sizeof after) != 0;
    }
    return (double)changed / DRAWS;
}

/* 4 standard deviations. */
static void check_share(double share, double p)
{
    g_assert_cmpfloat_with_epsilon(share, p, 4 * sqrt(p * (1 - p) / DRAWS) + 1e-9);
}

static void test_p(const void *data)
{
    const Row *row = data;

    for (double p = 0; p <= 1; p += 0.3) {
        bool jitter = g_str_has_prefix(row->required, "color_jitter");
        g_autofree char *text =
            g_strdup_printf("%s p=%g", jitter ? "color_jitter 0.4" : row->required, p);
        check_share(share_changed(text), p);
    }
}

/* Operations that change nothing are drawn too: of 14, the identity; brightness of bin 0. */
static void test_policies(void)
{
    g_assert_cmpfloat(share_changed("randaugment num_ops=1"), >, 0.75);
    g_assert_cmpfloat(share_changed("randaugment num_ops=1"), <, 0.99);
    check_share(share_changed("randaugment num_ops=0"), 0);
    g_assert_cmpfloat(share_changed("trivialaugment"), >, 0.7);
    g_assert_cmpfloat(share_changed("trivialaugment"), <, 0.97);
    g_assert_cmpfloat(share_changed("augmix"), >, 0.9);
}

/* Mean and range over draws of what a step makes of the first value of a picture of one level. */
typedef struct {
    const char *text;
    float level;
    double least, mean, most;
} Draw;

static const Draw draws[] = {
    {"brightness 0.4", 100, 60, 100, 140},
    {"brightness 2", 100, 0, 137.5, 255}, /* uniform in 0..3, and no more than 255 */
    {"brightness [1.2 1.4]", 100, 120, 130, 140},
    {"color_jitter brightness=0.2", 100, 80, 100, 120},
    {"contrast 0.5", 100, 100, 100, 100},
    {"channel_shift 30", 100, 100, 100, 100}, /* within the picture's own levels */
    {"solarize 50 p=0.5", 100, 100, 127.5, 155},
    {"invert p=0.25", 100, 100, 113.75, 155},
    {"keras brightness_range=[0.5 1.5]", 100, 50, 99.5, 150}, /* rounded down */
    {"keras brightness_range=[2 2]", 100, 200, 200, 200},
    {"gaussian_noise 0.1 0", 100, 125.5, 125.5, 125.5},
    {"gaussian_noise 0 0.1", 100, 0, 100, 255},
    {"posterize 1 p=1", 100, 0, 0, 0},
};

static void test_draw(const void *data)
{
    const Draw *row = data;
    g_autoptr(GPtrArray) steps = steps_new(row->text);
    double sum = 0, least = 1000, most = -1000;

    for (int draw = 0; draw < DRAWS; draw++) {
        float x[3 * 3 * 3];
        for (size_t i = 0; i < G_N_ELEMENTS(x); i++)
            x[i] = row->level;
        run(steps, 3, 3, 3, (uint64_t)draw, x);
        sum += x[0];
        least = MIN(least, (double)x[0]);
        most = MAX(most, (double)x[0]);
    }
    double range = row->most - row->least;
    g_assert_cmpfloat(least, >=, row->least - 0.01);
    g_assert_cmpfloat(most, <=, row->most + 0.01);
    g_assert_cmpfloat_with_epsilon(sum / DRAWS, row->mean, 0.07 * range + 0.01);
}

/* Box and Muller's transform of the stream's words, against double. */
static void test_noise_values(void)
{
    enum { PAIRS = 128 };
    float out[2 * PAIRS];
    IclRandom random, same;

    for (uint64_t draw = 0; draw < 50; draw++) {
        uint32_t words[2 * PAIRS];
        icl_random_init(&random, 1, ICL_RANDOM_AUGMENT, 0, draw);
        same = random;
        icl_noise(&random, 2 * PAIRS, out);
        for (int i = 0; i < 2 * PAIRS; i++)
            words[i] = icl_random_u32(&same);
        for (int i = 0; i < PAIRS; i++) {
            double radius = sqrt(-2 * log(((words[i] >> 8) + 1.0) / (1 << 24)));
            double angle = G_PI * ((double)(words[PAIRS + i] >> 8) / (1 << 23) - 1);
            g_assert_cmpfloat_with_epsilon(out[i], radius * sin(angle), 2e-6);
            g_assert_cmpfloat_with_epsilon(out[PAIRS + i], radius * cos(angle), 2e-6);
        }
    }
}

/* Standard deviation of noise, and that neighbours have nothing to do with each other. */
static void test_noise(void)
{
    enum { SIDE = 200, VALUES = SIDE * SIDE };
    g_autoptr(GPtrArray) steps = steps_new("gaussian_noise 0 0.1 clip=no");
    g_autofree float *x = g_new0(float, VALUES);
    double sum = 0, squares = 0, product = 0, fourths = 0, most = 0;
    int near = 0; /* within one standard deviation */

    run(steps, SIDE, SIDE, 1, 0, x);
    for (int i = 0; i < VALUES; i++) {
        sum += x[i];
        squares += x[i] * x[i];
        product += i ? x[i] * x[i - 1] : 0;
        fourths += pow(x[i] / 25.5, 4) / VALUES;
        near += fabsf(x[i]) < 25.5f;
        most = MAX(most, fabs(x[i] / 25.5));
    }
    g_assert_cmpfloat_with_epsilon(fourths, 3, 0.25);
    g_assert_cmpfloat_with_epsilon((double)near / VALUES, 0.6827, 0.01);
    g_assert_true(most > 3.5 && most < 5.8);
    g_assert_cmpfloat_with_epsilon(sum / VALUES, 0, 4 * 25.5 / SIDE);
    g_assert_cmpfloat_with_epsilon(sqrt(squares / VALUES), 25.5, 0.4);
    g_assert_cmpfloat_with_epsilon(product / squares, 0, 4.0 / SIDE);
}

/* The part of a source of 300 x 200: area and aspect in range, means as uniform ones have, inside,
 * and every side comes up. */
static void test_random_resized_crop(void)
{
    g_autoptr(GPtrArray) steps = steps_new("random_resized_crop [0.2 0.6] [0.5 2]");
    g_autoptr(IclAugmenter) augmenter = icl_augmenter_new(steps, H, W, 3, NULL);
    double area = 0, log_ratio = 0, x = 0;

    for (int draw = 0; draw < DRAWS; draw++) {
        const IclFrame frame = {.width = 300, .height = 200, .orientation = draw % 2 ? 6 : 1};
        int w = draw % 2 ? 200 : 300, h = 500 - w;
        IclRandom random;
        icl_random_init(&random, 1, ICL_RANDOM_AUGMENT, 0, (uint64_t)draw);
        IclBox box = icl_augmenter_box(augmenter, &random, &frame);
        g_assert_true(box.x >= 0 && box.y >= 0 && box.w > 0 && box.h > 0);
        g_assert_true(box.x + box.w <= w && box.y + box.h <= h);
        double share = (double)box.w * box.h / (w * h), ratio = (double)box.w / box.h;
        g_assert_true(share > 0.19 && share < 0.61 && ratio > 0.48 && ratio < 2.05);
        area += share / DRAWS;
        log_ratio += log(ratio) / DRAWS;
        x += box.w < w ? (double)box.x / (w - box.w) / DRAWS : 0.5 / DRAWS;
    }
    g_assert_cmpfloat_with_epsilon(area, 0.39, 0.03);
    g_assert_cmpfloat_with_epsilon(log_ratio, 0, 0.08);
    g_assert_cmpfloat_with_epsilon(x, 0.5, 0.05);
}

/* A source is made smaller by no more than leaves the part as large as the picture, and
 * only where that is asked for. */
static void test_random_resized_crop_dct(void)
{
    static const struct {
        IclBox box;
        int shrink;
    } parts[] = {{{0, 0, 2 * W - 1, 2 * H}, 1}, {{0, 0, 2 * W, 2 * H}, 2},
                 {{0, 0, 5 * W, 4 * H - 1}, 2}, {{9, 9, 4 * W, 4 * H}, 4},
                 {{0, 0, 8 * W, 8 * H}, 8},     {{0, 0, 99 * W, 99 * H}, 8}};
    g_autoptr(GPtrArray) full = steps_new("random_resized_crop");
    g_autoptr(GPtrArray) dct = steps_new("random_resized_crop dct=yes");
    g_autoptr(IclAugmenter) exact = icl_augmenter_new(full, H, W, 3, NULL);
    g_autoptr(IclAugmenter) fast = icl_augmenter_new(dct, H, W, 3, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_assert_cmpint(icl_augmenter_shrink(exact, &parts[i].box), ==, 1);
        g_assert_cmpint(icl_augmenter_shrink(fast, &parts[i].box), ==, parts[i].shrink);
    }
}

/* Without a source, a part of the picture itself: all of it, where that is asked for. */
static void test_random_resized_crop_alone(void)
{
    float before[N], after[N];
    g_autoptr(GPtrArray) whole = steps_new("random_resized_crop [1 1] [1.25 1.25]");

    picture_fill(before, H, W, 3);
    memcpy(after, before, sizeof after);
    run(whole, H, W, 3, 0, after);
    g_assert_cmpmem(after, sizeof after, before, sizeof before);
    g_assert_cmpfloat(share_changed("random_resized_crop"), >, 0.96);
}

/* One rectangle of the level given, of an area in range; the rest as it was. */
static void test_erasing(void)
{
    g_autoptr(GPtrArray) steps = steps_new("erasing p=1 scale=[0.1 0.3] ratio=[0.5 2] value=254.5");
    float before[N], after[N];
    double x_centre = 0, y_centre = 0;

    picture_fill(before, H, W, 3);
    for (int draw = 0; draw < 200; draw++) {
        int top = H, bottom = -1, left = W, right = -1, erased = 0;
        memcpy(after, before, sizeof after);
        run(steps, H, W, 3, (uint64_t)draw, after);
        for (int i = 0; i < N; i++) {
            if (after[i] == before[i])
                continue;
            int y = i / 3 / W, x = i / 3 % W;
            g_assert_cmpfloat(after[i], ==, 254.5f);
            top = MIN(top, y);
            bottom = MAX(bottom, y);
            left = MIN(left, x);
            right = MAX(right, x);
            erased++;
        }
        g_assert_cmpint(erased, ==, 3 * (bottom - top + 1) * (right - left + 1));
        g_assert_true(erased > 0.06 * N && erased < 0.36 * N);
        x_centre += (left + right) / 2.0 / 200;
        y_centre += (top + bottom) / 2.0 / 200;
    }
    g_assert_cmpfloat_with_epsilon(x_centre, (W - 1) / 2.0, 1);
    g_assert_cmpfloat_with_epsilon(y_centre, (H - 1) / 2.0, 0.8);
}

/* Largest difference between a picture and what a chain makes of it. */
static double difference(const char *text)
{
    g_autoptr(GPtrArray) steps = steps_new(text);
    float before[N], after[N];
    double most = 0;

    picture_fill(before, H, W, 3);
    memcpy(after, before, sizeof after);
    run(steps, H, W, 3, 0, after);
    for (int i = 0; i < N; i++)
        most = MAX(most, fabs((double)after[i] - before[i]));
    return most;
}

/* Moves in a row are one: there and back is nowhere, and what was out of sight is there again. Not
 * where pixels are changed in between, or filled in two ways. */
static void test_composed(void)
{
    static const struct {
        const char *text;
        bool whole;
    } chains[] = {
        {"rotate [40 40] ! rotate [-40 -40]", true},
        {"rotate [40 40] ! hflip 1 ! rotate [40 40] ! hflip 1", true},
        {"shear [20 20] ! shear [-20 -20]", true},
        {"zoom [0.5 0.5] ! vflip 1 ! zoom [-0.333333333333 -0.333333333333] ! vflip 1", true},
        {"rotate [40 40] ! brightness [1 1] ! rotate [-40 -40]", false},
        {"rotate [40 40] ! rotate [-40 -40] fill_mode=constant", false},
        {"rotate [40 40] constant 3 ! rotate [-40 -40] constant 4", false},
        {"hflip 1 ! invert 1 ! hflip 1 ! invert 1", true},
        {"hflip 1 ! vflip 1 ! rotate [180 180]", true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(chains); i++)
        g_assert_true((difference(chains[i].text) < 1e-3) == chains[i].whole);
}

/* A whole number is whole pixels less than it, a list its entries; below 1 they are fractions. */
static void test_keras_shift(void)
{
    static const struct {
        const char *text;
        int n;
        double moves[9];
    } shifts[] = {{"keras width_shift_range=3", 5, {-2, -1, 0, 1, 2}},
                  {"keras width_shift_range=[1 4]", 4, {-4, -1, 1, 4}},
                  {"keras width_shift_range=[0.25 0.5]", 4, {-10, -5, 5, 10}},
                  {"keras height_shift_range=3", 1, {0}},
                  {"keras height_shift_range=3 compat=keras29", 5, {-2, -1, 0, 1, 2}}};

    for (size_t i = 0; i < G_N_ELEMENTS(shifts); i++) {
        g_autoptr(GPtrArray) steps = steps_new(shifts[i].text);
        int seen[9] = {0};
        for (int draw = 0; draw < DRAWS; draw++) {
            float x[W];
            for (int k = 0; k < W; k++)
                x[k] = (float)k;
            run(steps, 1, W, 1, (uint64_t)draw, x);
            for (int m = 0; m < shifts[i].n; m++)
                seen[m] += x[W / 2 - 1] == CLAMP(W / 2 - 1 + shifts[i].moves[m], 0, W - 1);
        }
        for (int m = 0; m < shifts[i].n; m++)
            g_assert_cmpint(seen[m], >, DRAWS / shifts[i].n / 2);
    }
}

/* Whether it is a step for single pictures that leaves some as they are. */
static bool has_p(const Row *row)
{
    g_autoptr(GPtrArray) steps = steps_new(row->required);
    const IclAugmentClass *class = *(const IclAugmentClass *const *)g_ptr_array_index(steps, 0);

    for (const IclParam *param = class->base.params; class->apply && param->name; param++)
        if (g_str_equal(param->name, "p"))
            return true;
    return false;
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/augment/all", test_all);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdelimit(g_strdup(rows[i].required), " ", '/');
        g_autofree char *text = g_strconcat("/augment/text/", name, NULL);
        g_autofree char *sizes = g_strconcat("/augment/sizes/", name, NULL);
        g_autofree char *p = g_strconcat("/augment/p/", name, NULL);
        g_test_add_data_func(text, &rows[i], test_text);
        g_test_add_data_func(sizes, &rows[i], test_sizes);
        if (has_p(&rows[i]))
            g_test_add_data_func(p, &rows[i], test_p);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(draws); i++) {
        g_autofree char *path = g_strconcat("/augment/draw/", draws[i].text, NULL);
        g_test_add_data_func(path, &draws[i], test_draw);
    }
    g_test_add_func("/augment/policies", test_policies);
    g_test_add_func("/augment/noise", test_noise);
    g_test_add_func("/augment/noise-values", test_noise_values);
    g_test_add_func("/augment/random_resized_crop", test_random_resized_crop);
    g_test_add_func("/augment/random_resized_crop-dct", test_random_resized_crop_dct);
    g_test_add_func("/augment/random_resized_crop-alone", test_random_resized_crop_alone);
    g_test_add_func("/augment/erasing", test_erasing);
    g_test_add_func("/augment/keras-shift", test_keras_shift);
    g_test_add_func("/augment/composed", test_composed);
    return g_test_run();
}
