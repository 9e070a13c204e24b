/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What a layer is. A class declares its parameters in a table and its weights in build(); saving,
 * loading, optimizing, decaying and averaging are loops over declared weights. A layer is const in
 * a pass: all that changes is in the IclPass, so one model serves any number of executors. */
#pragma once

#include "class.h"
#include "kernels.h"
#include "memory.h"
#include "tensor.h"
#include "threads.h"

typedef enum {
    ICL_INIT_ONES,
    ICL_INIT_GLOROT_UNIFORM,   /* U(+-sqrt(6 / (fan_in + fan_out))) */
    ICL_INIT_GLOROT_NORMAL,    /* truncated normal, variance 2 / (fan_in + fan_out) */
    ICL_INIT_HE_UNIFORM,       /* U(+-sqrt(6 / fan_in)) */
    ICL_INIT_HE_NORMAL,        /* truncated normal, variance 2 / fan_in */
    ICL_INIT_LECUN_UNIFORM,    /* U(+-sqrt(3 / fan_in)) */
    ICL_INIT_LECUN_NORMAL,     /* truncated normal, variance 1 / fan_in */
    ICL_INIT_TRUNCATED_NORMAL, /* deviation 0.05, cut at twice it */
    ICL_INIT_ORTHOGONAL,       /* rows or columns, the fewer, of length 1 at right angles */
    ICL_INIT_ZEROS,
} IclInit;

/* The words of a parameter that chooses among ICL_INIT_GLOROT_UNIFORM and the following. */
#define ICL_INIT_CHOICES                                                            \
    "glorot_uniform glorot_normal he_uniform he_normal lecun_uniform lecun_normal " \
    "truncated_normal orthogonal zeros"

typedef enum {
    ICL_WEIGHT_KERNEL, /* trained, decays */
    ICL_WEIGHT_VECTOR, /* trained, does not decay: biases, scales, shifts */
    ICL_WEIGHT_MOVING, /* not trained: moving = moving * momentum + batch * (1 - momentum) */
} IclWeightRole;

typedef struct IclWeight {
    const char *name; /* "kernel": the last part of its path */
    IclTensor tensor; /* f32; data owned by the layer */
    IclWeightRole role;
    IclInit init;
    int fan_in, fan_out;
    float momentum; /* ICL_WEIGHT_MOVING */
} IclWeight;

enum { ICL_WEIGHTS_MAX = 4 };

typedef struct IclLayerClass IclLayerClass;

typedef struct IclLayer {
    const IclLayerClass *class;
    char *path; /* "basic1.unit1.conv2d" */
    int n_inputs;
    IclShape *in; /* [n_inputs] */
    IclShape out;
    int n_weights;
    IclWeight weights[ICL_WEIGHTS_MAX];
    int64_t macs; /* multiply-adds of one sample */
} IclLayer;

/* Memory of one pass of n samples beside inputs, output and their gradients. */
typedef struct IclNeeds {
    size_t packed;  /* floats: prepared weights, kept as long as the weights do not change; in
                     * training, of either way */
    size_t saved;   /* floats that backward reads of forward, of a whole batch */
    size_t shared;  /* floats of workspace, for the time of one call */
    size_t sums;    /* floats a lane, from the first part's sums to the last part; training */
    size_t scratch; /* bytes a thread, for the time of one call */
} IclNeeds;

/* Some rows of a layer's output, and those of its first input that they are made of. */
typedef struct IclBand {
    int first, rows, in, in_rows;
} IclBand;

/* Training takes a batch in lanes, side by side, and each of them in parts, one after another.
 * Sums over samples are a lane's first, then joined. */
typedef struct IclLanes {
    int count, samples; /* of each; the last may have fewer */
    size_t stride;      /* floats from a lane's sums to the next one's */
} IclLanes;

/* What one layer sees of one batch. */
typedef struct IclPass {
    int n;            /* samples */
    int first, batch; /* training takes a batch in parts: this one begins at its sample `first` */
    int begin;        /* its lane at this one */
    IclLanes lanes;   /* to be joined */
    /* inference: NULL, or the rows that this pass of one sample makes: in[0], out and epilogue.add
     * begin at the first of theirs */
    const IclBand *band;
    bool training;
    bool again; /* forward once more, in backward: `out` alone, from what the first time saved */
    const float *const *in; /* [n_inputs], each [n,h,w,c] */
    float *out;
    /* inference: floats from a pixel to the next, more than channels only where the class says so
     */
    const int *in_pixel; /* [n_inputs] */
    int out_pixel;
    float *dout;            /* a fused step may write here */
    float *const *din;      /* [n_inputs]; NULL where no gradient is wanted */
    const bool *accumulate; /* [n_inputs]: din += rather than = */
    float *const *dw; /* [n_weights]: += ; for ICL_WEIGHT_MOVING forward sets the batch's value */
    IclEpilogue epilogue; /* of a fused step: add and activation; bias is the layer's own matter */
    float *dadd;          /* gradient of epilogue.add: dout itself, or NULL where none is wanted */
    bool accumulate_add;  /* dadd += */
    float *packed, *saved, *shared, *sums;
    char *scratch;
    size_t scratch_stride;
    IclTeam *team;
    uint64_t seed, step; /* of dropout's numbers */
    int node;            /* number of the layer in its graph */
} IclPass;

/* A batchnorm to fold into prepared weights: y = conv(x) * scale[f] + shift[f]. */
typedef struct IclFold {
    const float *scale, *shift;
} IclFold;

typedef enum {
    ICL_LAYER_READS_INPUT = 1,  /* backward reads in[] */
    ICL_LAYER_READS_OUTPUT = 2, /* backward reads out */
    ICL_LAYER_FUSES = 4,        /* honours pass->epilogue, and fold in prepare: a convolution */
    ICL_LAYER_VIEW = 8,         /* the output is the input's memory, at inference */
    ICL_LAYER_NORMALIZES = 16,  /* honours pass->epilogue, forward and backward: batchnorm */
    ICL_LAYER_AGAIN = 32,       /* forward costs little more than its memory traffic */
    ICL_LAYER_IN_PLACE = 64,    /* in[0] and out may be the same memory, and their gradients */
    ICL_LAYER_SELECTS = 128,    /* each output is an input: what rises with the input may come after
                                 * it, and training has it honour pass->epilogue's activation */
    ICL_LAYER_WRITES_SLICE = 256, /* honours pass->out_pixel, where it adds nothing */
    ICL_LAYER_READS_SLICE = 512,  /* honours pass->in_pixel */
} IclLayerFlags;

struct IclLayerClass {
    IclClass base;
    unsigned flags;
    bool (*build)(IclLayer *layer,
                  GError **error); /* shapes, weights; the only one that may fail */
    void (*needs)(const IclLayer *layer, int n, bool training, IclNeeds *needs); /* NULL: nothing */
    /* Inference of one sample: sets the input rows of the band's output rows and what it needs;
     * false where the layer does not run in bands. NULL: never */
    bool (*band)(const IclLayer *layer, IclBand *band, IclNeeds *needs);
    void (*prepare)(const IclLayer *layer, const IclFold *fold, float *packed,
                    IclTeam *team); /* NULL: nothing */
    /* Training, of a layer that needs sums over the batch: called with all parts, a lane's in
     * order, before the first of them goes forward (backward); then once to join the lanes' sums,
     * which begin with pass->sums. NULL: none */
    void (*forward_sums)(const IclLayer *layer, IclPass *pass);
    void (*forward_join)(const IclLayer *layer, IclPass *pass);
    void (*forward)(const IclLayer *layer, IclPass *pass);
    void (*backward_sums)(const IclLayer *layer, IclPass *pass);
    void (*backward_join)(const IclLayer *layer, IclPass *pass);
    void (*backward_prepare)(const IclLayer *layer, float *packed,
                             IclTeam *team); /* NULL: nothing */
    void (*backward)(const IclLayer *layer, IclPass *pass);
};

extern const IclFamily icl_layer_family;

/* For build(): declares a weight of up to four dimensions, without memory; NULL with an error. */
IclWeight *icl_layer_weight(IclLayer *layer, const char *name, IclWeightRole role, IclInit init,
                            int rank, const int64_t *dims, GError **error);

/* For build(): an error that begins with the layer's path. Always false. */
bool icl_layer_error(const IclLayer *layer, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Frees weights, path and the instance. Accepts NULL. */
void icl_layer_free(IclLayer *layer);

static inline const float *icl_layer_data(const IclLayer *layer, int weight)
{
    return layer->weights[weight].tensor.data;
}

static inline void *icl_pass_scratch(const IclPass *pass, int thread)
{
    return pass->scratch + (size_t)thread * pass->scratch_stride;
}

/* Splits `count` entries into chunks of a fixed size: fn(data, chunk, thread) takes
 * [chunk * ICL_CHUNK, min(count, (chunk + 1) * ICL_CHUNK)). */
enum { ICL_CHUNK = 16384 };
static inline int icl_chunk_count(size_t count)
{
    return (int)((count + ICL_CHUNK - 1) / ICL_CHUNK);
}
static inline size_t icl_chunk_size(size_t count, int chunk)
{
    return MIN((size_t)ICL_CHUNK, count - (size_t)chunk * ICL_CHUNK);
}
