/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A recipe as numbers: what the preprocessor needs of the chain's steps. */
#pragma once

#include "preprocess.h"

struct IclRecipe {
    /* The size of a picture of h x w pixels once resized to `target`; NULL: its own. */
    void (*resized)(IclSize target, int h, int w, int64_t *rh, int64_t *rw);
    IclSize target;
    int h, w, c;         /* of the result */
    float background[3]; /* R G B */
    float padding[3];    /* the same, in the channels of the result */
    bool normalize;
    float scale[3], bias[3]; /* y = scale x + bias */
    bool open;               /* normalize has no numbers yet */
    bool centred, deviates;  /* less its own mean; divided by its own standard deviation */
    double epsilon;          /* of zca; 0: without */
    IclWhitening *whitening; /* NULL: without, or not fitted yet */
};
