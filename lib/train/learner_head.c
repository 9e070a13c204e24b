/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Learning a base model's last layer alone: an example is the features that enter it, f32, computed
 * once when the picture comes, and the network to train is that layer. */
#include <string.h>

#include "layers.h"
#include "learner_parts.h"

static bool head_check(IclLearner *learner, GError **error)
{
    const IclGraph *graph = icl_model_graph(learner->params.base);
    const IclLayer *last = graph->nodes[graph->n_nodes - 1].layer;
    int features = last->in[0].c;

    if (last->class != &icl_dense_class) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "the base model ends in %s, not in a dense layer, which could be learned anew; "
                    "train its description whole",
                    last->class->base.name);
        return false;
    }
    g_autoptr(IclChain) chain =
        icl_chain_parse(icl_model_description(learner->params.base), -1, "base model", error);
    if (!chain)
        return false;
    bool grows = icl_chain_uses(chain, "classes");
    g_autofree char *units = grows ? g_strdup("$classes") : g_strdup_printf("%d", last->out.c);
    learner->outputs = grows ? 0 : last->out.c;
    learner->start = icl_model_ref(learner->params.base);
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
