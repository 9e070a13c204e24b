/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Windows that slide: convolutions and pools place theirs by the same rules (Keras' for "same": the
 * odd pixel goes to the bottom and right). */
#pragma once

#include "layer.h"

typedef struct IclWindow {
    IclSize kernel, stride, dilation;
    IclPadding padding;
} IclWindow;

/* Sets rows and columns of the output and the padding above and left. False with an error where the
 * window does not fit. */
bool icl_window_place(const IclLayer *layer, const IclWindow *window, int *oh, int *ow, int *top,
                      int *left, GError **error);
