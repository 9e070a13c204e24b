/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * All arithmetic. Raw pointers in, raw pointers out: no allocation, threads, failure or GLib. Every
 * function is there once a tier (C reference, OpenBLAS, vectors at each instruction set); a tier's
 * table is first filled with what the tier below it has, then overwritten with what it does better.
 *
 * Legend: n images, h w input rows and columns, c input channels, f output channels (filters),
 * oh ow output rows and columns, k taps; x input, w weights, y output; d + name is its gradient.
 * Layout NHWC, kernels [kh,kw,c/groups,f]. Gradients accumulate where a function says "+=".
 *
 * Work is cut into chunks that shapes alone decide; chunks write disjoint results, so any thread
 * may run any chunk. An output's sum runs in one fixed order whatever the chunk, tile or batch:
 * results do not depend on the number of threads, and a sample's forward pass not on the batch
 * around it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    ICL_ACT_NONE,
    ICL_ACT_RELU,
    ICL_ACT_RELU6,
    ICL_ACT_LEAKY_RELU, /* alpha: negative slope, > 0 */
    ICL_ACT_SIGMOID,
    ICL_ACT_TANH,
    ICL_ACT_SWISH,      /* x * sigmoid(x) */
    ICL_ACT_HARD_SWISH, /* x * relu6(x + 3) / 6 */
    ICL_ACTS,
} IclActivation;

typedef struct IclConvShape {
    int n, h, w, c; /* x: [n,h,w,c] */
    int f, kh, kw;  /* w: [kh,kw,c/groups,f] */
    int sh, sw;     /* stride */
    int dh, dw;     /* dilation */
    int pt, pl;     /* zero rows above, columns left of x; bottom and right follow from oh, ow */
    int oh, ow;     /* y: [n,oh,ow,f] */
    int groups;     /* divides c and f */
    int winograd;   /* an IclWinograd */
    int pixel;      /* forward: floats from a pixel of y to the next; 0: f */
} IclConvShape;

/* A dense layer at each of n * h * w pixels. */
static inline IclConvShape icl_conv_pointwise(int n, int h, int w, int c, int f)
{
    return (IclConvShape){.n = n,
                          .h = h,
                          .w = w,
                          .c = c,
                          .f = f,
                          .kh = 1,
                          .kw = 1,
                          .sh = 1,
                          .sw = 1,
                          .dh = 1,
                          .dw = 1,
                          .oh = h,
                          .ow = w,
                          .groups = 1};
}

/* Where y is a part of wider pixels, forward writes to its own channels alone. */
static inline int icl_conv_pixel(const IclConvShape *s) { return s->pixel ? s->pixel : s->f; }

/* What a convolution does to a finished sum: y = activation(sum + bias[f] + add[n,oh,ow,f]), where
 * the pixels of `add` are as far apart as those of y. Where there is an input_scale
 * (squeeze-and-excite), the sum is of x[n,h,w,c] * input_scale[n,c]: of kernels 1x1 in one group
 * only. */
typedef struct IclEpilogue {
    const float *bias; /* NULL: none */
    const float *add;  /* NULL: none */
    IclActivation activation;
    float alpha;
    const float *input_scale; /* NULL: none */
} IclEpilogue;

/* A convolution in its three uses; dense is h = w = k = 1. `scratch` is a thread's own,
 * `scratch_size` bytes at 64-byte alignment, contents irrelevant before and after; workspace is
 * shared by the chunks. */
typedef struct IclConvKernels {
    size_t (*packed_size)(const IclConvShape *s); /* floats, whatever n; as the two below */
    int (*pack_chunks)(const IclConvShape *s);
    /* scale: [f], a factor for each filter's weights, or NULL */
    void (*pack)(const IclConvShape *s, const float *w, const float *scale, float *packed,
                 int chunk);
    int (*chunks)(const IclConvShape *s);
    size_t (*scratch_size)(const IclConvShape *s);
    void (*forward)(const IclConvShape *s, const float *x, const float *packed,
                    const IclEpilogue *epilogue, float *y, int chunk, void *scratch);

    /* dx = dy * w transposed, or dx += where `accumulate` */
    size_t (*input_gradient_packed_size)(const IclConvShape *s);
    int (*input_gradient_pack_chunks)(const IclConvShape *s);
    void (*input_gradient_pack)(const IclConvShape *s, const float *w, float *packed, int chunk);
    int (*input_gradient_chunks)(const IclConvShape *s);
    size_t (*input_gradient_scratch_size)(const IclConvShape *s);
    void (*input_gradient)(const IclConvShape *s, const float *dy, const float *packed, float *dx,
                           bool accumulate, int chunk, void *scratch);

    /* dw += x * dy, summed over pixels: first all chunks of weight_gradient, then all chunks of
     * weight_gradient_finish (0 where the first pass has added to dw already). */
    size_t (*weight_gradient_workspace)(const IclConvShape *s); /* floats; 0: none */
    int (*weight_gradient_chunks)(const IclConvShape *s);
    size_t (*weight_gradient_scratch_size)(const IclConvShape *s);
    void (*weight_gradient)(const IclConvShape *s, const float *x, const float *dy, float *dw,
                            float *workspace, int chunk, void *scratch);
    int (*weight_gradient_finish_chunks)(const IclConvShape *s);
    void (*weight_gradient_finish)(const IclConvShape *s, const float *workspace, float *dw,
                                   int chunk);
} IclConvKernels;

/* Depthwise: groups = c, f = c * multiplier, w: [kh,kw,c,multiplier] = [kh,kw,f]. No packing; y is
 * never a part of wider pixels. */
typedef struct IclDepthwiseKernels {
    int (*chunks)(const IclConvShape *s);
    void (*forward)(const IclConvShape *s, const float *x, const float *w,
                    const IclEpilogue *epilogue, float *y, int chunk);
    int (*input_gradient_chunks)(const IclConvShape *s);
    void (*input_gradient)(const IclConvShape *s, const float *dy, const float *w, float *dx,
                           bool accumulate, int chunk);
    size_t (*weight_gradient_workspace)(const IclConvShape *s); /* floats */
    int (*weight_gradient_chunks)(const IclConvShape *s);
    void (*weight_gradient)(const IclConvShape *s, const float *x, const float *dy,
                            float *workspace, int chunk);
    void (*weight_gradient_finish)(const IclConvShape *s, const float *workspace,
                                   float *dw); /* += */
} IclDepthwiseKernels;

typedef struct IclPoolShape {
    int n, h, w, c, kh, kw, sh, sw, pt, pl, oh, ow;
    int pixel; /* max, average: floats from a pixel of y to the next; 0: c */
} IclPoolShape;

static inline int icl_pool_pixel(const IclPoolShape *s) { return s->pixel ? s->pixel : s->c; }

/* One chunk is one image: chunks = n. Padding is left out of the maximum and out of the average's
 * count. The maximum's gradient goes to the first largest entry in row order: forward notes its
 * number, counted over the part of the window that lies in the image. Gradients set dx, or add to
 * it where `accumulate`. */
typedef struct IclPoolKernels {
    void (*max)(const IclPoolShape *s, const float *x, float *y, int32_t *number,
                int image); /* number: [n,oh,ow,c], or NULL */
    void (*max_gradient)(const IclPoolShape *s, const float *dy, const int32_t *number,
                         bool accumulate, float *dx, int image);
    void (*average)(const IclPoolShape *s, const float *x, float *y, int image);
    void (*average_gradient)(const IclPoolShape *s, const float *dy, bool accumulate, float *dx,
                             int image);
} IclPoolKernels;

/* What batch normalisation makes of x once the moments are known, with what is fused behind it:
 * y = activation(x * scale[c] + shift[c]). Without an activation, backward reads neither. */
typedef struct IclNorm {
    const float *scale, *shift;
    IclActivation activation;
    float alpha;
} IclNorm;

/* dx = g * a[c] + x * b[c] + d[c] */
typedef struct IclNormGradient {
    const float *a, *b, *d;
} IclNormGradient;

/* Batch normalisation over rows of c channels. Backward takes the activation's slope from x, so
 * that y need not be kept: g = dy * activation'(x * scale[c] + shift[c]). */
typedef struct IclBatchnormKernels {
    /* mean[c] and m2[c] = sum (x - mean)^2 of `rows` rows (> 0): two passes over the rows, which
     * the caller keeps small enough for the cache */
    void (*moments)(const float *x, size_t rows, int c, float *mean, float *m2);
    /* y = activation(x * scale[c] + shift[c] + add), add NULL: none; y may be x or add */
    void (*apply)(const IclNorm *norm, const float *x, const float *add, size_t rows, int c,
                  float *y);
    /* sum[c] = sum g, sum_x[c] = sum g * (x - mean[c]) */
    void (*gradient_sums)(const IclNorm *norm, const float *x, const float *dy, const float *mean,
                          size_t rows, int c, float *sum, float *sum_x);
    /* dx = or += as IclNormGradient says; dx may be x or dy */
    void (*gradient_apply)(const IclNorm *norm, const IclNormGradient *gradient, const float *x,
                           const float *dy, size_t rows, int c, bool accumulate, float *dx);
} IclBatchnormKernels;

/* Element by element over `count` entries, or over rows of c channels. */
typedef struct IclElementKernels {
    void (*activation)(IclActivation activation, float alpha, const float *x, float *y,
                       size_t count);
    /* dx = dy * f'(x), or dx += ; reads x only where icl_activation_needs_input(), else y */
    void (*activation_gradient)(IclActivation activation, float alpha, const float *x,
                                const float *y, const float *dy, bool accumulate, float *dx,
                                size_t count);
    void (*add)(const float *a, const float *b, float *y, size_t count); /* y = a + b; y may be a */
    void (*multiply)(const float *a, const float *b, float *y,
                     size_t count); /* y = a * b; y may be a */
    void (*multiply_add)(const float *a, const float *b, float *y, size_t count); /* y += a * b */
    void (*scale)(float *y, float factor, size_t count);                          /* y *= factor */
    void (*scale_rows)(const float *x, const float *scale, size_t rows, int c, bool accumulate,
                       float *y);                                     /* y (+)= x * scale[c] */
    void (*sum_rows)(const float *x, size_t rows, int c, float *sum); /* sum[c] = sum of x */
    void (*dot_rows)(const float *a, const float *b, size_t rows, int c,
                     float *sum);                        /* sum[c] = sum a * b */
    double (*sum_squares)(const float *x, size_t count); /* in double */
    /* y = softmax of each row, maximum subtracted; y may be x */
    void (*softmax)(const float *x, size_t rows, int c, float *y);
} IclElementKernels;

/* The numbers of one optimizer step; each kernel reads those that its formula names. */
typedef struct IclOptimizerStep {
    float lr;                         /* the learning rate, with what the formula makes of it */
    float decay;                      /* weight decay times the learning rate */
    float beta1, beta2, rest1, rest2; /* rest: 1 - beta */
    float mean, fresh, square;        /* factors of m, g and v */
    float epsilon;
    bool nesterov, amsgrad, centered;
} IclOptimizerStep;

/* One step over `count` weights, whose state is in `slots`. Weight decay is decoupled and taken
 * with the step: w -= w * decay + step. Leaves g zero, for the next gradients to be added to: it is
 * at hand here, and would be a pass over memory elsewhere. */
typedef void IclOptimizerKernel(float *w, float *g, float *const *slots, size_t count,
                                const IclOptimizerStep *s);

/* Formulas of Keras 3. */
typedef struct IclOptimizerKernels {
    /* beta1 0: step = lr g. Else m = beta1 m - lr g; step = -m (nesterov: lr g - beta1 m) */
    IclOptimizerKernel *sgd;
    /* step = lr sign(beta1 m + rest1 g); m = beta2 m + rest2 g */
    IclOptimizerKernel *lion;
    /* m += (g - m) rest1; v += (g g - v) rest2; step = lr m / (sqrt(v) + epsilon); amsgrad: the
     * root of u = max(u, v). slots: m v u */
    IclOptimizerKernel *adam;
    /* m, v as adam; step = lr (mean m + fresh g) / (sqrt(square v) + epsilon) */
    IclOptimizerKernel *nadam;
    /* m as adam; u = max(beta2 u, |g|); step = lr m / (u + epsilon) */
    IclOptimizerKernel *adamax;
    /* m, v as adam; w -= w * decay; g = mean m / (sqrt(square v) + epsilon), for step() below once
     * the norms of both are known */
    IclOptimizerKernel *lamb;
    /* v = beta1 v + rest1 g g; step = lr g / sqrt(v + epsilon); centered: a = beta1 a + rest1 g,
     * the root of v - a a + epsilon; beta2 > 0: m = beta2 m + step; step = m. slots: v, a, m,
     * without those that are not used */
    IclOptimizerKernel *rmsprop;
    /* a += g g; step = lr g / sqrt(a + epsilon) */
    IclOptimizerKernel *adagrad;
    /* v = beta1 v + rest1 g g; d = sqrt(x + epsilon) g / sqrt(v + epsilon);
     * x = beta1 x + rest1 d d; step = lr d. slots: v x */
    IclOptimizerKernel *adadelta;

    /* w -= factor g; g = 0 */
    void (*step)(float *w, float *g, size_t count, float factor);
    /* g = scale g + l1 sign(w) + 2 l2 w */
    void (*regularize)(const float *w, float *g, size_t count, float scale, float l1, float l2);
    /* g = scale g, held to -most..most */
    void (*clip)(float *g, size_t count, float scale, float most);
    void (*average)(float *mean, const float *w, size_t count,
                    float momentum);                 /* mean = momentum mean + (1 - momentum) w */
    double (*sum_abs)(const float *x, size_t count); /* in double */
    /* Of x [rows,stride], the first `units` columns: sums[units] = sum x x, and x *= factor[units]
     */
    void (*unit_squares)(const float *x, size_t rows, size_t stride, size_t units, double *sums);
    void (*scale_units)(float *x, size_t rows, size_t stride, size_t units, const float *factor);
} IclOptimizerKernels;

/* What a plane holds. Alpha is one byte of a pixel of four. */
typedef enum {
    ICL_SAMPLE_BYTE,
    ICL_SAMPLE_WORD, /* 16 bits, low byte first */
    ICL_SAMPLE_ALPHA_FIRST,
    ICL_SAMPLE_ALPHA_LAST,
    ICL_SAMPLES,
} IclSample;

/* `count` (>= 0) rows of n samples, `stride` bytes apart, weighted into two sums:
 *   sum[j] = or += w[2k] * row[k][j], next[j] = w[2k + 1] * row[k][j]
 * Where a picture shrinks, a row meets two results and no more: every byte is read once. A pixel
 * with alpha counts as alpha / 255 of itself and the rest of the background. */
typedef struct IclRowSum {
    const uint8_t *rows;
    ptrdiff_t stride;
    const float *w; /* [count,2] */
    int count;
    size_t n;                /* with alpha: whole pixels */
    int mask;                /* bits of a word that count */
    const float *background; /* [4], the bytes of a pixel; with alpha */
    bool begun;              /* sum holds its earlier rows */
    float *sum, *next;       /* next NULL: none */
} IclRowSum;

/* Output i = sum over k < count of w[i,k] * input[start[i] + k], inputs from `lo` on being at hand.
 */
typedef struct IclTaps {
    int n, count, lo;
    int *start; /* rising */
    float *w;   /* [n,count] */
} IclTaps;

/* out[c] = sum over k < inputs of m[c,k] * (in[k] - zero[k]), held to 0..255 */
typedef struct IclColourMatrix {
    int inputs, outputs; /* 1 or 3 */
    float zero[3], m[3][3];
} IclColourMatrix;

/* Resizing a plane: rows of samples are summed to `lanes` rows of floats, these are turned to
 * columns [n,lanes], and each component's columns are summed to rows of the result, whose colours
 * are mixed. Sums run in the order of k. */
typedef struct IclResizeKernels {
    int lanes;
    void (*rows[ICL_SAMPLES])(const IclRowSum *s);
    /* rows [lanes,stride], of which `count` count and n floats each -> columns [n,lanes] */
    void (*turn)(const float *rows, size_t stride, int count, size_t n, float *columns);
    /* out [count,stride]; input `lo` of the taps is columns, and the one after it step * lanes
     * further */
    void (*columns)(const IclTaps *taps, const float *columns, ptrdiff_t step, int count,
                    float *out, size_t stride);
    /* n pixels of separate components -> out [n,outputs] */
    void (*colours)(const IclColourMatrix *matrix, int n, const float *const in[3], float *out);
} IclResizeKernels;

typedef enum { ICL_COLOUR_LINEAR, ICL_COLOUR_SATURATION, ICL_COLOUR_HUE } IclColourKind;

/* A change of an RGB pixel x of 0..255, grey being 0.2989 R + 0.587 G + 0.114 B:
 * linear: f x + offset; saturation: f x + (1 - f) grey, both held to 0..255; hue: turned by f of
 * the circle, -0.5..0.5 */
typedef struct IclColourChange {
    IclColourKind kind;
    float factor, offset;
} IclColourChange;

typedef struct IclColourKernels {
    /* One change after another to each pixel of x [n,3]; returns the sum of the results' grey. */
    double (*change)(const IclColourChange *changes, int n_changes, size_t n, float *x);
} IclColourKernels;

typedef struct IclKernels {
    const char *name; /* "avx512" */
    IclConvKernels conv;
    IclDepthwiseKernels depthwise;
    IclPoolKernels pool;
    IclBatchnormKernels batchnorm;
    IclElementKernels element;
    IclOptimizerKernels optimizer;
    IclResizeKernels resize;
    IclColourKernels colour;
} IclKernels;

/* The table of icl_cpu_tier(), chosen once. */
const IclKernels *icl_kernels(void);

/* The table of one tier, or NULL where it is not built or this processor lacks it: for tests.
 * `tier` is an IclTier. */
const IclKernels *icl_kernels_of(int tier);

/* Whether activation_gradient reads x (swish, hard_swish) rather than y. */
static inline bool icl_activation_needs_input(IclActivation a)
{
    return a == ICL_ACT_SWISH || a == ICL_ACT_HARD_SWISH;
}
