/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pictures made smaller with their aspect kept, each to a size of its own: upright, in 0..255, grey
 * or RGB as they were (transparent ones on black). */
#pragma once

#include <icl/frame.h>

typedef struct IclShrinker IclShrinker; /* for one thread */

/* The shorter side is at most `side`, and no picture is made larger. */
IclShrinker *icl_shrinker_new(int side);
void icl_shrinker_free(IclShrinker *shrinker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclShrinker, icl_shrinker_free)

/* [h,w,c], until the next call. */
const float *icl_shrink(IclShrinker *shrinker, const IclFrame *frame, int *h, int *w, int *c);
