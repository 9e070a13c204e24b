/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/model.h>

G_BEGIN_DECLS

/**
 * IclBenchParams: what icl_bench() measures.
 * @batch: pictures a pass, >= 1
 * @threads: of a pass; 0: all the process may use
 * @seconds: how long to measure; 0: no limit
 * @runs: how many passes to measure; 0: no limit. With neither limit, three seconds
 * @train: training steps (forward, loss, backward, the optimizer's update) instead of passes of
 *   inference
 * @optimizer: (nullable): of the training steps, as in IclTrainParams; NULL: "adamw"
 * @layers: each step of a pass by itself, too; this makes passes a little slower
 * @frame_width, @frame_height: size of the RGB picture whose preprocessing is measured; 0: that of
 *   the network's input
 */
typedef struct IclBenchParams {
    int batch, threads;
    double seconds;
    int runs;
    bool train;
    const char *optimizer;
    bool layers;
    int frame_width, frame_height;
} IclBenchParams;

/**
 * IclBenchLayer: one step of a pass: a layer, with those that run fused into it.
 * @path: the layer's, "down1.unit1.conv2d"
 * @classes: its class and those fused into it, "conv2d+batchnorm+relu"
 * @shape: input, output and kernel, "56x56x64 > 28x28x128, 3x3"
 * @forward_ms, @backward_ms: medians, a batch; backward is 0 at inference, and where nothing is
 *   trained at the layer or before it; it includes making again what forward has not kept
 * @forward_multiply_adds, @backward_multiply_adds: a picture, as the textbook counts them, which
 *   may be more than are done
 */
typedef struct IclBenchLayer {
    char *path, *classes, *shape;
    double forward_ms, backward_ms;
    gint64 forward_multiply_adds, backward_multiply_adds;
} IclBenchLayer;

/**
 * IclBench: what was measured.
 * @runs: passes, after those that warm up
 * @p50_ms, @p90_ms, @p99_ms: milliseconds that 50, 90 and 99 of 100 passes stayed within
 * @images_per_second: pictures over the time of all passes
 * @preprocess_ms: of one picture on one thread, the median; no part of the figures above
 * @parameters: trained weights; @multiply_adds: of a forward pass, a picture
 * @activation_bytes: of the arena that holds activations, in training their gradients too
 * @memory_bytes: that, with scratch memory and packed weights, or in training the gradients and the
 *   optimizer's state: all but the weights themselves
 * @layers, @n_layers: in the order they run in forward; none unless asked for
 * @peak_gflops: 1e9 operations a second of multiply-adds (two each) that the same threads do
 *   without loads or stores, the median of runs between the passes; with @layers
 */
typedef struct IclBench {
    int runs;
    double p50_ms, p90_ms, p99_ms;
    double images_per_second;
    double preprocess_ms;
    gint64 parameters, multiply_adds;
    gint64 activation_bytes, memory_bytes;
    IclBenchLayer *layers;
    int n_layers;
    double peak_gflops;
} IclBench;

/**
 * icl_bench: measures passes of the network alone, on random numbers, from tensor to scores.
 *
 * A pass begins with its input in place and includes waking the threads. @model stays as it is:
 * training steps work on a network of the same description. @bench is set on success; free what it
 * holds with icl_bench_clear().
 *
 * Returns: false with ICL_ERROR_MEMORY or, for @optimizer, ICL_ERROR_SYNTAX or ICL_ERROR_VALUE
 */
ICL_API bool icl_bench(IclModel *model, const IclBenchParams *params, IclBench *bench,
                       GError **error);

ICL_API void icl_bench_clear(IclBench *bench); /* accepts a zeroed one, and twice */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IclBench, icl_bench_clear)

/**
 * icl_bench_model: a network with random weights, to be measured.
 * @text, @name, @labels: as in icl_model_from_description()
 * @variables: (nullable): "NAME=VALUE", NULL-terminated, for variables that the description uses or
 *   declares ("size=32"); ICL_ERROR_VALUE for others
 *
 * Returns: (transfer full): NULL with an error
 */
ICL_API IclModel *icl_bench_model(const char *text, const char *name, const char *const *labels,
                                  const char *const *variables, GError **error);

G_END_DECLS
