/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Steps that change the values of a picture once it has its size, and their running. */
#include <math.h>

#include "kernels.h"
#include "recipe_classes.h"
#include "whitening.h"

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

const IclPreprocessClass icl_normalize_class = {
    {"normalize", "y = (x / 255 - mean) / std", sizeof(Normalize), normalize_params},
    ICL_RANK_NORMALIZE,
    normalize_set,
};

typedef struct Featurewise {
    const IclClass *class;
    bool std;
} Featurewise;

static const IclParam featurewise_params[] = {
    ICL_BOOL(Featurewise, std, "yes", "divide by the standard deviation too"),
    {0},
};

static bool featurewise_set(const void *instance, IclRecipe *recipe, const char *what,
                            GError **error)
{
    for (int c = 0; c < recipe->c; c++)
        recipe->scale[c] = 1.0f / 255;
    recipe->normalize = recipe->open = true;
    return true;
}

bool icl_featurewise_deviates(const void *instance) { return ((const Featurewise *)instance)->std; }

const IclPreprocessClass icl_featurewise_class = {
    {"featurewise", "normalize by the training pictures: Keras' featurewise_center, _std_..",
     sizeof(Featurewise), featurewise_params},
    ICL_RANK_NORMALIZE,
    featurewise_set,
};

typedef struct Rescale {
    const IclClass *class;
    double scale, offset;
} Rescale;

static const IclParam rescale_params[] = {
    ICL_REAL(Rescale, scale, "0.00392156862745098", -1e6, 1e6, "1/255 gives 0..1"),
    ICL_REAL(Rescale, offset, "0", -1e6, 1e6, "added after scaling"),
    {0},
};

static bool rescale_set(const void *instance, IclRecipe *recipe, const char *what, GError **error)
{
    const Rescale *rescale = instance;

    for (int c = 0; c < recipe->c; c++) {
        recipe->scale[c] = (float)rescale->scale;
        recipe->bias[c] = (float)rescale->offset;
    }
    recipe->normalize = true;
    return true;
}

const IclPreprocessClass icl_rescale_class = {
    {"rescale", "y = scale x + offset, in place of normalize: Keras' Rescaling", sizeof(Rescale),
     rescale_params},
    ICL_RANK_NORMALIZE,
    rescale_set,
};

typedef struct Samplewise {
    const IclClass *class;
    bool std;
} Samplewise;

static const IclParam samplewise_params[] = {
    ICL_BOOL(Samplewise, std, "yes", "divide by the picture's standard deviation too"),
    {0},
};

static bool samplewise_set(const void *instance, IclRecipe *recipe, const char *what,
                           GError **error)
{
    recipe->centred = true;
    recipe->deviates = ((const Samplewise *)instance)->std;
    return true;
}

const IclPreprocessClass icl_samplewise_class = {
    {"samplewise", "less the picture's own mean: Keras' samplewise_center, _std_normalization",
     sizeof(Samplewise), samplewise_params},
    ICL_RANK_SAMPLEWISE,
    samplewise_set,
};

typedef struct Zca {
    const IclClass *class;
    double epsilon;
} Zca;

static const IclParam zca_params[] = {
    ICL_REAL(Zca, epsilon, "1e-6", 1e-12, 1e6,
             "added to the variances (Keras 3: to their roots); 0.1 keeps noise low"),
    {0},
};

static bool zca_set(const void *instance, IclRecipe *recipe, const char *what, GError **error)
{
    int values = recipe->h * recipe->w * recipe->c, most = ICL_WHITENING_MAX;

    recipe->epsilon = ((const Zca *)instance)->epsilon;
    if (values <= most)
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "%s: zca takes pictures of %d values at most, and %dx%dx%d are %d; make them "
                "smaller: 64x64 in grey, 36x36 in colour",
                what, most, recipe->h, recipe->w, recipe->c, values);
    return false;
}

const IclPreprocessClass icl_zca_class = {
    {"zca", "whiten by the training pictures: Keras' zca_whitening", sizeof(Zca), zca_params},
    ICL_RANK_ZCA,
    zca_set,
};

/* Of all values together; Keras adds 1e-6 to the standard deviation. */
static void standardize(float *x, size_t n, bool deviates)
{
    double sum = 0, squares = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    const double mean = sum / (double)n;
    for (size_t i = 0; deviates && i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    double scale = deviates ? 1 / (sqrt(squares / (double)n) + 1e-6) : 1;
    for (size_t i = 0; i < n; i++)
        x[i] = (float)((x[i] - mean) * scale);
}

void icl_preprocess_normalize(const IclRecipe *recipe, float *pixels)
{
    const IclNorm norm = {recipe->scale, recipe->bias, ICL_ACT_NONE, 0};

    if (recipe->normalize)
        icl_kernels()->batchnorm.apply(&norm, pixels, NULL, (size_t)recipe->h * recipe->w,
                                       recipe->c, pixels);
    if (recipe->centred)
        standardize(pixels, (size_t)recipe->h * recipe->w * recipe->c, recipe->deviates);
}

void icl_preprocess_whiten(const IclRecipe *recipe, int pictures, float *pixels)
{
    if (recipe->whitening)
        icl_whitening_apply(recipe->whitening, pictures, pixels);
}
