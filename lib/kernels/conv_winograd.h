/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Convolution of 3x3 kernels by Winograd's minimal filtering (Winograd, "Arithmetic Complexity of
 * Computations", 1980; Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015):
 * a tile of m x m outputs takes (m + 2)^2 products a channel and filter rather than 9 m^2. F(2x2)
 * has the points 0, 1, -1 and infinity, F(4x4) besides 2 and -2:
 *
 *   y = A^T [sum over c of (G w G^T) * (B^T x B)] A
 *
 * G has no fractions here, A has them: weights are transformed more often than sums.
 *
 * Chunks are blocks of tiles times blocks of filter panels. A tile's sums run over the channels in
 * order, whatever block the tile falls into, so that a sample's result does not depend on its
 * batch.
 *
 * Errors are larger than the direct sum's: a tile's outputs mix products that cancel. With t = sum
 * over c of the largest |x| that the tile reads times the sum of the filter's |w|, an output's
 * error is at most 4 FLT_EPSILON t for F(2x2) and 80 FLT_EPSILON t for F(4x4).
 * tests/kernels/winograd.c holds that, on even data and on data of a wide range; the worst seen in
 * 3 x 2500 images of a single channel is 2.3 and 68. */
#pragma once

#include "conv_panel.h"

/* A convolution by 3x3, stride 1: the forward pass, or the input gradient, whose input is dy. */
typedef struct Winograd {
    int m;     /* outputs on a side of a tile: 2 or 4; 0: the direct convolution is taken */
    bool taps; /* packed weights are the 3x3 taps, which each chunk transforms */
    int n, h, w, c, oh, ow, f;
    int pixel;     /* floats from an output pixel to the next */
    int top, left; /* zeros before the input, or lines of it that no window reaches (< 0) */
} Winograd;

/* Weights as the shape has them, or of the input gradient: turned by half a turn, c for f. */
typedef struct WinogradWeights {
    const float *w; /* of tap 0, channel 0, filter 0 */
    ptrdiff_t tap;  /* floats from a tap to the next, ... */
    size_t c, f;    /* ... a channel and a filter of the sums */
    const float *scale;
} WinogradWeights;

/* A pure function of one sample's shape. */
Winograd ICL_TIER(winograd_forward)(const IclConvShape *s);
Winograd ICL_TIER(winograd_input_gradient)(const IclConvShape *s);

size_t ICL_TIER(winograd_packed_size)(const Winograd *g);
int ICL_TIER(winograd_pack_chunks)(const Winograd *g);
void ICL_TIER(winograd_pack)(const Winograd *g, const WinogradWeights *weights, float *packed,
                             int chunk);
int ICL_TIER(winograd_chunks)(const Winograd *g);
size_t ICL_TIER(winograd_scratch_size)(const Winograd *g);
void ICL_TIER(winograd_run)(const Winograd *g, const float *x, const float *packed,
                            const IclEpilogue *epilogue, float *y, int chunk, void *scratch);

/* Whether a convolution may go by Winograd at all: 3x3, stride 1, enough channels. */
bool ICL_TIER(winograd_applies)(const IclConvShape *s);

/* The weight gradient by F(4x4): as IclConvKernels has it, where it applies. With t = sum over
 * tiles of the largest |x| that the tile reads times the sum of the tile's |dy|, its error is at
 * most 80 FLT_EPSILON t. */
bool ICL_TIER(winograd_weight_gradient_applies)(const IclConvShape *s);
size_t ICL_TIER(winograd_weight_gradient_workspace)(const IclConvShape *s);
int ICL_TIER(winograd_weight_gradient_chunks)(const IclConvShape *s);
size_t ICL_TIER(winograd_weight_gradient_scratch_size)(const IclConvShape *s);
void ICL_TIER(winograd_weight_gradient)(const IclConvShape *s, const float *x, const float *dy,
                                        float *dw, float *workspace, int chunk, void *scratch);
int ICL_TIER(winograd_weight_gradient_finish_chunks)(const IclConvShape *s);
void ICL_TIER(winograd_weight_gradient_finish)(const IclConvShape *s, const float *workspace,
                                               float *dw, int chunk);
