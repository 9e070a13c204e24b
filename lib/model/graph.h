/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A network: layers in the order their description names them, which is a topological order. Node 0
 * is the input, the last node gives the logits. */
#pragma once

#include "chain.h"
#include "layer.h"

typedef struct IclNode {
    IclLayer *layer;
    int *inputs; /* nodes, [layer->n_inputs] */
} IclNode;

typedef struct IclGraph {
    int n_nodes;
    IclNode *nodes;
    void *weights; /* the block that all weights lie in */
} IclGraph;

/* Builds the network of a parsed description; weights are allocated and zero. They may take `limit`
 * bytes at most: a file's description cannot ask for more memory than the file brings. */
IclGraph *icl_graph_new(const IclChain *chain, size_t limit, GError **error);
void icl_graph_free(IclGraph *graph); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclGraph, icl_graph_free)

/* Takes a block of icl_memory_new() in place of its own: the caller points all weights into it. */
void icl_graph_take_weights(IclGraph *graph, void *block);

/* Fills every weight as its declaration says; weight number i draws from a stream of its own. */
void icl_graph_initialize(IclGraph *graph, uint64_t seed);

IclShape icl_graph_input(const IclGraph *graph);
IclShape icl_graph_output(const IclGraph *graph);

/* All declared weights, in order: `fn` sees each with its layer. */
typedef void (*IclWeightFn)(void *user, const IclLayer *layer, IclWeight *weight);
void icl_graph_each_weight(const IclGraph *graph, IclWeightFn fn, void *user);
int64_t icl_graph_parameters(const IclGraph *graph); /* trained ones: moving statistics are none */
size_t icl_graph_bytes(const IclGraph *graph);       /* of all weights */

/* "basic1.conv2d.kernel"; caller frees. */
char *icl_weight_path(const IclLayer *layer, const IclWeight *weight);
