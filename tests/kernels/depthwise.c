/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Depthwise convolution: every tier against the reference, in chunks of any order, in batches of
 * one and of several. */
#include <stdio.h>
#include <string.h>

#include "kernels_test.h"

typedef struct Row {
    const char *name;
    IclConvShape shape; /* oh, ow, groups: see row_shape() */
    int bottom, right;  /* padding on the other sides */
    IclActivation activation;
    bool bias, add;
} Row;

#define SHAPE(n_, h_, w_, c_, m_, k_, s_, d_, p_)                                           \
    {                                                                                       \
        .n = n_, .h = h_, .w = w_, .c = c_, .f = (c_) * (m_), .kh = k_, .kw = k_, .sh = s_, \
        .sw = s_, .dh = d_, .dw = d_, .pt = p_, .pl = p_                                    \
    }

static const Row rows[] = {
    {"3x3", SHAPE(2, 9, 11, 16, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_RELU6, true, true},
    {"3x3-of-7x7", SHAPE(2, 7, 7, 33, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_NONE, false, false},
    {"3x3-unpadded", SHAPE(1, 16, 17, 17, 1, 3, 1, 1, 0), 0, 0, ICL_ACT_RELU, true, false},
    {"3x3-stride-2", SHAPE(2, 15, 14, 24, 1, 3, 2, 1, 1), 1, 1, ICL_ACT_SWISH, true, false},
    {"3x3-stride-2-same-even", SHAPE(2, 14, 16, 31, 1, 3, 2, 1, 0), 1, 1, ICL_ACT_HARD_SWISH, false,
     true},
    {"5x5", SHAPE(2, 9, 16, 40, 1, 5, 1, 1, 2), 2, 2, ICL_ACT_LEAKY_RELU, true, true},
    {"5x5-of-2x2", SHAPE(2, 2, 2, 15, 1, 5, 1, 1, 2), 2, 2, ICL_ACT_NONE, true, false},
    {"5x5-stride-2", SHAPE(2, 13, 15, 7, 1, 5, 2, 1, 2), 2, 2, ICL_ACT_SIGMOID, true, false},
    {"7x7", SHAPE(1, 10, 12, 3, 1, 7, 1, 1, 3), 3, 3, ICL_ACT_TANH, true, false},
    {"2x2-stride-3", SHAPE(2, 11, 10, 10, 1, 2, 3, 1, 0), 0, 0, ICL_ACT_NONE, false, false},
    {"1x1-stride-2", SHAPE(2, 5, 5, 5, 1, 1, 2, 1, 0), 0, 0, ICL_ACT_NONE, false, false},
    {"3x3-dilation-2", SHAPE(2, 9, 8, 18, 1, 3, 1, 2, 2), 2, 2, ICL_ACT_RELU, false, true},
    {"3x3-dilation-3-stride-2", SHAPE(2, 9, 8, 4, 1, 3, 2, 3, 3), 3, 3, ICL_ACT_NONE, true, false},
    {"multiplier-2", SHAPE(2, 6, 7, 9, 2, 3, 1, 1, 1), 1, 1, ICL_ACT_RELU, true, true},
    {"1-channel", SHAPE(3, 8, 23, 1, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_NONE, false, false},
    {"2-channels", SHAPE(3, 5, 4, 2, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_NONE, false, false},
    {"127-channels", SHAPE(1, 6, 8, 127, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_RELU6, true, false},
    {"1000-channels", SHAPE(1, 4, 5, 1000, 1, 3, 2, 1, 1), 1, 1, ICL_ACT_NONE, false, false},
    {"padding-past-the-kernel", SHAPE(1, 3, 3, 16, 1, 3, 1, 1, 4), 4, 4, ICL_ACT_NONE, false,
     false},
    {"many-chunks", SHAPE(5, 40, 40, 64, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_NONE, true, false},
    {"parts-of-columns", SHAPE(1, 57, 61, 72, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_SWISH, true, true},
    {"parts-of-channels", SHAPE(1, 14, 13, 520, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_RELU6, true, false},
    {"parts-of-both", SHAPE(2, 31, 56, 300, 1, 5, 2, 1, 2), 2, 2, ICL_ACT_NONE, true, true},
    {"8-rows", SHAPE(1, 8, 9, 24, 1, 5, 1, 1, 2), 2, 2, ICL_ACT_RELU, false, false},
    {"5x5-stride-2-same-even", SHAPE(2, 12, 18, 56, 1, 5, 2, 1, 1), 2, 2, ICL_ACT_SWISH, true,
     false},
    {"5x5-unpadded", SHAPE(1, 19, 12, 12, 1, 5, 1, 1, 0), 0, 0, ICL_ACT_NONE, true, true},
    {"3x3-padded-by-2", SHAPE(1, 6, 10, 20, 1, 3, 2, 1, 2), 1, 2, ICL_ACT_NONE, true, false},
    {"11x11-stride-10", SHAPE(1, 40, 43, 5, 1, 11, 10, 1, 9), 9, 9, ICL_ACT_NONE, true, false},
    {"no-images", SHAPE(0, 4, 4, 16, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_NONE, true, false},
};

static IclConvShape row_shape(const Row *row)
{
    IclConvShape s = row->shape;

    s.oh = (s.h + s.pt + row->bottom - (s.kh - 1) * s.dh - 1) / s.sh + 1;
    s.ow = (s.w + s.pl + row->right - (s.kw - 1) * s.dw - 1) / s.sw + 1;
    s.groups = s.c;
    return s;
}

static size_t input_count(const IclConvShape *s) { return (size_t)s->n * s->h * s->w * s->c; }
static size_t output_count(const IclConvShape *s) { return (size_t)s->n * s->oh * s->ow * s->f; }
static size_t weight_count(const IclConvShape *s) { return (size_t)s->kh * s->kw * s->f; }

/* All a depthwise layer reads and writes. */
typedef struct Layer {
    IclConvShape shape;
    Guarded x, w, bias, add, y, dy, dx, dw;
    IclEpilogue epilogue;
} Layer;

static Layer layer_new(const Row *row, int misalign)
{
    IclConvShape s = row_shape(row);
    Layer layer = {
        .shape = s,
        .x = guarded_random(input_count(&s), misalign, 1),
        .w = guarded_random(weight_count(&s), misalign, 2),
        .bias = guarded_random((size_t)s.f, misalign, 3),
        .add = guarded_random(output_count(&s), misalign, 4),
        .y = guarded_random(output_count(&s), misalign, 5),
        .dy = guarded_random(output_count(&s), misalign, 6),
        .dx = guarded_random(input_count(&s), misalign, 7),
        .dw = guarded_random(weight_count(&s), misalign, 8),
    };

    layer.epilogue = (IclEpilogue){row->bias ? layer.bias.data : NULL,
                                   row->add ? layer.add.data : NULL, row->activation, 0.1f};
    return layer;
}

static void layer_free(Layer *l)
{
    Guarded *all[] = {&l->x, &l->w, &l->bias, &l->add, &l->y, &l->dy, &l->dx, &l->dw};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        guarded_check(all[i], "layer");
        guarded_free(all[i]);
    }
}

/* Chunks from the last to the first where `backwards`. */
static int nth(int i, int chunks, bool backwards) { return backwards ? chunks - 1 - i : i; }

static void layer_forward(Layer *l, const IclDepthwiseKernels *k, bool backwards)
{
    for (int i = 0, chunks = k->chunks(&l->shape); i < chunks; i++)
        k->forward(&l->shape, l->x.data, l->w.data, &l->epilogue, l->y.data,
                   nth(i, chunks, backwards));
}

static void layer_input_gradient(Layer *l, const IclDepthwiseKernels *k, bool accumulate,
                                 bool backwards)
{
    for (int i = 0, chunks = k->input_gradient_chunks(&l->shape); i < chunks; i++)
        k->input_gradient(&l->shape, l->dy.data, l->w.data, l->dx.data, accumulate,
                          nth(i, chunks, backwards));
}

static void layer_weight_gradient(Layer *l, const IclDepthwiseKernels *k, float *workspace,
                                  bool backwards)
{
    for (int i = 0, chunks = k->weight_gradient_chunks(&l->shape); i < chunks; i++)
        k->weight_gradient(&l->shape, l->x.data, l->dy.data, workspace, nth(i, chunks, backwards));
    k->weight_gradient_finish(&l->shape, workspace, l->dw.data);
}

static void layer_run(Layer *l, const IclDepthwiseKernels *k, bool accumulate, bool backwards)
{
    Guarded workspace = guarded_random(k->weight_gradient_workspace(&l->shape), 1, 9);

    layer_forward(l, k, backwards);
    layer_input_gradient(l, k, accumulate, backwards);
    layer_weight_gradient(l, k, workspace.data, backwards);
    guarded_check(&workspace, "workspace");
    guarded_free(&workspace);
}

static void agrees_with_reference(const TierCase *data)
{
    for (int accumulate = 0; accumulate < 2; accumulate++) {
        Layer got = layer_new(data->row, accumulate), want = layer_new(data->row, 0);
        layer_run(&got, &data->kernels->depthwise, accumulate, false);
        layer_run(&want, &data->reference->depthwise, accumulate, false);
        compare_relative("y", got.y.data, want.y.data, 2e-6, got.y.count);
        compare_relative("dx", got.dx.data, want.dx.data, 2e-6, got.dx.count);
        compare_relative("dw", got.dw.data, want.dw.data, 1e-5, got.dw.count);
        layer_free(&got);
        layer_free(&want);
    }
}

static void chunk_order_does_not_matter(const TierCase *data)
{
    Layer forwards = layer_new(data->row, 0), backwards = layer_new(data->row, 3);

    layer_run(&forwards, &data->kernels->depthwise, true, false);
    layer_run(&backwards, &data->kernels->depthwise, true, true);
    compare_bits("y", backwards.y.data, forwards.y.data, forwards.y.count);
    compare_bits("dx", backwards.dx.data, forwards.dx.data, forwards.dx.count);
    compare_bits("dw", backwards.dw.data, forwards.dw.data, forwards.dw.count);
    layer_free(&forwards);
    layer_free(&backwards);
}

static void batch_does_not_matter(const TierCase *data)
{
    const Row *row = data->row;
    Layer batch = layer_new(row, 0);
    const size_t x_size = input_count(&batch.shape) / MAX(batch.shape.n, 1);
    const size_t y_size = output_count(&batch.shape) / MAX(batch.shape.n, 1);

    layer_forward(&batch, &data->kernels->depthwise, false);
    for (int i = 0; i < batch.shape.n; i++) {
        Row single = *row;
        single.shape.n = 1;
        Layer one = layer_new(&single, 0);
        memcpy(one.x.data, batch.x.data + i * x_size, x_size * sizeof(float));
        memcpy(one.add.data, batch.add.data + i * y_size, y_size * sizeof(float));
        layer_forward(&one, &data->kernels->depthwise, false);
        compare_bits("y", one.y.data, batch.y.data + i * y_size, y_size);
        layer_free(&one);
    }
    layer_free(&batch);
}

/* A residual may come in the memory that the outputs go to. */
static void may_add_in_place(const TierCase *data)
{
    Layer apart = layer_new(data->row, 0), same = layer_new(data->row, 0);

    apart.epilogue.add = apart.add.data;
    same.epilogue.add = same.y.data;
    memcpy(same.y.data, apart.add.data, apart.add.count * sizeof(float));
    layer_forward(&apart, &data->kernels->depthwise, false);
    layer_forward(&same, &data->kernels->depthwise, false);
    compare_bits("y", same.y.data, apart.y.data, apart.y.count);
    layer_free(&apart);
    layer_free(&same);
}

static const struct {
    const char *name;
    void (*test)(const TierCase *data);
} properties[] = {
    {"agrees-with-reference", agrees_with_reference},
    {"chunk-order-does-not-matter", chunk_order_does_not_matter},
    {"batch-does-not-matter", batch_does_not_matter},
    {"may-add-in-place", may_add_in_place},
};

void depthwise_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        for (size_t p = 0; p < G_N_ELEMENTS(properties); p++) {
            g_autofree char *name = g_strdup_printf("%s/%s", rows[i].name, properties[p].name);
            add_tier_tests("depthwise", name, &rows[i], properties[p].test);
        }
}

/* MobileNetV2, EfficientNet-B0 and ragged channels, batch 1 */
static const Row benches[] = {
    {"3x3 c=32 @112", SHAPE(1, 112, 112, 32, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_RELU6, true, false},
    {"3x3/2 c=96 @112", SHAPE(1, 112, 112, 96, 1, 3, 2, 1, 0), 1, 1, ICL_ACT_RELU6, true, false},
    {"3x3 c=144 @56", SHAPE(1, 56, 56, 144, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_RELU6, true, false},
    {"3x3/2 c=144 @56", SHAPE(1, 56, 56, 144, 1, 3, 2, 1, 0), 1, 1, ICL_ACT_RELU6, true, false},
    {"3x3 c=192 @28", SHAPE(1, 28, 28, 192, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_RELU6, true, false},
    {"3x3/2 c=192 @28", SHAPE(1, 28, 28, 192, 1, 3, 2, 1, 0), 1, 1, ICL_ACT_RELU6, true, false},
    {"3x3 c=384 @14", SHAPE(1, 14, 14, 384, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_RELU6, true, false},
    {"3x3 c=576 @14", SHAPE(1, 14, 14, 576, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_RELU6, true, false},
    {"3x3/2 c=576 @14", SHAPE(1, 14, 14, 576, 1, 3, 2, 1, 0), 1, 1, ICL_ACT_RELU6, true, false},
    {"3x3 c=960 @7", SHAPE(1, 7, 7, 960, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_RELU6, true, false},
    {"5x5/2 c=144 @56", SHAPE(1, 56, 56, 144, 1, 5, 2, 1, 1), 2, 2, ICL_ACT_SWISH, true, false},
    {"5x5 c=240 @28", SHAPE(1, 28, 28, 240, 1, 5, 1, 1, 2), 2, 2, ICL_ACT_SWISH, true, false},
    {"3x3 c=480 @14", SHAPE(1, 14, 14, 480, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_SWISH, true, false},
    {"5x5 c=672 @14", SHAPE(1, 14, 14, 672, 1, 5, 1, 1, 2), 2, 2, ICL_ACT_SWISH, true, false},
    {"5x5/2 c=672 @14", SHAPE(1, 14, 14, 672, 1, 5, 2, 1, 1), 2, 2, ICL_ACT_SWISH, true, false},
    {"5x5 c=1152 @7", SHAPE(1, 7, 7, 1152, 1, 5, 1, 1, 2), 2, 2, ICL_ACT_SWISH, true, false},
    {"3x3 c=16 @56", SHAPE(1, 56, 56, 16, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_RELU, true, false},
    {"3x3 c=24 @56", SHAPE(1, 56, 56, 24, 1, 3, 1, 1, 1), 1, 1, ICL_ACT_RELU, true, false},
    {"5x5 c=72 @28", SHAPE(1, 28, 28, 72, 1, 5, 1, 1, 2), 2, 2, ICL_ACT_RELU, true, false},
};

typedef struct Run {
    Layer layer;
    const IclDepthwiseKernels *kernels;
    Guarded workspace;
} Run;

static void run_forward(void *data)
{
    layer_forward(&((Run *)data)->layer, ((Run *)data)->kernels, false);
}

static void run_input_gradient(void *data)
{
    layer_input_gradient(&((Run *)data)->layer, ((Run *)data)->kernels, false, false);
}

static void run_weight_gradient(void *data)
{
    Run *run = data;

    layer_weight_gradient(&run->layer, run->kernels, run->workspace.data, false);
}

/* As many bytes as a pass reads and writes. */
static void run_copy(void *data)
{
    Layer *l = &((Run *)data)->layer;
    size_t count = (input_count(&l->shape) + output_count(&l->shape)) / 2;

    memcpy(l->dx.data, l->x.data, MIN(count, l->x.count) * sizeof(float));
}

static void bench_row(const Bench *bench, const Row *row, int tier)
{
    static const char *const uses[] = {"forward", "input gradient", "weight gradient"};
    Run run = {layer_new(row, 0), &icl_kernels_of(tier)->depthwise};
    Timed timed[] = {{run_forward, &run},
                     {run_input_gradient, &run},
                     {run_weight_gradient, &run},
                     {run_copy, &run}};
    const IclConvShape *s = &run.layer.shape;
    run.workspace = guarded_new(run.kernels->weight_gradient_workspace(s), 0);
    double flop = 2.0 * (double)output_count(s) * s->kh * s->kw;
    double bytes = 4.0 * (double)(input_count(s) + output_count(s));

    bench_interleaved(timed, G_N_ELEMENTS(timed), 0.2);
    double copy = timed[G_N_ELEMENTS(uses)].median;
    for (size_t i = 0; i < G_N_ELEMENTS(uses); i++) {
        double seconds = timed[i].median;
        printf("depthwise %s %s %s: %.1f GFLOP/s (%.0f %% of peak), %.1f GB/s (%.0f %% of a copy), "
               "%.4f ms\n",
               row->name, icl_tier_name(tier), uses[i], flop / seconds * 1e-9,
               flop / seconds * 1e-7 / bench->peak[tier], bytes / seconds * 1e-9,
               100 * copy / seconds, seconds * 1e3);
    }
    guarded_free(&run.workspace);
    layer_free(&run.layer);
}

void depthwise_bench(const Bench *bench)
{
    for (size_t i = 0; i < G_N_ELEMENTS(benches); i++)
        for (int tier = ICL_TIER_BASELINE; tier < ICL_TIERS; tier++) {
            g_autofree char *line =
                g_strdup_printf("depthwise %s %s", benches[i].name, icl_tier_name(tier));
            if (icl_kernels_of(tier) && bench_wants(bench, line))
                bench_row(bench, &benches[i], tier);
        }
}
