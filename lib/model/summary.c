/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The table of `icl info`: what the network is made of and how much it computes. */
#include "executor.h"
#include "model.h"

static gint64 layer_parameters(const IclLayer *layer)
{
    gint64 count = 0;

    for (int w = 0; w < layer->n_weights; w++)
        if (layer->weights[w].role != ICL_WEIGHT_MOVING)
            count += (gint64)icl_tensor_count(&layer->weights[w].tensor);
    return count;
}

static int path_width(const IclGraph *graph)
{
    int width = 5;

    for (int i = 0; i < graph->n_nodes; i++)
        width = MAX(width, (int)g_utf8_strlen(graph->nodes[i].layer->path, -1));
    return width;
}

static void print_row(GString *text, int width, const IclLayer *layer, int batch)
{
    g_autofree char *shape = g_strdup_printf("%dx%dx%d", layer->out.h, layer->out.w, layer->out.c);
    double kib = (double)icl_shape_count(layer->out) * batch * sizeof(float) / 1024;

    g_string_append_printf(
        text, "%-*s  %-17s %-14s %12" G_GINT64_FORMAT " %14" G_GINT64_FORMAT " %11.1f\n", width,
        layer->path, layer->class->base.name, shape, layer_parameters(layer), layer->macs, kib);
}

char *icl_model_summary(const IclModel *model, int batch, GError **error)
{
    const IclGraph *graph = icl_model_graph(model);
    g_autoptr(IclPlan) inference = icl_plan_new(graph, batch, false, error);
    if (!inference)
        return NULL;
    GString *text = g_string_new(NULL);
    int width = path_width(graph);
    gint64 macs = 0;

    g_string_append_printf(text, "%-*s  %-17s %-14s %12s %14s %11s\n", width, "layer", "class",
                           "output", "parameters", "multiply-adds", "KiB");
    for (int i = 0; i < graph->n_nodes; i++) {
        print_row(text, width, graph->nodes[i].layer, batch);
        macs += graph->nodes[i].layer->macs;
    }
    g_string_append_printf(
        text, "\n%-24s %12" G_GINT64_FORMAT "\n%-24s %12" G_GINT64_FORMAT " a picture\n",
        "parameters", icl_graph_parameters(graph), "multiply-adds", macs);
    g_string_append_printf(text, "%-24s %12d fused from %d\n", "steps at inference",
                           inference->n_steps, graph->n_nodes - 1);
    return g_string_free(text, FALSE);
}
