#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Writes golden_folds.h: scikit-learn's folds without shuffle, and its balanced class weights.

Needs scikit-learn: python3 golden_folds.py > golden_folds.h
"""
import warnings

import numpy as np
import sklearn
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold
from sklearn.utils.class_weight import compute_class_weight

warnings.simplefilter("ignore")
rng = np.random.default_rng(1)


def folds(splitter, y, groups=None):
    fold = np.zeros(len(y), int)
    for i, (_, test) in enumerate(splitter.split(np.zeros(len(y)), y, groups)):
        fold[test] = i
    return fold


def numbered(values):
    """Numbers in the order in which they come up, as icl numbers groups."""
    seen = {}
    return np.array([seen.setdefault(v, len(seen)) for v in values])


def words(values):
    return " ".join(str(v) for v in values)


def row(y, k, groups):
    balanced = compute_class_weight("balanced", classes=np.unique(y), y=y)
    print(f'    {{{k}, "{words(y)}", "{words(groups)}",')
    print(f'     "{words(folds(KFold(k), y))}",')
    print(f'     "{words(folds(StratifiedKFold(k), y))}",')
    print(f'     "{words(folds(GroupKFold(k), y, groups))}",')
    print(f'     "{words(np.float32(balanced))}"}},')


print(f"""/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Made by golden_folds.py with scikit-learn {sklearn.__version__}; numbers are separated by spaces. */
#pragma once

/* clang-format off */
static const struct {{
    int k;
    const char *classes, *groups, *plain, *stratified, *grouped; /* groups, then the folds */
    const char *balanced; /* weights of the classes */
}} golden_folds[] = {{""")
row([0] * 5 + [1] * 5, 5, numbered(list("aabbccddee")))
row([2, 2, 0, 0, 0, 1, 1, 1, 1, 0, 2], 2, numbered(list("xyxyzzzxyww")))
row([1, 0, 1, 1, 0, 1, 1], 3, numbered([1, 2, 3, 1, 2, 3, 1]))
row([0, 1, 1, 1, 1, 1, 1, 1], 4, numbered([5, 5, 6, 7, 8, 8, 8, 9]))
for n, classes, k, count in (37, 4, 5, 11), (64, 7, 10, 23), (29, 3, 2, 6):
    y = rng.integers(0, classes, n)
    y[:classes] = rng.permutation(classes)
    row(y, k, numbered(rng.integers(0, count, n)))
print("};\n/* clang-format on */")
