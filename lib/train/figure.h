/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The figures of an epoch by name: what callbacks watch, files list and patterns print. */
#pragma once

#include <icl/train.h>

/* In this order; for the choices of a parameter. */
#define ICL_FIGURES "loss accuracy top5 val_loss val_accuracy val_top5 learning_rate"

typedef enum {
    ICL_FIGURE_LOSS,
    ICL_FIGURE_ACCURACY,
    ICL_FIGURE_TOP5,
    ICL_FIGURE_VAL_LOSS,
    ICL_FIGURE_VAL_ACCURACY,
    ICL_FIGURE_VAL_TOP5,
    ICL_FIGURE_LEARNING_RATE,
    ICL_FIGURE_COUNT,
} IclFigure;

const char *icl_figure_name(IclFigure figure);
double icl_figure_value(IclFigure figure, const IclTrainProgress *progress);
bool icl_figure_is_validation(IclFigure figure);

/* Whether a larger one is better: accuracies. */
bool icl_figure_rises(IclFigure figure);

/* "model-{epoch:02d}-{val_loss:.2f}.bin", as Keras' ModelCheckpoint: {epoch} counts from 1; what
 * follows ':' is a width (with 0 in front: padded with zeros) and a precision. Caller frees. NULL
 * with ICL_ERROR_VALUE naming the part that is wrong. */
char *icl_figure_pattern(const char *pattern, const IclTrainProgress *progress, GError **error);
