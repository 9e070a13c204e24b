/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Parts of a multi-label set that have their shares of each label: iterative stratification
 * (Sechidis, Tsoumakas and Vlahavas: On the Stratification of Multi-Label Data, 2011). */
#pragma once

#include "dataset_kind.h"
#include "members.h"

/* A picture's classes; where it has no label, the number behind the last class, a stratum too. */
const int *icl_strata_of(const IclDataset *dataset, int index, int *n);

/* The pictures of each stratum, classes + 1 of them: a picture is in each of its own. */
void icl_strata_init(IclMembers *strata, const IclDataset *dataset);

typedef struct IclStratify {
    const double *share; /* [parts]: sum 1 */
    int parts;
    bool keep_first; /* at least one picture of each class stays in part 0 */
    bool shuffle;    /* else in the order of the pictures */
    uint64_t seed, stream;
} IclStratify;

/* part: [dataset's n], out */
void icl_stratify(const IclDataset *dataset, const IclStratify *how, int *part);
