/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Element by element on vectors; see kernels.h. relu(NaN) is NaN, as everywhere NaN stays NaN. The
 * loops load an entry before they store it, so an output may be any of its inputs. */
#include "vector_rows.h"

#define ACTIVATION_LOOP(id, name)                                                            \
    static void activation_##name(float alpha, const float *x, float *y, size_t count)       \
    {                                                                                        \
        EACH_VECTOR(count, vstore_n(y + at, vactivation(id, alpha, vload_n(x + at, n)), n)); \
    }
EACH_ACTIVATION(ACTIVATION_LOOP)

#define ACTIVATION_ENTRY(id, name) [id] = activation_##name,
static void (*const activation_loops[ICL_ACTS])(float alpha, const float *x, float *y,
                                                size_t count) = {EACH_ACTIVATION(ACTIVATION_ENTRY)};

static void activation(IclActivation a, float alpha, const float *x, float *y, size_t count)
{
    activation_loops[a](alpha, x, y, count);
}

/* One array is read, x or y: the other may be NULL. */
INLINE void gradient_at(IclActivation a, float alpha, const float *in, const float *dy,
                        bool accumulate, float *dx, int n)
{
    vf v = vload_n(in, n), d = vload_n(dy, n) * vactivation_slope(a, alpha, v, v);

    vstore_n(dx, accumulate ? vload_n(dx, n) + d : d, n);
}

#define GRADIENT_LOOP(id, name)                                                               \
    static void gradient_##name(float alpha, const float *x, const float *y, const float *dy, \
                                bool accumulate, float *dx, size_t count)                     \
    {                                                                                         \
        const float *in = icl_activation_needs_input(id) ? x : y;                             \
        if (accumulate)                                                                       \
            EACH_VECTOR(count, gradient_at(id, alpha, in + at, dy + at, true, dx + at, n));   \
        else                                                                                  \
            EACH_VECTOR(count, gradient_at(id, alpha, in + at, dy + at, false, dx + at, n));  \
    }
EACH_ACTIVATION(GRADIENT_LOOP)

#define GRADIENT_ENTRY(id, name) [id] = gradient_##name,
static void (*const gradient_loops[ICL_ACTS])(float alpha, const float *x, const float *y,
                                              const float *dy, bool accumulate, float *dx,
                                              size_t count) = {EACH_ACTIVATION(GRADIENT_ENTRY)};

static void activation_gradient(IclActivation a, float alpha, const float *x, const float *y,
                                const float *dy, bool accumulate, float *dx, size_t count)
{
    gradient_loops[a](alpha, x, y, dy, accumulate, dx, count);
}

static void add(const float *a, const float *b, float *y, size_t count)
{
    EACH_VECTOR(count, vstore_n(y + at, vload_n(a + at, n) + vload_n(b + at, n), n));
}

static void multiply(const float *a, const float *b, float *y, size_t count)
{
    EACH_VECTOR(count, vstore_n(y + at, vload_n(a + at, n) * vload_n(b + at, n), n));
}

static void multiply_add(const float *a, const float *b, float *y, size_t count)
{
    EACH_VECTOR(count,
                vstore_n(y + at, vload_n(y + at, n) + vload_n(a + at, n) * vload_n(b + at, n), n));
}

static void scale(float *y, float factor, size_t count)
{
    EACH_VECTOR(count, vstore_n(y + at, vload_n(y + at, n) * factor, n));
}

static void scale_narrow(const float *x, const float *s, size_t rows, int c, bool accumulate,
                         float *y)
{
    for (size_t i = 0; i < rows; i++, x += c, y += c)
        if (accumulate)
            EACH_VECTOR(
                c,
                vstore_n(y + at, vload_n(y + at, n) + vload_n(x + at, n) * vload_n(s + at, n), n));
        else
            EACH_VECTOR(c, vstore_n(y + at, vload_n(x + at, n) * vload_n(s + at, n), n));
}

static void scale_rows(const float *x, const float *s, size_t rows, int c, bool accumulate,
                       float *y)
{
    const WideRows wide = wide_rows(rows, c);
    const size_t done = wide.rows * (size_t)wide.of;

    if (wide.rows) {
        float repeated[WIDE_MAX];
        wide_repeat(&wide, s, repeated);
        scale_narrow(x, repeated, wide.rows, wide.c, accumulate, y);
    }
    scale_narrow(x + done * c, s, rows - done, c, accumulate, y + done * c);
}

static void sum_rows(const float *x, size_t rows, int c, float *sum)
{
    row_sum(SUM_X, ICL_ACT_NONE, (RowSums){.x = x, .a = sum}, rows, c);
}

static void dot_rows(const float *a, const float *b, size_t rows, int c, float *sum)
{
    row_sum(SUM_DOT, ICL_ACT_NONE, (RowSums){.x = a, .y = b, .a = sum}, rows, c);
}

typedef double vd __attribute__((vector_size(VL * 4)));
typedef float vhalf __attribute__((vector_size(VL * 2)));

INLINE vd vwiden(const float *p)
{
    vhalf x;
    memcpy(&x, p, sizeof x);
    return __builtin_convertvector(x, vd);
}

static double sum_squares(const float *x, size_t count)
{
    enum { HALF = VL / 2, SUMS = 4 };
    vd sums[SUMS] = {{0}};
    double total = 0;
    size_t i = 0;

    for (; i + SUMS * HALF <= count; i += SUMS * HALF)
        UNROLLED(k, SUMS) {
            vd v = vwiden(x + i + k * HALF);
            sums[k] += v * v;
        }
    vd sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (int k = 0; k < HALF; k++)
        total += sum[k];
    for (; i < count; i++)
        total += (double)x[i] * x[i];
    return total;
}

INLINE vi vlanes(int n) /* the first n lanes */
{
    vi lane;
    for (int k = 0; k < VL; k++)
        lane[k] = k;
    return lane < n;
}

/* The lanes past n keep what was there. */
INLINE vf vkeep(int n, vf x, vf rest) { return n == VL ? x : vselect(vlanes(n), x, rest); }

INLINE vf softmax_exp(const float *x, float largest, float *y, int n)
{
    vf e = vexp(vload_n(x, n) - largest);

    vstore_n(y, e, n);
    return vkeep(n, e, (vf){0});
}

static void softmax_row(const float *x, int c, float *y)
{
    vf most = vset(x[0]), sum = {0};

    EACH_VECTOR(c, most = vmax(most, vkeep(n, vload_n(x + at, n), most)));
    float largest = most[0];
    for (int k = 1; k < VL; k++)
        largest = most[k] > largest ? most[k] : largest;
    EACH_VECTOR(c, sum += softmax_exp(x + at, largest, y + at, n));
    float total = 0;
    for (int k = 0; k < VL; k++)
        total += sum[k];
    scale(y, 1 / total, (size_t)c);
}

static void softmax(const float *x, size_t rows, int c, float *y)
{
    for (size_t i = 0; i < rows; i++)
        softmax_row(x + i * c, c, y + i * c);
}

void ICL_TIER(element)(IclElementKernels *table)
{
    *table = (IclElementKernels){
        activation, activation_gradient, add,      multiply, multiply_add,
        scale,      scale_rows,          sum_rows, dot_rows, sum_squares,
        softmax,
    };
}
