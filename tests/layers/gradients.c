/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Every layer's gradients against central differences, in double. A row is a layer between a
 * convolution, whose weights' gradients need the layer's input gradient, and a dense layer. */
#include "executor.h"
#include "layers.h"
#include "loss.h"
#include "random.h"

enum { BATCH = 3 };

static const struct {
    const char *class; /* the class this row is for */
    const char *text;  /* what stands between "input 6 5 2 ! conv2d 4 3 padding=same" and the end */
} rows[] = {
    {"input", ""},
    {"conv2d", "conv2d 3 3 ! tanh"},
    {"conv2d", "conv2d 3 [3 2] stride=[2 1] padding=same bias=no ! tanh"},
    {"conv2d", "conv2d 6 2 padding=[1 0] dilation=2 groups=2"},
    {"conv2d", "conv2d 4 1 groups=4 ! sigmoid"},
    {"depthwise_conv2d", "depthwise_conv2d 3 padding=same"},
    {"depthwise_conv2d", "depthwise_conv2d [2 3] stride=2 multiplier=2 padding=[1 0 1 1] bias=no"},
    {"dense", "dense 5 ! tanh"},
    {"dense", "globalpool ! dense 3 bias=no"},
    {"batchnorm", "batchnorm"},
    {"batchnorm", "batchnorm scale=no epsilon=0.1 ! tanh"},
    {"batchnorm", "batchnorm center=no ! relu"},
    /* fused, kept or made again: activations behind a batchnorm, read by what reads its input */
    {"batchnorm", "batchnorm ! relu6 ! conv2d 3 3"},
    {"batchnorm", "batchnorm ! leaky_relu 0.2 ! conv2d 3 3"},
    {"batchnorm", "batchnorm ! sigmoid ! conv2d 3 3"},
    {"batchnorm", "batchnorm ! swish ! conv2d 3 3"},
    {"batchnorm", "batchnorm ! hard_swish ! depthwise_conv2d 3"},
    {"batchnorm", "batchnorm ! conv2d 3 3"},
    {"batchnorm", "batchnorm ! swish ! batchnorm ! relu"},
    {"batchnorm", "globalpool ! batchnorm ! tanh ! dense 3"},
    /* residual adds */
    {"add", "add( conv2d 4 3 padding=same ! batchnorm | ) ! relu ! conv2d 3 3"},
    {"add", "add( conv2d 4 3 padding=same ! batchnorm | ) ! conv2d 3 3"},
    {"add", "add( conv2d 4 1 ! batchnorm | ) ! swish ! conv2d 3 3"},
    {"add", "add( conv2d 4 1 ! batchnorm ! relu ! conv2d 4 1 ! batchnorm | conv2d 4 1 ! batchnorm )"
            " ! relu ! conv2d 3 3"},
    {"add", "2*add( conv2d 4 1 ! batchnorm | ) ! relu6"},
    {"add", "add( batchnorm | ) ! relu"},
    {"add", "conv2d 4 1 name=a ! relu ! add( conv2d 4 1 ! batchnorm | a. ) ! tanh ! "
            "add( conv2d 4 1 ! batchnorm | a. )"},
    {"add", "add( conv2d 4 1 | conv2d 4 3 padding=same )"},
    {"add", "add( conv2d 4 1 | conv2d 4 1 ! batchnorm ! relu | tanh )"},
    {"add", "add( conv2d 4 1 ! relu | conv2d 4 1 ! sigmoid )"},
    {"add",
     "add( conv2d 4 1 | conv2d 4 1 ! batchnorm | add( conv2d 4 1 ! batchnorm | ) ! relu ) ! tanh"},
    {"add", "add( batchnorm ! swish ! dropout 0.4 | ) ! relu ! conv2d 3 3"},
    {"relu", "relu"},
    {"relu6", "conv2d 4 1 init=he_normal ! relu6"},
    {"leaky_relu", "leaky_relu 0.2"},
    {"leaky_relu", "leaky_relu 0"},
    {"sigmoid", "sigmoid"},
    {"tanh", "tanh"},
    {"swish", "swish"},
    {"hard_swish", "hard_swish"},
    {"softmax", "softmax"},
    {"maxpool", "maxpool 2"},
    {"maxpool", "maxpool 3 stride=2 padding=1"},
    {"maxpool", "relu ! maxpool 2"},
    {"maxpool", "add( conv2d 4 1 ! leaky_relu 0.2 ! maxpool 3 stride=1 padding=same | ) ! relu6"},
    {"maxpool", "conv2d 4 1 name=a ! sigmoid ! maxpool 2 ! add( | a. ! tanh ! maxpool 2 )"},
    {"averagepool", "averagepool 2"},
    {"averagepool", "averagepool [3 2] stride=1 padding=same"},
    {"globalpool", "globalpool"},
    {"dropout", "dropout 0.4"},
    {"stochastic_depth", "add( conv2d 4 1 ! tanh ! stochastic_depth 0.5 | )"},
    {"spatial_dropout", "spatial_dropout 0.4"},
    {"spatial_dropout", "add( conv2d 4 1 ! tanh ! spatial_dropout 0.5 | spatial_dropout )"},
    {"gaussian_noise", "tanh ! gaussian_noise 0.3 ! tanh"},
    {"gaussian_noise", "add( gaussian_noise 0.2 | tanh ! gaussian_noise 0.1 ) ! tanh"},
    {"layernorm", "layernorm ! tanh"},
    {"layernorm", "layernorm scale=no epsilon=0.1"},
    {"layernorm", "conv2d 11 1 ! layernorm center=no ! relu"},
    {"layernorm", "add( layernorm ! conv2d 4 1 | ) ! layernorm"},
    {"groupnorm", "groupnorm 2 ! tanh"},
    {"groupnorm", "groupnorm 1 scale=no epsilon=0.1"},
    {"groupnorm", "conv2d 9 2 ! groupnorm 3 center=no ! relu"},
    {"groupnorm", "add( groupnorm 4 ! conv2d 4 1 | ) ! globalpool ! groupnorm 2"},
    {"flatten", "flatten ! dense 4 ! tanh"},
    {"pad", "pad [1 2 0 1] ! conv2d 3 3"},
    {"add", "add( conv2d 4 1 ! tanh | )"},
    {"add", "tanh name=a ! conv2d 4 3 padding=same ! add( | a. | a. )"},
    {"concat", "concat( | conv2d 2 1 ! swish | maxpool 3 stride=1 padding=same )"},
    {"multiply", "multiply( | globalpool ! dense 4 ! sigmoid )"},
    {"multiply", "multiply( conv2d 4 1 | tanh )"},
    {"multiply",
     "conv2d 8 1 ! batchnorm ! swish ! multiply( | globalpool ! dense 2 ! swish ! dense 8 "
     "! sigmoid ) ! conv2d 3 1 ! batchnorm"},
    {"multiply", "conv2d 4 1 ! swish ! multiply( globalpool ! dense 4 ! sigmoid | ) ! conv2d 3 1"},
    {"multiply", "multiply( conv2d 4 1 ! relu | batchnorm ! relu ) ! conv2d 3 1"},
};

typedef struct Probe {
    const char *text; /* of the row */
    IclGraph *graph;
    IclExecutor *executor;
    const double *x;
    int y[BATCH];
} Probe;

static IclGraph *row_graph(const char *text)
{
    g_autofree char *whole = g_strdup_printf(
        "input 6 5 2 ! conv2d 4 3 padding=same %s %s ! flatten ! dense 3", *text ? "!" : "", text);
    GError *error = NULL;
    g_autoptr(IclChain) chain = icl_chain_parse(whole, -1, "row", &error);
    g_assert_no_error(error);
    IclGraph *graph = icl_graph_new(chain, (size_t)1 << 20, &error);
    g_assert_no_error(error);
    return graph;
}

static double probe_loss(Probe *probe, double *gradient)
{
    size_t entries = icl_shape_count(icl_graph_input(probe->graph));
    IclTeam team;

    memcpy(icl_executor_input(probe->executor), probe->x, BATCH * entries * sizeof *probe->x);
    icl_team_begin(&team, 2);
    IclLossBatch batch = {.logits = icl_executor_forward(probe->executor, BATCH, 5, 7, &team),
                          .targets = &(IclTargets){.y = probe->y},
                          .n = BATCH,
                          .classes = 3,
                          .dlogits = gradient};
    IclCriterion smooth = icl_cross_entropy(0.1);
    double loss = icl_loss(&smooth, &batch).sum / BATCH;
    if (gradient)
        icl_executor_backward(probe->executor, BATCH, 5, 7, &team);
    icl_team_end(&team);
    return loss;
}

static double central_difference(Probe *probe, double *w)
{
    double was = *w, step = 1e-5;

    *w = was + step;
    double above = probe_loss(probe, NULL);
    *w = was - step;
    double below = probe_loss(probe, NULL);
    *w = was;
    return (above - below) / (2 * step);
}

typedef struct Check {
    Probe *probe;
    const double *gradients;
    int number;
} Check;

static void check_weight(void *user, const IclLayer *layer, IclWeight *weight)
{
    Check *check = user;
    size_t count = icl_tensor_count(&weight->tensor);
    double *w = weight->tensor.data;
    const double *gradient =
        check->gradients + (icl_executor_gradient(check->probe->executor, check->number++) -
                            icl_executor_gradient(check->probe->executor, 0));

    for (size_t i = 0; i < count && weight->role != ICL_WEIGHT_MOVING; i++) {
        double wanted = central_difference(check->probe, w + i);
        if (fabs(gradient[i] - wanted) > 1e-8 + 1e-6 * fabs(wanted))
            g_error("%s: %s.%s[%zu]: gradient %.12g, central difference %.12g", check->probe->text,
                    layer->path, weight->name, i, gradient[i], wanted);
    }
}

/* Vectors too begin at random: a scale of 1 or a bias of 0 would hide mistakes. */
static void randomize(void *user, const IclLayer *layer, IclWeight *weight)
{
    double *w = weight->tensor.data;

    for (size_t i = 0; i < icl_tensor_count(&weight->tensor); i++)
        w[i] += 0.5 * icl_random_uniform(user) - 0.25;
}

static bool has_class(const IclGraph *graph, const char *name)
{
    for (int i = 0; i < graph->n_nodes; i++)
        if (g_str_equal(graph->nodes[i].layer->class->base.name, name))
            return true;
    return false;
}

static void gradients_match_differences(gconstpointer data)
{
    int row = GPOINTER_TO_INT(data);
    g_autoptr(IclGraph) graph = row_graph(rows[row].text);
    g_autoptr(IclExecutor) executor = icl_executor_new(graph, BATCH, true, 2, NULL);
    double x[BATCH * 6 * 5 * 2];
    Probe probe = {rows[row].text, graph, executor, x, {0, 2, 1}};
    IclRandom random;
    size_t count;

    g_assert_true(has_class(graph, rows[row].class));
    icl_random_init(&random, 3, ICL_RANDOM_TEST, 0, (uint64_t)row);
    for (size_t i = 0; i < G_N_ELEMENTS(x); i++)
        x[i] = icl_random_normal(&random);
    icl_graph_initialize(graph, 11);
    icl_graph_each_weight(graph, randomize, &random);
    probe_loss(&probe, icl_executor_output_gradient(executor));
    double *gradients = icl_executor_gradients(executor, &count);
    g_autofree double *kept = g_memdup2(gradients, count * sizeof *gradients);
    icl_graph_each_weight(graph, check_weight, &(Check){&probe, kept, 0});
}

static void every_class_has_a_row(void)
{
    for (const IclClass *const *class = icl_layer_family.classes; *class; class ++) {
        bool found = false;
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
            found |= g_str_equal(rows[i].class, (*class)->name);
        if (!found)
            g_error("the layer %s has no row in tests/layers/gradients.c", (*class)->name);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gradients/every-class-has-a-row", every_class_has_a_row);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/gradients/%s/%zu", rows[i].class, i);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), gradients_match_differences);
    }
    return g_test_run();
}
