/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Looks at the picture from aside: each corner moves inwards by a random distance, as torchvision's
 * RandomPerspective with bilinear interpolation. */
#include <math.h>

#include "augment_perspective.h"
#include "augmenter.h"

typedef struct Perspective {
    const IclClass *class;
    double distortion_scale, p;
    int fill_mode;
    double cval;
} Perspective;

static const IclParam perspective_params[] = {
    ICL_REAL(Perspective, distortion_scale, "0.5", 0, 1,
             "1: corners move by up to half the picture"),
    ICL_REAL(Perspective, p, "0.5", 0, 1, "share of the pictures that are changed"),
    ICL_FILL_PARAMS(Perspective, "constant"),
    {0},
};

enum { UNKNOWNS = 8 };

/* Gauss' elimination with the largest pivot; false for equations without one solution. */
static bool solve(double a[UNKNOWNS][UNKNOWNS + 1])
{
    for (int i = 0; i < UNKNOWNS; i++) {
        int best = i;
        for (int r = i + 1; r < UNKNOWNS; r++)
            best = fabs(a[r][i]) > fabs(a[best][i]) ? r : best;
        if (fabs(a[best][i]) < 1e-9)
            return false;
        for (int k = 0; k <= UNKNOWNS; k++) {
            double swap = a[i][k];
            a[i][k] = a[best][k];
            a[best][k] = swap;
        }
        for (int r = 0; r < UNKNOWNS; r++) {
            double share = a[r][i] / a[i][i];
            for (int k = i; r != i && k <= UNKNOWNS; k++)
                a[r][k] -= share * a[i][k];
        }
    }
    return true;
}

/* torchvision computes corners in whole pixels, and samples at their centres. */
bool icl_perspective(const double from[4][2], const double to[4][2], IclWarp *warp)
{
    double a[UNKNOWNS][UNKNOWNS + 1], v[UNKNOWNS];

    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 2; k++) {
            double x = to[i][0], y = to[i][1], at = from[i][k], row[UNKNOWNS + 1] = {0};
            row[3 * k] = x;
            row[3 * k + 1] = y;
            row[3 * k + 2] = 1;
            row[6] = -at * x;
            row[7] = -at * y;
            row[8] = at;
            for (int j = 0; j <= UNKNOWNS; j++)
                a[2 * i + k][j] = row[j];
        }
    if (!solve(a))
        return false;
    for (int i = 0; i < UNKNOWNS; i++)
        v[i] = a[i][UNKNOWNS] / a[i][i];
    *warp = (IclWarp){{{v[0], v[1], v[2]}, {v[3], v[4], v[5]}, {v[6], v[7], 1}}};
    *warp = icl_warp_about(warp, -0.5, -0.5);
    return true;
}

/* 0 .. bound - 1 from the side where `far` is 0. */
static double corner_draw(IclRandom *random, bool far, int size, double scale)
{
    int bound = (int)(scale * (size / 2)) + 1, by = (int)icl_random_below(random, (uint32_t)bound);

    return far ? size - bound + by : by;
}

static void perspective_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Perspective *perspective = instance;
    const int h = augmenter->h, w = augmenter->w;
    const double from[4][2] = {{0, 0}, {w - 1, 0}, {w - 1, h - 1}, {0, h - 1}};
    IclFill fill = {perspective->fill_mode, (float)perspective->cval};
    bool is = icl_random_uniform(random) < perspective->p;
    double to[4][2];
    IclWarp warp;

    for (int i = 0; i < 4; i++) {
        to[i][0] = corner_draw(random, i == 1 || i == 2, w, perspective->distortion_scale);
        to[i][1] = corner_draw(random, i >= 2, h, perspective->distortion_scale);
    }
    if (is && icl_perspective(from, to, &warp))
        icl_augmenter_warp(augmenter, &warp, &fill);
}

const IclAugmentClass icl_augment_perspective_class = {
    {"perspective", "look from aside: torchvision's RandomPerspective", sizeof(Perspective),
     perspective_params},
    perspective_apply,
};
