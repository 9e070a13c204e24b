/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The classes of the family "preprocess". */
#pragma once

#include "recipe.h"

/* Steps come in rising rank. */
enum {
    ICL_RANK_BACKGROUND,
    ICL_RANK_RESIZE,
    ICL_RANK_CROP,
    ICL_RANK_NORMALIZE,
    ICL_RANK_SAMPLEWISE,
    ICL_RANK_ZCA,
};

typedef struct IclPreprocessClass {
    IclClass base;
    int rank;
    bool (*set)(const void *instance, IclRecipe *recipe, const char *what, GError **error);
} IclPreprocessClass;

extern const IclPreprocessClass icl_background_class, icl_resize_class, icl_crop_class;
extern const IclPreprocessClass icl_letterbox_class, icl_stretch_class;
extern const IclPreprocessClass icl_normalize_class, icl_featurewise_class, icl_rescale_class;
extern const IclPreprocessClass icl_samplewise_class, icl_zca_class;

/* An instance of featurewise: whether it divides by the standard deviation. */
bool icl_featurewise_deviates(const void *instance);
