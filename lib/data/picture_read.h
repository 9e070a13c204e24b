/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A picture of a data set on its way to the augmentations. Where they begin with a crop, a JPEG
 * file is decoded down to the crop's last row alone: damage behind it, a file that was cut off too,
 * goes unseen in that epoch, while `icl data`, evaluation and trainings without such a crop read
 * all. */
#pragma once

#include <icl/dataset.h>

#include "augmenter.h"
#include "preprocess.h"

/* What one thread reads with; borrowed. */
typedef struct IclPictureReader {
    const IclDataset *dataset;
    IclPreprocessor *preprocessor;
    IclAugmenter *augmenter;
} IclPictureReader;

/* What the recipe keeps of picture `index`, or the part that the augmentations choose, with numbers
 * from `random`: x [h,w,c] in 0..255. */
bool icl_picture_read(const IclPictureReader *reader, int index, IclRandom *random, float *x,
                      GError **error);
