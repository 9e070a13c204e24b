/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Where the pixels of a result come from, as a matrix, so that rotating, shifting and zooming in a
 * row is one product of matrices and one resampling. Pixel (x, y) of the result is read at
 * m (x, y, 1), divided by its last entry; centres of pixels have whole coordinates.
 *
 * Resampling is bilinear, and what lies outside is filled as by scipy.ndimage with order=1:
 *
 *   nearest    a a a | a b c d | d d d
 *   constant   k k k | a b c d | k k k    from 0 to n - 1; past them the whole pixel is k
 *   reflect    c b a | a b c d | d c b
 *   wrap       b c   | a b c d | b c      first and last pixel are one: the period is n - 1
 *
 * A move by whole pixels and a flip are exact copies. */
#pragma once

#include "class.h"

typedef enum { ICL_FILL_NEAREST, ICL_FILL_CONSTANT, ICL_FILL_REFLECT, ICL_FILL_WRAP } IclFillMode;

typedef struct IclFill {
    IclFillMode mode;
    float cval; /* k above */
} IclFill;

typedef struct IclWarp {
    double m[3][3];
} IclWarp;

IclWarp icl_warp_affine(double xx, double xy, double x, double yx, double yy, double y);
IclWarp icl_warp_move(double x, double y); /* of where pixels are read */
IclWarp icl_warp_rotation(double degrees); /* the result is turned counter-clockwise */
/* The result of `first` is what `second` reads from. */
IclWarp icl_warp_then(const IclWarp *first, const IclWarp *second);
/* The same about another origin than pixel (0, 0). */
IclWarp icl_warp_about(const IclWarp *warp, double x, double y);
bool icl_warp_is_identity(const IclWarp *warp);

typedef struct IclSampling {
    int h, w, c; /* of `in` and `out`, which are not the same memory */
    IclFill fill;
    const float *in;
    float *out;
} IclSampling;

void icl_warp_sample(const IclWarp *warp, const IclSampling *sampling);
/* The same in x [h,w,c] itself, where it only swaps left and right; else false, and x as it was. */
bool icl_warp_mirror(const IclWarp *warp, int h, int w, int c, float *x);

/* One pixel after another: the result at i is read at (x[i], y[i]). Changes x and y. */
void icl_sample_points(const IclSampling *sampling, int n, double *x, double *y, float *out);

/* Parameters of a step that fills, in a struct with `int fill_mode; double cval`. */
#define ICL_FILL_PARAMS(s, initial)                                  \
    ICL_ENUM(s, fill_mode, initial, "nearest constant reflect wrap", \
             "what lies outside, as scipy.ndimage fills it"),        \
        ICL_REAL(s, cval, "0", 0, 255, "level outside, with fill_mode=constant")
