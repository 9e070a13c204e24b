/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Group normalisation (Wu and He 2018), Keras' defaults but for the number of groups: each sample
 * by itself, over rows, columns and the channels of a group. The kernels are batchnorm's, of one
 * sample: moments of channels are joined to those of groups, and what they give is a scale and a
 * shift a channel. */
#include "layers.h"

#include <math.h>
#include <string.h>

typedef struct Groupnorm {
    IclLayer layer;
    int groups;
    double epsilon;
    bool scale, center;
} Groupnorm;

static const IclParam groupnorm_params[] = {
    ICL_INT(Groupnorm, groups, "32", 1, 1 << 20, "of channels, which share mean and variance"),
    ICL_REAL(Groupnorm, epsilon, "1e-3", 0, 1, "added to the variance"),
    ICL_BOOL(Groupnorm, scale, "yes", "train gamma, a factor a channel"),
    ICL_BOOL(Groupnorm, center, "yes", "train beta, a summand a channel"),
    {0},
};

static int gamma_index(const Groupnorm *norm) { return norm->scale ? 0 : -1; }
static int beta_index(const Groupnorm *norm) { return norm->center ? norm->scale : -1; }

static bool groupnorm_build(IclLayer *layer, GError **error)
{
    const Groupnorm *norm = (const Groupnorm *)layer;
    int64_t c = layer->in[0].c;

    layer->out = layer->in[0];
    if (c % norm->groups)
        return icl_layer_error(layer, error, "groups %d does not divide %d channels", norm->groups,
                               (int)c);
    if (norm->scale &&
        !icl_layer_weight(layer, "gamma", ICL_WEIGHT_VECTOR, ICL_INIT_ONES, 1, &c, error))
        return false;
    return !norm->center ||
           icl_layer_weight(layer, "beta", ICL_WEIGHT_VECTOR, ICL_INIT_ZEROS, 1, &c, error);
}

/* saved: mean[c] and 1 / sqrt(variance + epsilon)[c] a sample; shared: sums of backward a sample;
 * scratch: four vectors */
static void groupnorm_needs(const IclLayer *layer, int n, bool training, IclNeeds *needs)
{
    size_t c = (size_t)layer->in[0].c;

    needs->saved = training ? 2 * c * (size_t)n : 0;
    needs->shared = training ? 2 * c * (size_t)n : 0;
    needs->scratch = 4 * c * sizeof(float);
}

typedef struct Run {
    const Groupnorm *norm;
    const IclPass *pass;
    size_t rows, count; /* of a sample */
    int c, group;       /* channels of a group */
    const float *gamma, *beta;
} Run;

static Run run_of(const IclLayer *layer, const IclPass *pass)
{
    const Groupnorm *norm = (const Groupnorm *)layer;
    IclShape in = layer->in[0];

    return (Run){.norm = norm,
                 .pass = pass,
                 .rows = (size_t)in.h * in.w,
                 .count = icl_shape_count(in),
                 .c = in.c,
                 .group = in.c / norm->groups,
                 .gamma = norm->scale ? icl_layer_data(layer, gamma_index(norm)) : NULL,
                 .beta = norm->center ? icl_layer_data(layer, beta_index(norm)) : NULL};
}

/* The channels' means and sums of squared differences, joined; inverse takes the place of the sums.
 */
static void join_groups(const Run *run, float *mean, float *inverse)
{
    double entries = (double)run->rows * run->group;

    for (int first = 0; first < run->c; first += run->group) {
        double m = 0, m2 = 0;
        for (int i = first; i < first + run->group; i++)
            m += mean[i] / run->group;
        for (int i = first; i < first + run->group; i++)
            m2 += inverse[i] + (double)run->rows * (mean[i] - m) * (mean[i] - m);
        for (int i = first; i < first + run->group; i++) {
            mean[i] = (float)m;
            inverse[i] = (float)(1 / sqrt(m2 / entries + run->norm->epsilon));
        }
    }
}

static float *saved_of(const Run *run, int sample)
{
    return run->pass->saved + 2 * (size_t)(run->pass->first + sample) * run->c;
}

static void forward_sample(void *data, int sample, int thread)
{
    const Run *run = data;
    const IclPass *pass = run->pass;
    const IclBatchnormKernels *kernels = &icl_kernels()->batchnorm;
    const float *x = pass->in[0] + sample * run->count;
    float *mean = icl_pass_scratch(pass, thread), *inverse = mean + run->c;
    float *scale = inverse + run->c, *shift = scale + run->c;

    kernels->moments(x, run->rows, run->c, mean, inverse);
    join_groups(run, mean, inverse);
    if (pass->training)
        memcpy(saved_of(run, sample), mean, 2 * (size_t)run->c * sizeof *mean);
    for (int i = 0; i < run->c; i++) {
        scale[i] = (run->gamma ? run->gamma[i] : 1) * inverse[i];
        shift[i] = (run->beta ? run->beta[i] : 0) - mean[i] * scale[i];
    }
    kernels->apply(&(IclNorm){scale, shift, ICL_ACT_NONE, 0}, x, NULL, run->rows, run->c,
                   pass->out + sample * run->count);
}

static void groupnorm_forward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    icl_team_run(pass->team, pass->n, forward_sample, &run);
}

/* With s = 1/sqrt(variance + epsilon), m entries of a group, over which the sums of g = gamma dy
 * go: dx = s (g - sum g / m - (x - mean) s^2 sum g (x - mean) / m) = a dy + b x + d */
static void input_factors(const Run *run, const float *mean, const float *inverse, const float *sum,
                          const float *sum_x, float *a, float *b, float *d)
{
    double entries = (double)run->rows * run->group;

    for (int first = 0; first < run->c; first += run->group) {
        double g = 0, gx = 0, s = inverse[first];
        for (int i = first; i < first + run->group; i++) {
            double gamma = run->gamma ? run->gamma[i] : 1;
            g += gamma * sum[i] / entries;
            gx += gamma * sum_x[i] / entries;
        }
        for (int i = first; i < first + run->group; i++) {
            a[i] = (float)((run->gamma ? run->gamma[i] : 1) * s);
            b[i] = (float)(-s * s * s * gx);
            d[i] = (float)(-s * g - b[i] * (double)mean[i]);
        }
    }
}

static void backward_sample(void *data, int sample, int thread)
{
    const Run *run = data;
    const IclPass *pass = run->pass;
    const IclBatchnormKernels *kernels = &icl_kernels()->batchnorm;
    const IclNorm norm = {.activation = ICL_ACT_NONE};
    size_t offset = sample * run->count, c = (size_t)run->c;
    const float *x = pass->in[0] + offset, *dy = pass->dout + offset;
    const float *mean = saved_of(run, sample);
    float *sum = pass->shared + 2 * (size_t)sample * c, *a = icl_pass_scratch(pass, thread);

    kernels->gradient_sums(&norm, x, dy, mean, run->rows, run->c, sum, sum + c);
    if (!pass->din[0])
        return;
    input_factors(run, mean, mean + c, sum, sum + c, a, a + c, a + 2 * c);
    kernels->gradient_apply(&norm, &(IclNormGradient){a, a + c, a + 2 * c}, x, dy, run->rows,
                            run->c, pass->accumulate[0], pass->din[0] + offset);
}

/* dgamma += s sum dy (x - mean), dbeta += sum dy, the samples' in order */
static void groupnorm_backward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    size_t c = (size_t)run.c;

    icl_team_run(pass->team, pass->n, backward_sample, &run);
    for (size_t i = 0; i < c; i++) {
        double dbeta = 0, dgamma = 0;
        for (int sample = 0; sample < pass->n; sample++) {
            const float *sum = pass->shared + 2 * (size_t)sample * c;
            dbeta += sum[i];
            dgamma += (double)sum[c + i] * saved_of(&run, sample)[c + i];
        }
        if (run.gamma)
            pass->dw[gamma_index(run.norm)][i] += (float)dgamma;
        if (run.beta)
            pass->dw[beta_index(run.norm)][i] += (float)dbeta;
    }
}

const IclLayerClass icl_groupnorm_class = {
    .base = {"groupnorm", "normalise groups of channels of each sample", sizeof(Groupnorm),
             groupnorm_params},
    .flags = ICL_LAYER_READS_INPUT,
    .build = groupnorm_build,
    .needs = groupnorm_needs,
    .forward = groupnorm_forward,
    .backward = groupnorm_backward,
};
