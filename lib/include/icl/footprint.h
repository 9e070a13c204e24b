/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/model.h>

G_BEGIN_DECLS

/**
 * IclFootprintParams: of what run the memory is asked for.
 * @batch: pictures a pass, >= 1
 * @threads: 0: all the process may use
 * @train: training, rather than inference
 * @optimizer: (nullable): of training, as in IclTrainParams; NULL: "adamw"
 */
typedef struct IclFootprintParams {
    int batch, threads;
    bool train;
    const char *optimizer;
} IclFootprintParams;

/**
 * IclFootprint: bytes that a run holds at its peak, beside the program itself and its pictures.
 * @weights: of the model, batchnorm's moving statistics among them
 * @packed: the weights as the kernels read them; in training part of @activations
 * @activations: what the steps of a pass read and write, in training their gradients too
 * @scratch: of all threads
 * @gradients: of the weights
 * @state: the optimizer's
 */
typedef struct IclFootprint {
    gint64 weights, packed, activations, scratch, gradients, state;
} IclFootprint;

/**
 * icl_footprint: the memory that a run will take, without taking it.
 *
 * Returns: false with ICL_ERROR_VALUE for a batch too large to count or an unknown optimizer
 */
ICL_API bool icl_footprint(const IclModel *model, const IclFootprintParams *params,
                           IclFootprint *footprint, GError **error);

/* The sum. */
ICL_API gint64 icl_footprint_total(const IclFootprint *footprint);

G_END_DECLS
