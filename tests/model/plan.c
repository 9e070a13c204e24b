/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What the plan does to a network must not change what it computes: fused against unfused, any
 * batch against one by one, any number of threads; and no two buffers alive at once may overlap. */
#include <math.h>
#include <string.h>

#include "arena.h"
#include "cpu.h"
#include "executor.h"
#include "random.h"

enum { BATCH = 5 };

/* Where `~` stands, a step may be fused: the same network with `~` as "!" and as "! dropout 0 !",
 * which inference passes over but does not fuse across. */
static const struct {
    const char *name, *text;
    int steps; /* of the fused plan */
} rows[] = {
    {"batchnorm", "input 9 9 3 ! conv2d 8 3 bias=no ~ batchnorm ! globalpool ! dense 3", 3},
    {"bias-batchnorm", "input 9 9 3 ! conv2d 8 3 ~ batchnorm ~ relu ! globalpool ! dense 3", 3},
    {"depthwise",
     "input 9 9 3 ! depthwise_conv2d 3 multiplier=2 ~ batchnorm ~ relu6 ! globalpool ! dense 3", 3},
    {"dense-batchnorm", "input 1 1 9 ! dense 20 ~ batchnorm ~ tanh ! dense 3", 2},
    {"groups",
     "input 9 9 4 ! conv2d 8 3 groups=2 bias=no ~ batchnorm ~ swish ! globalpool ! dense 3", 3},
    {"alone",
     "input 9 9 3 ! batchnorm ~ leaky_relu 0.1 ! conv2d 8 3 ~ sigmoid ! globalpool ! dense 3", 4},
    {"residual",
     "input 9 9 8 ! add( conv2d 8 3 padding=same bias=no ~ batchnorm ~ relu ! conv2d 8 3 "
     "padding=same ~ "
     "batchnorm | ) ~ relu ! globalpool ! dense 3",
     4},
    {"projection",
     "input 9 9 8 ! add( conv2d 16 3 stride=2 padding=1 ~ batchnorm | conv2d 16 1 stride=2 ~ "
     "batchnorm ) ~ "
     "relu ! globalpool ! dense 3",
     4},
    {"stochastic-depth",
     "input 9 9 8 ! add( conv2d 8 3 padding=same bias=no ~ batchnorm ! stochastic_depth | ) ! "
     "globalpool ! dense 3",
     3},
    {"two-readers", "input 9 9 3 ! conv2d 8 3 name=a ~ relu ! add( | a. ) ! globalpool ! dense 3",
     5},
    {"three-branches",
     "input 9 9 8 ! add( | conv2d 8 1 | conv2d 8 1 ) ~ relu ! globalpool ! dense 3", 6},
    {"squeeze",
     "input 9 9 8 ! conv2d 8 1 ~ swish ! multiply( | globalpool ! dense 4 ~ swish ! dense 8 ~ "
     "sigmoid ) ! "
     "globalpool ! dense 3",
     7},
    {"parts",
     "input 96 96 8 ! add( conv2d 8 3 padding=same ~ batchnorm | ) ~ relu ! conv2d 16 3 ~ relu ! "
     "maxpool 8 ! conv2d 32 5 ~ relu ! globalpool ! dense 64 ~ relu ! dense 3",
     7},
    {"squeeze-and-convolution",
     "input 9 9 8 ! conv2d 8 3 ~ swish ! multiply( | globalpool ! dense 4 ~ swish ! dense 8 ~ "
     "sigmoid ) ~ conv2d 5 1 ~ batchnorm ~ relu ! globalpool ! dense 3",
     7},
    {"squeeze-the-other-way",
     "input 9 9 8 ! multiply( globalpool ! dense 8 ~ sigmoid | ) ~ conv2d 20 1 stride=2 ! "
     "globalpool ! dense 3",
     5},
    {"squeeze-and-larger-convolution",
     "input 9 9 8 ! multiply( globalpool ! dense 8 ~ sigmoid | ) ~ conv2d 5 3 ! globalpool ! "
     "dense 3",
     6},
    {"squeeze-for-two",
     "input 9 9 8 ! multiply( globalpool ! dense 8 ~ sigmoid | ) name=a ! conv2d 5 1 ! add( | a. ! "
     "conv2d 5 1 ) ! globalpool ! dense 3",
     7},
    {"flatten", "input 4 4 2 ! flatten ! dense 9 ~ hard_swish ! dropout ! dense 3", 2},
    {"concat",
     "input 9 9 4 ! concat( | conv2d 8 1 ~ relu | maxpool 3 stride=1 padding=same ) ! flatten ! "
     "dense 3",
     4},
};

static char *expand(const char *text, const char *joint)
{
    g_auto(GStrv) parts = g_strsplit(text, "~", -1);
    return g_strjoinv(joint, parts);
}

static void randomize(void *user, const IclLayer *layer, IclWeight *weight)
{
    float *w = weight->tensor.data;

    for (size_t i = 0; i < icl_tensor_count(&weight->tensor); i++)
        w[i] = weight->init == ICL_INIT_ONES ? 0.5f + (float)icl_random_uniform(user)
                                             : (float)icl_random_normal(user) * 0.3f;
}

static IclGraph *graph_new(const char *text, const char *joint)
{
    g_autofree char *whole = expand(text, joint);
    GError *error = NULL;
    g_autoptr(IclChain) chain = icl_chain_parse(whole, -1, "row", &error);
    g_assert_no_error(error);
    IclGraph *graph = icl_graph_new(chain, (size_t)1 << 24, &error);
    g_assert_no_error(error);
    IclRandom random;
    icl_random_init(&random, 1, ICL_RANDOM_TEST, 0, 0);
    icl_graph_each_weight(graph, randomize, &random);
    return graph;
}

/* Logits of `total` samples in batches of `n`, which the caller frees. */
static float *run(const IclGraph *graph, int total, int n, int threads, int *steps)
{
    size_t entries = icl_shape_count(icl_graph_input(graph)),
           classes = (size_t)icl_graph_output(graph).c;
    g_autoptr(IclExecutor) executor = icl_executor_new(graph, n, false, threads, NULL);
    float *logits = g_new(float, total *classes);
    IclRandom random;
    IclTeam team;

    g_assert_nonnull(executor);
    icl_random_init(&random, 2, ICL_RANDOM_TEST, 0, 0);
    if (steps)
        *steps = icl_executor_plan(executor)->n_steps;
    for (int at = 0; at < total; at += n) {
        float *x = icl_executor_input(executor);
        for (size_t i = 0; i < MIN(n, total - at) * entries; i++)
            x[i] = (float)icl_random_normal(&random);
        icl_team_begin(&team, threads);
        memcpy(logits + at * classes,
               icl_executor_forward(executor, MIN(n, total - at), 0, 0, &team),
               (size_t)MIN(n, total - at) * classes * sizeof *logits);
        icl_team_end(&team);
    }
    return logits;
}

static void fusing_changes_nothing(gconstpointer row)
{
    const char *text = rows[GPOINTER_TO_INT(row)].text;
    g_autoptr(IclGraph) plain = graph_new(text, "! dropout 0 !"), graph = graph_new(text, "!");
    int steps;
    g_autofree float *wanted = run(plain, BATCH, BATCH, 1, NULL);
    g_autofree float *got = run(graph, BATCH, BATCH, 2, &steps);

    g_assert_cmpint(steps, ==, rows[GPOINTER_TO_INT(row)].steps);
    for (int i = 0; i < BATCH * 3; i++)
        g_assert_cmpfloat_with_epsilon(got[i], wanted[i], 1e-5 * (1 + fabs(wanted[i])));
}

static void batch_and_threads_do_not_matter(gconstpointer row)
{
    g_autoptr(IclGraph) graph = graph_new(rows[GPOINTER_TO_INT(row)].text, "!");
    g_autofree float *one = run(graph, BATCH, 1, 1, NULL);
    static const int other[][2] = {{BATCH, 1}, {2, 2}, {32, 3}};

    for (size_t i = 0; i < G_N_ELEMENTS(other); i++) {
        g_autofree float *many = run(graph, BATCH, other[i][0], other[i][1], NULL);
        g_assert_cmpmem(one, BATCH * 3 * sizeof *one, many, BATCH * 3 * sizeof *many);
    }
}

/* Large values and few weights, then the reverse: of a batch, few go together through the former.
 */
static void early_steps_take_fewer(void)
{
    g_autoptr(IclGraph) graph =
        graph_new("input 96 96 8 ! conv2d 16 3 ! maxpool 8 ! flatten ! dense 200 ! dense 3", "!");
    g_autoptr(IclPlan) one = icl_plan_new(graph, 1, false, NULL);
    g_autoptr(IclPlan) plan = icl_plan_new(graph, 32, false, NULL);

    g_assert_cmpint(plan->split, >, 0);
    g_assert_cmpint(plan->fine, <, plan->part);
    g_assert_cmpint(plan->part % plan->fine, ==, 0);
    g_assert_cmpint(plan->part, <=, 32);
    g_assert_cmpuint(plan->arena, <, 32 * one->arena);
    g_assert_cmpint(one->part, ==, 1);
}

/* Where `~` stands, rows of a large value may stay in a thread's buffer: the same network with `~`
 * as
 * "!", and as "! pad 0 !", which hands the whole value on as it is. */
static const struct {
    const char *name, *text;
    int in_groups; /* steps of the network that are in groups */
} banded[] = {
    {"expand",
     "input 64 64 4 ! conv2d 72 1 ! relu6 ~ depthwise_conv2d 3 padding=same ! relu6 ! maxpool 8 ! "
     "conv2d 3 1 ! globalpool",
     2},
    {"project",
     "input 65 63 4 ! conv2d 72 1 ! relu6 ~ depthwise_conv2d 3 padding=same ! relu6 ~ conv2d 5 1 ! "
     "globalpool ! dense 3",
     3},
    {"stride",
     "input 67 61 4 ! conv2d 72 1 ! swish ~ depthwise_conv2d 3 stride=2 padding=1 ! "
     "globalpool ! dense 3",
     2},
    {"larger-window",
     "input 63 67 4 ! conv2d 72 1 ! swish ~ depthwise_conv2d 5 stride=2 padding=2 ! globalpool ! "
     "dense 3",
     2},
    {"valid", "input 71 59 4 ! conv2d 72 1 ~ depthwise_conv2d 5 ! globalpool ! dense 3", 2},
    {"strides-and-no-window",
     "input 65 65 4 ! conv2d 72 1 ~ conv2d 6 1 stride=2 ! globalpool ! dense 3", 2},
    {"dilation",
     "input 65 65 4 ! conv2d 72 1 ~ depthwise_conv2d 3 dilation=3 padding=same ! globalpool ! "
     "dense 3",
     2},
    {"multiplier",
     "input 65 65 4 ! conv2d 72 1 ~ depthwise_conv2d 3 multiplier=2 padding=same ! globalpool ! "
     "dense 3",
     2},
    {"last-band-reads-nothing-new",
     "input 24 50 4 ! conv2d 220 1 ~ depthwise_conv2d 7 padding=6 ! globalpool ! dense 3", 2},
    {"windows-on-windows",
     "input 131 129 3 ! conv2d 72 3 stride=2 padding=1 ! relu6 ~ depthwise_conv2d 3 padding=same ! "
     "relu6 ~ conv2d 71 1 ~ depthwise_conv2d 5 padding=same ! relu ~ conv2d 6 1 ! globalpool ! "
     "dense 3",
     5},
    {"residual",
     "input 64 64 6 ! add( conv2d 72 1 ! relu6 ~ depthwise_conv2d 3 padding=same ~ conv2d 6 1 | ) "
     "! globalpool ! dense 3",
     3},
    {"scaled",
     "input 64 64 6 ! multiply( | globalpool ! dense 6 ! sigmoid ) ! conv2d 72 1 ~ "
     "depthwise_conv2d 3 padding=same ! globalpool ! dense 3",
     2},
    {"two-readers",
     "input 64 64 4 ! conv2d 72 1 name=a ~ depthwise_conv2d 3 padding=same ! add( | a. ) ! "
     "globalpool ! dense 3",
     0},
    {"winograd", "input 64 64 4 ! conv2d 72 1 ~ conv2d 16 3 padding=same ! globalpool ! dense 3",
     0},
    {"branches",
     "input 64 64 4 ! conv2d 72 1 ! add( depthwise_conv2d 3 padding=same ~ conv2d 4 1 | conv2d 4 1 "
     ") ! globalpool ! dense 3",
     2},
    {"small",
     "input 56 56 4 ! conv2d 72 1 ~ depthwise_conv2d 3 padding=same ! globalpool ! dense 3", 0},
};

static int steps_in_groups(const IclGraph *graph)
{
    g_autoptr(IclPlan) plan = icl_plan_new(graph, 1, false, NULL);
    int count = 0;

    for (int s = 0; s < plan->n_steps; s = plan->steps[s].end)
        count += plan->steps[s].band_rows ? plan->steps[s].end - s : 0;
    return count;
}

static void bands_change_nothing(gconstpointer row)
{
    const char *text = banded[GPOINTER_TO_INT(row)].text;
    g_autoptr(IclGraph) whole = graph_new(text, "! pad 0 !"), bands = graph_new(text, "!");
    g_autofree float *wanted = run(whole, BATCH, 1, 1, NULL);
    static const int ways[][2] = {{1, 1}, {1, 2}, {1, 3}, {BATCH, 2}};

    g_assert_cmpint(steps_in_groups(whole), ==, 0);
    if (icl_cpu_tier() != ICL_TIER_OPENBLAS)
        g_assert_cmpint(steps_in_groups(bands), ==, banded[GPOINTER_TO_INT(row)].in_groups);
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree float *got = run(bands, BATCH, ways[i][0], ways[i][1], NULL);
        g_assert_cmpmem(wanted, BATCH * 3 * sizeof *got, got, BATCH * 3 * sizeof *got);
    }
}

/* Where `~` stands, a value may be a slice of a concat's: the same network with `~` as nothing, and
 * as "! pad 0", which knows nothing of slices. */
static const struct {
    const char *name, *text;
    int slices;
} sliced[] = {
    {"inception",
     "input 9 9 6 ! concat( conv2d 8 1 ! relu~ | conv2d 5 1 ! conv2d 7 3 padding=same ! batchnorm "
     "! swish~ | maxpool 3 stride=1 padding=same~ | averagepool 3 stride=1 padding=same~ ) ! "
     "conv2d 8 3 ! globalpool ! dense 3",
     4},
    {"winograd",
     "input 19 21 40 ! concat( conv2d 48 3 padding=same ! relu~ | conv2d 33 3 padding=same~ ) ! "
     "globalpool ! dense 3",
     2},
    {"nested",
     "input 9 9 6 ! concat( conv2d 3 1~ | concat( conv2d 5 1~ | conv2d 4 1~ )~ ) ! globalpool ! "
     "dense 3",
     4},
    {"densenet",
     "input 9 9 6 ! conv2d 8 3~ ! concat( | batchnorm ! relu ! conv2d 4 3 padding=same~ )~ ! "
     "concat( | batchnorm ! relu ! conv2d 4 3 padding=same~ )~ ! concat( | batchnorm ! relu ! "
     "conv2d 4 3 padding=same~ ) ! batchnorm ! relu ! globalpool ! dense 3",
     6},
    {"vectors", "input 9 9 6 ! concat( globalpool~ | globalpool ! dense 9 ! tanh~ ) ! dense 3", 2},
    {"dropout-behind",
     "input 9 9 6 ! concat( conv2d 8 1~ ! dropout | conv2d 3 1~ ) ! globalpool ! "
     "dense 3",
     2},
    {"input", "input 9 9 6 ! concat( | conv2d 8 1~ ) ! globalpool ! dense 3", 1},
    {"twice", "input 9 9 6 ! conv2d 8 1~ ! concat( | dropout ) ! globalpool ! dense 3", 1},
    {"of-two",
     "input 9 9 6 ! conv2d 8 1~ ! concat( | concat( | batchnorm~ )~ ) ! globalpool ! dense 3", 3},
    {"read-by-a-convolution",
     "input 9 9 6 ! conv2d 8 1 ! concat( | conv2d 4 1~ ) ! globalpool ! dense 3", 1},
    {"residual", "input 9 9 6 ! concat( add( conv2d 6 1 | ) | conv2d 4 1~ ) ! globalpool ! dense 3",
     1},
    {"added-elsewhere",
     "input 9 9 6 ! conv2d 6 1 name=a ! concat( | conv2d 4 1~ ) ! conv2d 6 1 ! add( | a. ) ! "
     "globalpool ! dense 3",
     1},
    {"read-after-an-activation-of-all",
     "input 9 9 6 ! conv2d 8 1~ ! relu name=a ! concat( | batchnorm~ ) ! tanh ! concat( | a. ! "
     "batchnorm~ ) ! globalpool ! dense 3",
     3},
    {"output", "input 9 9 6 ! globalpool ! concat( dense 1 | dense 2 )", 0},
    {"last-input",
     "input 9 9 6 ! globalpool ! dense 2~ ! concat( | concat( | batchnorm~ ) ! dense 1 )", 1},
    {"bands",
     "input 64 64 4 ! concat( conv2d 72 1 ! relu6 ! depthwise_conv2d 3 padding=same ! relu6 ! "
     "conv2d 5 1~ | conv2d 3 1~ ) ! globalpool ! dense 3",
     2},
    {"parts",
     "input 96 96 8 ! concat( conv2d 9 3 padding=same~ | conv2d 7 1~ ) ! maxpool 8 ! concat( "
     "conv2d 32 5 ! relu~ | conv2d 32 5~ ) ! globalpool ! dense 64 ! relu ! dense 3",
     4},
};

static int slice_count(const IclGraph *graph)
{
    g_autoptr(IclPlan) plan = icl_plan_new(graph, 1, false, NULL);
    int count = 0;

    for (int i = 0; i < graph->n_nodes; i++)
        count += plan->slice[i] != ICL_NOWHERE;
    return count;
}

static void slices_change_nothing(gconstpointer row)
{
    const char *text = sliced[GPOINTER_TO_INT(row)].text;
    g_autoptr(IclGraph) copied = graph_new(text, " ! pad 0"), slices = graph_new(text, "");
    g_autofree float *wanted = run(copied, BATCH, 1, 1, NULL);
    static const int ways[][2] = {{1, 1}, {1, 2}, {2, 3}, {BATCH, 2}, {32, 1}};

    g_assert_cmpint(slice_count(slices), ==, sliced[GPOINTER_TO_INT(row)].slices);
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree float *got = run(slices, BATCH, ways[i][0], ways[i][1], NULL);
        g_assert_cmpmem(wanted, BATCH * 3 * sizeof *got, got, BATCH * 3 * sizeof *got);
    }
}

/* Gradients of all weights of one training pass of n samples, which the caller frees. */
static float *gradients(const IclGraph *graph, int batch, int n, int threads, size_t *count)
{
    g_autoptr(IclExecutor) executor = icl_executor_new(graph, batch, true, threads, NULL);
    size_t entries = icl_shape_count(icl_graph_input(graph)) * n;
    float *x = icl_executor_input(executor);
    IclRandom random;
    IclTeam team;

    icl_random_init(&random, 3, ICL_RANDOM_TEST, 0, 0);
    for (size_t i = 0; i < entries; i++)
        x[i] = (float)icl_random_normal(&random);
    icl_team_begin(&team, threads);
    icl_executor_forward(executor, n, 1, 1, &team);
    float *dy = icl_executor_output_gradient(executor);
    for (int i = 0; i < n * icl_graph_output(graph).c; i++)
        dy[i] = (float)icl_random_normal(&random);
    icl_executor_backward(executor, n, 1, 1, &team);
    icl_team_end(&team);
    const float *all = icl_executor_gradients(executor, count);
    return g_memdup2(all, *count * sizeof *all);
}

static void threads_do_not_matter_in_training(gconstpointer row)
{
    g_autoptr(IclGraph) graph = graph_new(rows[GPOINTER_TO_INT(row)].text, "!");
    size_t count;
    g_autofree float *one = gradients(graph, BATCH, BATCH, 1, &count);

    for (int threads = 2; threads <= 3; threads++) {
        g_autofree float *more = gradients(graph, BATCH, BATCH, threads, &count);
        g_assert_cmpmem(one, count * sizeof *one, more, count * sizeof *more);
    }
}

enum { IN_LANES = 67, IN_FEWER_LANES = 35 };

static void lanes_are_summed_in_order(void)
{
    static const char text[] =
        "input 16 16 3 ! conv2d 16 3 padding=same ! batchnorm ! relu ! add( conv2d 16 3 "
        "padding=same bias=no ! batchnorm ! relu ! depthwise_conv2d 3 padding=same ! batchnorm | ) "
        "! relu ! dropout ! conv2d 16 3 padding=same ! groupnorm groups=4 ! relu ! layernorm ! "
        "maxpool 2 ! batchnorm ! flatten ! dense 3";
    g_autoptr(IclGraph) graph = graph_new(text, "!");
    g_autoptr(IclPlan) plan = icl_plan_new(graph, IN_LANES, true, NULL);
    static const int n[] = {IN_LANES, IN_FEWER_LANES}, threads[] = {2, 3, 4, 9};
    size_t count;

    for (int i = 0; i < plan->n_segments - 1; i++)
        g_assert_cmpint(plan->segments[i].lanes, >, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(n) * G_N_ELEMENTS(threads); i++) {
        int samples = n[i / G_N_ELEMENTS(threads)];
        g_autofree float *one = gradients(graph, IN_LANES, samples, 1, &count);
        g_autofree float *more =
            gradients(graph, IN_LANES, samples, threads[i % G_N_ELEMENTS(threads)], &count);
        g_assert_cmpmem(one, count * sizeof *one, more, count * sizeof *more);
    }
}

static bool overlap(const IclBuffer *a, const IclBuffer *b)
{
    bool in_time = a->first <= b->last && b->first <= a->last;
    return in_time && a->offset < b->offset + b->size && b->offset < a->offset + a->size;
}

static void arena_keeps_buffers_apart(void)
{
    enum { N = 60 };
    IclBuffer buffers[N];
    IclRandom random;

    icl_random_init(&random, 4, ICL_RANDOM_TEST, 0, 0);
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < N; i++) {
            int first = (int)icl_random_below(&random, 40);
            buffers[i] = (IclBuffer){icl_random_below(&random, 1000), first,
                                     first + (int)icl_random_below(&random, 10), 0};
        }
        size_t total = icl_arena_place(buffers, N);
        g_assert_cmpuint(total, >=, icl_arena_bound(buffers, N));
        for (int i = 0; i < N; i++) {
            g_assert_cmpuint(buffers[i].offset + buffers[i].size, <=, total);
            g_assert_cmpuint(buffers[i].offset % 16, ==, 0);
            for (int j = 0; j < i; j++)
                g_assert_false(buffers[i].size && buffers[j].size &&
                               overlap(&buffers[i], &buffers[j]));
        }
    }
}

static void arena_is_near_its_bound(gconstpointer file)
{
    g_autofree char *path = g_build_filename(g_getenv("ICL_MODELS"), file, NULL), *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_autoptr(IclChain) chain = icl_chain_parse(text, -1, file, NULL);
    g_assert_true(icl_chain_set(chain, "classes", "10", NULL));
    g_autoptr(IclGraph) graph = icl_graph_new(chain, G_MAXSIZE, NULL);
    static const int batches[] = {1, 2, 32};

    for (size_t i = 0; i < 2 * G_N_ELEMENTS(batches); i++) {
        g_autoptr(IclPlan) plan = icl_plan_new(graph, batches[i / 2], i % 2, NULL);
        g_test_message("batch %d, %s: %zu floats, %zu alive at once", batches[i / 2],
                       i % 2 ? "training" : "inference", plan->arena, plan->bound);
        g_assert_cmpfloat((double)plan->arena, <=, 1.2 * (double)plan->bound);
    }
}

static void add_rows(const char *group, GTestDataFunc test)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/plan/%s/%s", group, rows[i].name);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), test);
    }
}

int main(int argc, char **argv)
{
    static const char *const files[] = {"mlp.icl",       "lenet.icl",        "cnn.icl",
                                        "vgg_small.icl", "resnet20.icl",     "resnet18.icl",
                                        "resnet50.icl",  "mobilenet_v2.icl", "efficientnet_b0.icl",
                                        "googlenet.icl", "densenet121.icl"};

    g_test_init(&argc, &argv, NULL);
    add_rows("fusing-changes-nothing", fusing_changes_nothing);
    add_rows("batch-and-threads", batch_and_threads_do_not_matter);
    add_rows("threads-in-training", threads_do_not_matter_in_training);
    for (size_t i = 0; i < G_N_ELEMENTS(banded); i++) {
        g_autofree char *name = g_strdup_printf("/plan/bands/%s", banded[i].name);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), bands_change_nothing);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(sliced); i++) {
        g_autofree char *name = g_strdup_printf("/plan/slices/%s", sliced[i].name);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), slices_change_nothing);
    }
    g_test_add_func("/plan/early-steps-take-fewer", early_steps_take_fewer);
    g_test_add_func("/plan/lanes", lanes_are_summed_in_order);
    g_test_add_func("/arena/apart", arena_keeps_buffers_apart);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *name = g_strdup_printf("/arena/near-its-bound/%s", files[i]);
        g_test_add_data_func(name, files[i], arena_is_near_its_bound);
    }
    return g_test_run();
}
