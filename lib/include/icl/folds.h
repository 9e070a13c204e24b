/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/dataset.h>

G_BEGIN_DECLS

/**
 * IclFoldParams: how a data set is cut for cross-validation.
 * @k: folds, 2 to the number of pictures
 * @stratified: every fold has the same share of each class
 * @shuffle: else folds follow the order of the pictures
 * @seed: of the shuffle
 */
typedef struct IclFoldParams {
    int k;
    bool stratified, shuffle;
    uint64_t seed;
} IclFoldParams;

/**
 * icl_dataset_folds: the fold that each picture is tested in.
 * @fold: (out): [pictures], 0 .. k - 1; the caller's memory
 *
 * Without shuffle these are scikit-learn's folds: KFold's, where stratified StratifiedKFold's, and,
 * where the data set has groups, GroupKFold's, which keeps each group in one fold and the folds
 * alike in size, and is not stratified. Stratified folds of a multi-label set have their shares of
 * each label as near as its pictures allow (iterative stratification). With shuffle, as many
 * pictures of each class go to each fold, by other random numbers.
 *
 * Returns: false with ICL_ERROR_VALUE where there are fewer pictures, groups, or pictures of the
 * largest class than folds.
 */
ICL_API bool icl_dataset_folds(const IclDataset *dataset, const IclFoldParams *params, int *fold,
                               GError **error);

G_END_DECLS
