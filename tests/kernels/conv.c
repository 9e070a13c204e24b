/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Convolutions against the reference on ragged shapes: misaligned, between guards, with poisoned
 * scratch, chunks forwards and backwards, images alone and in a batch. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels_test.h"

typedef struct Row {
    const char *name;
    int n, h, w, c, f;
    int k[2], stride[2], dilation[2];
    int pad[4]; /* top, left, bottom, right */
    int groups;
} Row;

#define ONES \
    {        \
        1, 1 \
    }
#define PAD(p)     \
    {              \
        p, p, p, p \
    }

static const Row rows[] = {
    {"3x3 of odd channels", 2, 7, 9, 15, 17, {3, 3}, ONES, ONES, PAD(1), 1},
    {"3x3 of whole vectors", 1, 13, 11, 64, 64, {3, 3}, ONES, ONES, PAD(1), 1},
    {"3x3 past a panel", 3, 6, 5, 48, 65, {3, 3}, ONES, ONES, PAD(1), 1},
    {"3x3 of wide filters", 1, 9, 9, 33, 160, {3, 3}, ONES, ONES, PAD(1), 1},
    {"3x3 of runs", 2, 17, 16, 16, 16, {3, 3}, ONES, ONES, PAD(1), 1},
    {"3x3 of ragged runs", 3, 12, 17, 3, 7, {3, 3}, ONES, ONES, PAD(1), 1},
    {"3x3 of one channel", 2, 16, 17, 1, 31, {3, 3}, ONES, ONES, PAD(1), 1},
    {"3x3 to one filter", 2, 5, 6, 31, 1, {3, 3}, ONES, ONES, PAD(1), 1},
    {"3x3 without padding", 1, 8, 3, 33, 8, {3, 3}, ONES, ONES, PAD(0), 1},
    {"3x3 by stride 2", 2, 15, 17, 33, 16, {3, 3}, {2, 2}, ONES, PAD(1), 1},
    {"3x3 by stride 3", 2, 16, 17, 7, 33, {3, 3}, {3, 3}, ONES, PAD(1), 1},
    {"3x3 by strides 1 and 2", 2, 9, 10, 3, 15, {3, 3}, {1, 2}, ONES, PAD(1), 1},
    {"3x3 by strides 3 and 1", 1, 11, 7, 48, 2, {3, 3}, {3, 1}, ONES, PAD(1), 1},
    {"3x3 dilated", 2, 11, 9, 17, 31, {3, 3}, ONES, {2, 2}, PAD(2), 1},
    {"3x3 dilated and strided alike", 2, 12, 13, 8, 15, {3, 3}, {2, 2}, {2, 2}, PAD(2), 1},
    {"3x3 dilated by 2, strided by 3", 1, 14, 13, 8, 8, {3, 3}, {3, 3}, {2, 2}, PAD(3), 1},
    {"3x3 dilated down, strided across", 1, 12, 13, 3, 5, {3, 3}, {1, 2}, {2, 1}, PAD(2), 1},
    {"1x1", 2, 5, 7, 31, 48, {1, 1}, ONES, ONES, PAD(0), 1},
    {"1x1 of whole vectors", 1, 9, 9, 64, 128, {1, 1}, ONES, ONES, PAD(0), 1},
    {"1x1 by stride 2", 2, 7, 8, 16, 33, {1, 1}, {2, 2}, ONES, PAD(0), 1},
    {"1x1 by stride 3, padded", 1, 7, 8, 16, 33, {1, 1}, {3, 3}, ONES, PAD(1), 1},
    {"dense", 3, 1, 1, 65, 10, {1, 1}, ONES, ONES, PAD(0), 1},
    {"dense of one row", 1, 1, 1, 100, 200, {1, 1}, ONES, ONES, PAD(0), 1},
    {"dense of many rows", 33, 1, 1, 17, 65, {1, 1}, ONES, ONES, PAD(0), 1},
    {"5x5", 2, 8, 9, 7, 16, {5, 5}, ONES, ONES, PAD(2), 1},
    {"1x7", 1, 9, 12, 33, 17, {1, 7}, ONES, ONES, {0, 3, 0, 3}, 1},
    {"7x1", 1, 12, 9, 33, 17, {7, 1}, ONES, ONES, {3, 0, 3, 0}, 1},
    {"7x7 by stride 2, first layer", 2, 17, 17, 3, 64, {7, 7}, {2, 2}, ONES, PAD(3), 1},
    {"2x2, padded below and right", 2, 6, 7, 8, 31, {2, 2}, ONES, ONES, {0, 0, 1, 1}, 1},
    {"2x2 by stride 2", 2, 6, 7, 65, 15, {2, 2}, {2, 2}, ONES, PAD(0), 1},
    {"4x4 by stride 2, padded unevenly", 1, 9, 8, 15, 8, {4, 4}, {2, 2}, ONES, {1, 2, 2, 1}, 1},
    {"3x3, padded past its reach", 1, 3, 4, 3, 7, {3, 3}, ONES, ONES, PAD(4), 1},
    {"3x3 of a pixel, padded past its reach", 2, 1, 1, 33, 33, {3, 3}, {2, 2}, ONES, PAD(5), 1},
    {"5x5 on one line", 2, 1, 17, 2, 3, {5, 5}, ONES, ONES, PAD(2), 1},
    {"5x5 on one column", 2, 17, 1, 16, 3, {5, 5}, ONES, ONES, PAD(2), 1},
    {"3x3 in two groups", 2, 7, 6, 32, 34, {3, 3}, ONES, ONES, PAD(1), 2},
    {"3x3 in eight groups", 1, 6, 7, 64, 64, {3, 3}, {2, 2}, ONES, PAD(1), 8},
    {"3x3 in groups of one channel", 1, 8, 7, 17, 17, {3, 3}, ONES, ONES, PAD(1), 17},
    {"3x3 in groups of one channel, two filters", 2, 8, 7, 7, 14, {3, 3}, {2, 1}, ONES, PAD(1), 7},
    {"1x1 in groups", 2, 5, 5, 33, 48, {1, 1}, ONES, ONES, PAD(0), 3},
    {"input beyond the last window", 1, 8, 8, 4, 4, {2, 2}, {3, 3}, ONES, PAD(0), 1},
};

static int outputs(int in, int k, int stride, int dilation, int pad)
{
    return (in + pad - (k - 1) * dilation - 1) / stride + 1;
}

static IclConvShape shape_of(const Row *r)
{
    return (IclConvShape){
        .n = r->n,
        .h = r->h,
        .w = r->w,
        .c = r->c,
        .f = r->f,
        .kh = r->k[0],
        .kw = r->k[1],
        .sh = r->stride[0],
        .sw = r->stride[1],
        .dh = r->dilation[0],
        .dw = r->dilation[1],
        .pt = r->pad[0],
        .pl = r->pad[1],
        .oh = outputs(r->h, r->k[0], r->stride[0], r->dilation[0], r->pad[0] + r->pad[2]),
        .ow = outputs(r->w, r->k[1], r->stride[1], r->dilation[1], r->pad[1] + r->pad[3]),
        .groups = r->groups,
        .winograd = ICL_WINOGRAD_OFF}; /* see winograd.c */
}

static size_t x_size(const IclConvShape *s) { return (size_t)s->n * s->h * s->w * s->c; }

static size_t y_size(const IclConvShape *s) { return (size_t)s->n * s->oh * s->ow * s->f; }

static size_t w_size(const IclConvShape *s)
{
    return (size_t)s->kh * s->kw * (s->c / s->groups) * s->f;
}

static void poison(Guarded *g)
{
    for (size_t i = 0; i < g->count; i++)
        g->data[i] = NAN;
}

static Guarded poisoned(size_t count, int misalign)
{
    Guarded g = guarded_new(count, misalign);

    poison(&g);
    return g;
}

static Guarded absolute(const Guarded *x)
{
    Guarded g = guarded_new(x->count, 0);

    for (size_t i = 0; i < x->count; i++)
        g.data[i] = fabsf(x->data[i]);
    return g;
}

static void check_and_free(Guarded *g, const char *what)
{
    guarded_check(g, what);
    guarded_free(g);
}

typedef enum { IN_ORDER, BACKWARDS } Order;

static int chunk_at(int i, int chunks, Order order)
{
    return order == BACKWARDS ? chunks - 1 - i : i;
}

static void forward(const IclConvKernels *k, const IclConvShape *s, const float *x, const float *w,
                    const float *scale, const IclEpilogue *epilogue, float *y, Order order)
{
    Guarded packed = poisoned(k->packed_size(s), 0), scratch = poisoned(k->scratch_size(s) / 4, 0);
    int chunks = k->chunks(s);

    for (int i = k->pack_chunks(s) - 1; i >= 0; i--)
        k->pack(s, w, scale, packed.data, i);
    for (int i = 0; i < chunks; i++) {
        k->forward(s, x, packed.data, epilogue, y, chunk_at(i, chunks, order), scratch.data);
        guarded_check(&scratch, "scratch");
        poison(&scratch);
    }
    check_and_free(&packed, "packed weights");
    check_and_free(&scratch, "scratch");
}

static void input_gradient(const IclConvKernels *k, const IclConvShape *s, const float *dy,
                           const float *w, float *dx, bool accumulate, Order order)
{
    Guarded packed = poisoned(k->input_gradient_packed_size(s), 0);
    Guarded scratch = poisoned(k->input_gradient_scratch_size(s) / 4, 0);
    int chunks = k->input_gradient_chunks(s);

    for (int i = k->input_gradient_pack_chunks(s) - 1; i >= 0; i--)
        k->input_gradient_pack(s, w, packed.data, i);
    for (int i = 0; i < chunks; i++) {
        int chunk = chunk_at(i, chunks, order);
        k->input_gradient(s, dy, packed.data, dx, accumulate, chunk, scratch.data);
        guarded_check(&scratch, "scratch");
        poison(&scratch);
    }
    check_and_free(&packed, "packed weights");
    check_and_free(&scratch, "scratch");
}

static void weight_gradient(const IclConvKernels *k, const IclConvShape *s, const float *x,
                            const float *dy, float *dw, Order order)
{
    Guarded workspace = poisoned(k->weight_gradient_workspace(s), 0);
    Guarded scratch = poisoned(k->weight_gradient_scratch_size(s) / 4, 0);
    int chunks = k->weight_gradient_chunks(s), last = k->weight_gradient_finish_chunks(s);

    for (int i = 0; i < chunks; i++) {
        int chunk = chunk_at(i, chunks, order);
        k->weight_gradient(s, x, dy, dw, workspace.data, chunk, scratch.data);
        guarded_check(&scratch, "scratch");
        poison(&scratch);
    }
    for (int i = 0; i < last; i++)
        k->weight_gradient_finish(s, workspace.data, dw, chunk_at(i, last, order));
    check_and_free(&workspace, "workspace");
    check_and_free(&scratch, "scratch");
}

/* Two sums of `terms` products each, in any order, in float: rounding errors walk at random, so
 * they differ by about eps sqrt(terms) times the sum of the products' absolute values ("absolute",
 * with starting values); 4 standard deviations of two such walks, 1.5 for the steepest activation
 * (hard_swish), and 8 eps for an activation's own error. */
static void compare_sums(const char *what, const float *got, const float *want,
                         const float *absolute_sums, size_t count, double terms)
{
    double *bounds = g_new(double, count);

    for (size_t i = 0; i < count; i++)
        bounds[i] = 1.5 * FLT_EPSILON * (4 * (sqrt(terms) + 2) * absolute_sums[i] + 8);
    compare(what, got, want, bounds, count);
    g_free(bounds);
}

/* What a shape reads, at misaligned places, and its absolute values. SCALE is of the filters. */
enum { X, W, DY, BIAS, ADD, SCALE, INPUT_SCALE, INPUTS };

typedef struct Inputs {
    Guarded in[INPUTS], absolute[INPUTS];
} Inputs;

static Inputs inputs_new(const IclConvShape *s)
{
    const size_t f = (size_t)s->f, n_c = (size_t)s->n * s->c;
    const size_t sizes[INPUTS] = {x_size(s), w_size(s), y_size(s), f, y_size(s), f, n_c};
    Inputs inputs;

    for (int i = 0; i < INPUTS; i++) {
        inputs.in[i] = guarded_random(sizes[i], i + 1, i);
        inputs.absolute[i] = absolute(&inputs.in[i]);
    }
    return inputs;
}

static void inputs_free(Inputs *inputs)
{
    for (int i = 0; i < INPUTS; i++) {
        check_and_free(&inputs->in[i], "an input");
        guarded_free(&inputs->absolute[i]);
    }
}

/* Bits of a variant of a forward pass. */
enum { WITH_BIAS = 1, WITH_ADD = 2, WITH_SCALE = 4, WITH_INPUT_SCALE = 8, VARIANTS = 16 };

static gboolean has_variant(const IclConvShape *s, int variant)
{
    return !(variant & WITH_INPUT_SCALE) || (s->kh * s->kw == 1 && s->groups == 1);
}

static const float *given(const Guarded *inputs, int input, bool is_given)
{
    return is_given ? inputs[input].data : NULL;
}

static IclEpilogue epilogue_of(const Guarded *inputs, int variant, IclActivation activation)
{
    return (IclEpilogue){.bias = given(inputs, BIAS, variant & WITH_BIAS),
                         .add = given(inputs, ADD, variant & WITH_ADD),
                         .activation = activation,
                         .alpha = 0.1f,
                         .input_scale = given(inputs, INPUT_SCALE, variant & WITH_INPUT_SCALE)};
}

static void check_forward(const TierCase *data, const IclConvShape *s, const Inputs *inputs,
                          int variant, IclActivation activation)
{
    const float *x = inputs->in[X].data, *w = inputs->in[W].data;
    const float *scale = given(inputs->in, SCALE, variant & WITH_SCALE);
    const float *absolute_scale = given(inputs->absolute, SCALE, variant & WITH_SCALE);
    const IclEpilogue epilogue = epilogue_of(inputs->in, variant, activation);
    const IclEpilogue plain = epilogue_of(inputs->absolute, variant, ICL_ACT_NONE);
    Guarded y = poisoned(y_size(s), 3), want = poisoned(y_size(s), 0),
            back = poisoned(y_size(s), 1);
    Guarded sums = poisoned(y_size(s), 0);

    forward(&data->kernels->conv, s, x, w, scale, &epilogue, y.data, IN_ORDER);
    forward(&data->kernels->conv, s, x, w, scale, &epilogue, back.data, BACKWARDS);
    forward(&data->reference->conv, s, x, w, scale, &epilogue, want.data, IN_ORDER);
    forward(&data->reference->conv, s, inputs->absolute[X].data, inputs->absolute[W].data,
            absolute_scale, &plain, sums.data, IN_ORDER);
    compare_sums("y", y.data, want.data, sums.data, y.count, (double)w_size(s) / s->f);
    compare_bits("y of chunks backwards", back.data, y.data, y.count);
    check_and_free(&y, "y");
    check_and_free(&want, "y");
    check_and_free(&back, "y");
    check_and_free(&sums, "y");
}

static void test_forward(const TierCase *data)
{
    const IclConvShape s = shape_of(data->row);
    Inputs inputs = inputs_new(&s);

    for (int variant = 0; variant < VARIANTS; variant++)
        if (has_variant(&s, variant))
            check_forward(data, &s, &inputs, variant,
                          variant & WITH_BIAS ? ICL_ACT_RELU : ICL_ACT_NONE);
    inputs_free(&inputs);
}

static void test_activations(const TierCase *data)
{
    const IclConvShape s = shape_of(data->row);
    Inputs inputs = inputs_new(&s);

    for (IclActivation activation = 0; activation < ICL_ACTS; activation++)
        for (int variant = 0; variant < WITH_SCALE; variant++)
            check_forward(data, &s, &inputs, variant, activation);
    inputs_free(&inputs);
}

static void check_input_gradient(const TierCase *data, const IclConvShape *s, const Inputs *inputs,
                                 bool accumulate)
{
    const float *dy = inputs->in[DY].data, *w = inputs->in[W].data;
    size_t size = x_size(s);
    Guarded dx = guarded_random(size, 3, 9), want = guarded_random(size, 0, 9),
            back = guarded_random(size, 1, 9);
    Guarded sums = absolute(&want);

    if (!accumulate)
        poison(&dx), poison(&back), poison(&want);
    input_gradient(&data->kernels->conv, s, dy, w, dx.data, accumulate, IN_ORDER);
    input_gradient(&data->kernels->conv, s, dy, w, back.data, accumulate, BACKWARDS);
    input_gradient(&data->reference->conv, s, dy, w, want.data, accumulate, IN_ORDER);
    input_gradient(&data->reference->conv, s, inputs->absolute[DY].data, inputs->absolute[W].data,
                   sums.data, true, IN_ORDER);
    compare_sums("dx", dx.data, want.data, sums.data, size, (double)w_size(s) / (s->c / s->groups));
    compare_bits("dx of chunks backwards", back.data, dx.data, size);
    check_and_free(&dx, "dx");
    check_and_free(&back, "dx");
    guarded_free(&want);
    guarded_free(&sums);
}

static void test_input_gradient(const TierCase *data)
{
    const IclConvShape s = shape_of(data->row);
    Inputs inputs = inputs_new(&s);

    check_input_gradient(data, &s, &inputs, false);
    check_input_gradient(data, &s, &inputs, true);
    inputs_free(&inputs);
}

static void check_weight_gradient(const TierCase *data, const IclConvShape *s, const Inputs *inputs)
{
    const float *x = inputs->in[X].data, *dy = inputs->in[DY].data;
    size_t size = w_size(s);
    Guarded dw = guarded_random(size, 3, 9), want = guarded_random(size, 0, 9),
            back = guarded_random(size, 1, 9);
    Guarded sums = absolute(&want);

    weight_gradient(&data->kernels->conv, s, x, dy, dw.data, IN_ORDER);
    weight_gradient(&data->kernels->conv, s, x, dy, back.data, BACKWARDS);
    weight_gradient(&data->reference->conv, s, x, dy, want.data, IN_ORDER);
    weight_gradient(&data->reference->conv, s, inputs->absolute[X].data, inputs->absolute[DY].data,
                    sums.data, IN_ORDER);
    compare_sums("dw", dw.data, want.data, sums.data, size, (double)s->n * s->oh * s->ow);
    compare_bits("dw of chunks backwards", back.data, dw.data, size);
    check_and_free(&dw, "dw");
    check_and_free(&back, "dw");
    guarded_free(&want);
    guarded_free(&sums);
}

static void test_weight_gradient(const TierCase *data)
{
    const IclConvShape s = shape_of(data->row);
    Inputs inputs = inputs_new(&s);

    check_weight_gradient(data, &s, &inputs);
    inputs_free(&inputs);
}

/* Each image alone gives the bits that it gives in a batch. */
static void test_batch(const TierCase *data)
{
    const IclConvKernels *k = &data->kernels->conv;
    const IclConvShape s = shape_of(data->row);
    IclConvShape one = s;
    Inputs inputs = inputs_new(&s);
    bool scaled = has_variant(&s, WITH_INPUT_SCALE);
    IclEpilogue epilogue = epilogue_of(
        inputs.in, WITH_BIAS | WITH_ADD | (scaled ? WITH_INPUT_SCALE : 0), ICL_ACT_SWISH);
    Guarded y = guarded_new(y_size(&s), 0), dx = guarded_new(x_size(&s), 0);
    const float *w = inputs.in[W].data;

    one.n = 1;
    Guarded y1 = guarded_new(y_size(&one), 5), dx1 = guarded_new(x_size(&one), 5);
    forward(k, &s, inputs.in[X].data, w, NULL, &epilogue, y.data, IN_ORDER);
    input_gradient(k, &s, inputs.in[DY].data, w, dx.data, false, IN_ORDER);
    for (int i = 0; i < s.n; i++) {
        forward(k, &one, inputs.in[X].data + i * x_size(&one), w, NULL, &epilogue, y1.data,
                IN_ORDER);
        compare_bits("y of an image alone", y1.data, y.data + i * y_size(&one), y1.count);
        input_gradient(k, &one, inputs.in[DY].data + i * y_size(&one), w, dx1.data, false,
                       IN_ORDER);
        compare_bits("dx of an image alone", dx1.data, dx.data + i * x_size(&one), dx1.count);
        epilogue.add += y_size(&one);
        epilogue.input_scale += scaled ? s.c : 0;
    }
    check_and_free(&y1, "y");
    check_and_free(&dx1, "dx");
    guarded_free(&y);
    guarded_free(&dx);
    inputs_free(&inputs);
}

/* What enters wider pixels has the bits that it has alone. */
static void check_slice(const IclConvKernels *k, IclConvShape s)
{
    Inputs inputs = inputs_new(&s);
    const float *x = inputs.in[X].data, *w = inputs.in[W].data;
    Guarded dense = poisoned(y_size(&s), 0);

    for (IclActivation activation = 0; activation < ICL_ACTS; activation++) {
        IclEpilogue epilogue = epilogue_of(inputs.in, WITH_BIAS, activation);
        Slice slice = slice_new(dense.count / s.f, s.f);
        s.pixel = 0;
        forward(k, &s, x, w, NULL, &epilogue, dense.data, IN_ORDER);
        s.pixel = slice.pixel;
        forward(k, &s, x, w, NULL, &epilogue, slice.data, IN_ORDER);
        slice_compare("y in wider pixels", &slice, dense.data);
        slice_free(&slice);
    }
    check_and_free(&dense, "y");
    inputs_free(&inputs);
}

static void test_slice(const TierCase *data)
{
    check_slice(&data->kernels->conv, shape_of(data->row));
    check_slice(&data->reference->conv, shape_of(data->row));
}

static const int widths[] = {1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 48, 64, 65};

/* Every pair of widths as channels and filters. */
static void test_widths(const TierCase *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(widths) * G_N_ELEMENTS(widths); i++) {
        int c = widths[i / G_N_ELEMENTS(widths)], f = widths[i % G_N_ELEMENTS(widths)];
        Row row = {"widths", 1, 3, 4, c, f, {2, 2}, ONES, ONES, PAD(1), 1};
        const IclConvShape s = shape_of(&row);
        Inputs inputs = inputs_new(&s);
        check_forward(data, &s, &inputs, (int)i % WITH_INPUT_SCALE, ICL_ACT_RELU6);
        check_input_gradient(data, &s, &inputs, i % 2);
        check_weight_gradient(data, &s, &inputs);
        inputs_free(&inputs);
    }
}

/* Parted sums: more pixels than one part takes. */
static const Row parted[] = {
    {"parts of 3x3", 2, 40, 41, 5, 18, {3, 3}, ONES, ONES, PAD(1), 1},
    {"parts of 1x1", 3, 30, 31, 17, 16, {1, 1}, ONES, ONES, PAD(0), 1},
    {"parts of dense", 1500, 1, 1, 7, 10, {1, 1}, ONES, ONES, PAD(0), 1},
    {"parts of two groups", 3, 25, 25, 4, 20, {3, 3}, {1, 1}, ONES, PAD(1), 2},
};

/* Results that do not stay in the caches are fetched while the sums run. */
static const Row far[] = {
    {"far results of long sums", 1, 32, 33, 129, 129, {1, 1}, ONES, ONES, PAD(0), 1},
    {"far results of short sums", 1, 64, 65, 17, 65, {1, 1}, ONES, ONES, PAD(0), 1},
};

static const Row activations_full = {"whole vectors", 1,    5,    5,      7, 64,
                                     {3, 3},          ONES, ONES, PAD(1), 1};
static const Row activations_ragged = {"ragged vectors", 1,    5,    5,      7, 21,
                                       {3, 3},           ONES, ONES, PAD(1), 1};
static const Row batch_rows[] = {
    {"3x3", 3, 7, 7, 40, 70, {3, 3}, ONES, ONES, PAD(1), 1},
    {"3x3 of runs", 3, 9, 11, 5, 33, {3, 3}, {2, 2}, ONES, PAD(1), 1},
    {"1x1", 3, 3, 3, 64, 130, {1, 1}, ONES, ONES, PAD(0), 1},
    {"1x1 of blocks of channels", 2, 5, 7, 4200, 33, {1, 1}, ONES, ONES, PAD(0), 1},
    {"dense", 32, 1, 1, 300, 101, {1, 1}, ONES, ONES, PAD(0), 1},
    {"groups", 3, 6, 5, 12, 36, {3, 3}, ONES, ONES, PAD(1), 4},
};

void conv_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        add_tier_tests("conv/forward", rows[i].name, &rows[i], test_forward);
        add_tier_tests("conv/slice", rows[i].name, &rows[i], test_slice);
        add_tier_tests("conv/input gradient", rows[i].name, &rows[i], test_input_gradient);
        add_tier_tests("conv/weight gradient", rows[i].name, &rows[i], test_weight_gradient);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(parted); i++)
        add_tier_tests("conv/weight gradient", parted[i].name, &parted[i], test_weight_gradient);
    for (size_t i = 0; i < G_N_ELEMENTS(far); i++) {
        add_tier_tests("conv/slice", far[i].name, &far[i], test_slice);
        add_tier_tests("conv/forward", far[i].name, &far[i], test_forward);
    }
    add_tier_tests("conv/activations", activations_full.name, &activations_full, test_activations);
    add_tier_tests("conv/activations", activations_ragged.name, &activations_ragged,
                   test_activations);
    for (size_t i = 0; i < G_N_ELEMENTS(batch_rows); i++)
        add_tier_tests("conv/batch", batch_rows[i].name, &batch_rows[i], test_batch);
    add_tier_tests("conv/widths", "every pair", NULL, test_widths);
}

typedef enum { FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT, PASSES } Pass;

static const char *const pass_names[PASSES] = {"forward", "input gradient", "weight gradient"};

typedef struct BenchRow {
    int size, c, f, k, stride;
    int n[PASSES]; /* images; 0: not benched */
} BenchRow;

static const BenchRow bench_rows[] = {
    {56, 64, 64, 3, 1, {1, 1, 4}}, /* ResNet-18 */
    {28, 128, 128, 3, 1, {1, 1, 4}},
    {14, 256, 256, 3, 1, {1, 1, 4}},
    {7, 512, 512, 3, 1, {1, 1, 4}},
    {56, 64, 128, 3, 2, {1, 1, 4}},
    {28, 128, 256, 3, 2, {1, 1, 4}},
    {14, 256, 512, 3, 2, {1, 1, 4}},
    {56, 64, 128, 1, 2, {1, 1, 4}},
    {28, 128, 256, 1, 2, {1, 1, 4}},
    {14, 256, 512, 1, 2, {1, 1, 4}},
    {1, 512, 1000, 1, 1, {1, 1, 32}},
    {224, 3, 64, 7, 2, {1, 0, 1}}, /* ResNet-50 */
    {56, 64, 64, 1, 1, {1, 1, 4}},
    {56, 64, 256, 1, 1, {1, 1, 4}},
    {56, 256, 64, 1, 1, {1, 1, 4}},
    {56, 256, 128, 1, 1, {1, 1, 4}},
    {56, 128, 128, 3, 2, {1, 1, 4}},
    {56, 256, 512, 1, 2, {1, 1, 4}},
    {28, 128, 512, 1, 1, {1, 1, 4}},
    {28, 512, 128, 1, 1, {1, 1, 4}},
    {28, 256, 256, 3, 2, {1, 1, 4}},
    {28, 512, 1024, 1, 2, {1, 1, 4}},
    {14, 256, 1024, 1, 1, {1, 1, 4}},
    {14, 1024, 256, 1, 1, {1, 1, 4}},
    {14, 512, 512, 3, 2, {1, 1, 4}},
    {14, 1024, 2048, 1, 2, {1, 1, 4}},
    {7, 512, 2048, 1, 1, {1, 1, 4}},
    {7, 2048, 512, 1, 1, {1, 1, 4}},
    {1, 2048, 1000, 1, 1, {1, 1, 32}},
    {224, 3, 32, 3, 2, {1, 0, 4}}, /* MobileNetV2, EfficientNet-B0 */
    {112, 32, 16, 1, 1, {1, 1, 4}},
    {112, 16, 96, 1, 1, {1, 1, 4}},
    {56, 96, 24, 1, 1, {1, 1, 4}},
    {56, 24, 144, 1, 1, {1, 1, 4}},
    {56, 144, 24, 1, 1, {1, 1, 4}},
    {28, 144, 32, 1, 1, {1, 1, 4}},
    {28, 32, 192, 1, 1, {1, 1, 4}},
    {28, 40, 240, 1, 1, {1, 1, 4}},
    {28, 240, 40, 1, 1, {1, 1, 4}},
    {14, 64, 384, 1, 1, {1, 1, 4}},
    {14, 384, 96, 1, 1, {1, 1, 4}},
    {14, 96, 576, 1, 1, {1, 1, 4}},
    {14, 480, 80, 1, 1, {1, 1, 4}},
    {14, 112, 672, 1, 1, {1, 1, 4}},
    {7, 160, 960, 1, 1, {1, 1, 4}},
    {7, 960, 320, 1, 1, {1, 1, 4}},
    {7, 1152, 192, 1, 1, {1, 1, 4}},
    {7, 320, 1280, 1, 1, {1, 1, 4}},
    {32, 3, 16, 3, 1, {32, 0, 32}}, /* ResNet-20 */
    {32, 16, 16, 3, 1, {32, 32, 32}},
    {32, 16, 32, 3, 2, {32, 32, 32}},
    {32, 16, 32, 1, 2, {32, 32, 32}},
    {16, 32, 32, 3, 1, {32, 32, 32}},
    {8, 64, 64, 3, 1, {32, 32, 32}},
    {28, 1, 32, 3, 1, {32, 0, 32}}, /* small CNN */
    {14, 32, 64, 3, 1, {32, 32, 32}},
    {1, 3136, 128, 1, 1, {128, 128, 128}},
};

/* One tier's run of one pass over a shape, all of its chunks. */
typedef struct BenchRun {
    const IclConvKernels *kernels;
    IclConvShape s;
    Pass pass;
    Guarded x, y, w, packed, scratch, workspace;
} BenchRun;

static void bench_forward(void *data)
{
    BenchRun *run = data;
    const IclEpilogue epilogue = {.activation = ICL_ACT_RELU};

    for (int i = 0; i < run->kernels->chunks(&run->s); i++)
        run->kernels->forward(&run->s, run->x.data, run->packed.data, &epilogue, run->y.data, i,
                              run->scratch.data);
}

static void bench_input_gradient(void *data)
{
    BenchRun *run = data;

    for (int i = 0; i < run->kernels->input_gradient_chunks(&run->s); i++)
        run->kernels->input_gradient(&run->s, run->y.data, run->packed.data, run->x.data, false, i,
                                     run->scratch.data);
}

static void bench_weight_gradient(void *data)
{
    BenchRun *run = data;

    for (int i = 0; i < run->kernels->weight_gradient_chunks(&run->s); i++)
        run->kernels->weight_gradient(&run->s, run->x.data, run->y.data, run->w.data,
                                      run->workspace.data, i, run->scratch.data);
    for (int i = 0; i < run->kernels->weight_gradient_finish_chunks(&run->s); i++)
        run->kernels->weight_gradient_finish(&run->s, run->workspace.data, run->w.data, i);
}

static void bench_run_init(BenchRun *run, const IclConvKernels *k, const BenchRow *row, Pass pass)
{
    const int pad = (row->k - 1) / 2;
    const Row shape = {"",
                       row->n[pass],
                       row->size,
                       row->size,
                       row->c,
                       row->f,
                       {row->k, row->k},
                       {row->stride, row->stride},
                       ONES,
                       PAD(pad),
                       1};
    const IclConvShape s = shape_of(&shape);

    *run = (BenchRun){k,
                      s,
                      pass,
                      guarded_random(x_size(&s), 0, 1),
                      guarded_random(y_size(&s), 0, 2),
                      guarded_random(w_size(&s), 0, 3)};
    size_t scratch = pass == FORWARD          ? k->scratch_size(&s)
                     : pass == INPUT_GRADIENT ? k->input_gradient_scratch_size(&s)
                                              : k->weight_gradient_scratch_size(&s);
    run->scratch = guarded_new(scratch / 4, 0);
    run->workspace = guarded_new(pass == WEIGHT_GRADIENT ? k->weight_gradient_workspace(&s) : 0, 0);
    if (pass == INPUT_GRADIENT) {
        run->packed = guarded_new(k->input_gradient_packed_size(&s), 0);
        for (int i = 0; i < k->input_gradient_pack_chunks(&s); i++)
            k->input_gradient_pack(&s, run->w.data, run->packed.data, i);
    } else if (pass == FORWARD) {
        run->packed = guarded_new(k->packed_size(&s), 0);
        for (int i = 0; i < k->pack_chunks(&s); i++)
            k->pack(&s, run->w.data, NULL, run->packed.data, i);
    }
}

static void bench_run_clear(BenchRun *run)
{
    Guarded *const all[] = {&run->x,      &run->y,       &run->w,
                            &run->packed, &run->scratch, &run->workspace};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        guarded_free(all[i]);
}

static int bench_tiers(int tiers[ICL_TIERS])
{
    int count = 0;

    for (int tier = ICL_TIER_REFERENCE + 1; tier < ICL_TIERS; tier++)
        if (icl_kernels_of(tier))
            tiers[count++] = tier;
    return count;
}

static void bench_print(int tier, double flops, const Timed *timed, const Timed *peak)
{
    double peak_flops = bench_peak_flops(tier);

    printf("  %s %.1f %2.0f%% (%.0f%%)", icl_tier_name(tier), flops / timed->best * 1e-9,
           100 * flops / timed->best / (peak_flops / peak->best),
           100 * flops / timed->median / (peak_flops / peak->median));
}

static void bench_line(const char *name, const BenchRow *row, Pass pass)
{
    static void (*const runs[PASSES])(void *) = {bench_forward, bench_input_gradient,
                                                 bench_weight_gradient};
    BenchRun run[ICL_TIERS];
    Timed timed[2 * ICL_TIERS];
    int tiers[ICL_TIERS], count = bench_tiers(tiers);

    for (int i = 0; i < count; i++) {
        bench_run_init(&run[i], &icl_kernels_of(tiers[i])->conv, row, pass);
        timed[2 * i] = (Timed){runs[pass], &run[i]};
        timed[2 * i + 1] = bench_peak_run(tiers[i]);
    }
    for (int i = 0; i < count; i++)
        bench_interleaved(&timed[2 * i], 2, 0.15);
    printf("%-46s", name);
    for (int i = 0; i < count; i++) {
        const IclConvShape *s = &run[i].s;
        bench_print(tiers[i], 2.0 * (double)y_size(s) * row->k * row->k * row->c, &timed[2 * i],
                    &timed[2 * i + 1]);
        bench_run_clear(&run[i]);
    }
    printf("\n");
    fflush(stdout);
}

/* GFLOP/s of the best run, % of the best peak measured beside it (the same of the medians): on a
 * shared machine that changes its pace, the best are of one pace; padding counts as work. */
void conv_bench(const Bench *bench)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bench_rows); i++)
        for (Pass pass = FORWARD; pass < PASSES; pass++) {
            const BenchRow *row = &bench_rows[i];
            g_autofree char *name =
                g_strdup_printf("conv %s %dx%d/%d %d>%d @%d n%d", pass_names[pass], row->k, row->k,
                                row->stride, row->c, row->f, row->size, row->n[pass]);
            if (row->n[pass] && bench_wants(bench, name))
                bench_line(name, row, pass);
        }
}
