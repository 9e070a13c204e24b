/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * ZCA whitening (Bell and Sejnowski, "The independent components of natural scenes are edge
 * filters", 1997), as Keras' zca_whitening: of pictures x as rows of n values, less the mean of
 * each channel m,
 *
 *   C = sum (x - m)^T (x - m) / pictures = U diag(s) U^T
 *   W = U diag(1 / sqrt(s + epsilon)) U^T
 *   y = (x - m) W
 *
 * The epsilon is that of Keras 2; Keras 3 divides by sqrt(s) + epsilon / sqrt(pictures), which for
 * values that never change, such as the corners of digits, is as good as a division by zero. */
#pragma once

#include <icl/error.h>

enum { ICL_WHITENING_MAX = 4096 }; /* values of a picture: W takes 64 MiB */

typedef struct IclWhitening IclWhitening; /* const; shared by threads */

/* Copies matrix [n,n] and mean [channels]. NULL with ICL_ERROR_MEMORY. */
IclWhitening *icl_whitening_new(int n, int channels, const float *matrix, const float *mean,
                                GError **error);
IclWhitening *icl_whitening_ref(IclWhitening *whitening);
void icl_whitening_unref(IclWhitening *whitening); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclWhitening, icl_whitening_unref)

int icl_whitening_values(const IclWhitening *whitening);
int icl_whitening_channels(const IclWhitening *whitening);
const float *icl_whitening_matrix(const IclWhitening *whitening); /* [n,n] */
const float *icl_whitening_mean(const IclWhitening *whitening);   /* [channels] */

/* Of x [pictures,n], in place. What a picture becomes does not depend on those beside it. */
void icl_whitening_apply(const IclWhitening *whitening, int pictures, float *x);

/* What it takes of the pictures, whose values it sees once, in any portions. */
typedef struct IclWhiteningFit IclWhiteningFit;

IclWhiteningFit *icl_whitening_fit_new(int n, int channels, GError **error);
void icl_whitening_fit_free(IclWhiteningFit *fit); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclWhiteningFit, icl_whitening_fit_free)

void icl_whitening_fit_add(IclWhiteningFit *fit, int pictures, const float *x);

/* Ends the fit. NULL with ICL_ERROR_DATA without pictures, or where their values are no numbers. */
IclWhitening *icl_whitening_fit_end(IclWhiteningFit *fit, double epsilon, GError **error);
