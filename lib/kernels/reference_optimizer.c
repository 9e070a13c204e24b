/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The optimizers' steps in plain C; see kernels.h. */
#include <math.h>

#include "tiers.h"

static void sgd_plain(float *w, float *g, size_t count, float lr, float decay)
{
    for (size_t i = 0; i < count; i++) {
        w[i] = w[i] - w[i] * (decay * lr) - lr * g[i];
        g[i] = 0;
    }
}

static void sgd(float *w, float *g, float *m, size_t count, float lr, float momentum, bool nesterov,
                float decay)
{
    if (momentum == 0) {
        sgd_plain(w, g, count, lr, decay);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        float velocity = momentum * m[i] - lr * g[i];
        float step = nesterov ? momentum * velocity - lr * g[i] : velocity;
        m[i] = velocity;
        w[i] = w[i] - w[i] * (decay * lr) + step;
        g[i] = 0;
    }
}

static void adam(float *w, float *g, float *m, float *v, size_t count, float lr, float alpha,
                 float beta1, float beta2, float epsilon, float decay)
{
    for (size_t i = 0; i < count; i++) {
        m[i] += (g[i] - m[i]) * (1 - beta1);
        v[i] += (g[i] * g[i] - v[i]) * (1 - beta2);
        w[i] = w[i] - w[i] * (decay * lr) - alpha * m[i] / (sqrt(v[i]) + epsilon);
        g[i] = 0;
    }
}

void icl_optimizer_reference(IclOptimizerKernels *table)
{
    *table = (IclOptimizerKernels){sgd, adam};
}
