#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Writes golden_whitening.h: ZCA whitening of made pictures.

The matrix is Keras 2's (keras-preprocessing 1.1: u diag(1 / sqrt(s + epsilon)) u^T of the
covariance), computed by numpy in double; the whitened picture is what the ImageDataGenerator of
the Keras that is installed makes (Keras 3 adds epsilon to the singular values instead), where no
value is dead, else Keras 2's.

Needs keras and numpy: python3 golden_whitening.py > golden_whitening.h
"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator


def pictures(n, h, w, c, dead):
    """Values that resemble their neighbours; one of them the same in all pictures."""
    x = np.zeros((n, h * w * c), np.float32)
    state, last = 1, 0
    for i in range(n * h * w * c):
        state = (state * 1103515245 + 12345) % 2**31
        last = (3 * last + (state >> 16) % 256) // 4
        x.flat[i] = last
    if dead >= 0:
        x[:, dead] = 7
    return x.reshape(n, h, w, c)


def whiten(x, epsilon):
    x = x.astype(np.float64) / 255
    mean = x.mean(axis=(0, 1, 2))
    flat = (x - mean).reshape(len(x), -1)
    u, s, _ = np.linalg.svd(flat.T @ flat / len(x))
    matrix = (u / np.sqrt(s + epsilon)) @ u.T
    return mean, matrix, flat @ matrix


def numbers(values):
    return ", ".join(f"{v:.7g}" for v in np.asarray(values).ravel())


def row(name, n, h, w, c, dead, epsilon):
    x = pictures(n, h, w, c, dead)
    mean, matrix, white = whiten(x, epsilon)
    picture, tolerance = white[-1], 1e-4
    if dead < 0:
        generator = ImageDataGenerator(rescale=1 / 255, zca_whitening=True, zca_epsilon=epsilon,
                                       featurewise_center=True)
        generator.fit(x)
        picture, tolerance = generator.standardize(x[-1].copy()), 1e-3
    print(f'    {{"{name}", {n}, {h}, {w}, {c}, {dead}, {epsilon}, {tolerance},')
    print(f"     {{{numbers(mean)}}},\n     {{{numbers(matrix)}}},\n     {{{numbers(picture)}}}}},")


print(f"""/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Made by golden_whitening.py with keras {keras.__version__} and numpy {np.__version__}. */
#pragma once

enum {{ GOLDEN_WHITENING_MAX = 18 }};

/* clang-format off */
static const struct {{
    const char *name;
    int n, h, w, c;
    int dead; /* value that is the same in all pictures; -1: none */
    double epsilon, tolerance;
    float mean[3], matrix[GOLDEN_WHITENING_MAX * GOLDEN_WHITENING_MAX];
    float white[GOLDEN_WHITENING_MAX]; /* the last picture, to the tolerance */
}} golden_whitening[] = {{""")
row("colour", 300, 2, 3, 3, -1, 1e-6)
row("grey", 40, 3, 4, 1, -1, 1e-6)
row("dead", 100, 3, 3, 1, 4, 0.01)
row("few", 5, 3, 4, 1, 0, 0.1)
print("};\n/* clang-format on */")
