/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "convolution.h"
#include "layers.h"

#include <string.h>

typedef struct Run {
    const IclConvShape *shape;
    const IclConvKernels *kernels;
    IclPass *pass;
    IclEpilogue epilogue;
    const float *x, *packed, *dy;
    float *y, *dx, *dw, *workspace;
    bool accumulate;
} Run;

/* First row under the window of output row `row`; the padding's are negative. */
static int window_row(const IclConvShape *s, int row) { return row * s->sh - s->pt; }

bool icl_convolution_band(const IclConvShape *s, IclBand *band)
{
    int window = (s->kh - 1) * s->dh + 1, last = window_row(s, s->oh - 1);

    if (s->pt >= window || last >= s->h)
        return false;
    band->in = MAX(window_row(s, band->first), 0);
    band->in_rows = MIN(window_row(s, band->first + band->rows - 1) + window, s->h) - band->in;
    return true;
}

IclConvShape icl_convolution_shape(const IclConvShape *one, const IclPass *pass)
{
    IclConvShape shape = *one;

    shape.n = pass->n;
    shape.pixel = pass->out_pixel;
    if (pass->band) {
        shape.pt = pass->band->in - window_row(one, pass->band->first);
        shape.h = pass->band->in_rows;
        shape.oh = pass->band->rows;
    }
    return shape;
}

static size_t output_rows(const IclConvShape *s) { return (size_t)s->n * s->oh * s->ow; }

/* floats of the packed kernel, rounded so that what follows is aligned */
static size_t packed_kernel(const IclConvKernels *k, const IclConvShape *s)
{
    return icl_round_up(k->packed_size(s), 16);
}

void icl_convolution_needs(const IclConvShape *shape, bool training, IclNeeds *needs)
{
    const IclConvKernels *k = &icl_kernels()->conv;

    needs->packed = packed_kernel(k, shape) + shape->f;
    needs->scratch = k->scratch_size(shape);
    if (!training) {
        return;
    }
    needs->scratch = MAX(needs->scratch, k->input_gradient_scratch_size(shape));
    needs->scratch = MAX(needs->scratch, k->weight_gradient_scratch_size(shape));
    needs->packed = MAX(needs->packed, k->input_gradient_packed_size(shape));
    needs->shared = MAX(k->weight_gradient_workspace(shape),
                        icl_bias_gradient_shared(output_rows(shape), shape->f));
}

bool icl_layer_scales_input(const IclLayer *layer)
{
    const int64_t *kernel = layer->weights[0].tensor.dims; /* [kh,kw,c/groups,f] */

    return layer->class == &icl_dense_class ||
           (layer->class == &icl_conv2d_class && kernel[0] == 1 && kernel[1] == 1 &&
            kernel[2] == layer->in[0].c);
}

void icl_fold_bias(const IclLayer *layer, const IclFold *fold, int filters, float *bias)
{
    const float *own = layer->n_weights > 1 ? icl_layer_data(layer, 1) : NULL;

    for (int f = 0; f < filters; f++)
        bias[f] = (own ? own[f] : 0) * (fold ? fold->scale[f] : 1) + (fold ? fold->shift[f] : 0);
}

typedef struct Pack {
    const IclConvShape *shape;
    const float *w, *scale;
    float *packed;
} Pack;

static void pack_chunk(void *data, int chunk, int thread)
{
    const Pack *pack = data;

    icl_kernels()->conv.pack(pack->shape, pack->w, pack->scale, pack->packed, chunk);
}

void icl_convolution_prepare(const IclLayer *layer, const IclConvShape *shape, const IclFold *fold,
                             float *packed, IclTeam *team)
{
    const IclConvKernels *k = &icl_kernels()->conv;
    Pack pack = {shape, icl_layer_data(layer, 0), fold ? fold->scale : NULL, packed};

    icl_team_run(team, k->pack_chunks(shape), pack_chunk, &pack);
    icl_fold_bias(layer, fold, shape->f, packed + packed_kernel(k, shape));
}

static void forward_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;

    run->kernels->forward(run->shape, run->x, run->packed, &run->epilogue, run->y, chunk,
                          icl_pass_scratch(run->pass, thread));
}

void icl_convolution_forward(const IclLayer *layer, const IclConvShape *shape, IclPass *pass)
{
    const IclConvKernels *k = &icl_kernels()->conv;
    Run run = {.shape = shape,
               .kernels = k,
               .pass = pass,
               .epilogue = pass->epilogue,
               .x = pass->in[0],
               .packed = pass->packed,
               .y = pass->out};

    run.epilogue.bias = pass->packed + packed_kernel(k, shape);
    icl_team_run(pass->team, k->chunks(shape), forward_chunk, &run);
}

static void input_gradient_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;

    run->kernels->input_gradient(run->shape, run->dy, run->packed, run->dx, run->accumulate, chunk,
                                 icl_pass_scratch(run->pass, thread));
}

static void input_gradient_pack_chunk(void *data, int chunk, int thread)
{
    const Pack *pack = data;

    icl_kernels()->conv.input_gradient_pack(pack->shape, pack->w, pack->packed, chunk);
}

void icl_convolution_backward_prepare(const IclLayer *layer, const IclConvShape *shape,
                                      float *packed, IclTeam *team)
{
    Pack pack = {.shape = shape, .w = icl_layer_data(layer, 0), .packed = packed};

    icl_team_run(team, icl_kernels()->conv.input_gradient_pack_chunks(shape),
                 input_gradient_pack_chunk, &pack);
}

static void weight_gradient_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;

    run->kernels->weight_gradient(run->shape, run->x, run->dy, run->dw, run->workspace, chunk,
                                  icl_pass_scratch(run->pass, thread));
}

static void weight_gradient_finish_chunk(void *data, int chunk, int thread)
{
    const Run *run = data;

    run->kernels->weight_gradient_finish(run->shape, run->workspace, run->dw, chunk);
}

void icl_convolution_backward(const IclLayer *layer, const IclConvShape *shape, IclPass *pass)
{
    const IclConvKernels *k = &icl_kernels()->conv;
    Run run = {.shape = shape,
               .kernels = k,
               .pass = pass,
               .x = pass->in[0],
               .dy = pass->dout,
               .dw = pass->dw[0],
               .workspace = pass->shared};

    icl_team_run(pass->team, k->weight_gradient_chunks(shape), weight_gradient_chunk, &run);
    icl_team_run(pass->team, k->weight_gradient_finish_chunks(shape), weight_gradient_finish_chunk,
                 &run);
    if (layer->n_weights > 1)
        icl_bias_gradient(pass, output_rows(shape), shape->f, pass->dw[1]);
    if (!pass->din[0])
        return;
    run.packed = pass->packed;
    run.dx = pass->din[0];
    run.accumulate = pass->accumulate[0];
    icl_team_run(pass->team, k->input_gradient_chunks(shape), input_gradient_chunk, &run);
}

/* Bias: column sums in chunks of rows, then over the chunks. */
enum { BIAS_CHUNK = 16384 }; /* entries */

typedef struct BiasRun {
    const float *dy;
    float *sums;
    size_t rows, chunk_rows;
    int c;
} BiasRun;

static size_t bias_chunk_rows(int c) { return MAX(BIAS_CHUNK / c, 1); }

size_t icl_bias_gradient_shared(size_t rows, int c)
{
    return (rows + bias_chunk_rows(c) - 1) / bias_chunk_rows(c) * c;
}

static void bias_chunk(void *data, int chunk, int thread)
{
    const BiasRun *run = data;
    size_t first = chunk * run->chunk_rows;

    icl_kernels()->element.sum_rows(run->dy + first * run->c,
                                    MIN(run->chunk_rows, run->rows - first), run->c,
                                    run->sums + (size_t)chunk * run->c);
}

void icl_bias_gradient(IclPass *pass, size_t rows, int c, float *db)
{
    BiasRun run = {pass->dout, pass->shared, rows, bias_chunk_rows(c), c};
    int chunks = (int)((rows + run.chunk_rows - 1) / run.chunk_rows);

    icl_team_run(pass->team, chunks, bias_chunk, &run);
    for (int chunk = 0; chunk < chunks; chunk++)
        for (int i = 0; i < c; i++)
            db[i] += run.sums[(size_t)chunk * c + i];
}
