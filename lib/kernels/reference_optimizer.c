/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The optimizers' steps in plain C; see kernels.h. */
#include <math.h>

#include "tiers.h"

static void finish(float *w, float *g, float step, float decay)
{
    *w -= *w * decay + step;
    *g = 0;
}

static float sign(float x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

static void sgd(float *w, float *g, float *const *slots, size_t count, const IclOptimizerStep *s)
{
    float *m = slots[0];

    for (size_t i = 0; i < count; i++) {
        float step = s->lr * g[i];
        if (s->beta1 != 0) {
            m[i] = s->beta1 * m[i] - step;
            step = s->nesterov ? step - s->beta1 * m[i] : -m[i];
        }
        finish(&w[i], &g[i], step, s->decay);
    }
}

static void lion(float *w, float *g, float *const *slots, size_t count, const IclOptimizerStep *s)
{
    float *m = slots[0];

    for (size_t i = 0; i < count; i++) {
        float step = s->lr * sign(s->beta1 * m[i] + s->rest1 * g[i]);
        m[i] = s->beta2 * m[i] + s->rest2 * g[i];
        finish(&w[i], &g[i], step, s->decay);
    }
}

static void moments(float g, float *m, float *v, const IclOptimizerStep *s)
{
    *m += (g - *m) * s->rest1;
    *v += (g * g - *v) * s->rest2;
}

static void adam(float *w, float *g, float *const *slots, size_t count, const IclOptimizerStep *s)
{
    float *m = slots[0], *v = slots[1], *greatest = slots[2];

    for (size_t i = 0; i < count; i++) {
        moments(g[i], &m[i], &v[i], s);
        float square = v[i];
        if (s->amsgrad)
            square = greatest[i] = fmax(greatest[i], v[i]);
        finish(&w[i], &g[i], s->lr * m[i] / (sqrt(square) + s->epsilon), s->decay);
    }
}

static void nadam(float *w, float *g, float *const *slots, size_t count, const IclOptimizerStep *s)
{
    float *m = slots[0], *v = slots[1];

    for (size_t i = 0; i < count; i++) {
        moments(g[i], &m[i], &v[i], s);
        float mean = s->mean * m[i] + s->fresh * g[i];
        finish(&w[i], &g[i], s->lr * mean / (sqrt(s->square * v[i]) + s->epsilon), s->decay);
    }
}

static void lamb(float *w, float *g, float *const *slots, size_t count, const IclOptimizerStep *s)
{
    float *m = slots[0], *v = slots[1];

    for (size_t i = 0; i < count; i++) {
        moments(g[i], &m[i], &v[i], s);
        w[i] -= w[i] * s->decay;
        g[i] = s->mean * m[i] / (sqrt(s->square * v[i]) + s->epsilon);
    }
}

static void adamax(float *w, float *g, float *const *slots, size_t count, const IclOptimizerStep *s)
{
    float *m = slots[0], *u = slots[1];

    for (size_t i = 0; i < count; i++) {
        m[i] += (g[i] - m[i]) * s->rest1;
        u[i] = fmax(s->beta2 * u[i], fabs(g[i]));
        finish(&w[i], &g[i], s->lr * m[i] / (u[i] + s->epsilon), s->decay);
    }
}

static void rmsprop(float *w, float *g, float *const *slots, size_t count,
                    const IclOptimizerStep *s)
{
    float *v = slots[0], *mean = slots[1], *m = slots[s->centered ? 2 : 1];

    for (size_t i = 0; i < count; i++) {
        float square = v[i] = s->beta1 * v[i] + s->rest1 * (g[i] * g[i]);
        if (s->centered) {
            mean[i] = s->beta1 * mean[i] + s->rest1 * g[i];
            square = fmax(square - mean[i] * mean[i], 0);
        }
        float step = s->lr * g[i] / sqrt(square + s->epsilon);
        if (s->beta2 > 0)
            step = m[i] = s->beta2 * m[i] + step;
        finish(&w[i], &g[i], step, s->decay);
    }
}

static void adagrad(float *w, float *g, float *const *slots, size_t count,
                    const IclOptimizerStep *s)
{
    for (size_t i = 0; i < count; i++) {
        slots[0][i] += g[i] * g[i];
        finish(&w[i], &g[i], s->lr * g[i] / sqrt(slots[0][i] + s->epsilon), s->decay);
    }
}

static void adadelta(float *w, float *g, float *const *slots, size_t count,
                     const IclOptimizerStep *s)
{
    float *v = slots[0], *moves = slots[1];

    for (size_t i = 0; i < count; i++) {
        v[i] = s->beta1 * v[i] + s->rest1 * (g[i] * g[i]);
        float move = sqrt(moves[i] + s->epsilon) * g[i] / sqrt(v[i] + s->epsilon);
        moves[i] = s->beta1 * moves[i] + s->rest1 * (move * move);
        finish(&w[i], &g[i], s->lr * move, s->decay);
    }
}

static void step(float *w, float *g, size_t count, float factor)
{
    for (size_t i = 0; i < count; i++)
        finish(&w[i], &g[i], factor * g[i], 0);
}

static void regularize(const float *w, float *g, size_t count, float scale, float l1, float l2)
{
    for (size_t i = 0; i < count; i++)
        g[i] = g[i] * scale + (l1 * sign(w[i]) + 2 * l2 * w[i]);
}

static void clip(float *g, size_t count, float scale, float most)
{
    for (size_t i = 0; i < count; i++) {
        float x = g[i] * scale;
        g[i] = x > most ? most : x < -most ? -most : x;
    }
}

static void average(float *mean, const float *w, size_t count, float momentum)
{
    for (size_t i = 0; i < count; i++)
        mean[i] = mean[i] * momentum + w[i] * (1 - momentum);
}

static double sum_abs(const float *x, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += fabs(x[i]);
    return sum;
}

static void unit_squares(const float *x, size_t rows, size_t stride, size_t units, double *sums)
{
    for (size_t u = 0; u < units; u++) {
        sums[u] = 0;
        for (size_t r = 0; r < rows; r++)
            sums[u] += (double)x[r * stride + u] * x[r * stride + u];
    }
}

static void scale_units(float *x, size_t rows, size_t stride, size_t units, const float *factor)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t u = 0; u < units; u++)
            x[r * stride + u] *= factor[u];
}

void icl_optimizer_reference(IclOptimizerKernels *table)
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
        .sum_abs = sum_abs,
        .unit_squares = unit_squares,
        .scale_units = scale_units,
    };
}
