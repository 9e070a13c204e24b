/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * An update, pass by pass over chunks of the weights. What stands before and behind the optimizer's
 * own step is done on a chunk while it is in the cache; only what needs a norm first (clipping by
 * norm, trust ratios, constraints) is a pass of its own. Norms are sums over chunks and units that
 * shapes alone decide, added in order: the same for any number of threads. */
#include <math.h>

#include "fit_parts.h"

typedef struct Update {
    IclFit *fit;
    const IclOptimizer *optimizer;
    const IclOptimizerKernels *kernels;
    IclOptimizerKernel *step;
    IclOptimizerStep numbers;
    float *gradients;
    float *average;   /* or NULL */
    float decay;      /* of weights that do */
    float mean;       /* 1 / batches gathered */
    float keep;       /* share of the average that is kept */
    double lr, scale; /* scale: of all gradients */
    int slots;        /* of the optimizer's own */
} Update;

typedef struct Chunk {
    const IclFitTensor *tensor;
    float *w, *g;
    size_t offset, count; /* offset: in slots */
    double *sums;
} Chunk;

static Chunk chunk_of(const Update *u, int number)
{
    const IclFitChunk *chunk = &g_array_index(u->fit->chunks, IclFitChunk, number);
    const IclFitTensor *tensor = &g_array_index(u->fit->tensors, IclFitTensor, chunk->tensor);
    size_t offset = tensor->offset + chunk->at;

    return (Chunk){.tensor = tensor,
                   .w = tensor->w + chunk->at,
                   .g = u->gradients + offset,
                   .offset = offset,
                   .count = chunk->count,
                   .sums = u->fit->sums[number]};
}

static double tensor_sum(const IclFit *fit, const IclFitTensor *tensor, int which)
{
    double sum = 0;

    for (int i = 0; i < tensor->n_chunks; i++)
        sum += fit->sums[tensor->first_chunk + i][which];
    return sum;
}

static double all_sums(const IclFit *fit, int which)
{
    double sum = 0;

    for (guint i = 0; i < fit->tensors->len; i++)
        sum += tensor_sum(fit, &g_array_index(fit->tensors, IclFitTensor, i), which);
    return sum;
}

static void penalty_chunk(void *user, int number, int thread)
{
    const Update *u = user;
    Chunk c = chunk_of(u, number);

    c.sums[0] = c.sums[1] = 0;
    if (c.tensor->kernel && u->optimizer->l1 > 0)
        c.sums[0] = u->kernels->sum_abs(c.w, c.count);
    if (c.tensor->kernel && u->optimizer->l2 > 0)
        c.sums[1] = icl_kernels()->element.sum_squares(c.w, c.count);
}

double icl_fit_team_penalty(IclFit *fit, IclTeam *team)
{
    const IclOptimizer *o = fit->params.optimizer;
    size_t count;
    Update u = {.fit = fit,
                .optimizer = o,
                .kernels = &icl_kernels()->optimizer,
                .gradients = icl_executor_gradients(fit->training, &count)};

    if (!(o->l1 > 0 || o->l2 > 0))
        return 0;
    icl_team_run(team, (int)fit->chunks->len, penalty_chunk, &u);
    return o->l1 * all_sums(fit, 0) + o->l2 * all_sums(fit, 1);
}

/* The gradient of loss and regularizers, and the sum of its squares. */
static void gather_chunk(void *user, int number, int thread)
{
    const Update *u = user;
    const IclOptimizer *o = u->optimizer;
    Chunk c = chunk_of(u, number);

    u->kernels->regularize(c.w, c.g, c.count, u->mean, c.tensor->kernel ? (float)o->l1 : 0,
                           c.tensor->kernel ? (float)o->l2 : 0);
    if (o->clipnorm > 0 || o->global_clipnorm > 0)
        c.sums[0] = icl_kernels()->element.sum_squares(c.g, c.count);
}

/* A block is some units of one tensor: of what is no kernel, all of it is one unit. */
typedef struct Block {
    const IclFitTensor *tensor;
    float *w, *g;
    size_t rows, stride, units;
} Block;

static Block block_of(const Update *u, int number)
{
    const IclFitChunk *block = &g_array_index(u->fit->blocks, IclFitChunk, number);
    const IclFitTensor *tensor = &g_array_index(u->fit->tensors, IclFitTensor, block->tensor);

    return (Block){.tensor = tensor,
                   .w = tensor->w + block->at,
                   .g = u->gradients + tensor->offset + block->at,
                   .rows = tensor->count / tensor->units,
                   .stride = tensor->units,
                   .units = block->count};
}

/* Brock et al. 2021, as NFNets' code has it: |g| of a unit is held to agc * max(|w|, 1e-3). */
static void agc_block(void *user, int number, int thread)
{
    const Update *u = user;
    Block b = block_of(u, number);
    double weights[ICL_FIT_BLOCK], gradients[ICL_FIT_BLOCK];
    float factors[ICL_FIT_BLOCK];
    bool clips = false;

    if (b.tensor->head)
        return;
    u->kernels->unit_squares(b.w, b.rows, b.stride, b.units, weights);
    u->kernels->unit_squares(b.g, b.rows, b.stride, b.units, gradients);
    for (size_t i = 0; i < b.units; i++) {
        double most = u->optimizer->agc * MAX(sqrt(weights[i]), 1e-3), norm = sqrt(gradients[i]);
        factors[i] = norm < most ? 1 : (float)(most / MAX(norm, 1e-6));
        clips = clips || factors[i] != 1;
    }
    if (clips)
        u->kernels->scale_units(b.g, b.rows, b.stride, b.units, factors);
}

/* Keras' MaxNorm: w *= min(|w|, most) / (|w| + 1e-7) of a unit's kernel. */
static void max_norm_block(void *user, int number, int thread)
{
    const Update *u = user;
    Block b = block_of(u, number);
    double squares[ICL_FIT_BLOCK], most = u->optimizer->max_norm;
    float factors[ICL_FIT_BLOCK];

    if (!b.tensor->kernel)
        return;
    u->kernels->unit_squares(b.w, b.rows, b.stride, b.units, squares);
    for (size_t i = 0; i < b.units; i++) {
        double norm = sqrt(squares[i]);
        factors[i] = norm > most ? (float)(most / (norm + 1e-7)) : 1;
    }
    u->kernels->scale_units(b.w, b.rows, b.stride, b.units, factors);
}

/* What clipping by norm leaves of the tensor's gradient. A norm that is not a number stays one. */
static double tensor_scale(const Update *u, const IclFitTensor *tensor)
{
    double most = u->optimizer->clipnorm;

    if (!(most > 0))
        return u->scale;
    double norm = sqrt(tensor_sum(u->fit, tensor, 0));
    return norm <= most ? 1 : most / norm;
}

static void clip_chunk(const Update *u, const Chunk *c)
{
    double scale = tensor_scale(u, c->tensor), most = u->optimizer->clipvalue;

    if (scale != 1 || most > 0)
        u->kernels->clip(c->g, c->count, (float)scale, most > 0 ? (float)most : INFINITY);
}

static void average_chunk(const Update *u, const Chunk *c)
{
    if (u->average)
        u->kernels->average(u->average + c->offset, c->w, c->count, u->keep);
}

static void update_chunk(void *user, int number, int thread)
{
    const Update *u = user;
    Chunk c = chunk_of(u, number);
    IclOptimizerStep numbers = u->numbers;
    float *slots[ICL_OPTIMIZER_SLOTS_MAX] = {NULL};

    clip_chunk(u, &c);
    numbers.decay = c.tensor->kernel || u->optimizer->decay_norms ? u->decay : 0;
    for (int i = 0; i < u->slots; i++)
        slots[i] = u->fit->slots[i] + c.offset;
    u->step(c.w, c.g, slots, c.count, &numbers);
    if (u->optimizer->class->trust_ratio) {
        c.sums[0] = icl_kernels()->element.sum_squares(c.w, c.count);
        c.sums[1] = icl_kernels()->element.sum_squares(c.g, c.count);
    } else {
        average_chunk(u, &c);
    }
}

/* lamb: the direction as long as the weights; 1 where either is nothing. */
static void trust_chunk(void *user, int number, int thread)
{
    const Update *u = user;
    Chunk c = chunk_of(u, number);
    double weights = sqrt(tensor_sum(u->fit, c.tensor, 0));
    double direction = sqrt(tensor_sum(u->fit, c.tensor, 1));
    double ratio = weights > 0 && direction > 0 ? weights / direction : 1;

    u->kernels->step(c.w, c.g, c.count, (float)(ratio * u->lr));
    average_chunk(u, &c);
}

static Update update_of(IclFit *fit, double learning_rate)
{
    const IclOptimizer *o = fit->params.optimizer;
    const IclOptimizerKernels *kernels = &icl_kernels()->optimizer;
    double t = (double)icl_fit_steps(fit) + 1;
    int average = icl_fit_average_slot(fit);
    size_t count;
    Update u = {.fit = fit,
                .optimizer = o,
                .kernels = kernels,
                .step = *(IclOptimizerKernel *const *)((const char *)kernels + o->class->kernel),
                .gradients = icl_executor_gradients(fit->training, &count),
                .average = average < 0 ? NULL : fit->slots[average],
                .decay = (float)(o->decay * learning_rate),
                .mean = 1 / (float)o->accumulate,
                .keep = (float)icl_optimizer_average(o, t),
                .lr = learning_rate,
                .scale = 1,
                .slots = o->class->slots(o)};

    o->class->step(o, learning_rate, t, &u.numbers);
    return u;
}

void icl_fit_apply(IclFit *fit, double learning_rate, IclTeam *team)
{
    Update u = update_of(fit, learning_rate);
    const IclOptimizer *o = u.optimizer;
    int chunks = (int)fit->chunks->len, blocks = (int)fit->blocks->len;
    bool by_norm = o->clipnorm > 0 || o->global_clipnorm > 0;

    if (o->accumulate > 1 || o->l1 > 0 || o->l2 > 0 || by_norm)
        icl_team_run(team, chunks, gather_chunk, &u);
    if (o->global_clipnorm > 0) {
        double norm = sqrt(all_sums(fit, 0));
        u.scale = norm <= o->global_clipnorm ? 1 : isfinite(norm) ? o->global_clipnorm / norm : NAN;
    }
    if (o->agc > 0)
        icl_team_run(team, blocks, agc_block, &u);
    icl_team_run(team, chunks, update_chunk, &u);
    if (o->class->trust_ratio)
        icl_team_run(team, chunks, trust_chunk, &u);
    if (o->max_norm > 0)
        icl_team_run(team, blocks, max_norm_block, &u);
}
