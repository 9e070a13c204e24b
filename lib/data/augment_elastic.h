/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include "augmenter.h"

/* Pixel i of the picture is read dx[i] columns and dy[i] rows further. */
void icl_elastic(IclAugmenter *augmenter, const float *dx, const float *dy, const IclFill *fill);
