/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Cross entropy from logits, with label smoothing as Keras and timm have it: the target is
 * (1 - smoothing) at the true class plus smoothing / classes everywhere. */
#pragma once

#include <stddef.h>

typedef struct IclLoss {
    double sum;  /* of the samples' losses */
    int correct; /* samples whose largest logit is the true class (the first of equals) */
} IclLoss;

/* logits [n,classes], y[n]. dlogits (NULL: not wanted) = d mean loss / d logits. */
IclLoss icl_cross_entropy(const float *logits, const int *y, int n, int classes, double smoothing,
                          float *dlogits);
