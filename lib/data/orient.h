/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * How the rows and columns of a frame lie in the upright picture, by EXIF's orientation. */
#pragma once

#include <stdbool.h>

typedef struct IclOrientation {
    bool swapped;                 /* stored rows are columns of the upright picture */
    bool flip_rows, flip_columns; /* the last stored row or column comes first */
} IclOrientation;

IclOrientation icl_orientation(int exif); /* 1 for a number that is not 1..8 */

/* Pixels x .. x + w - 1 of rows y .. y + h - 1. */
typedef struct IclBox {
    int x, y, w, h;
} IclBox;

/* Where a box of the upright picture lies in the frame, of width x height pixels as stored. */
IclBox icl_box_stored(const IclBox *box, int exif, int width, int height);
