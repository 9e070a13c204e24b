/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Networks of a learner: one that grows with the classes, and the model made of it. */
#include <string.h>

#include "learner_parts.h"

static bool set_classes(IclChain *chain, int classes, GError **error)
{
    g_autofree char *text = g_strdup_printf("%d", classes);

    return !icl_chain_uses(chain, "classes") || icl_chain_set(chain, "classes", text, error);
}

int icl_learner_outputs(const IclLearner *learner, int classes)
{
    return learner->outputs ? learner->outputs : classes;
}

typedef struct Match {
    GHashTable *tensors; /* path -> const IclTensor * of the known network */
    int known, classes;  /* outputs of either */
} Match;

static void note_weight(void *user, const IclLayer *layer, IclWeight *weight)
{
    const Match *match = user;

    g_hash_table_insert(match->tensors, icl_weight_path(layer, weight), &weight->tensor);
}

/* The same shape; or the last dimensions, and only these, are the numbers of classes. */
static bool alike(const Match *match, const IclTensor *from, const IclTensor *to)
{
    int last = to->rank - 1;

    if (from->rank != to->rank)
        return false;
    for (int i = 0; i < last; i++)
        if (from->dims[i] != to->dims[i])
            return false;
    return from->dims[last] == to->dims[last] ||
           (from->dims[last] == match->known && to->dims[last] == match->classes);
}

/* from [rows, m] into the first columns of to [rows, n] */
static void copy_columns(const IclTensor *from, IclTensor *to)
{
    size_t m = (size_t)from->dims[from->rank - 1], n = (size_t)to->dims[to->rank - 1];
    size_t rows = icl_tensor_count(to) / n;

    for (size_t row = 0; row < rows; row++)
        memcpy((float *)to->data + row * n, (const float *)from->data + row * m,
               MIN(m, n) * sizeof(float));
}

static void match_weight(void *user, const IclLayer *layer, IclWeight *weight)
{
    const Match *match = user;
    g_autofree char *path = icl_weight_path(layer, weight);
    const IclTensor *from = g_hash_table_lookup(match->tensors, path);

    if (from && alike(match, from, &weight->tensor))
        copy_columns(from, &weight->tensor);
}

static void copy_known(const IclGraph *known, const IclGraph *graph)
{
    Match match = {g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                   icl_graph_output(known).c, icl_graph_output(graph).c};

    icl_graph_each_weight(known, note_weight, &match);
    icl_graph_each_weight(graph, match_weight, &match);
    g_hash_table_unref(match.tensors);
}

IclGraph *icl_learner_expand(const char *text, int classes, GError **error)
{
    g_autoptr(IclChain) chain = icl_chain_parse(text, -1, "description", error);

    return chain && set_classes(chain, classes, error) ? icl_graph_new(chain, SIZE_MAX, error)
                                                       : NULL;
}

IclGraph *icl_learner_grow(const IclLearner *learner, int classes, const IclGraph *known,
                           GError **error)
{
    IclGraph *graph = icl_learner_expand(learner->network, classes, error);

    if (!graph)
        return NULL;
    icl_graph_initialize(graph, learner->params.seed);
    if (known)
        copy_known(known, graph);
    return graph;
}

/* The labels, and names for outputs that no class has taken yet. */
static char **all_labels(const IclLearner *learner, const char *const *labels)
{
    int known = (int)g_strv_length((char **)labels), n = icl_learner_outputs(learner, known);
    char **all = g_new0(char *, n + 1);

    for (int i = 0; i < n; i++)
        all[i] = i < known ? g_strdup(labels[i]) : g_strdup_printf("(unused %d)", i + 1);
    return all;
}

/* The last layers of `to` are those of `from`, which has an input of its own. */
static void copy_last(const IclGraph *from, const IclGraph *to)
{
    for (int i = 1; i < from->n_nodes; i++) {
        const IclLayer *layer = from->nodes[from->n_nodes - i].layer;
        IclLayer *same = to->nodes[to->n_nodes - i].layer;
        for (int w = 0; w < layer->n_weights; w++)
            memcpy(same->weights[w].tensor.data, layer->weights[w].tensor.data,
                   icl_tensor_count(&layer->weights[w].tensor) * sizeof(float));
    }
}

IclModel *icl_learner_assemble(const IclLearner *learner, const IclGraph *graph,
                               const char *const *labels, GError **error)
{
    const char *text = icl_model_description(learner->start);
    IclChain *chain = icl_chain_parse(text, -1, "description", error);
    g_auto(GStrv) all = all_labels(learner, labels);

    if (!chain)
        return NULL;
    IclModel *model = icl_model_new(chain, (const char *const *)all, learner->final_recipe,
                                    learner->params.seed, error);
    if (!model)
        return NULL;
    IclWhitening *whitening = icl_recipe_whitening(icl_model_parsed_recipe(learner->start));
    if (whitening)
        icl_model_set_whitening(model, whitening);
    copy_known(icl_model_graph(learner->start), icl_model_graph(model));
    copy_last(graph, icl_model_graph(model));
    return model;
}
