/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Steps that decide how large a picture becomes, and what lies around it. */
#include <math.h>

#include "recipe_classes.h"

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

const IclPreprocessClass icl_background_class = {
    {"background", "colour around pictures and behind transparent ones; 0 without this step",
     sizeof(Background), background_params},
    ICL_RANK_BACKGROUND,
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

const IclPreprocessClass icl_resize_class = {
    {"resize", "scale so that the shorter side gets this size; crop comes next", sizeof(Resize),
     resize_params},
    ICL_RANK_RESIZE,
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

const IclPreprocessClass icl_crop_class = {
    {"crop", "keep the centre: \"resize 256 ! crop 224\"; a smaller picture gets background",
     sizeof(Shape), shape_params},
    ICL_RANK_CROP,
    crop_set,
};

static bool letterbox_set(const void *instance, IclRecipe *recipe, const char *what, GError **error)
{
    recipe->target = ((const Shape *)instance)->size;
    recipe->resized = resized_inside;
    return crop_set(instance, recipe, what, error);
}

const IclPreprocessClass icl_letterbox_class = {
    {"letterbox", "scale the whole picture to fit, centred on the background", sizeof(Shape),
     shape_params},
    ICL_RANK_RESIZE,
    letterbox_set,
};

static bool stretch_set(const void *instance, IclRecipe *recipe, const char *what, GError **error)
{
    recipe->target = ((const Shape *)instance)->size;
    recipe->resized = resized_stretched;
    return crop_set(instance, recipe, what, error);
}

const IclPreprocessClass icl_stretch_class = {
    {"stretch", "scale the whole picture to this size, whatever its aspect", sizeof(Shape),
     shape_params},
    ICL_RANK_RESIZE,
    stretch_set,
};
