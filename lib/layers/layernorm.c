/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Layer normalisation (Ba et al. 2016) over the channels of each pixel, Keras' defaults. Sums run
 * in lanes, which the compiler makes vectors of. */
#include "layers.h"

#include <math.h>
#include <string.h>

typedef struct Layernorm {
    IclLayer layer;
    double epsilon;
    bool scale, center;
} Layernorm;

static const IclParam layernorm_params[] = {
    ICL_REAL(Layernorm, epsilon, "1e-3", 0, 1, "added to the variance"),
    ICL_BOOL(Layernorm, scale, "yes", "train gamma, a factor a channel"),
    ICL_BOOL(Layernorm, center, "yes", "train beta, a summand a channel"),
    {0},
};

static int gamma_index(const Layernorm *norm) { return norm->scale ? 0 : -1; }
static int beta_index(const Layernorm *norm) { return norm->center ? norm->scale : -1; }

static bool layernorm_build(IclLayer *layer, GError **error)
{
    const Layernorm *norm = (const Layernorm *)layer;
    int64_t c = layer->in[0].c;

    layer->out = layer->in[0];
    if (norm->scale &&
        !icl_layer_weight(layer, "gamma", ICL_WEIGHT_VECTOR, ICL_INIT_ONES, 1, &c, error))
        return false;
    return !norm->center ||
           icl_layer_weight(layer, "beta", ICL_WEIGHT_VECTOR, ICL_INIT_ZEROS, 1, &c, error);
}

static size_t rows_of(const IclLayer *layer, int n)
{
    return (size_t)n * layer->in[0].h * layer->in[0].w;
}
static size_t chunk_rows(int c) { return MAX(ICL_CHUNK / c, 1); }
static int chunks_of(const IclLayer *layer, int n)
{
    size_t each = chunk_rows(layer->in[0].c);
    return (int)((rows_of(layer, n) + each - 1) / each);
}

/* saved: mean and 1 / sqrt(variance + epsilon) a row; shared: a chunk's sums for gamma and beta */
static void layernorm_needs(const IclLayer *layer, int n, bool training, IclNeeds *needs)
{
    needs->saved = training ? 2 * rows_of(layer, n) : 0;
    needs->shared = training ? 2 * (size_t)chunks_of(layer, n) * layer->in[0].c : 0;
}

typedef struct Run {
    const Layernorm *norm;
    const IclPass *pass;
    size_t rows;
    int c;
    const float *gamma, *beta;
    float *saved; /* of the part's rows */
} Run;

static Run run_of(const IclLayer *layer, const IclPass *pass)
{
    const Layernorm *norm = (const Layernorm *)layer;

    return (Run){.norm = norm,
                 .pass = pass,
                 .rows = rows_of(layer, pass->n),
                 .c = layer->in[0].c,
                 .gamma = norm->scale ? icl_layer_data(layer, gamma_index(norm)) : NULL,
                 .beta = norm->center ? icl_layer_data(layer, beta_index(norm)) : NULL,
                 .saved = pass->training ? pass->saved + 2 * rows_of(layer, pass->first) : NULL};
}

enum { LANES = 8 };

static double lanes_sum(const float *lanes)
{
    double sum = 0;

    for (int k = 0; k < LANES; k++)
        sum += lanes[k];
    return sum;
}

static double row_mean(const float *x, int c)
{
    float lanes[LANES] = {0};
    int i = 0;

    for (; i + LANES <= c; i += LANES)
        for (int k = 0; k < LANES; k++)
            lanes[k] += x[i + k];
    for (; i < c; i++)
        lanes[0] += x[i];
    return lanes_sum(lanes) / c;
}

static double row_variance(const float *x, int c, float mean)
{
    float lanes[LANES] = {0};
    int i = 0;

    for (; i + LANES <= c; i += LANES)
        for (int k = 0; k < LANES; k++)
            lanes[k] += (x[i + k] - mean) * (x[i + k] - mean);
    for (; i < c; i++)
        lanes[0] += (x[i] - mean) * (x[i] - mean);
    return lanes_sum(lanes) / c;
}

static void forward_row(const Run *run, const float *x, float *y, float *mean, float *inverse)
{
    float m = (float)row_mean(x, run->c);
    float s = (float)(1 / sqrt(row_variance(x, run->c, m) + run->norm->epsilon));

    for (int i = 0; i < run->c; i++)
        y[i] = (x[i] - m) * s;
    for (int i = 0; run->gamma && i < run->c; i++)
        y[i] *= run->gamma[i];
    for (int i = 0; run->beta && i < run->c; i++)
        y[i] += run->beta[i];
    *mean = m;
    *inverse = s;
}

static void forward_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;
    const IclPass *pass = run->pass;
    size_t each = chunk_rows(run->c), first = (size_t)chunk * each;
    float unused[2];

    for (size_t row = first; row < MIN(first + each, run->rows); row++) {
        float *saved = pass->training ? run->saved + 2 * row : unused;
        forward_row(run, pass->in[0] + row * run->c, pass->out + row * run->c, saved, saved + 1);
    }
}

static void layernorm_forward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    icl_team_run(pass->team, chunks_of(layer, pass->n), forward_chunk, &run);
}

/* With v = (x - mean) s and g = gamma dy: dx = s (g - mean of g - v * mean of g v) */
static void input_gradient_row(const Run *run, const float *x, const float *dy, float mean, float s,
                               bool add, float *dx)
{
    double g = 0, gv = 0;

    for (int i = 0; i < run->c; i++) {
        double dv = (run->gamma ? run->gamma[i] : 1) * dy[i];
        g += dv;
        gv += dv * (x[i] - mean) * s;
    }
    float even = (float)(g / run->c), along = (float)(gv / run->c);
    for (int i = 0; i < run->c; i++) {
        float dv = (run->gamma ? run->gamma[i] : 1) * dy[i];
        float d = s * (dv - even - (x[i] - mean) * s * along);
        dx[i] = add ? dx[i] + d : d;
    }
}

static void backward_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;
    const IclPass *pass = run->pass;
    size_t each = chunk_rows(run->c), first = (size_t)chunk * each;
    float *dgamma = pass->shared + 2 * (size_t)chunk * run->c, *dbeta = dgamma + run->c;

    memset(dgamma, 0, 2 * (size_t)run->c * sizeof *dgamma);
    for (size_t row = first; row < MIN(first + each, run->rows); row++) {
        const float *x = pass->in[0] + row * run->c, *dy = pass->dout + row * run->c;
        float mean = run->saved[2 * row], s = run->saved[2 * row + 1];
        for (int i = 0; i < run->c; i++) {
            dgamma[i] += dy[i] * ((x[i] - mean) * s);
            dbeta[i] += dy[i];
        }
        if (pass->din[0])
            input_gradient_row(run, x, dy, mean, s, pass->accumulate[0],
                               pass->din[0] + row * run->c);
    }
}

static void layernorm_backward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    int chunks = chunks_of(layer, pass->n);

    icl_team_run(pass->team, chunks, backward_chunk, &run);
    for (int i = 0; i < run.c; i++) {
        double dgamma = 0, dbeta = 0;
        for (int chunk = 0; chunk < chunks; chunk++) {
            dgamma += pass->shared[2 * (size_t)chunk * run.c + i];
            dbeta += pass->shared[2 * (size_t)chunk * run.c + run.c + i];
        }
        if (run.gamma)
            pass->dw[gamma_index(run.norm)][i] += (float)dgamma;
        if (run.beta)
            pass->dw[beta_index(run.norm)][i] += (float)dbeta;
    }
}

const IclLayerClass icl_layernorm_class = {
    .base = {"layernorm", "normalise the channels of each pixel", sizeof(Layernorm),
             layernorm_params},
    .flags = ICL_LAYER_READS_INPUT,
    .build = layernorm_build,
    .needs = layernorm_needs,
    .forward = layernorm_forward,
    .backward = layernorm_backward,
};
