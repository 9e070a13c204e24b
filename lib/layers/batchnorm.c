/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Batch normalisation (Ioffe and Szegedy 2015), Keras' defaults and its biased moving variance. At
 * inference it is a scale and a shift per channel, which the plan folds into the convolution before
 * it; here it stays explicit. Batch moments are taken in chunks of rows that the shape fixes and
 * combined by Chan's formula, in order: in a lane, and then the lanes. Both ways a part of the
 * batch is summed as soon as it is made, while it is in the cache, and normalised when its reader
 * comes to it: what is sums and what is the pass itself are separate functions. */
#include "copy.h"
#include "layers.h"

#include <math.h>
#include <string.h>

typedef struct Batchnorm {
    IclLayer layer;
    double momentum, epsilon;
    bool scale, center;
} Batchnorm;

static const IclParam batchnorm_params[] = {
    ICL_REAL(Batchnorm, momentum, "0.99", 0, 1,
             "share of the old moving mean and variance a step keeps"),
    ICL_REAL(Batchnorm, epsilon, "1e-3", 0, 1, "added to the variance"),
    ICL_BOOL(Batchnorm, scale, "yes", "train gamma, a factor a channel"),
    ICL_BOOL(Batchnorm, center, "yes", "train beta, a summand a channel"),
    {0},
};

enum { MEAN, VARIANCE, GAMMA, BETA }; /* weights; gamma and beta only where trained */

static int gamma_index(const Batchnorm *bn) { return bn->scale ? GAMMA : -1; }
static int beta_index(const Batchnorm *bn) { return bn->center ? (bn->scale ? BETA : GAMMA) : -1; }

static bool batchnorm_build(IclLayer *layer, GError **error)
{
    const Batchnorm *bn = (const Batchnorm *)layer;
    int64_t c = layer->in[0].c;

    layer->out = layer->in[0];
    IclWeight *mean =
        icl_layer_weight(layer, "moving_mean", ICL_WEIGHT_MOVING, ICL_INIT_ZEROS, 1, &c, error);
    if (!mean)
        return false;
    IclWeight *variance =
        icl_layer_weight(layer, "moving_variance", ICL_WEIGHT_MOVING, ICL_INIT_ONES, 1, &c, error);
    if (!variance)
        return false;
    mean->momentum = variance->momentum = (float)bn->momentum;
    if (bn->scale &&
        !icl_layer_weight(layer, "gamma", ICL_WEIGHT_VECTOR, ICL_INIT_ONES, 1, &c, error))
        return false;
    return !bn->center ||
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

/* saved: mean[c], 1/sqrt(variance + epsilon)[c]; shared: scale and shift, and two vectors a chunk;
 * sums: two vectors of double, then b and d of IclNormGradient */
static void batchnorm_needs(const IclLayer *layer, int n, bool training, IclNeeds *needs)
{
    size_t c = (size_t)layer->in[0].c;

    needs->saved = training ? 2 * c : 0;
    needs->shared = (2 * (training ? (size_t)chunks_of(layer, n) : 0) + 2) * c;
    needs->sums = training ? 6 * c : 0;
}

typedef struct Run {
    const IclBatchnormKernels *kernels;
    IclPass *pass;
    size_t rows, chunk_rows;
    int c, chunks;
    float *partial; /* [chunks][2][c] */
    double *sums;   /* [2][c], of all parts so far */
    IclNorm norm;
    IclNormGradient gradient;
} Run;

static Run run_of(const IclLayer *layer, IclPass *pass)
{
    int c = layer->in[0].c;

    return (Run){.kernels = &icl_kernels()->batchnorm,
                 .pass = pass,
                 .rows = rows_of(layer, pass->n),
                 .chunk_rows = chunk_rows(c),
                 .c = c,
                 .chunks = chunks_of(layer, pass->n),
                 .partial = pass->shared + 2 * (size_t)c,
                 .sums = (double *)pass->sums};
}

static size_t run_rows(const Run *run, int chunk)
{
    return MIN(run->chunk_rows, run->rows - (size_t)chunk * run->chunk_rows);
}

static size_t run_offset(const Run *run, int chunk)
{
    return (size_t)chunk * run->chunk_rows * run->c;
}
static float *run_partial(const Run *run, int chunk)
{
    return run->partial + (size_t)chunk * 2 * run->c;
}

static void moments_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;
    float *partial = run_partial(run, chunk);

    run->kernels->moments(run->pass->in[0] + run_offset(run, chunk), run_rows(run, chunk), run->c,
                          partial, partial + run->c);
}

/* Chan, Golub, LeVeque 1979: mean and sum of squared differences of `more` rows, joined to those of
 * the rows before. */
static inline void moment_join(double *mean, double *m2, double rows, double more,
                               double other_mean, double other_m2)
{
    double share = more / (rows + more), delta = other_mean - *mean;

    *m2 += other_m2 + delta * delta * (rows * share);
    *mean += delta * share;
}

static void moments_join(const Run *run, size_t rows)
{
    double *mean = run->sums, *m2 = mean + run->c;

    for (int chunk = 0; chunk < run->chunks; chunk++) {
        const float *partial = run_partial(run, chunk);
        size_t more = run_rows(run, chunk);
        for (int i = 0; i < run->c; i++)
            moment_join(&mean[i], &m2[i], (double)rows, (double)more, partial[i],
                        partial[run->c + i]);
        rows += more;
    }
}

static void sums_begin(const Run *run)
{
    if (run->pass->first == run->pass->begin)
        memset(run->sums, 0, 2 * (size_t)run->c * sizeof *run->sums);
}

static void batchnorm_forward_sums(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);

    sums_begin(&run);
    icl_team_run(pass->team, run.chunks, moments_chunk, &run);
    moments_join(&run, rows_of(layer, pass->first - pass->begin));
}

/* Between wider pixels, in or out, one by one. */
static void apply_slice(const Run *run, int chunk)
{
    const IclPass *pass = run->pass;
    size_t first = (size_t)chunk * run->chunk_rows, end = first + run_rows(run, chunk);

    for (size_t row = first; row < end; row++)
        run->kernels->apply(&run->norm, pass->in[0] + row * pass->in_pixel[0],
                            pass->epilogue.add ? pass->epilogue.add + row * run->c : NULL, 1,
                            run->c, pass->out + row * pass->out_pixel);
}

static void apply_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;
    const IclPass *pass = run->pass;
    size_t offset = run_offset(run, chunk);

    if (!pass->training && (pass->in_pixel[0] > run->c || pass->out_pixel > run->c)) {
        apply_slice(run, chunk);
        return;
    }
    run->kernels->apply(&run->norm, pass->in[0] + offset,
                        pass->epilogue.add ? pass->epilogue.add + offset : NULL,
                        run_rows(run, chunk), run->c, pass->out + offset);
}

/* scale = gamma * inverse, shift = beta - mean * scale */
static void factors(const IclLayer *layer, const float *mean, const float *inverse, float *scale,
                    float *shift)
{
    const Batchnorm *bn = (const Batchnorm *)layer;
    const float *gamma = bn->scale ? icl_layer_data(layer, gamma_index(bn)) : NULL;
    const float *beta = bn->center ? icl_layer_data(layer, beta_index(bn)) : NULL;

    for (int i = 0; i < layer->in[0].c; i++) {
        scale[i] = (gamma ? gamma[i] : 1) * inverse[i];
        shift[i] = (beta ? beta[i] : 0) - mean[i] * scale[i];
    }
}

static void invert(const Batchnorm *bn, int c, const float *variance, float *inverse)
{
    for (int i = 0; i < c; i++)
        inverse[i] = (float)(1 / sqrt(variance[i] + bn->epsilon));
}

void icl_batchnorm_fold(const IclLayer *layer, float *scale, float *shift)
{
    invert((const Batchnorm *)layer, layer->in[0].c, icl_layer_data(layer, VARIANCE), scale);
    factors(layer, icl_layer_data(layer, MEAN), scale, scale, shift);
}

/* The batch's moments, to `saved` and to the moving weights' gradients. */
static void moments_finish(const IclLayer *layer, const Run *run)
{
    const IclPass *pass = run->pass;
    float *mean = pass->saved, *variance = pass->dw[VARIANCE];
    double rows = (double)rows_of(layer, pass->batch);

    for (int i = 0; i < run->c; i++) {
        pass->dw[MEAN][i] = mean[i] = (float)run->sums[i];
        variance[i] = (float)(run->sums[run->c + i] / rows);
    }
    invert((const Batchnorm *)layer, run->c, variance, mean + run->c);
}

static int lane_samples(const IclPass *pass, int lane)
{
    return MIN(pass->lanes.samples, pass->batch - lane * pass->lanes.samples);
}

static double *lane_sums(const IclPass *pass, int lane)
{
    return (double *)(pass->sums + (size_t)lane * pass->lanes.stride);
}

static void batchnorm_forward_join(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    double *mean = run.sums, *m2 = mean + run.c;
    size_t rows = rows_of(layer, lane_samples(pass, 0));

    for (int lane = 1; lane < pass->lanes.count; lane++) {
        size_t more = rows_of(layer, lane_samples(pass, lane));
        const double *sums = lane_sums(pass, lane);
        for (int i = 0; i < run.c; i++)
            moment_join(&mean[i], &m2[i], (double)rows, (double)more, sums[i], sums[run.c + i]);
        rows += more;
    }
    moments_finish(layer, &run);
}

/* Scale and shift of this batch, in the first two vectors of `shared`. */
static IclNorm batch_norm(const IclLayer *layer, const IclPass *pass)
{
    int c = layer->in[0].c;
    float *scale = pass->shared, *shift = scale + c;

    factors(layer, pass->saved, pass->saved + c, scale, shift);
    return (IclNorm){scale, shift, pass->epilogue.activation, pass->epilogue.alpha};
}

static void batchnorm_forward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    float *scale = pass->shared, *shift = scale + run.c;

    if (pass->training) {
        run.norm = batch_norm(layer, pass);
    } else {
        icl_batchnorm_fold(layer, scale, shift);
        run.norm = (IclNorm){scale, shift, pass->epilogue.activation, pass->epilogue.alpha};
    }
    icl_team_run(pass->team, run.chunks, apply_chunk, &run);
}

/* Behind an add, the activation's slope is not x's alone: it comes from the output, once, for both
 * branches. */
static void masked_chunk(const Run *run, size_t offset, size_t count)
{
    const IclPass *pass = run->pass;
    const IclElementKernels *element = &icl_kernels()->element;
    const IclEpilogue *epilogue = &pass->epilogue;
    float *dout = pass->dout + offset;

    if (epilogue->activation != ICL_ACT_NONE)
        element->activation_gradient(epilogue->activation, epilogue->alpha, NULL,
                                     pass->out + offset, dout, false, dout, count);
    if (pass->dadd && pass->dadd != pass->dout)
        icl_copy_or_add(dout, pass->dadd + offset, count, pass->accumulate_add);
}

static void sums_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;
    size_t offset = run_offset(run, chunk), rows = run_rows(run, chunk);
    float *partial = run_partial(run, chunk);

    if (run->pass->epilogue.add)
        masked_chunk(run, offset, rows * (size_t)run->c);
    run->kernels->gradient_sums(&run->norm, run->pass->in[0] + offset, run->pass->dout + offset,
                                run->pass->saved, rows, run->c, partial, partial + run->c);
}

static void gradient_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;
    size_t offset = run_offset(run, chunk);

    run->kernels->gradient_apply(&run->norm, &run->gradient, run->pass->in[0] + offset,
                                 run->pass->dout + offset, run_rows(run, chunk), run->c,
                                 run->pass->accumulate[0], run->pass->din[0] + offset);
}

static void join_sums(const Run *run)
{
    for (int chunk = 0; chunk < run->chunks; chunk++) {
        const float *partial = run_partial(run, chunk);
        for (int i = 0; i < 2 * run->c; i++)
            run->sums[i] += partial[i];
    }
}

/* The norm that backward takes the activation's slope from. */
static IclNorm backward_norm(const IclLayer *layer, const IclPass *pass)
{
    IclNorm norm = batch_norm(layer, pass);

    if (pass->epilogue.add)
        norm.activation = ICL_ACT_NONE;
    return norm;
}

static void batchnorm_backward_sums(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);

    run.norm = backward_norm(layer, pass);
    sums_begin(&run);
    icl_team_run(pass->team, run.chunks, sums_chunk, &run);
    join_sums(&run);
}

/* With s = 1/sqrt(variance + epsilon), m rows, g = dy through the activation:
 * dgamma = s sum g (x - mean), dbeta = sum g,
 * dx = gamma s (g - dbeta/m - (x - mean) s^2 sum g (x - mean) / m) = a g + b x + d,
 * where a is forward's scale */
static void sums_finish(const IclLayer *layer, const Run *run, float *b, float *d)
{
    const Batchnorm *bn = (const Batchnorm *)layer;
    const IclPass *pass = run->pass;
    const float *mean = pass->saved, *inverse = mean + run->c;
    const float *gamma = bn->scale ? icl_layer_data(layer, gamma_index(bn)) : NULL;
    double rows = (double)rows_of(layer, pass->batch);

    for (int i = 0; i < run->c; i++) {
        double dy = run->sums[i], dyx = run->sums[run->c + i], s = inverse[i];
        if (bn->scale)
            pass->dw[gamma_index(bn)][i] += (float)(s * dyx);
        if (bn->center)
            pass->dw[beta_index(bn)][i] += (float)dy;
        double g = (gamma ? gamma[i] : 1) * s;
        b[i] = (float)(-g * s * s * dyx / rows);
        d[i] = (float)(-g * dy / rows - b[i] * (double)mean[i]);
    }
}

static void batchnorm_backward_join(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    float *b = pass->sums + 4 * (size_t)run.c, *d = b + run.c;

    for (int lane = 1; lane < pass->lanes.count; lane++)
        for (int i = 0; i < 2 * run.c; i++)
            run.sums[i] += lane_sums(pass, lane)[i];
    sums_finish(layer, &run, b, d);
}

static void batchnorm_backward(const IclLayer *layer, IclPass *pass)
{
    Run run = run_of(layer, pass);
    float *b = pass->sums + 4 * (size_t)run.c, *d = b + run.c;

    if (!pass->din[0])
        return;
    run.norm = backward_norm(layer, pass);
    run.gradient = (IclNormGradient){run.norm.scale, b, d};
    icl_team_run(pass->team, run.chunks, gradient_chunk, &run);
}

const IclLayerClass icl_batchnorm_class = {
    .base = {"batchnorm", "normalise each channel over the batch", sizeof(Batchnorm),
             batchnorm_params},
    .flags = ICL_LAYER_READS_INPUT | ICL_LAYER_NORMALIZES | ICL_LAYER_AGAIN | ICL_LAYER_IN_PLACE |
             ICL_LAYER_WRITES_SLICE | ICL_LAYER_READS_SLICE,
    .build = batchnorm_build,
    .needs = batchnorm_needs,
    .forward_sums = batchnorm_forward_sums,
    .forward_join = batchnorm_forward_join,
    .forward = batchnorm_forward,
    .backward_sums = batchnorm_backward_sums,
    .backward_join = batchnorm_backward_join,
    .backward = batchnorm_backward,
};
