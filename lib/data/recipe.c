/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The family "preprocess", and recipes made of it. Each class writes its numbers into the recipe;
 * their ranks keep the one order in which a picture can be resized without computing what the crop
 * throws away. */
#include "recipe.h"

#include <math.h>

typedef struct PreprocessClass {
    IclClass base;
    int rank; /* steps come in rising rank */
    bool (*set)(const void *instance, IclRecipe *recipe, const char *what, GError **error);
} PreprocessClass;

enum { SIDE_MAX = 4096 };

typedef struct Resize {
    const IclClass *class;
    IclReals size; /* one entry: the shorter side. IclSize could not tell 256 from [256 256] */
} Resize;

static const IclParam resize_params[] = {
    ICL_REALS(Resize, size, NULL, 1, SIDE_MAX, "shorter side, or [height width] to stretch"),
    {0},
};

static const char *resize_fault(const IclReals *size)
{
    if (size->n != 1 && size->n != 2)
        return "a list that is not [height width]";
    return size->v[0] != floor(size->v[0]) || size->v[size->n - 1] != floor(size->v[size->n - 1])
               ? "a size that is not a whole number"
               : NULL;
}

static bool resize_set(const void *instance, IclRecipe *recipe, const char *what, GError **error)
{
    const IclReals *size = &((const Resize *)instance)->size;
    const char *fault = resize_fault(size);

    if (fault) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "%s: resize has %s; one whole number, or [height width], would do", what,
                    fault);
        return false;
    }
    recipe->keep_aspect = size->n == 1;
    recipe->resize = (IclSize){(int)size->v[0], (int)size->v[size->n - 1]};
    if (!recipe->keep_aspect) {
        recipe->h = recipe->resize.h;
        recipe->w = recipe->resize.w;
    }
    return true;
}

static const PreprocessClass resize_class = {
    {"resize", "resize, bilinear with antialias", sizeof(Resize), resize_params}, 0, resize_set};

typedef struct Crop {
    const IclClass *class;
    IclSize size;
} Crop;

static const IclParam crop_params[] = {
    ICL_SIZE(Crop, size, NULL, 1, SIDE_MAX, "height and width; a smaller picture is padded with 0"),
    {0},
};

static bool crop_set(const void *instance, IclRecipe *recipe, const char *what, GError **error)
{
    recipe->crop = ((const Crop *)instance)->size;
    recipe->h = recipe->crop.h;
    recipe->w = recipe->crop.w;
    return true;
}

static const PreprocessClass crop_class = {
    {"crop", "keep the centre", sizeof(Crop), crop_params}, 1, crop_set};

typedef struct Normalize {
    const IclClass *class;
    IclReals mean, std;
} Normalize;

static const IclParam normalize_params[] = {
    ICL_REALS(Normalize, mean, "0", -1000, 1000, "of each channel, of values in 0..1"),
    ICL_REALS(Normalize, std, "1", 1e-6, 1e6, "of each channel"),
    {0},
};

static bool normalize_fits(const char *name, int n, int channels, const char *what, GError **error)
{
    if (n == 1 || n == channels)
        return true;
    g_set_error(
        error, ICL_ERROR, ICL_ERROR_VALUE,
        "%s: normalize %s has %d numbers for %d channel%s; give one number, or one a channel", what,
        name, n, channels, channels == 1 ? "" : "s");
    return false;
}

static bool normalize_set(const void *instance, IclRecipe *recipe, const char *what, GError **error)
{
    const Normalize *normalize = instance;

    if (!normalize_fits("mean", normalize->mean.n, recipe->c, what, error) ||
        !normalize_fits("std", normalize->std.n, recipe->c, what, error))
        return false;
    for (int c = 0; c < recipe->c; c++) {
        double mean = normalize->mean.v[normalize->mean.n == 1 ? 0 : c];
        double std = normalize->std.v[normalize->std.n == 1 ? 0 : c];
        recipe->scale[c] = (float)(1 / (255 * std));
        recipe->bias[c] = (float)(-mean / std);
    }
    recipe->normalize = true;
    return true;
}

static const PreprocessClass normalize_class = {
    {"normalize", "y = (x / 255 - mean) / std", sizeof(Normalize), normalize_params},
    2,
    normalize_set,
};

static const IclClass *const preprocess_classes[] = {
    &resize_class.base,
    &crop_class.base,
    &normalize_class.base,
    NULL,
};

const IclFamily icl_preprocess_family = {"preprocess", "preprocessing step", preprocess_classes};

static bool recipe_set(IclRecipe *recipe, const GPtrArray *steps, const char *what, GError **error)
{
    int rank = -1;

    for (guint i = 0; i < steps->len; i++) {
        const void *instance = g_ptr_array_index(steps, i);
        const PreprocessClass *class = *(const PreprocessClass *const *)instance;
        if (class->rank <= rank) {
            g_set_error(
                error, ICL_ERROR, ICL_ERROR_VALUE,
                "%s: \"%s\" cannot stand here; the order is resize ! crop ! normalize, each "
                "at most once",
                what, class->base.name);
            return false;
        }
        rank = class->rank;
        if (!class->set(instance, recipe, what, error))
            return false;
    }
    return true;
}

IclRecipe *icl_recipe_parse(const char *text, int channels, const char *what, GError **error)
{
    g_autoptr(GPtrArray) steps = icl_instances_parse(&icl_preprocess_family, text, what, error);
    g_autoptr(IclRecipe) recipe = NULL;

    g_assert(channels == 1 || channels == 3);
    if (!steps)
        return NULL;
    recipe = g_new0(IclRecipe, 1);
    recipe->c = channels;
    if (!recipe_set(recipe, steps, what, error))
        return NULL;
    if (recipe->h == 0) {
        g_set_error(
            error, ICL_ERROR, ICL_ERROR_VALUE,
            "%s: \"%s\" does not give every picture the same size; end it in \"crop 224\", or "
            "use \"resize [224 224]\"",
            what, text);
        return NULL;
    }
    return g_steal_pointer(&recipe);
}

void icl_recipe_free(IclRecipe *recipe) { g_free(recipe); }

void icl_recipe_size(const IclRecipe *recipe, int *h, int *w, int *c)
{
    *h = recipe->h;
    *w = recipe->w;
    *c = recipe->c;
}

void icl_preprocess_normalize(const IclRecipe *recipe, float *pixels)
{
    size_t n = (size_t)recipe->h * recipe->w;

    if (!recipe->normalize)
        return;
    for (size_t i = 0; i < n; i++)
        for (int c = 0; c < recipe->c; c++)
            pixels[i * recipe->c + c] =
                pixels[i * recipe->c + c] * recipe->scale[c] + recipe->bias[c];
}
