/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The family "preprocess", and recipes made of it. Each class writes its numbers into the recipe;
 * their ranks keep the one order in which a picture can be resized without computing what the crop
 * throws away. */
#include "recipe_classes.h"
#include "whitening.h"

static const IclClass *const preprocess_classes[] = {
    &icl_background_class.base,
    &icl_resize_class.base,
    &icl_crop_class.base,
    &icl_letterbox_class.base,
    &icl_stretch_class.base,
    &icl_normalize_class.base,
    &icl_featurewise_class.base,
    &icl_rescale_class.base,
    &icl_samplewise_class.base,
    &icl_zca_class.base,
    NULL,
};

const IclFamily icl_preprocess_family = {"preprocess", "preprocessing step", preprocess_classes};

static bool recipe_set(IclRecipe *recipe, const GPtrArray *steps, const char *what, GError **error)
{
    int rank = -1;

    for (guint i = 0; i < steps->len; i++) {
        const void *instance = g_ptr_array_index(steps, i);
        const IclPreprocessClass *class = *(const IclPreprocessClass *const *)instance;
        if (class->rank <= rank) {
            g_set_error(
                error, ICL_ERROR, ICL_ERROR_VALUE,
                "%s: \"%s\" cannot stand here; the order is background ! resize ! crop ! "
                "normalize ! samplewise ! zca, each at most once, with letterbox or stretch in "
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
        if (*(const IclPreprocessClass *const *)instance != &icl_featurewise_class)
            g_string_append(closed, step);
        else if (icl_featurewise_deviates(instance))
            g_string_append_printf(closed, "normalize mean=%s std=%s", mean, std);
        else
            g_string_append_printf(closed, "normalize mean=%s", mean);
    }
    return g_string_free(closed, FALSE);
}

double icl_recipe_zca(const IclRecipe *recipe) { return recipe->epsilon; }

void icl_recipe_set_whitening(IclRecipe *recipe, IclWhitening *whitening)
{
    icl_whitening_ref(whitening);
    icl_whitening_unref(recipe->whitening);
    recipe->whitening = whitening;
}

IclWhitening *icl_recipe_whitening(const IclRecipe *recipe) { return recipe->whitening; }

void icl_recipe_free(IclRecipe *recipe)
{
    if (!recipe)
        return;
    icl_whitening_unref(recipe->whitening);
    g_free(recipe);
}

void icl_recipe_size(const IclRecipe *recipe, int *h, int *w, int *c)
{
    *h = recipe->h;
    *w = recipe->w;
    *c = recipe->c;
}
