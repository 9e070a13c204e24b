/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A recipe as numbers: what the preprocessor needs of the chain's steps. */
#pragma once

#include "preprocess.h"

struct IclRecipe {
    IclSize resize;   /* 0 0: the picture's own size */
    bool keep_aspect; /* the shorter side becomes resize.h (== resize.w) */
    IclSize crop;     /* 0 0: none */
    int h, w, c;      /* of the result */
    bool normalize;
    float scale[3], bias[3]; /* y = scale x + bias */
};
