/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * 3x3 convolutions by Winograd against sums in double, each algorithm on every shape: the error
 * bounds of conv_winograd.h, on even data and on data of a wide range; chunks in any order, images
 * alone and in a batch. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels_test.h"

/* As conv_winograd.h has them. */
#define ERROR_2 4
#define ERROR_4 80

typedef struct Row {
    const char *name;
    int n, h, w, c, f;
    int pad[4]; /* top, left, bottom, right */
} Row;

static const Row rows[] = {
    {"whole tiles and vectors", 1, 8, 12, 32, 64, {1, 1, 1, 1}},
    {"ragged tiles", 2, 7, 9, 16, 32, {1, 1, 1, 1}},
    {"odd channels", 2, 6, 5, 15, 17, {1, 1, 1, 1}},
    {"one channel", 2, 5, 7, 1, 31, {1, 1, 1, 1}},
    {"one filter", 1, 6, 6, 33, 1, {1, 1, 1, 1}},
    {"three channels", 1, 13, 11, 3, 7, {1, 1, 1, 1}},
    {"past a panel", 1, 5, 6, 48, 65, {1, 1, 1, 1}},
    {"wide filters of many channels", 1, 4, 4, 130, 160, {1, 1, 1, 1}},
    {"many tiles", 3, 19, 18, 7, 8, {1, 1, 1, 1}},
    {"a pixel", 3, 1, 1, 16, 16, {1, 1, 1, 1}},
    {"a line", 1, 1, 17, 5, 6, {1, 1, 1, 1}},
    {"a column", 1, 10, 1, 6, 5, {1, 1, 1, 1}},
    {"no padding", 2, 8, 3, 8, 8, {0, 0, 0, 0}},
    {"padding below and right", 1, 6, 7, 4, 9, {0, 0, 2, 1}},
    {"padding of two", 1, 5, 6, 9, 4, {2, 2, 2, 2}},
    {"padding past the reach", 1, 3, 4, 3, 7, {4, 4, 4, 4}},
};

static const IclWinograd algorithms[] = {ICL_WINOGRAD_2, ICL_WINOGRAD_4};

static IclConvShape shape_of(const Row *r, IclWinograd winograd)
{
    return (IclConvShape){.n = r->n,
                          .h = r->h,
                          .w = r->w,
                          .c = r->c,
                          .f = r->f,
                          .kh = 3,
                          .kw = 3,
                          .sh = 1,
                          .sw = 1,
                          .dh = 1,
                          .dw = 1,
                          .pt = r->pad[0],
                          .pl = r->pad[1],
                          .oh = r->h + r->pad[0] + r->pad[2] - 2,
                          .ow = r->w + r->pad[1] + r->pad[3] - 2,
                          .groups = 1,
                          .winograd = (int)winograd};
}

static size_t x_size(const IclConvShape *s) { return (size_t)s->n * s->h * s->w * s->c; }

static size_t y_size(const IclConvShape *s) { return (size_t)s->n * s->oh * s->ow * s->f; }

static size_t w_size(const IclConvShape *s) { return (size_t)9 * s->c * s->f; }

static Guarded poisoned(size_t count, int misalign)
{
    Guarded g = guarded_new(count, misalign);

    for (size_t i = 0; i < count; i++)
        g.data[i] = NAN;
    return g;
}

static void check_and_free(Guarded *g, const char *what)
{
    guarded_check(g, what);
    guarded_free(g);
}

/* All chunks, the last first where `backwards`; `scale` of the forward pass alone. */
static void forward(const IclConvKernels *k, const IclConvShape *s, const float *x, const float *w,
                    const float *scale, const IclEpilogue *epilogue, float *y, bool backwards)
{
    Guarded packed = poisoned(k->packed_size(s), 0), scratch = poisoned(k->scratch_size(s) / 4, 0);
    int chunks = k->chunks(s);

    for (int i = k->pack_chunks(s) - 1; i >= 0; i--)
        k->pack(s, w, scale, packed.data, i);
    for (int i = 0; i < chunks; i++)
        k->forward(s, x, packed.data, epilogue, y, backwards ? chunks - 1 - i : i, scratch.data);
    check_and_free(&packed, "packed weights");
    check_and_free(&scratch, "scratch");
}

static void input_gradient(const IclConvKernels *k, const IclConvShape *s, const float *dy,
                           const float *w, bool accumulate, float *dx, bool backwards)
{
    Guarded packed = poisoned(k->input_gradient_packed_size(s), 0);
    Guarded scratch = poisoned(k->input_gradient_scratch_size(s) / 4, 0);
    int chunks = k->input_gradient_chunks(s);

    for (int i = k->input_gradient_pack_chunks(s) - 1; i >= 0; i--)
        k->input_gradient_pack(s, w, packed.data, i);
    for (int i = 0; i < chunks; i++)
        k->input_gradient(s, dy, packed.data, dx, accumulate, backwards ? chunks - 1 - i : i,
                          scratch.data);
    check_and_free(&packed, "packed weights");
    check_and_free(&scratch, "scratch");
}

/* A convolution as the forward pass sees it: the input gradient is the one of dy by weights turned
 * by half a turn. */
typedef struct Problem {
    int n, h, w, c, oh, ow, f, top, left;
    const float *x, *weights;
    size_t w_c, w_f;
    bool turned;
} Problem;

static Problem forward_problem(const IclConvShape *s, const float *x, const float *w)
{
    return (Problem){s->n,  s->h,  s->w, s->c, s->oh,        s->ow, s->f,
                     s->pt, s->pl, x,    w,    (size_t)s->f, 1,     false};
}

static Problem gradient_problem(const IclConvShape *s, const float *dy, const float *w)
{
    return (Problem){s->n,      s->oh,     s->ow, s->f, s->h, s->w,         s->c,
                     2 - s->pt, 2 - s->pl, dy,    w,    1,    (size_t)s->f, true};
}

static double input_at(const Problem *p, int image, int y, int x, int c)
{
    if ((unsigned)y >= (unsigned)p->h || (unsigned)x >= (unsigned)p->w)
        return 0;
    return p->x[(((size_t)image * p->h + y) * p->w + x) * p->c + c];
}

static double weight_at(const Problem *p, int tap, int c, int f)
{
    return p->weights[(size_t)(p->turned ? 8 - tap : tap) * p->c * p->f + c * p->w_c + f * p->w_f];
}

static double output_at(const Problem *p, int image, int y, int x, int f)
{
    double sum = 0;

    for (int tap = 0; tap < 9; tap++)
        for (int c = 0; c < p->c; c++)
            sum += input_at(p, image, y - p->top + tap / 3, x - p->left + tap % 3, c) *
                   weight_at(p, tap, c, f);
    return sum;
}

/* [c][f]: a filter's sums of |w| */
static double *weight_magnitudes(const Problem *p)
{
    double *sums = g_new(double, (gsize)p->c * p->f);

    for (int i = 0; i < p->c * p->f; i++) {
        sums[i] = 0;
        for (int tap = 0; tap < 9; tap++)
            sums[i] += fabs(weight_at(p, tap, i / p->f, i % p->f));
    }
    return sums;
}

/* [f]: t of conv_winograd.h, for the tile of m x m outputs from (y, x) on: summed over the
 * channels, the largest |input| that the tile reads times the filter's sum of |w|. */
static void tile_magnitudes(const Problem *p, int m, int image, int y, int x, const double *weights,
                            double *t)
{
    memset(t, 0, (size_t)p->f * sizeof *t);
    for (int c = 0; c < p->c; c++) {
        double largest = 0;
        for (int i = 0; i < (m + 2) * (m + 2); i++) {
            int iy = y - p->top + i / (m + 2), ix = x - p->left + i % (m + 2);
            largest = MAX(largest, fabs(input_at(p, image, iy, ix, c)));
        }
        for (int f = 0; f < p->f; f++)
            t[f] += largest * weights[c * p->f + f];
    }
}

static void check_pixel(const char *what, const Problem *p, int image, int y, int x, double error,
                        const double *t, const float *add, const float *got)
{
    size_t at = (((size_t)image * p->oh + y) * p->ow + x) * p->f;

    for (int f = 0; f < p->f; f++, at++) {
        double want = output_at(p, image, y, x, f) + (add ? add[at] : 0);
        if (!(fabs(got[at] - want) <= error * t[f] + FLT_EPSILON * fabs(want)))
            g_error("%s: image %d, row %d, column %d, filter %d is %.9g, not %.9g (bound %.2g)",
                    what, image, y, x, f, got[at], want, error * t[f]);
    }
}

/* Every output within the bound of its tile; `add` as before the pass, or NULL. */
static void check_problem(const char *what, const Problem *p, IclWinograd winograd,
                          const float *add, const float *got)
{
    const int m = winograd == ICL_WINOGRAD_2 ? 2 : 4;
    const double error = (m == 2 ? ERROR_2 : ERROR_4) * FLT_EPSILON;
    g_autofree double *weights = weight_magnitudes(p), *t = g_new(double, (gsize)p->f);

    for (int image = 0; image < p->n; image++)
        for (int y = 0; y < p->oh; y++)
            for (int x = 0; x < p->ow; x++) {
                if (x % m == 0)
                    tile_magnitudes(p, m, image, y / m * m, x, weights, t);
                check_pixel(what, p, image, y, x, error, t, add, got);
            }
}

/* Numbers of even size, or of sizes from 2^-12 to 2^12. */
static Guarded numbers(size_t count, int misalign, int seed, bool wide)
{
    Guarded g = guarded_random(count, misalign, seed);
    Guarded exponents = guarded_random(count, 0, seed + 100);

    for (size_t i = 0; wide && i < count; i++)
        g.data[i] *= exp2f(12 * exponents.data[i]);
    guarded_free(&exponents);
    return g;
}

static void check_forward(const TierCase *data, IclWinograd winograd, bool wide)
{
    const IclConvKernels *k = &data->kernels->conv;
    const IclConvShape s = shape_of(data->row, winograd);
    const IclEpilogue plain = {0};
    Guarded x = numbers(x_size(&s), 1, 1, wide), w = numbers(w_size(&s), 2, 2, wide);
    Guarded y = poisoned(y_size(&s), 3), back = poisoned(y_size(&s), 0);
    const Problem p = forward_problem(&s, x.data, w.data);

    forward(k, &s, x.data, w.data, NULL, &plain, y.data, false);
    check_problem("y", &p, winograd, NULL, y.data);
    forward(k, &s, x.data, w.data, NULL, &plain, back.data, true);
    compare_bits("y of chunks backwards", back.data, y.data, y.count);
    check_and_free(&x, "x");
    check_and_free(&w, "w");
    check_and_free(&y, "y");
    check_and_free(&back, "y");
}

static void check_input_gradient(const TierCase *data, IclWinograd winograd, bool wide)
{
    const IclConvKernels *k = &data->kernels->conv;
    const IclConvShape s = shape_of(data->row, winograd);
    Guarded dy = numbers(y_size(&s), 1, 1, wide), w = numbers(w_size(&s), 2, 2, wide);
    Guarded dx = poisoned(x_size(&s), 3), sum = guarded_random(x_size(&s), 1, 9);
    Guarded add = guarded_random(x_size(&s), 0, 9);
    const Problem p = gradient_problem(&s, dy.data, w.data);

    input_gradient(k, &s, dy.data, w.data, false, dx.data, false);
    check_problem("dx", &p, winograd, NULL, dx.data);
    input_gradient(k, &s, dy.data, w.data, true, sum.data, true);
    check_problem("dx, added", &p, winograd, add.data, sum.data);
    check_and_free(&dy, "dy");
    check_and_free(&w, "w");
    check_and_free(&dx, "dx");
    check_and_free(&sum, "dx");
    guarded_free(&add);
}

/* t of conv_winograd.h, of one channel and filter: over the tiles, the largest |x| that a tile
 * reads times its sum of |dy|. */
static double part_magnitude(const float *x, int h, int w, int c, int y0, int x0, int side,
                             bool largest)
{
    double result = 0;

    for (int y = MAX(y0, 0); y < MIN(y0 + side, h); y++)
        for (int column = MAX(x0, 0); column < MIN(x0 + side, w); column++) {
            double value = fabs(x[((size_t)y * w + column) * c]);
            result = largest ? MAX(result, value) : result + value;
        }
    return result;
}

static double gradient_magnitude(const IclConvShape *s, const float *x, const float *dy)
{
    double sum = 0;

    for (int image = 0; image < s->n; image++) {
        const float *in = x + (size_t)image * s->h * s->w * s->c;
        const float *out = dy + (size_t)image * s->oh * s->ow * s->f;
        for (int i = 0; i < s->oh; i += 4)
            for (int j = 0; j < s->ow; j += 4)
                sum += part_magnitude(in, s->h, s->w, s->c, i - s->pt, j - s->pl, 6, true) *
                       part_magnitude(out, s->oh, s->ow, s->f, i, j, 4, false);
    }
    return sum;
}

static double weight_gradient_at(const IclConvShape *s, const float *x, const float *dy, int tap)
{
    double sum = 0;

    for (int i = 0; i < s->n * s->oh * s->ow; i++) {
        int image = i / s->ow / s->oh, y = i / s->ow % s->oh - s->pt + tap / 3;
        int column = i % s->ow - s->pl + tap % 3;
        if ((unsigned)y < (unsigned)s->h && (unsigned)column < (unsigned)s->w)
            sum += (double)x[(((size_t)image * s->h + y) * s->w + column) * s->c] *
                   dy[(size_t)i * s->f];
    }
    return sum;
}

static void weight_gradient(const IclConvKernels *k, const IclConvShape *s, const float *x,
                            const float *dy, float *dw, bool backwards)
{
    Guarded workspace = poisoned(k->weight_gradient_workspace(s), 0);
    Guarded scratch = poisoned(k->weight_gradient_scratch_size(s) / 4, 0);
    int chunks = k->weight_gradient_chunks(s), last = k->weight_gradient_finish_chunks(s);

    for (int i = 0; i < chunks; i++)
        k->weight_gradient(s, x, dy, dw, workspace.data, backwards ? chunks - 1 - i : i,
                           scratch.data);
    for (int i = 0; i < last; i++)
        k->weight_gradient_finish(s, workspace.data, dw, backwards ? last - 1 - i : i);
    check_and_free(&workspace, "workspace");
    check_and_free(&scratch, "scratch");
}

static void check_weight_gradient(const TierCase *data, bool wide)
{
    const IclConvKernels *k = &data->kernels->conv;
    const IclConvShape s = shape_of(data->row, ICL_WINOGRAD_4);
    const size_t size = w_size(&s), c_f = (size_t)s.c * s.f;
    Guarded x = numbers(x_size(&s), 1, 1, wide), dy = numbers(y_size(&s), 2, 2, wide);
    Guarded dw = guarded_random(size, 3, 9), back = guarded_random(size, 0, 9);
    Guarded before = guarded_random(size, 0, 9);

    weight_gradient(k, &s, x.data, dy.data, dw.data, false);
    weight_gradient(k, &s, x.data, dy.data, back.data, true);
    compare_bits("dw of chunks backwards", back.data, dw.data, size);
    for (size_t i = 0; i < size; i++) {
        const float *from = x.data + i % c_f / s.f, *to = dy.data + i % s.f;
        double want = weight_gradient_at(&s, from, to, (int)(i / c_f)) + before.data[i];
        double error = ERROR_4 * FLT_EPSILON * gradient_magnitude(&s, from, to);
        if (!(fabs(dw.data[i] - want) <= error + FLT_EPSILON * fabs(want)))
            g_error("dw: entry %zu of %zu is %.9g, not %.9g (bound %.2g)", i, size, dw.data[i],
                    want, error);
    }
    check_and_free(&x, "x");
    check_and_free(&dy, "dy");
    check_and_free(&dw, "dw");
    check_and_free(&back, "dw");
    guarded_free(&before);
}

static void test_weight_gradient(const TierCase *data)
{
    check_weight_gradient(data, false);
    check_weight_gradient(data, true);
}

static void each_algorithm(const TierCase *data,
                           void (*check)(const TierCase *, IclWinograd, bool wide))
{
    for (size_t i = 0; i < G_N_ELEMENTS(algorithms); i++) {
        check(data, algorithms[i], false);
        check(data, algorithms[i], true);
    }
}

static void test_forward(const TierCase *data) { each_algorithm(data, check_forward); }

static void test_input_gradient(const TierCase *data)
{
    each_algorithm(data, check_input_gradient);
}

/* Scale, bias, sum and activation give what they would after the plain sums, but for rounding. */
static void check_epilogue(const TierCase *data, IclWinograd winograd, IclActivation activation)
{
    const IclConvKernels *k = &data->kernels->conv;
    const IclConvShape s = shape_of(data->row, winograd);
    const size_t size = y_size(&s), f = (size_t)s.f;
    const IclEpilogue none = {0};
    Guarded x = guarded_random(x_size(&s), 1, 1), w = guarded_random(w_size(&s), 2, 2);
    Guarded bias = guarded_random(f, 3, 3), add = guarded_random(size, 4, 4);
    Guarded scale = guarded_random(f, 5, 5), y = poisoned(size, 1), want = poisoned(size, 0);
    IclEpilogue epilogue = {bias.data, add.data, activation, 0.1f, NULL};
    float largest = 0;

    forward(k, &s, x.data, w.data, NULL, &none, want.data, false);
    forward(k, &s, x.data, w.data, scale.data, &epilogue, y.data, false);
    for (size_t i = 0; i < size; i++)
        want.data[i] = want.data[i] * scale.data[i % f] + bias.data[i % f] + add.data[i];
    for (size_t i = 0; i < size; i++)
        largest = MAX(largest, fabsf(want.data[i]));
    data->reference->element.activation(activation, 0.1f, want.data, want.data, size);
    for (size_t i = 0; i < size; i++)
        g_assert_cmpfloat(fabsf(y.data[i] - want.data[i]), <=, 3e-5f * largest);
    check_and_free(&x, "x");
    check_and_free(&w, "w");
    check_and_free(&bias, "bias");
    check_and_free(&add, "add");
    check_and_free(&scale, "scale");
    check_and_free(&y, "y");
    guarded_free(&want);
}

static void test_epilogue(const TierCase *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(algorithms); i++)
        for (IclActivation activation = 0; activation < ICL_ACTS; activation++)
            check_epilogue(data, algorithms[i], activation);
}

/* What enters wider pixels has the bits that it has alone. */
static void test_slice(const TierCase *data)
{
    static const IclActivation activations[] = {ICL_ACT_NONE, ICL_ACT_RELU6, ICL_ACT_SWISH};

    for (size_t i = 0; i < G_N_ELEMENTS(algorithms) * G_N_ELEMENTS(activations); i++) {
        IclConvShape s = shape_of(data->row, algorithms[i % G_N_ELEMENTS(algorithms)]);
        Guarded x = guarded_random(x_size(&s), 1, 1), w = guarded_random(w_size(&s), 2, 2);
        Guarded bias = guarded_random((size_t)s.f, 3, 3), dense = poisoned(y_size(&s), 0);
        Slice slice = slice_new(dense.count / s.f, s.f);
        IclEpilogue epilogue = {.bias = bias.data,
                                .activation = activations[i / G_N_ELEMENTS(algorithms)]};

        forward(&data->kernels->conv, &s, x.data, w.data, NULL, &epilogue, dense.data, false);
        s.pixel = slice.pixel;
        forward(&data->kernels->conv, &s, x.data, w.data, NULL, &epilogue, slice.data, false);
        slice_compare("y in wider pixels", &slice, dense.data);
        slice_free(&slice);
        Guarded *const all[] = {&x, &w, &bias, &dense};
        for (size_t j = 0; j < G_N_ELEMENTS(all); j++)
            check_and_free(all[j], "slice");
    }
}

/* Each image alone gives the bits that it gives in a batch, and its weights are packed alike. */
static void check_batch(const TierCase *data, IclWinograd winograd)
{
    const IclConvKernels *k = &data->kernels->conv;
    const IclConvShape s = shape_of(data->row, winograd);
    const IclEpilogue relu = {.activation = ICL_ACT_RELU};
    IclConvShape one = s;
    one.n = 1;
    Guarded x = guarded_random(x_size(&s), 0, 1), w = guarded_random(w_size(&s), 0, 2);
    Guarded dy = guarded_random(y_size(&s), 0, 3), y = guarded_new(y_size(&s), 0);
    Guarded dx = guarded_new(x_size(&s), 0);
    Guarded y1 = guarded_new(y_size(&one), 5), dx1 = guarded_new(x_size(&one), 5);

    g_assert_true(k->packed_size(&one) == k->packed_size(&s));
    g_assert_cmpint(k->pack_chunks(&one), ==, k->pack_chunks(&s));
    forward(k, &s, x.data, w.data, NULL, &relu, y.data, false);
    input_gradient(k, &s, dy.data, w.data, false, dx.data, false);
    for (int i = 0; i < s.n; i++) {
        forward(k, &one, x.data + i * x_size(&one), w.data, NULL, &relu, y1.data, false);
        compare_bits("y of an image alone", y1.data, y.data + i * y_size(&one), y1.count);
        input_gradient(k, &one, dy.data + i * y_size(&one), w.data, false, dx1.data, false);
        compare_bits("dx of an image alone", dx1.data, dx.data + i * x_size(&one), dx1.count);
    }
    Guarded *const all[] = {&x, &w, &dy, &y, &dx, &y1, &dx1};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        check_and_free(all[i], "batch");
}

static void test_batch(const TierCase *data)
{
    check_batch(data, ICL_WINOGRAD_2);
    check_batch(data, ICL_WINOGRAD_4);
    check_batch(data, ICL_WINOGRAD_AUTO);
}

static const Row batch_rows[] = {
    {"of many tiles", 9, 13, 17, 20, 36, {1, 1, 1, 1}},
    {"of few tiles and many filters", 9, 7, 7, 130, 150, {1, 1, 1, 1}},
    {"of taps", 5, 6, 6, 120, 140, {1, 1, 1, 1}},
};

/* Many channels: transformed weights would be too many, and are not stored. */
static const Row taps_row = {"taps that each chunk transforms", 1, 5, 9, 120, 140, {1, 1, 1, 1}};

static void test_off(const TierCase *data)
{
    const IclConvKernels *k = &data->kernels->conv;
    const IclConvShape on = shape_of(data->row, ICL_WINOGRAD_AUTO);
    const IclConvShape off = shape_of(data->row, ICL_WINOGRAD_OFF);

    if (!strcmp(data->kernels->name, "openblas")) /* has direct sums alone */
        return;
    g_assert_true(k->packed_size(&off) == w_size(&off));
    g_assert_true(k->input_gradient_packed_size(&off) == w_size(&off));
    g_assert_true(k->packed_size(&on) == 4 * w_size(&on));
    g_assert_true(k->input_gradient_packed_size(&on) == 4 * w_size(&on));
}

static void test_option(const TierCase *data)
{
    static const struct {
        const char *word;
        IclWinograd winograd;
    } words[] = {{"off", ICL_WINOGRAD_OFF}, {"2", ICL_WINOGRAD_2},     {"4", ICL_WINOGRAD_4},
                 {"", ICL_WINOGRAD_AUTO},   {"on", ICL_WINOGRAD_AUTO}, {"offf", ICL_WINOGRAD_AUTO}};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        setenv("ICL_WINOGRAD", words[i].word, 1);
        g_assert_cmpint(icl_cpu_winograd(), ==, words[i].winograd);
    }
    unsetenv("ICL_WINOGRAD");
    g_assert_cmpint(icl_cpu_winograd(), ==, ICL_WINOGRAD_AUTO);
}

static const Row parted = {"parts of all tiles", 3, 33, 30, 5, 7, {1, 1, 1, 1}};

void winograd_tests(void)
{
    static const Row switched = {"off", 1, 28, 28, 64, 64, {1, 1, 1, 1}};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        add_tier_tests("winograd/forward", rows[i].name, &rows[i], test_forward);
        add_tier_tests("winograd/input gradient", rows[i].name, &rows[i], test_input_gradient);
        add_tier_tests("winograd/weight gradient", rows[i].name, &rows[i], test_weight_gradient);
        add_tier_tests("winograd/epilogue", rows[i].name, &rows[i], test_epilogue);
        add_tier_tests("winograd/slice", rows[i].name, &rows[i], test_slice);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(batch_rows); i++) {
        add_tier_tests("winograd/slice", batch_rows[i].name, &batch_rows[i], test_slice);
        add_tier_tests("winograd/batch", batch_rows[i].name, &batch_rows[i], test_batch);
    }
    add_tier_tests("winograd/forward", taps_row.name, &taps_row, test_forward);
    add_tier_tests("winograd/input gradient", taps_row.name, &taps_row, test_input_gradient);
    add_tier_tests("winograd/weight gradient", parted.name, &parted, test_weight_gradient);
    add_tier_tests("winograd/option", switched.name, &switched, test_off);
    add_tier_tests("winograd/option", "words", NULL, test_option);
}

typedef enum { FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT, PASSES } Pass;

static const char *const pass_names[PASSES] = {"forward", "input gradient", "weight gradient"};

/* Cold: every run has weights of its own, which no cache of the core has kept. */
enum { COLD_COPIES = 24, COLD_FLOATS = 16 << 20 };

typedef struct BenchRun {
    const IclConvKernels *kernels;
    IclConvShape s;
    Pass pass;
    Guarded x, y, w, packed, scratch, workspace;
    size_t packed_size;
    int copies, next;
} BenchRun;

static void bench_run(void *data)
{
    BenchRun *run = data;
    const IclConvKernels *k = run->kernels;
    const IclEpilogue relu = {.activation = ICL_ACT_RELU};
    const float *packed = run->packed.data + run->next * run->packed_size;
    float *scratch = run->scratch.data;

    for (int i = 0; run->pass == FORWARD && i < k->chunks(&run->s); i++)
        k->forward(&run->s, run->x.data, packed, &relu, run->y.data, i, scratch);
    for (int i = 0; run->pass == INPUT_GRADIENT && i < k->input_gradient_chunks(&run->s); i++)
        k->input_gradient(&run->s, run->y.data, packed, run->x.data, false, i, scratch);
    if (run->pass == WEIGHT_GRADIENT) {
        for (int i = 0; i < k->weight_gradient_chunks(&run->s); i++)
            k->weight_gradient(&run->s, run->x.data, run->y.data, run->w.data, run->workspace.data,
                               i, scratch);
        for (int i = 0; i < k->weight_gradient_finish_chunks(&run->s); i++)
            k->weight_gradient_finish(&run->s, run->workspace.data, run->w.data, i);
    }
    run->next = (run->next + 1) % run->copies;
}

static void bench_pack(BenchRun *run, float *packed)
{
    const IclConvKernels *k = run->kernels;

    for (int i = 0; run->pass == FORWARD && i < k->pack_chunks(&run->s); i++)
        k->pack(&run->s, run->w.data, NULL, packed, i);
    for (int i = 0; run->pass == INPUT_GRADIENT && i < k->input_gradient_pack_chunks(&run->s); i++)
        k->input_gradient_pack(&run->s, run->w.data, packed, i);
}

static BenchRun bench_run_of(const Row *row, IclWinograd winograd, Pass pass, bool cold)
{
    const IclConvKernels *k = &icl_kernels()->conv;
    const IclConvShape s = shape_of(row, winograd);
    const size_t scratch[PASSES] = {k->scratch_size(&s), k->input_gradient_scratch_size(&s),
                                    k->weight_gradient_scratch_size(&s)};
    const size_t packed[PASSES] = {k->packed_size(&s), k->input_gradient_packed_size(&s), 1};
    BenchRun run = {.kernels = k, .s = s, .pass = pass, .copies = 1};

    run.packed_size = (packed[pass] + 15) / 16 * 16;
    if (cold)
        run.copies = (int)MAX(2, MIN(COLD_FLOATS / run.packed_size, COLD_COPIES));
    run.x = guarded_random(x_size(&s), 0, 1);
    run.y = guarded_random(y_size(&s), 0, 2);
    run.w = guarded_random(w_size(&s), 0, 3);
    run.packed = guarded_new(run.packed_size * run.copies, 0);
    run.scratch = guarded_new(scratch[pass] / 4, 0);
    run.workspace = guarded_new(k->weight_gradient_workspace(&s), 0);
    for (int copy = 0; copy < run.copies; copy++)
        bench_pack(&run, run.packed.data + copy * run.packed_size);
    return run;
}

static void bench_row(const char *name, const Row *row, Pass pass, bool cold)
{
    static const IclWinograd all[] = {ICL_WINOGRAD_OFF, ICL_WINOGRAD_2, ICL_WINOGRAD_4,
                                      ICL_WINOGRAD_AUTO};
    BenchRun runs[G_N_ELEMENTS(all)];
    Timed timed[G_N_ELEMENTS(all)];

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        runs[i] = bench_run_of(row, all[i], pass, cold);
        timed[i] = (Timed){bench_run, &runs[i]};
    }
    bench_interleaved(timed, G_N_ELEMENTS(all), 0.4);
    printf("%-50s direct %.3f, F2 %.3f, F4 %.3f, chosen %.3f ms\n", name, timed[0].best * 1e3,
           timed[1].best * 1e3, timed[2].best * 1e3, timed[3].best * 1e3);
    fflush(stdout);
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        Guarded *const buffers[] = {&runs[i].x,      &runs[i].y,       &runs[i].w,
                                    &runs[i].packed, &runs[i].scratch, &runs[i].workspace};
        for (size_t j = 0; j < G_N_ELEMENTS(buffers); j++)
            guarded_free(buffers[j]);
    }
}

/* Best times of the process' tier, by each algorithm and by the one that is chosen. */
void winograd_bench(const Bench *bench)
{
    static const int shapes[][4] = {/* n, size, c, f */
                                    {1, 56, 64, 64},    {1, 28, 128, 128}, {1, 14, 256, 256},
                                    {1, 7, 512, 512},   {16, 56, 64, 64},  {16, 28, 128, 128},
                                    {16, 14, 256, 256}, {16, 7, 512, 512}, {32, 32, 16, 16},
                                    {32, 16, 32, 32},   {32, 8, 64, 64}};

    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++)
        for (int kind = 0; kind <= 2 * WEIGHT_GRADIENT; kind++) {
            const int *r = shapes[i];
            const Row row = {"", r[0], r[1], r[1], r[2], r[3], {1, 1, 1, 1}};
            g_autofree char *name =
                g_strdup_printf("winograd %s %d>%d @%d n%d %s", pass_names[kind / 2], r[2], r[3],
                                r[1], r[0], kind % 2 ? "cold" : "warm");
            if (bench_wants(bench, name))
                bench_row(name, &row, kind / 2, kind % 2);
        }
}
