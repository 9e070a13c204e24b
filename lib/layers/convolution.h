/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What conv2d and dense share: a convolution of a shape, run by the kernels in its three uses. */
#pragma once

#include "layer.h"

/* weights[0] is the kernel [kh,kw,c/groups,f], weights[1], if any, the bias [f]. Packed memory
 * holds the packed kernel and, behind it, the bias of a folded or biased layer. */
void icl_convolution_needs(const IclConvShape *shape, bool training, IclNeeds *needs);
void icl_convolution_prepare(const IclLayer *layer, const IclConvShape *shape, const IclFold *fold,
                             float *packed, IclTeam *team);
void icl_convolution_forward(const IclLayer *layer, const IclConvShape *shape, IclPass *pass);
void icl_convolution_backward_prepare(const IclLayer *layer, const IclConvShape *shape,
                                      float *packed, IclTeam *team);
void icl_convolution_backward(const IclLayer *layer, const IclConvShape *shape, IclPass *pass);

/* Input rows of a band's output rows. False where some row's window lies in the padding alone. */
bool icl_convolution_band(const IclConvShape *shape, IclBand *band);

/* The shape of a pass of n samples, or of its band. */
IclConvShape icl_convolution_shape(const IclConvShape *one, const IclPass *pass);

/* The bias after folding: bias * scale + shift. */
void icl_fold_bias(const IclLayer *layer, const IclFold *fold, int filters, float *bias);

/* db[c] += column sums of dout [rows,c], in chunks of rows that the shape fixes; uses pass->shared,
 * of icl_bias_gradient_shared() floats. */
size_t icl_bias_gradient_shared(size_t rows, int c);
void icl_bias_gradient(IclPass *pass, size_t rows, int c, float *db);
