/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "graph.h"

#include <math.h>
#include <string.h>

#include "layers.h"
#include "memory.h"
#include "random.h"

typedef struct Builder {
    GArray *nodes; /* of IclNode */
} Builder;

static IclNode *builder_node(const Builder *builder, int node)
{
    return &g_array_index(builder->nodes, IclNode, node);
}

static int builder_channels(void *user, int node)
{
    return node < 0 ? 0 : builder_node(user, node)->layer->out.c;
}

/* The input comes first and only once; every other step has something arriving. */
static bool check_place(const Builder *builder, const IclStep *step, const int *inputs,
                        int n_inputs, GError **error)
{
    bool is_input = step->class == &icl_input_class.base;

    if (is_input && builder->nodes->len == 0)
        return true;
    if (is_input) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "%s: a second input; a network has one, at its begin", step->where);
        return false;
    }
    for (int i = 0; i < n_inputs; i++)
        if (inputs[i] < 0) {
            g_set_error(
                error, ICL_ERROR, ICL_ERROR_VALUE,
                "%s: %s has no input; begin the description with `input HEIGHT WIDTH CHANNELS`",
                step->where, step->class->name);
            return false;
        }
    return true;
}

static int builder_step(void *user, const IclStep *step, const int *inputs, int n_inputs,
                        GError **error)
{
    Builder *builder = user;

    if (!check_place(builder, step, inputs, n_inputs, error))
        return -1;
    IclLayer *layer = icl_instance_new(&icl_layer_family, step, error);
    if (!layer)
        return -1;
    if (builder->nodes->len == 0)
        n_inputs = 0;
    layer->path = g_strdup(step->path);
    layer->n_inputs = n_inputs;
    layer->in = g_new0(IclShape, n_inputs + 1);
    for (int i = 0; i < n_inputs; i++)
        layer->in[i] = builder_node(builder, inputs[i])->layer->out;
    if (!layer->class->build(layer, error)) {
        g_prefix_error(error, "%s: ", step->where);
        icl_layer_free(layer);
        return -1;
    }
    IclNode node = {layer, g_memdup2(inputs, sizeof(int) * (size_t)n_inputs)};
    g_array_append_val(builder->nodes, node);
    return (int)builder->nodes->len - 1;
}

static const IclChainVisitor builder_visitor = {builder_step, builder_channels};

/* Every value but the last is read by somebody. */
static bool check_read(const IclGraph *graph, GError **error)
{
    g_autofree bool *read = g_new0(bool, graph->n_nodes);

    for (int i = 1; i < graph->n_nodes; i++)
        for (int k = 0; k < graph->nodes[i].layer->n_inputs; k++)
            read[graph->nodes[i].inputs[k]] = true;
    for (int i = 0; i < graph->n_nodes - 1; i++)
        if (!read[i])
            return icl_layer_error(
                graph->nodes[i].layer, error,
                "nothing reads its output; give it a name= and refer to it, or leave it out");
    return true;
}

static bool check_graph(const IclGraph *graph, GError **error)
{
    if (graph->n_nodes < 2) {
        g_set_error_literal(
            error, ICL_ERROR, ICL_ERROR_VALUE,
            "the description has no layers; write `input 28 28 1 ! flatten ! dense 10`");
        return false;
    }
    const IclLayer *last = graph->nodes[graph->n_nodes - 1].layer;
    if (last->out.h != 1 || last->out.w != 1)
        return icl_layer_error(
            last, error,
            "the network ends in %dx%dx%d, not in one number a class; add `globalpool` or "
            "`flatten` before the last dense layer",
            last->out.h, last->out.w, last->out.c);
    if (last->class == &icl_softmax_class)
        return icl_layer_error(
            last, error,
            "a network ends in logits, to which loss and classifier apply softmax "
            "themselves; leave it out");
    return check_read(graph, error);
}

/* Weights begin at whole cache lines. */
static size_t weight_room(const IclWeight *weight)
{
    return icl_round_up(icl_tensor_count(&weight->tensor) * sizeof(float), ICL_ALIGN);
}

static void add_room(void *user, const IclLayer *layer, IclWeight *weight)
{
    *(size_t *)user += weight_room(weight);
}

static void place_weight(void *user, const IclLayer *layer, IclWeight *weight)
{
    char **at = user;

    weight->tensor.data = *at;
    *at += weight_room(weight);
}

static bool graph_allocate(IclGraph *graph, size_t limit, GError **error)
{
    size_t bytes = icl_graph_bytes(graph), room = 0;

    if (bytes > limit) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "the network's weights take %zu bytes, more than the %zu there may be", bytes,
                    limit);
        return false;
    }
    icl_graph_each_weight(graph, add_room, &room);
    if (!(graph->weights = icl_memory_new(room, "the weights", error)))
        return false;
    icl_graph_each_weight(graph, place_weight, &(char *){graph->weights});
    return true;
}

void icl_graph_take_weights(IclGraph *graph, void *block)
{
    icl_memory_free(graph->weights);
    graph->weights = block;
}

IclGraph *icl_graph_new(const IclChain *chain, size_t limit, GError **error)
{
    Builder builder = {g_array_new(FALSE, TRUE, sizeof(IclNode))};
    bool built = icl_chain_expand(chain, &icl_layer_family, &builder_visitor, &builder, error);
    g_autoptr(IclGraph) graph = g_new0(IclGraph, 1);

    graph->n_nodes = (int)builder.nodes->len;
    graph->nodes = (IclNode *)g_array_free(builder.nodes, FALSE);
    if (!built)
        return NULL;
    if (check_graph(graph, error) && graph_allocate(graph, limit, error))
        return g_steal_pointer(&graph);
    g_prefix_error(error, "%s: ", icl_chain_file(chain));
    return NULL;
}

void icl_graph_free(IclGraph *graph)
{
    if (!graph)
        return;
    for (int i = 0; i < graph->n_nodes; i++) {
        icl_layer_free(graph->nodes[i].layer);
        g_free(graph->nodes[i].inputs);
    }
    g_free(graph->nodes);
    icl_memory_free(graph->weights);
    g_free(graph);
}

IclShape icl_graph_input(const IclGraph *graph) { return graph->nodes[0].layer->out; }

IclShape icl_graph_output(const IclGraph *graph)
{
    return graph->nodes[graph->n_nodes - 1].layer->out;
}

void icl_graph_each_weight(const IclGraph *graph, IclWeightFn fn, void *user)
{
    for (int i = 0; i < graph->n_nodes; i++)
        for (int w = 0; w < graph->nodes[i].layer->n_weights; w++)
            fn(user, graph->nodes[i].layer, &graph->nodes[i].layer->weights[w]);
}

static void count_weight(void *user, const IclLayer *layer, IclWeight *weight)
{
    if (weight->role != ICL_WEIGHT_MOVING)
        *(int64_t *)user += (int64_t)icl_tensor_count(&weight->tensor);
}

static void count_bytes(void *user, const IclLayer *layer, IclWeight *weight)
{
    *(size_t *)user += icl_tensor_count(&weight->tensor) * sizeof(float);
}

int64_t icl_graph_parameters(const IclGraph *graph)
{
    int64_t count = 0;

    icl_graph_each_weight(graph, count_weight, &count);
    return count;
}

size_t icl_graph_bytes(const IclGraph *graph)
{
    size_t bytes = 0;

    icl_graph_each_weight(graph, count_bytes, &bytes);
    return bytes;
}

char *icl_weight_path(const IclLayer *layer, const IclWeight *weight)
{
    return g_strconcat(layer->path, ".", weight->name, NULL);
}

/* A normal number not beyond two. */
static double cut_normal(IclRandom *random)
{
    double x;

    do
        x = icl_random_normal(random);
    while (fabs(x) > 2);
    return x;
}

/* Of variance 1, as Keras enlarges it. */
static double truncated_normal(IclRandom *random)
{
    return cut_normal(random) / 0.87962566103423978;
}

static double draw(const IclWeight *weight, IclRandom *random)
{
    double in = weight->fan_in, mean = (weight->fan_in + (double)weight->fan_out) / 2;

    switch (weight->init) {
    case ICL_INIT_ZEROS:
        return 0;
    case ICL_INIT_ONES:
        return 1;
    case ICL_INIT_GLOROT_UNIFORM:
        return (2 * icl_random_uniform(random) - 1) * sqrt(3 / mean);
    case ICL_INIT_GLOROT_NORMAL:
        return truncated_normal(random) * sqrt(1 / mean);
    case ICL_INIT_HE_UNIFORM:
        return (2 * icl_random_uniform(random) - 1) * sqrt(6 / in);
    case ICL_INIT_HE_NORMAL:
        return truncated_normal(random) * sqrt(2 / in);
    case ICL_INIT_LECUN_UNIFORM:
        return (2 * icl_random_uniform(random) - 1) * sqrt(3 / in);
    case ICL_INIT_LECUN_NORMAL:
        return truncated_normal(random) * sqrt(1 / in);
    case ICL_INIT_TRUNCATED_NORMAL:
        return cut_normal(random) * 0.05;
    case ICL_INIT_ORTHOGONAL:
        return icl_random_normal(random); /* and then see below */
    }
    g_assert_not_reached();
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* q[m,n], m <= n: its rows made orthonormal one after another (Gram and Schmidt, twice each, for
 * the digits): the Q of a QR decomposition whose R has a positive diagonal, as Keras' has. */
static void make_orthonormal(double *q, size_t m, size_t n)
{
    for (size_t row = 0; row < m; row++) {
        double *v = q + row * n;
        for (size_t k = 0; k < 2 * row; k++) {
            const double *other = q + (k % row) * n;
            double along = dot(v, other, n);
            for (size_t i = 0; i < n; i++)
                v[i] -= along * other[i];
        }
        double length = sqrt(dot(v, v, n));
        for (size_t i = 0; i < n; i++)
            v[i] /= length;
    }
}

/* w [rows,columns], the last dimension the columns: the fewer of the two are made orthonormal. */
static void orthogonalize(float *w, size_t rows, size_t columns)
{
    size_t m = MIN(rows, columns), n = MAX(rows, columns);
    g_autofree double *q = g_new(double, m *n);

    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < n; k++)
            q[i * n + k] = columns <= rows ? w[k * columns + i] : w[i * columns + k];
    make_orthonormal(q, m, n);
    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < n; k++)
            w[columns <= rows ? k * columns + i : i * columns + k] = (float)q[i * n + k];
}

typedef struct Initializer {
    uint64_t seed, number;
} Initializer;

static void initialize_weight(void *user, const IclLayer *layer, IclWeight *weight)
{
    Initializer *initializer = user;
    float *w = weight->tensor.data;
    IclRandom random;

    icl_random_init(&random, initializer->seed, ICL_RANDOM_WEIGHTS, 0, initializer->number++);
    for (size_t i = 0; i < icl_tensor_count(&weight->tensor); i++)
        w[i] = (float)draw(weight, &random);
    if (weight->init == ICL_INIT_ORTHOGONAL) {
        size_t columns = (size_t)weight->tensor.dims[weight->tensor.rank - 1];
        orthogonalize(w, icl_tensor_count(&weight->tensor) / columns, columns);
    }
}

void icl_graph_initialize(IclGraph *graph, uint64_t seed)
{
    icl_graph_each_weight(graph, initialize_weight, &(Initializer){seed, 0});
}
