/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Learning a base model's last layer alone: an example is the features that enter it, f32, computed
 * once when the picture comes, and the network to train is that layer. */
#include <string.h>

#include "layers.h"
#include "learner_parts.h"

/* Whether the networks differ in their last layer at most. */
static bool same_features(const IclGraph *a, const IclGraph *b)
{
    bool same = a->n_nodes == b->n_nodes;

    for (int i = 0; same && i < a->n_nodes - 1; i++)
        same = icl_shape_equal(a->nodes[i].layer->out, b->nodes[i].layer->out);
    return same;
}

/* A network that asks for $classes must do so in its last layer alone. */
static bool check_growth(const IclLearner *learner, int classes, GError **error)
{
    g_autoptr(IclGraph) larger =
        icl_learner_expand(icl_model_description(learner->start), classes + 1, error);

    if (!larger)
        return false;
    if (same_features(larger, icl_model_graph(learner->start)))
        return true;
    g_set_error_literal(error, ICL_ERROR, ICL_ERROR_VALUE,
                        "the base model's description uses $classes before its last layer, so that "
                        "other classes would need other features; train its description whole");
    return false;
}

static bool check_last(const IclLayer *last, GError **error)
{
    if (last->class == &icl_dense_class)
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "the base model ends in %s, not in a dense layer, which could be learned anew; "
                "train its description whole",
                last->class->base.name);
    return false;
}

static bool head_check(IclLearner *learner, GError **error)
{
    const IclGraph *graph = icl_model_graph(learner->params.base);
    const IclLayer *last = graph->nodes[graph->n_nodes - 1].layer;
    const char *text = icl_model_description(learner->params.base);
    int features = last->in[0].c;

    learner->start = icl_model_ref(learner->params.base);
    if (!check_last(last, error) || !check_growth(learner, last->out.c, error))
        return false;
    g_autoptr(IclChain) chain = icl_chain_parse(text, -1, "base model", NULL);
    bool grows = icl_chain_uses(chain, "classes");
    g_autofree char *units = grows ? g_strdup("$classes") : g_strdup_printf("%d", last->out.c);
    learner->outputs = grows ? 0 : last->out.c;
    learner->network = g_strdup_printf("input 1 1 %d ! dense %s bias=%s", features, units,
                                       last->n_weights > 1 ? "yes" : "no");
    learner->example_bytes = (size_t)features * sizeof(float);
    learner->features = icl_executor_new(graph, 1, false, learner->params.threads, error);
    return learner->features;
}

static void head_keep(IclLearner *learner, const IclFrame *frame, void *data)
{
    IclTeam team;

    icl_preprocess(learner->preprocessor, frame, icl_executor_input(learner->features));
    icl_team_begin(&team, icl_executor_threads(learner->features));
    icl_executor_forward(learner->features, 1, 0, 0, &team);
    icl_team_end(&team);
    memcpy(data, icl_executor_last_input(learner->features), learner->example_bytes);
}

static void head_fill(IclLearner *learner, const void *data, IclRandom *random, float *x)
{
    memcpy(x, data, learner->example_bytes);
}

static bool head_prepare(IclLearner *learner, const GPtrArray *examples, GError **error)
{
    learner->final_recipe = g_strdup(icl_model_recipe(learner->start));
    return true;
}

const IclLearnerKind icl_learner_head = {
    .optimizer = "adamw lr=1e-2",
    .check = head_check,
    .keep = head_keep,
    .fill = head_fill,
    .prepare = head_prepare,
};
