/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "warp.h"

#include <glib.h>
#include <math.h>

IclWarp icl_warp_affine(double xx, double xy, double x, double yx, double yy, double y)
{
    return (IclWarp){{{xx, xy, x}, {yx, yy, y}, {0, 0, 1}}};
}

IclWarp icl_warp_move(double x, double y) { return icl_warp_affine(1, 0, x, 0, 1, y); }

/* Quarter turns are exact. */
IclWarp icl_warp_rotation(double degrees)
{
    double turn = fmod(degrees, 360), angle = degrees * (G_PI / 180);
    double c = cos(angle), s = sin(angle);

    if (fmod(turn, 90) == 0) {
        c = round(c);
        s = round(s);
    }
    return icl_warp_affine(c, -s, 0, s, c, 0);
}

IclWarp icl_warp_then(const IclWarp *first, const IclWarp *second)
{
    IclWarp warp;

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            warp.m[i][j] = first->m[i][0] * second->m[0][j] + first->m[i][1] * second->m[1][j] +
                           first->m[i][2] * second->m[2][j];
    return warp;
}

IclWarp icl_warp_about(const IclWarp *warp, double x, double y)
{
    IclWarp to = icl_warp_move(x, y), from = icl_warp_move(-x, -y);
    IclWarp half = icl_warp_then(&to, warp);

    return icl_warp_then(&half, &from);
}

bool icl_warp_is_identity(const IclWarp *warp)
{
    static const IclWarp identity = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            if (warp->m[i][j] != identity.m[i][j])
                return false;
    return true;
}
