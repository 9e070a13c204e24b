/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The family "preprocess", and recipes made of it. Each class writes its numbers into the recipe;
 * their ranks keep the one order in which a picture can be resized without computing what the crop
 * throws away. */
#include "recipe.h"

#include <math.h>

#include "kernels.h"

typedef struct PreprocessClass {
    IclClass base;
    int rank; /* steps come in rising rank */
    bool (*set)(const void *instance, IclRecipe *recipe, const char *what, GError **error);
} PreprocessClass;

enum { RANK_BACKGROUND, RANK_RESIZE, RANK_CROP, RANK_NORMALIZE, RANK_SAMPLEWISE };
enum { SIDE_MAX = 4096 };

typedef struct Background {
    const IclClass *class;
    IclReals colour;
} Background;

static const IclParam background_params[] = {
    ICL_REALS(Background, colour, "0", 0, 255, "grey, or [red green blue]"),
    {0},
};

static bool background_set(const void *instance, IclRecipe *recipe, const char *what,
                           GError **error)
{
    const IclReals *colour = &((const Background *)instance)->colour;

    if (colour->n != 1 && colour->n != 3) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "%s: background has %d numbers; one, or [red green blue], would do", what,
                    colour->n);
        return false;
    }
    for (int c = 0; c < 3; c++)
        recipe->background[c] = recipe->padding[c] = (float)colour->v[colour->n == 1 ? 0 : c];
    if (colour->n == 3 && recipe->c == 1)
        recipe->padding[0] =
            (float)(0.299 * colour->v[0] + 0.587 * colour->v[1] + 0.114 * colour->v[2]);
    return true;
}

static const PreprocessClass background_class = {
    {"background", "colour around pictures and behind transparent ones; 0 without this step",
     sizeof(Background), background_params},
    RANK_BACKGROUND,
    background_set,
};

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

/* The shorter side becomes target.h (== target.w), the longer is rounded down, as torchvision's. */
static void resized_shorter(IclSize target, int h, int w, int64_t *rh, int64_t *rw)
{
    *rh = h > w ? (int64_t)target.h * h / w : target.h;
    *rw = h > w ? target.h : (int64_t)target.h * w / h;
}

static void resized_stretched(IclSize target, int h, int w, int64_t *rh, int64_t *rw)
{
    *rh = target.h;
    *rw = target.w;
}

/* As large as fits; the side that does not decide is rounded to the nearest, at least 1. */
static void resized_inside(IclSize target, int h, int w, int64_t *rh, int64_t *rw)
{
    int64_t high = (int64_t)target.h * w, wide = (int64_t)target.w * h;

    *rh = wide < high ? MAX(1, (2 * wide + w) / (2 * (int64_t)w)) : target.h;
    *rw = wide < high ? target.w : MAX(1, (2 * high + h) / (2 * (int64_t)h));
}

static bool resize_set(const void *instance, IclRecipe *recipe, const char *what, GError **error)
{
    const IclReals *size = &((const Resize *)instance)->size;
    const char *fault = resize_fault(size);
    bool stretch = size->n == 2;

    if (fault) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "%s: resize has %s; one whole number, or [height width], would do", what,
                    fault);
        return false;
    }
    recipe->resized = stretch ? resized_stretched : resized_shorter;
    recipe->target = (IclSize){(int)size->v[0], (int)size->v[size->n - 1]};
    recipe->h = stretch ? recipe->target.h : 0;
    recipe->w = stretch ? recipe->target.w : 0;
    return true;
}

static const PreprocessClass resize_class = {
    {"resize", "scale so that the shorter side gets this size; crop comes next", sizeof(Resize),
     resize_params},
    RANK_RESIZE,
    resize_set,
};

/* crop, letterbox and stretch: three ways to one size for all pictures. */
typedef struct Shape {
    const IclClass *class;
    IclSize size;
} Shape;

static const IclParam shape_params[] = {
    ICL_SIZE(Shape, size, NULL, 1, SIDE_MAX, "height and width, or [height width]"),
    {0},
};

static bool crop_set(const void *instance, IclRecipe *recipe, const char *what, GError **error)
{
    IclSize size = ((const Shape *)instance)->size;

    recipe->h = size.h;
    recipe->w = size.w;
    return true;
}

static const PreprocessClass crop_class = {
    {"crop", "keep the centre: \"resize 256 ! crop 224\"; a smaller picture gets background",
     sizeof(Shape), shape_params},
    RANK_CROP,
    crop_set,
};

static bool letterbox_set(const void *instance, IclRecipe *recipe, const char *what, GError **error)
{
    recipe->target = ((const Shape *)instance)->size;
    recipe->resized = resized_inside;
    return crop_set(instance, recipe, what, error);
}

static const PreprocessClass letterbox_class = {
    {"letterbox", "scale the whole picture to fit, centred on the background", sizeof(Shape),
     shape_params},
    RANK_RESIZE,
    letterbox_set,
};

static bool stretch_set(const void *instance, IclRecipe *recipe, const char *what, GError **error)
{
    recipe->target = ((const Shape *)instance)->size;
    recipe->resized = resized_stretched;
    return crop_set(instance, recipe, what, error);
}

static const PreprocessClass stretch_class = {
    {"stretch", "scale the whole picture to this size, whatever its aspect", sizeof(Shape),
     shape_params},
    RANK_RESIZE,
    stretch_set,
};

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
    RANK_NORMALIZE,
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

static const PreprocessClass featurewise_class = {
    {"featurewise", "normalize by the training pictures: Keras' featurewise_center, _std_..",
     sizeof(Featurewise), featurewise_params},
    RANK_NORMALIZE,
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

static const PreprocessClass rescale_class = {
    {"rescale", "y = scale x + offset, in place of normalize: Keras' Rescaling", sizeof(Rescale),
     rescale_params},
    RANK_NORMALIZE,
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

static const PreprocessClass samplewise_class = {
    {"samplewise", "less the picture's own mean: Keras' samplewise_center, _std_normalization",
     sizeof(Samplewise), samplewise_params},
    RANK_SAMPLEWISE,
    samplewise_set,
};

static const IclClass *const preprocess_classes[] = {
    &background_class.base,  &resize_class.base,
    &crop_class.base,        &letterbox_class.base,
    &stretch_class.base,     &normalize_class.base,
    &featurewise_class.base, &rescale_class.base,
    &samplewise_class.base,  NULL,
};

const IclFamily icl_preprocess_family = {"preprocess", "preprocessing step", preprocess_classes};

static bool recipe_set(IclRecipe *recipe, const GPtrArray *steps, const char *what, GError **error)
{
    int rank = -1;

    for (guint i = 0; i < steps->len; i++) {
        const void *instance = g_ptr_array_index(steps, i);
        const PreprocessClass *class = *(const PreprocessClass *const *)instance;
        if (class->rank <= rank) {
            g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                        "%s: \"%s\" cannot stand here; the order is background ! resize ! crop ! "
                        "normalize ! samplewise, each at most once, with letterbox or stretch in "
                        "the place of resize, and featurewise or rescale in that of normalize",
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
            "use \"letterbox 224\" or \"stretch 224\"",
            what, text);
        return NULL;
    }
    return g_steal_pointer(&recipe);
}

bool icl_recipe_is_open(const IclRecipe *recipe) { return recipe->open; }

char *icl_recipe_close(const char *text, const char *mean, const char *std)
{
    g_autoptr(GPtrArray) steps = icl_instances_parse(&icl_preprocess_family, text, "recipe", NULL);
    GString *closed = g_string_new(NULL);

    for (guint i = 0; i < steps->len; i++) {
        const void *instance = g_ptr_array_index(steps, i);
        g_autofree char *step = icl_instance_print(instance);
        if (i)
            g_string_append(closed, " ! ");
        if (*(const PreprocessClass *const *)instance != &featurewise_class)
            g_string_append(closed, step);
        else if (((const Featurewise *)instance)->std)
            g_string_append_printf(closed, "normalize mean=%s std=%s", mean, std);
        else
            g_string_append_printf(closed, "normalize mean=%s", mean);
    }
    return g_string_free(closed, FALSE);
}

void icl_recipe_free(IclRecipe *recipe) { g_free(recipe); }

void icl_recipe_size(const IclRecipe *recipe, int *h, int *w, int *c)
{
    *h = recipe->h;
    *w = recipe->w;
    *c = recipe->c;
}

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
