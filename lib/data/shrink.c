/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "shrink.h"

#include "orient.h"
#include "preprocess.h"

enum { LONGER_MAX = 4096 /* of a recipe's sides */ };

struct IclShrinker {
    int side;
    int h, w, c; /* that the rest is for */
    IclRecipe *recipe;
    IclPreprocessor *preprocessor;
    float *pixels;
};

IclShrinker *icl_shrinker_new(int side)
{
    IclShrinker *shrinker = g_new0(IclShrinker, 1);

    shrinker->side = side;
    return shrinker;
}

void icl_shrinker_free(IclShrinker *shrinker)
{
    if (!shrinker)
        return;
    icl_preprocessor_free(shrinker->preprocessor);
    icl_recipe_free(shrinker->recipe);
    g_free(shrinker->pixels);
    g_free(shrinker);
}

static void shrinker_set_size(IclShrinker *shrinker, int h, int w, int c)
{
    g_autofree char *text = g_strdup_printf("stretch [%d %d]", h, w);

    if (shrinker->h == h && shrinker->w == w && shrinker->c == c)
        return;
    icl_preprocessor_free(shrinker->preprocessor);
    icl_recipe_free(shrinker->recipe);
    shrinker->recipe = icl_recipe_parse(text, c, "shrink", NULL);
    shrinker->preprocessor = icl_preprocessor_new(shrinker->recipe);
    shrinker->pixels = g_renew(float, shrinker->pixels, (size_t)h *w *c);
    shrinker->h = h;
    shrinker->w = w;
    shrinker->c = c;
}

/* A side that shrinks with the shorter one, to the nearest. */
static int side_scaled(int side, int64_t from, int64_t to)
{
    return (int)CLAMP((side * to + from / 2) / from, 1, LONGER_MAX);
}

const float *icl_shrink(IclShrinker *shrinker, const IclFrame *frame, int *h, int *w, int *c)
{
    bool swapped = icl_orientation(frame->orientation).swapped;
    int height = swapped ? frame->width : frame->height;
    int width = swapped ? frame->height : frame->width;
    int shorter = MIN(height, width), side = MIN(shorter, shrinker->side);

    *h = side_scaled(height, shorter, side);
    *w = side_scaled(width, shorter, side);
    *c = frame->format == ICL_PIXEL_GRAY8 ? 1 : 3;
    shrinker_set_size(shrinker, *h, *w, *c);
    icl_preprocess_pixels(shrinker->preprocessor, frame, shrinker->pixels);
    return shrinker->pixels;
}
