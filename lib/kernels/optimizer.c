/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The optimizers' steps on vectors, one pass over memory; see kernels.h. */
#include "vector_rows.h"

INLINE vf vsqrt(vf x)
{
    vf y;
    for (int k = 0; k < VL; k++)
        y[k] = __builtin_sqrtf(x[k]);
    return y;
}

INLINE vf vsign(vf x) { return vselect(x > 0.0f, vset(1), vselect(x < 0.0f, vset(-1), (vf){0})); }

/* Decay and step are summed before either meets the weight: a decay too small to be seen in a
 * weight alone is not lost. */
INLINE void finish(float *w, float *g, vf step, float decay, int n)
{
    vf weight = vload_n(w, n);

    vstore_n(w, weight - (weight * decay + step), n);
    vstore_n(g, (vf){0}, n);
}

INLINE void sgd_momentum(float *w, float *g, float *m, const IclOptimizerStep *s, bool nesterov,
                         int n)
{
    vf step = s->lr * vload_n(g, n), velocity = s->beta1 * vload_n(m, n) - step;

    vstore_n(m, velocity, n);
    finish(w, g, nesterov ? step - s->beta1 * velocity : -velocity, s->decay, n);
}

static void sgd(float *w, float *g, float *const *slots, size_t count, const IclOptimizerStep *s)
{
    float *m = slots[0];

    if (s->beta1 == 0)
        EACH_VECTOR(count, finish(w + at, g + at, s->lr * vload_n(g + at, n), s->decay, n));
    else if (s->nesterov)
        EACH_VECTOR(count, sgd_momentum(w + at, g + at, m + at, s, true, n));
    else
        EACH_VECTOR(count, sgd_momentum(w + at, g + at, m + at, s, false, n));
}

static void lion(float *w, float *g, float *const *slots, size_t count, const IclOptimizerStep *s)
{
    float *m = slots[0];

    EACH_VECTOR(count, {
        vf dw = vload_n(g + at, n);
        vf mean = vload_n(m + at, n);
        vstore_n(m + at, mean * s->beta2 + dw * s->rest2, n);
        finish(w + at, g + at, s->lr * vsign(mean * s->beta1 + dw * s->rest1), s->decay, n);
    });
}

typedef struct Moments {
    vf mean, square;
} Moments;

/* m += (g - m)(1 - beta1); v += (g g - v)(1 - beta2) */
INLINE Moments moments(vf dw, float *m, float *v, const IclOptimizerStep *s, int n)
{
    vf mean = vload_n(m, n), square = vload_n(v, n);

    mean += (dw - mean) * s->rest1;
    square += (dw * dw - square) * s->rest2;
    vstore_n(m, mean, n);
    vstore_n(v, square, n);
    return (Moments){mean, square};
}

static void adam_greatest(float *w, float *g, float *const *slots, size_t count,
                          const IclOptimizerStep *s)
{
    float *m = slots[0], *v = slots[1], *greatest = slots[2];

    EACH_VECTOR(count, {
        Moments now = moments(vload_n(g + at, n), m + at, v + at, s, n);
        vf most = vmax(now.square, vload_n(greatest + at, n));
        vstore_n(greatest + at, most, n);
        finish(w + at, g + at, s->lr * now.mean / (vsqrt(most) + s->epsilon), s->decay, n);
    });
}

static void adam(float *w, float *g, float *const *slots, size_t count, const IclOptimizerStep *s)
{
    float *m = slots[0], *v = slots[1];

    if (s->amsgrad) {
        adam_greatest(w, g, slots, count, s);
        return;
    }
    EACH_VECTOR(count, {
        Moments now = moments(vload_n(g + at, n), m + at, v + at, s, n);
        finish(w + at, g + at, s->lr * now.mean / (vsqrt(now.square) + s->epsilon), s->decay, n);
    });
}

static void nadam(float *w, float *g, float *const *slots, size_t count, const IclOptimizerStep *s)
{
    float *m = slots[0], *v = slots[1];

    EACH_VECTOR(count, {
        vf dw = vload_n(g + at, n);
        Moments now = moments(dw, m + at, v + at, s, n);
        vf step =
            (now.mean * s->mean + dw * s->fresh) / (vsqrt(now.square * s->square) + s->epsilon);
        finish(w + at, g + at, s->lr * step, s->decay, n);
    });
}

static void lamb(float *w, float *g, float *const *slots, size_t count, const IclOptimizerStep *s)
{
    float *m = slots[0], *v = slots[1];

    EACH_VECTOR(count, {
        Moments now = moments(vload_n(g + at, n), m + at, v + at, s, n);
        vf weight = vload_n(w + at, n);
        vstore_n(w + at, weight - weight * s->decay, n);
        vstore_n(g + at, now.mean * s->mean / (vsqrt(now.square * s->square) + s->epsilon), n);
    });
}

static void adamax(float *w, float *g, float *const *slots, size_t count, const IclOptimizerStep *s)
{
    float *m = slots[0], *u = slots[1];

    EACH_VECTOR(count, {
        vf dw = vload_n(g + at, n);
        vf mean = vload_n(m + at, n);
        mean += (dw - mean) * s->rest1;
        vf most = vmax(vload_n(u + at, n) * s->beta2, vabs(dw));
        vstore_n(m + at, mean, n);
        vstore_n(u + at, most, n);
        finish(w + at, g + at, s->lr * mean / (most + s->epsilon), s->decay, n);
    });
}

/* What the gradient is divided by, squared: v, or v - mean^2, which rounding might leave below 0.
 */
INLINE vf rmsprop_square(vf dw, float *v, float *mean, const IclOptimizerStep *s, int n)
{
    vf square = vload_n(v, n) * s->beta1 + dw * dw * s->rest1;

    vstore_n(v, square, n);
    if (!mean)
        return square;
    vf average = vload_n(mean, n) * s->beta1 + dw * s->rest1;
    vstore_n(mean, average, n);
    return vmax(square - average * average, (vf){0});
}

INLINE void rmsprop_at(float *w, float *g, float *v, float *mean, float *m,
                       const IclOptimizerStep *s, int n)
{
    vf dw = vload_n(g, n), square = rmsprop_square(dw, v, mean, s, n);
    vf step = s->lr * dw / vsqrt(square + s->epsilon);

    if (m) {
        step += vload_n(m, n) * s->beta2;
        vstore_n(m, step, n);
    }
    finish(w, g, step, s->decay, n);
}

static void rmsprop(float *w, float *g, float *const *slots, size_t count,
                    const IclOptimizerStep *s)
{
    float *v = slots[0], *mean = slots[1], *m = slots[s->centered ? 2 : 1];

    if (s->centered && s->beta2 > 0)
        EACH_VECTOR(count, rmsprop_at(w + at, g + at, v + at, mean + at, m + at, s, n));
    else if (s->centered)
        EACH_VECTOR(count, rmsprop_at(w + at, g + at, v + at, mean + at, NULL, s, n));
    else if (s->beta2 > 0)
        EACH_VECTOR(count, rmsprop_at(w + at, g + at, v + at, NULL, m + at, s, n));
    else
        EACH_VECTOR(count, rmsprop_at(w + at, g + at, v + at, NULL, NULL, s, n));
}

static void adagrad(float *w, float *g, float *const *slots, size_t count,
                    const IclOptimizerStep *s)
{
    float *sum = slots[0];

    EACH_VECTOR(count, {
        vf dw = vload_n(g + at, n);
        vf squares = vload_n(sum + at, n) + dw * dw;
        vstore_n(sum + at, squares, n);
        finish(w + at, g + at, s->lr * dw / vsqrt(squares + s->epsilon), s->decay, n);
    });
}

static void adadelta(float *w, float *g, float *const *slots, size_t count,
                     const IclOptimizerStep *s)
{
    float *v = slots[0], *moves = slots[1];

    EACH_VECTOR(count, {
        vf dw = vload_n(g + at, n);
        vf moved = vload_n(moves + at, n);
        vf square = vload_n(v + at, n) * s->beta1 + dw * dw * s->rest1;
        vf move = vsqrt(moved + s->epsilon) * dw / vsqrt(square + s->epsilon);
        vstore_n(v + at, square, n);
        vstore_n(moves + at, moved * s->beta1 + move * move * s->rest1, n);
        finish(w + at, g + at, s->lr * move, s->decay, n);
    });
}

static void step(float *w, float *g, size_t count, float factor)
{
    EACH_VECTOR(count, finish(w + at, g + at, factor * vload_n(g + at, n), 0, n));
}

static void regularize(const float *w, float *g, size_t count, float scale, float l1, float l2)
{
    EACH_VECTOR(count, {
        vf weight = vload_n(w + at, n);
        vstore_n(g + at, vload_n(g + at, n) * scale + (l1 * vsign(weight) + (2 * l2) * weight), n);
    });
}

/* Comparisons that leave what is not a number as it is. */
static void clip(float *g, size_t count, float scale, float most)
{
    EACH_VECTOR(count, {
        vf x = vload_n(g + at, n) * scale;
        vstore_n(g + at, vmax(vset(-most), vmin(vset(most), x)), n);
    });
}

static void average(float *mean, const float *w, size_t count, float momentum)
{
    const float rest = 1 - momentum;

    EACH_VECTOR(count, vstore_n(mean + at,
                                vload_n(mean + at, n) * momentum + vload_n(w + at, n) * rest, n));
}

/* Sums of up to 16 rows in float, those in double. */
INLINE void squares_at(const float *x, size_t rows, size_t stride, double *sums, int n)
{
    enum { ROWS = 16 };

    for (size_t row = 0; row < rows; row += ROWS) {
        vf sum = (vf){0};
        for (size_t r = row; r < rows && r < row + ROWS; r++) {
            vf v = vload_n(x + r * stride, n);
            sum += v * v;
        }
        for (int k = 0; k < n; k++)
            sums[k] += sum[k];
    }
}

static void unit_squares(const float *x, size_t rows, size_t stride, size_t units, double *sums)
{
    for (size_t u = 0; u < units; u++)
        sums[u] = 0;
    EACH_VECTOR(units, squares_at(x + at, rows, stride, sums + at, n));
}

static void scale_units(float *x, size_t rows, size_t stride, size_t units, const float *factor)
{
    for (size_t r = 0; r < rows; r++) {
        float *row = x + r * stride;
        EACH_VECTOR(units, vstore_n(row + at, vload_n(row + at, n) * vload_n(factor + at, n), n));
    }
}

void ICL_TIER(optimizer)(IclOptimizerKernels *table)
{
    *table = (IclOptimizerKernels){
        .sgd = sgd,
        .lion = lion,
        .adam = adam,
        .nadam = nadam,
        .adamax = adamax,
        .lamb = lamb,
        .rmsprop = rmsprop,
        .adagrad = adagrad,
        .adadelta = adadelta,
        .step = step,
        .regularize = regularize,
        .clip = clip,
        .average = average,
        .sum_abs = table->sum_abs,
        .unit_squares = unit_squares,
        .scale_units = scale_units,
    };
}
