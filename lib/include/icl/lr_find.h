/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/train.h>

G_BEGIN_DECLS

/**
 * IclLrFindParams: the sweep. Begin from ICL_LR_FIND_DEFAULTS, which are fastai's.
 * @from, @to: learning rates of the first and the last step, > 0; between them it rises
 * exponentially
 * @steps: updates, 20 at least
 * @stop_factor: it ends early where the loss is more than so many times the least; 0: never
 */
typedef struct IclLrFindParams {
    double from, to;
    int steps;
    double stop_factor;
} IclLrFindParams;

#define ICL_LR_FIND_DEFAULTS .from = 1e-7, .to = 10, .steps = 100, .stop_factor = 4

/**
 * IclLrFind: what was found.
 * @n: updates done; @rate, @loss: [n], the loss smoothed as fastai does (0.98, bias corrected)
 * @valley: the suggestion: a third and a half of a third into the longest stretch over which the
 * loss falls (fastai's "valley"); @steepest: where it falls fastest; @minimum: a tenth of the rate
 * of the least loss. NAN where the loss never fell
 */
typedef struct IclLrFind {
    int n;
    double *rate, *loss;
    double valley, steepest, minimum;
} IclLrFind;

/**
 * icl_lr_find: the learning rate range test (Smith, "Cyclical Learning Rates", 2017): a training
 * whose rate rises from tiny to too large, and the loss along it.
 * @params: as of icl_train(); what says where files go, epochs, schedule and callbacks is not used
 *
 * Returns: false with an error. Otherwise the caller frees with icl_lr_find_clear().
 */
ICL_API bool icl_lr_find(const IclDataset *dataset, const IclTrainParams *params,
                         const IclLrFindParams *sweep, IclLrFind *found, GError **error);
ICL_API void icl_lr_find_clear(IclLrFind *found);

/** Draws loss over rate with the suggestion; @path ends in .svg or .png. */
ICL_API bool icl_lr_find_draw(const IclLrFind *found, const char *path, GError **error);

G_END_DECLS
