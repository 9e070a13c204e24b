/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Gaussian blur as torchvision's: a kernel of `size` values (odd), sampled and normalized, on rows
 * and columns in turn; outside, the picture is mirrored about its edge pixels (c b | a b c d | c
 * b), as often as the kernel is larger. */
#pragma once

#include <stddef.h>

enum { ICL_BLUR_MAX = 255 };

/* x [h,w,c] in place; `room` is as large. */
void icl_blur(float *x, int h, int w, int c, int size, double sigma, float *room);
