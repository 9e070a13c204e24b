/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * EXIF 2.3, tag 0x0112: which sides of the scene row 0 and column 0 are. */
#include "orient.h"

enum { ORIENTATIONS = 8 };

static const IclOrientation orientations[ORIENTATIONS] = {
    {false, false, false}, /* 1: top, left */
    {false, false, true},  /* 2: top, right */
    {false, true, true},   /* 3: bottom, right */
    {false, true, false},  /* 4: bottom, left */
    {true, false, false},  /* 5: left, top */
    {true, true, false},   /* 6: right, top */
    {true, true, true},    /* 7: right, bottom */
    {true, false, true},   /* 8: left, bottom */
};

IclOrientation icl_orientation(int exif)
{
    return orientations[exif >= 1 && exif <= ORIENTATIONS ? exif - 1 : 0];
}

IclBox icl_box_stored(const IclBox *box, int exif, int width, int height)
{
    IclOrientation turn = icl_orientation(exif);
    IclBox stored = turn.swapped ? (IclBox){box->y, box->x, box->h, box->w} : *box;

    if (turn.flip_columns)
        stored.x = width - stored.x - stored.w;
    if (turn.flip_rows)
        stored.y = height - stored.y - stored.h;
    return stored;
}
