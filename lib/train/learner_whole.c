/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Learning a whole network: an example is the picture after the recipe's resize and crop, in bytes
 * [h,w,c], augmented and normalised each time it is used. */
#include <math.h>

#include "augmenter.h"
#include "learner_parts.h"
#include "network.h"

/* Two classes to begin with, or as many as the description has. `size` and `channels` matter where
 * it leaves them open. */
static IclModel *model_at(IclLearner *learner, int size, int channels, GError **error)
{
    static const char *const two[] = {"0", "1", NULL};
    g_autoptr(IclChain) chain =
        icl_network_parse(learner->params.description, learner->params.description_name, error);

    if (!chain || !icl_network_set_size(chain, size, channels, error))
        return NULL;
    bool grows = icl_chain_uses(chain, "classes");
    IclModel *model = icl_model_new(g_steal_pointer(&chain), grows ? two : NULL,
                                    learner->params.recipe, learner->params.seed, error);
    if (model)
        learner->outputs = grows ? 0 : icl_model_classes(model);
    return model;
}

static bool parse_augment(IclLearner *learner, GError **error)
{
    learner->augmentations = icl_augment_parse(learner->params.augment, "augment", error);
    if (!icl_augment_mixes(learner->augmentations))
        return learner->augmentations;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "augment: mixup and cutmix are for icl_train(); a learner does not mix pictures");
    return false;
}

static int picture_channels(const IclFrame *frame)
{
    return frame->format == ICL_PIXEL_GRAY8 ? 1 : 3;
}

static bool is_open(const IclLearner *learner)
{
    g_autoptr(IclChain) chain = icl_network_parse(learner->params.description, NULL, NULL);

    return chain && icl_network_is_open(chain);
}

/* What the recipe makes of any picture; 0 without one; -1 with an error. A few pictures say nothing
 * of how thousands of values vary together. */
static int recipe_size(const IclLearner *learner, GError **error)
{
    const char *text = learner->params.recipe;
    int h, w, c;

    if (!text)
        return 0;
    g_autoptr(IclRecipe) recipe = icl_recipe_parse(text, 1, "preprocessing", NULL);
    if (!recipe && !(recipe = icl_recipe_parse(text, 3, "preprocessing", error)))
        return -1;
    if (icl_recipe_zca(recipe) > 0) {
        g_set_error_literal(error, ICL_ERROR, ICL_ERROR_VALUE,
                            "preprocessing: zca is fitted to a whole training split, by icl train; "
                            "a learner has featurewise and samplewise");
        return -1;
    }
    icl_recipe_size(recipe, &h, &w, &c);
    return h;
}

/* A description that leaves its size open is tried at the largest and at a usual small one. */
static bool whole_check(IclLearner *learner, GError **error)
{
    int size = recipe_size(learner, error);

    if (size < 0 || (learner->params.augment && !parse_augment(learner, error)))
        return false;
    if (!is_open(learner))
        return (learner->start = model_at(learner, 0, 0, error));
    g_autoptr(GError) problem = NULL;
    g_autoptr(IclModel) large = model_at(learner, size ? size : 64, 3, &problem);
    g_autoptr(IclModel) small = large ? NULL : model_at(learner, size ? size : 28, 1, NULL);
    if (!large && !small)
        g_propagate_error(error, g_steal_pointer(&problem));
    return large || small;
}

static bool whole_begin(IclLearner *learner, const IclFrame *frame, GError **error)
{
    int size = recipe_size(learner, error);

    size = size ? size : icl_network_size(MIN(frame->width, frame->height));
    if (!learner->start &&
        !(learner->start = model_at(learner, size, picture_channels(frame), error)))
        return false;
    IclShape input = icl_graph_input(icl_model_graph(learner->start));
    if (!learner->params.augment) {
        learner->params.augment = g_strdup(input.c == 3 ? "hflip ! shift 0.08" : "shift 0.05");
        if (!parse_augment(learner, error))
            return false;
    }
    learner->network = g_strdup(icl_model_description(learner->start));
    learner->example_bytes = icl_shape_count(input);
    return true;
}

static void whole_keep(IclLearner *learner, const IclFrame *frame, void *data)
{
    uint8_t *bytes = data;

    icl_preprocess_pixels(learner->preprocessor, frame, learner->pixels);
    for (size_t i = 0; i < learner->example_bytes; i++)
        bytes[i] = (uint8_t)lrintf(CLAMP(learner->pixels[i], 0, 255));
}

static void unpack(const IclLearner *learner, const void *data, float *x)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < learner->example_bytes; i++)
        x[i] = bytes[i];
}

static void whole_fill(IclLearner *learner, const void *data, IclRandom *random, float *x)
{
    unpack(learner, data, x);
    if (random)
        icl_augmenter_picture(learner->augmenter, random, x);
    icl_preprocess_normalize(learner->normalize, x);
}

/* Mean and standard deviation are those of the first training's pictures, and stay. */
static bool whole_prepare(IclLearner *learner, const GPtrArray *examples, GError **error)
{
    IclShape s = icl_graph_input(icl_model_graph(learner->start));
    const char *recipe = icl_model_recipe(learner->start);
    IclPixelSums sums = {0};

    if (!learner->augmenter &&
        !(learner->augmenter = icl_augmenter_new(learner->augmentations, s.h, s.w, s.c, error)))
        return false;
    for (guint i = 0; i < examples->len; i++) {
        const IclExample *example = examples->pdata[i];
        unpack(learner, example->data, learner->picture);
        icl_pixel_sums_add(&sums, learner->picture, learner->example_bytes, s.c);
    }
    bool given =
        learner->params.recipe && !icl_recipe_is_open(icl_model_parsed_recipe(learner->start));
    learner->final_recipe = given ? g_strdup(recipe) : icl_network_recipe(recipe, &sums, s.c);
    learner->normalize = icl_recipe_parse(learner->final_recipe, s.c, "preprocessing", error);
    return learner->normalize;
}

const IclLearnerKind icl_learner_whole = {
    .optimizer = "adamw lr=1e-3 decay=0.02",
    .check = whole_check,
    .begin = whole_begin,
    .keep = whole_keep,
    .fill = whole_fill,
    .prepare = whole_prepare,
};
