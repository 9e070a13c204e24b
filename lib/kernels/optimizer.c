/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The optimizers' steps on vectors, one pass over memory; see kernels.h. */
#include "vector_rows.h"

INLINE void sgd_plain(float *w, float *g, float lr, float keep, int n)
{
    vstore_n(w, vload_n(w, n) * keep - lr * vload_n(g, n), n);
    vstore_n(g, (vf){0}, n);
}

INLINE void sgd_momentum(float *w, float *g, float *m, float lr, float momentum, bool nesterov,
                         float keep, int n)
{
    vf step = lr * vload_n(g, n), velocity = momentum * vload_n(m, n) - step;

    vstore_n(g, (vf){0}, n);
    vstore_n(m, velocity, n);
    vstore_n(w, vload_n(w, n) * keep + (nesterov ? momentum * velocity - step : velocity), n);
}

static void sgd(float *w, float *g, float *m, size_t count, float lr, float momentum, bool nesterov,
                float decay)
{
    const float keep = 1 - decay * lr;

    if (momentum == 0)
        EACH_VECTOR(count, sgd_plain(w + at, g + at, lr, keep, n));
    else if (nesterov)
        EACH_VECTOR(count, sgd_momentum(w + at, g + at, m + at, lr, momentum, true, keep, n));
    else
        EACH_VECTOR(count, sgd_momentum(w + at, g + at, m + at, lr, momentum, false, keep, n));
}

INLINE vf vsqrt(vf x)
{
    vf y;
    for (int k = 0; k < VL; k++)
        y[k] = __builtin_sqrtf(x[k]);
    return y;
}

typedef struct AdamStep {
    float alpha, rest1, rest2, epsilon, keep; /* rest: 1 - beta */
} AdamStep;

INLINE void adam_at(float *w, float *g, float *m, float *v, const AdamStep *s, int n)
{
    vf dw = vload_n(g, n), mean = vload_n(m, n), square = vload_n(v, n);

    mean += (dw - mean) * s->rest1;
    square += (dw * dw - square) * s->rest2;
    vstore_n(g, (vf){0}, n);
    vstore_n(m, mean, n);
    vstore_n(v, square, n);
    vstore_n(w, vload_n(w, n) * s->keep - s->alpha * mean / (vsqrt(square) + s->epsilon), n);
}

static void adam(float *w, float *g, float *m, float *v, size_t count, float lr, float alpha,
                 float beta1, float beta2, float epsilon, float decay)
{
    const AdamStep s = {alpha, 1 - beta1, 1 - beta2, epsilon, 1 - decay * lr};

    EACH_VECTOR(count, adam_at(w + at, g + at, m + at, v + at, &s, n));
}

void ICL_TIER(optimizer)(IclOptimizerKernels *table) { *table = (IclOptimizerKernels){sgd, adam}; }
