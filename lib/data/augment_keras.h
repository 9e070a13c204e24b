/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include "augmenter.h"

typedef enum {
    ICL_KERAS_DOCUMENTED, /* as its documents say */
    ICL_KERAS_LEGACY,     /* as keras-preprocessing up to 1.1.2 did: Keras and TensorFlow <= 2.8 */
    ICL_KERAS_2_9,        /* as Keras 2.9 to 2.15, tf-keras and Keras 3 do */
} IclKerasCompat;

/* What ImageDataGenerator draws for one picture; its names. */
typedef struct IclKerasDraw {
    double theta, shear;              /* degrees */
    double height_shift, width_shift; /* pixels */
    double zx, zy;
} IclKerasDraw;

IclWarp icl_keras_warp(const IclKerasDraw *draw, IclKerasCompat compat, int height, int width);

/* Pillow's ImageEnhance.Brightness, as ImageDataGenerator calls it: on bytes, rounded down. */
void icl_keras_brightness(IclAugmenter *augmenter, double factor);
