/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "model_parts.h"

#include <string.h>

static const size_t weights_limit = (size_t)1 << 35; /* bytes: 32 GiB */

/* A square of the pictures' middle: small inputs see all of it, large ones 7/8 (ResNet's 224 of
 * 256). */
char *icl_default_recipe(IclShape input)
{
    int side = MAX(input.h, input.w), resized = side <= 64 ? side : side * 8 / 7;

    return g_strdup_printf("resize %d ! crop [%d %d] ! normalize", resized, input.h, input.w);
}

static char **numbered_labels(int n)
{
    char **labels = g_new0(char *, n + 1);

    for (int i = 0; i < n; i++)
        labels[i] = g_strdup_printf("%d", i);
    return labels;
}

static bool set_classes(IclChain *chain, const char *const *labels, GError **error)
{
    g_autofree char *classes =
        g_strdup_printf("%u", labels ? g_strv_length((char **)labels) : 1000);

    return !icl_chain_uses(chain, "classes") || icl_chain_set(chain, "classes", classes, error);
}

static bool set_labels(IclModel *model, const char *const *labels, const char *file, GError **error)
{
    int classes = icl_graph_output(model->graph).c;

    model->labels = labels ? g_strdupv((char **)labels) : numbered_labels(classes);
    if ((int)g_strv_length(model->labels) == classes)
        return true;
    g_set_error(
        error, ICL_ERROR, ICL_ERROR_VALUE,
        "%s: the network gives %d classes, and there are %u labels; end the description in `dense "
        "$classes`",
        file, classes, g_strv_length(model->labels));
    return false;
}

IclModel *model_build(const IclChain *chain, const char *const *labels, const char *recipe,
                      size_t limit, GError **error)
{
    IclGraph *graph = icl_graph_new(chain, limit, error);

    if (!graph)
        return NULL;
    g_autoptr(IclModel) model = g_new0(IclModel, 1);
    g_atomic_ref_count_init(&model->refs);
    model->graph = graph;
    model->description = icl_chain_print(chain);
    model->metadata = icl_store_new();
    g_autofree char *chosen = recipe ? NULL : icl_default_recipe(icl_graph_input(graph));
    if (!set_labels(model, labels, icl_chain_file(chain), error) ||
        !icl_model_set_recipe(model, recipe ? recipe : chosen, error))
        return NULL;
    return g_steal_pointer(&model);
}

IclModel *icl_model_new(IclChain *taken, const char *const *labels, const char *recipe,
                        guint64 seed, GError **error)
{
    g_autoptr(IclChain) chain = taken;

    if (!set_classes(chain, labels, error))
        return NULL;
    IclModel *model = model_build(chain, labels, recipe, weights_limit, error);
    if (model)
        icl_graph_initialize(model->graph, seed);
    return model;
}

IclModel *icl_model_from_description(const char *text, const char *name, const char *const *labels,
                                     guint64 seed, GError **error)
{
    IclChain *chain = icl_chain_parse(text, -1, name ? name : "description", error);

    return chain ? icl_model_new(chain, labels, NULL, seed, error) : NULL;
}

IclModel *icl_model_ref(IclModel *model)
{
    g_atomic_ref_count_inc(&model->refs);
    return model;
}

void icl_model_unref(IclModel *model)
{
    if (!model || !g_atomic_ref_count_dec(&model->refs))
        return;
    g_free(model->description);
    g_free(model->recipe);
    icl_recipe_free(model->parsed_recipe);
    g_strfreev(model->labels);
    icl_graph_free(model->graph);
    icl_store_free(model->metadata);
    g_free(model);
}

bool icl_model_set_recipe(IclModel *model, const char *recipe, GError **error)
{
    IclShape input = icl_graph_input(model->graph), made;
    g_autoptr(IclRecipe) parsed = NULL;

    if (input.c != 1 && input.c != 3) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "the network's input has %d channels; pictures have 1 (grey) or 3 (colour)",
                    input.c);
        return false;
    }
    if (!(parsed = icl_recipe_parse(recipe, input.c, "preprocessing", error)))
        return false;
    icl_recipe_size(parsed, &made.h, &made.w, &made.c);
    if (!icl_shape_equal(made, input)) {
        g_set_error(
            error, ICL_ERROR, ICL_ERROR_VALUE,
            "the preprocessing \"%s\" gives %dx%dx%d, the network takes %dx%dx%d; end it in `crop "
            "[%d %d]`",
            recipe, made.h, made.w, made.c, input.h, input.w, input.c, input.h, input.w);
        return false;
    }
    icl_recipe_free(model->parsed_recipe);
    model->parsed_recipe = g_steal_pointer(&parsed);
    g_free(model->recipe);
    model->recipe = g_strdup(recipe);
    return true;
}

void icl_model_set_whitening(IclModel *model, IclWhitening *whitening)
{
    icl_recipe_set_whitening(model->parsed_recipe, whitening);
}

void icl_model_set_multi_label(IclModel *model, bool multi_label)
{
    if (multi_label)
        icl_store_set(model->metadata, MODEL_OUTPUTS, MODEL_MULTI_LABEL);
}

bool icl_model_is_multi_label(const IclModel *model)
{
    return icl_store_get(model->metadata, MODEL_OUTPUTS);
}

void icl_model_set_metadata(IclModel *model, const char *key, const char *value)
{
    icl_store_set(model->metadata, key, value);
}

IclGraph *icl_model_graph(const IclModel *model) { return model->graph; }
const IclRecipe *icl_model_parsed_recipe(const IclModel *model) { return model->parsed_recipe; }
int icl_model_classes(const IclModel *model) { return icl_graph_output(model->graph).c; }
const char *const *icl_model_labels(const IclModel *model)
{
    return (const char *const *)model->labels;
}
const char *icl_model_description(const IclModel *model) { return model->description; }
const char *icl_model_recipe(const IclModel *model) { return model->recipe; }
gint64 icl_model_parameters(const IclModel *model) { return icl_graph_parameters(model->graph); }

void icl_model_input_size(const IclModel *model, int *height, int *width, int *channels)
{
    IclShape input = icl_graph_input(model->graph);

    *height = input.h;
    *width = input.w;
    *channels = input.c;
}

const char *icl_model_metadata(const IclModel *model, const char *key)
{
    return icl_store_get(model->metadata, key);
}

const char **icl_model_metadata_keys(const IclModel *model)
{
    return icl_store_keys(model->metadata);
}
