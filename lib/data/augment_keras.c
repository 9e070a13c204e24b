/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * ImageDataGenerator in one step, with its parameters' names. What its documents say was never what
 * it did; compat chooses:
 *
 *   documented   height_shift_range moves up and down, everything turns about the true centre
 *   legacy       keras-preprocessing <= 1.1.2: the centre is one pixel off
 *   keras29     Keras 2.9 and later: height_shift_range moves along x (by a part of the height)
 *                and width_shift_range along y; height and width of the centre are exchanged too,
 *                which shows where pictures are not square
 *
 * Its random number generator is not replayed. shear_range is in degrees, and its matrix scales by
 * the cosine too. */
#include "augment_keras.h"

#include <math.h>

#include "colour_steps.h"

typedef struct Keras {
    const IclClass *class;
    double rotation_range;
    IclReals width_shift_range, height_shift_range;
    double shear_range;
    IclReals zoom_range;
    double channel_shift_range;
    IclReals brightness_range;
    bool horizontal_flip, vertical_flip;
    int fill_mode;
    double cval;
    int compat;
} Keras;

static const IclParam keras_params[] = {
    ICL_REAL(Keras, rotation_range, "0", 0, 360, "degrees, at most so far either way"),
    ICL_REALS(
        Keras, width_shift_range, "0", -1e5, 1e5,
        "below 1: of the width; 1 and more: pixels, whole if it is; or [a list] to choose of"),
    ICL_REALS(Keras, height_shift_range, "0", -1e5, 1e5, "the same of the height"),
    ICL_REAL(Keras, shear_range, "0", 0, 89, "degrees (0.2 is next to nothing)"),
    ICL_REALS(Keras, zoom_range, "0", 0, 10, "z: factors of 1 - z to 1 + z; or [from to]"),
    ICL_REAL(Keras, channel_shift_range, "0", 0, 255, "levels added to all channels"),
    ICL_REALS(Keras, brightness_range, "[]", 0, 100, "[from to] of the factor; []: none"),
    ICL_BOOL(Keras, horizontal_flip, "no", "flip half of the pictures left and right"),
    ICL_BOOL(Keras, vertical_flip, "no", "flip half of the pictures top and bottom"),
    ICL_FILL_PARAMS(Keras, "nearest"),
    ICL_ENUM(Keras, compat, "documented", "documented legacy keras29",
             "which Keras: as documented, as it was up to 2.8, or from 2.9 on"),
    {0},
};

/* Keras' matrices have two slots; in `legacy` the first is the row. */
static IclWarp slots_swapped(const IclWarp *warp)
{
    const double(*m)[3] = warp->m;

    return icl_warp_affine(m[1][1], m[1][0], m[1][2], m[0][1], m[0][0], m[0][2]);
}

IclWarp icl_keras_warp(const IclKerasDraw *draw, IclKerasCompat compat, int height, int width)
{
    bool documented = compat == ICL_KERAS_DOCUMENTED;
    double theta = draw->theta * G_PI / 180, shear = draw->shear * G_PI / 180;
    double first = documented ? draw->width_shift : draw->height_shift;
    double second = documented ? draw->height_shift : draw->width_shift;
    IclWarp turn = icl_warp_affine(cos(theta), -sin(theta), 0, sin(theta), cos(theta), 0);
    IclWarp move = icl_warp_move(first, second);
    IclWarp slant = icl_warp_affine(1, -sin(shear), 0, 0, cos(shear), 0);
    IclWarp zoom = icl_warp_affine(draw->zx, 0, 0, 0, draw->zy, 0);
    IclWarp warp = icl_warp_then(&turn, &move);

    warp = icl_warp_then(&warp, &slant);
    warp = icl_warp_then(&warp, &zoom);
    if (documented)
        return icl_warp_about(&warp, width / 2.0 - 0.5, height / 2.0 - 0.5);
    if (compat == ICL_KERAS_2_9)
        return icl_warp_about(&warp, height / 2.0 - 0.5, width / 2.0 - 0.5);
    warp = icl_warp_about(&warp, height / 2.0 + 0.5, width / 2.0 + 0.5);
    return slots_swapped(&warp);
}

static double either_way(IclRandom *random, double most)
{
    return icl_range_draw((IclRange){-most, most}, random);
}

/* np.random.choice() of a list or a whole number's range and a sign, else uniform; a list whose
 * largest is below 1 holds fractions too. */
static double shift_draw(const IclReals *range, IclRandom *random, int size)
{
    double most = range->v[0];

    for (int i = 1; i < range->n; i++)
        most = MAX(most, range->v[i]);
    double unit = most < 1 ? size : 1;
    if (range->n == 1 && (most < 1 || most != floor(most)))
        return either_way(random, most) * unit;
    uint32_t n = range->n == 1 ? (uint32_t)most : (uint32_t)range->n;
    uint32_t i = icl_random_below(random, n);
    double sign = icl_random_below(random, 2) ? 1 : -1;
    return sign * (range->n == 1 ? i : range->v[i]) * unit;
}

static IclKerasDraw keras_draw(const Keras *keras, IclRandom *random, int height, int width)
{
    IclRange zoom = icl_range(&keras->zoom_range, 1);
    IclKerasDraw draw;

    draw.theta = either_way(random, keras->rotation_range);
    draw.height_shift = shift_draw(&keras->height_shift_range, random, height);
    draw.width_shift = shift_draw(&keras->width_shift_range, random, width);
    draw.shear = either_way(random, keras->shear_range);
    draw.zx = icl_range_draw(zoom, random);
    draw.zy = icl_range_draw(zoom, random);
    return draw;
}

void icl_keras_brightness(IclAugmenter *augmenter, double factor)
{
    float *x = icl_augmenter_pixels(augmenter), f = (float)factor;
    size_t n = icl_augmenter_values(augmenter);

    for (size_t i = 0; i < n; i++) {
        float lighter = f * (float)(int)CLAMP(x[i], 0, 255);
        x[i] = (float)(int)MIN(lighter, 255);
    }
}

static void keras_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Keras *keras = instance;
    IclFill fill = {keras->fill_mode, (float)keras->cval};
    IclKerasDraw draw = keras_draw(keras, random, augmenter->h, augmenter->w);
    IclWarp warp = icl_keras_warp(&draw, keras->compat, augmenter->h, augmenter->w);
    IclWarp left_right = icl_warp_affine(-1, 0, augmenter->w - 1, 0, 1, 0);
    IclWarp up_down = icl_warp_affine(1, 0, 0, 0, -1, augmenter->h - 1);

    icl_augmenter_warp(augmenter, &warp, &fill);
    if (icl_random_uniform(random) < 0.5 && keras->horizontal_flip)
        icl_augmenter_warp(augmenter, &left_right, NULL);
    if (icl_random_uniform(random) < 0.5 && keras->vertical_flip)
        icl_augmenter_warp(augmenter, &up_down, NULL);
    double shift = either_way(random, keras->channel_shift_range);
    if (shift != 0)
        icl_channel_shift(augmenter, shift);
    if (keras->brightness_range.n)
        icl_keras_brightness(augmenter,
                             icl_range_draw(icl_range(&keras->brightness_range, 0), random));
}

static char *keras_check(const void *instance)
{
    const Keras *keras = instance;
    const IclReals *width = &keras->width_shift_range, *height = &keras->height_shift_range;
    char *fault = icl_range_check("zoom_range", &keras->zoom_range, 1, 0.01, 10);

    if (!fault && keras->brightness_range.n)
        fault = icl_pair_check("brightness_range", &keras->brightness_range);
    if (!fault && (!width->n || !height->n))
        fault = g_strdup("an empty list of shifts; a number, or a list of some, would do");
    if (!fault && ((width->n == 1 && width->v[0] < 0) || (height->n == 1 && height->v[0] < 0)))
        fault = g_strdup("a negative shift; one number is a distance, from 0 on");
    return fault;
}

const IclAugmentClass icl_augment_keras_class = {
    {"keras", "Keras' ImageDataGenerator, as its documents describe it", sizeof(Keras),
     keras_params},
    keras_apply,
    keras_check,
};
