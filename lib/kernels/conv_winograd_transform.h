/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Winograd's matrices, applied to vectors of channels or filters: one direction, in place, and both
 * directions of a tile. m is the constant 2 or 4, a = m + 2. */
#pragma once

#include "vector_rows.h"

enum { WINOGRAD_POINTS = 36, WINOGRAD_SIDE = 6 }; /* the most */

/* B^T d */
INLINE void winograd_input(const int m, vf *d)
{
    if (m == 2) {
        vf d1 = d[1];
        d[0] = d[0] - d[2];
        d[1] = d1 + d[2];
        d[2] = d[2] - d1;
        d[3] = d1 - d[3];
    } else {
        vf d1 = d[1], even = d[4] - 4 * d[2], odd = d[3] - 4 * d1;
        vf even2 = d[4] - d[2], odd2 = 2 * (d[3] - d1);
        d[0] = d[0] - d[2] + 0.25f * even2;
        d[5] = d[5] - d[3] - 2 * odd2;
        d[1] = even + odd;
        d[2] = even - odd;
        d[3] = even2 + odd2;
        d[4] = even2 - odd2;
    }
}

/* A d of the four entries of F(4x4) */
INLINE void winograd_output_gradient(vf *d)
{
    vf even = d[0] + d[2], odd = d[1] + d[3];
    vf even2 = d[0] + 4 * d[2], odd2 = 2 * d[1] + 8 * d[3];

    d[5] = d[3];
    d[1] = even + odd;
    d[2] = even - odd;
    d[3] = even2 + odd2;
    d[4] = even2 - odd2;
}

/* G^T d of F(4x4): the first three entries */
INLINE void winograd_filter_gradient(vf *d)
{
    vf even = (d[1] + d[2]) * (1.0f / 6), even2 = d[3] + d[4];

    d[0] = d[0] - even + even2 * (1.0f / 24);
    d[1] = (d[2] - d[1]) * (1.0f / 6) + (d[3] - d[4]) * (1.0f / 12);
    d[2] = even2 * (1.0f / 6) - even + d[5];
}

/* A^T d: the first m entries */
INLINE void winograd_output(const int m, vf *d)
{
    vf sum = d[1] + d[2], difference = d[1] - d[2];

    if (m == 2) {
        d[0] = d[0] + 0.5f * sum;
        d[1] = 0.5f * difference - d[3];
    } else {
        vf sum2 = d[3] + d[4], difference2 = d[3] - d[4];
        d[0] = d[0] + (0.25f * sum2 - sum) * (1.0f / 6);
        d[1] = (0.5f * difference2 - difference) * (1.0f / 6);
        d[2] = (sum2 - sum) * (1.0f / 6);
        d[3] = d[5] + (2 * difference2 - difference) * (1.0f / 6);
    }
}

/* The rows of G come in pairs, of opposite points, and of 0 and infinity. */
INLINE int winograd_pair_row(const int m, const int pair, const int i)
{
    return pair == 0 ? i * (m + 1) : 2 * pair - 1 + i;
}

/* G d, of the rows of a pair: d of three entries. Products by powers of two are exact, so that
 * weights have the same bits wherever they are transformed. */
INLINE void winograd_filter_pair(const int pair, const vf *d, vf *first, vf *second)
{
    vf even = pair == 2 ? d[0] + 4 * d[2] : d[0] + d[2], odd = pair == 2 ? 2 * d[1] : d[1];

    *first = pair == 0 ? d[0] : even + odd;
    *second = pair == 0 ? d[2] : even - odd;
}

/* G d of one row: taps [9][VL] -> its three entries */
INLINE void winograd_filter_row(const int m, const int row, const float *taps, vf *w)
{
    UNROLLED(j, 3) {
        const vf column[3] = {vload(taps + j * VL), vload(taps + (3 + j) * VL),
                              vload(taps + (6 + j) * VL)};
        const bool outer = row == 0 || row == m + 1;
        const int pair = outer ? 0 : (row + 1) / 2;
        vf first, second;
        winograd_filter_pair(pair, column, &first, &second);
        w[j] = row == winograd_pair_row(m, pair, 0) ? first : second;
    }
}

/* n channels from `at` on of a tile's a x a pixels -> v: points `point` floats apart */
INLINE void winograd_input_tile(const int m, const float *const *in, size_t at, int n, float *v,
                                size_t point)
{
    const int a = m + 2;
    vf d[WINOGRAD_POINTS];

    UNROLLED(j, a) {
        vf column[WINOGRAD_SIDE];
        UNROLLED(i, a)
            column[i] = vload_n(in[i * a + j] + at, n);
        winograd_input(m, column);
        UNROLLED(i, a)
            d[i * a + j] = column[i];
    }
    UNROLLED(i, a) {
        winograd_input(m, d + i * a);
        UNROLLED(j, a)
            vstore(v + (i * a + j) * point, d[i * a + j]);
    }
}

/* sums, points `point` floats apart -> y: m x m outputs */
INLINE void winograd_output_tile(const int m, const float *sums, size_t point, vf *y)
{
    const int a = m + 2;
    vf d[WINOGRAD_SIDE * 4];

    UNROLLED(j, a) {
        vf column[WINOGRAD_SIDE];
        UNROLLED(i, a)
            column[i] = vload(sums + (i * a + j) * point);
        winograd_output(m, column);
        UNROLLED(i, m)
            d[i * a + j] = column[i];
    }
    UNROLLED(i, m) {
        winograd_output(m, d + i * a);
        UNROLLED(j, m)
            y[i * m + j] = d[i * a + j];
    }
}

/* taps: 3 x 3 -> the points of two rows of u, `point` floats apart; the second row's are `second`
 * floats behind the first's */
INLINE void winograd_filter_rows(const int m, const int pair, const vf *taps, float *u,
                                 size_t point, size_t second)
{
    vf rows[2][3];

    UNROLLED(j, 3) {
        vf column[3] = {taps[j], taps[3 + j], taps[6 + j]};
        winograd_filter_pair(pair, column, &rows[0][j], &rows[1][j]);
    }
    UNROLLED(i, 2)
        UNROLLED(k, (m + 2) / 2) {
            vf p, q;
            winograd_filter_pair(k, rows[i], &p, &q);
            vstore(u + i * second + winograd_pair_row(m, k, 0) * point, p);
            vstore(u + i * second + winograd_pair_row(m, k, 1) * point, q);
        }
}

/* ... all points */
INLINE void winograd_filter_tile(const int m, const vf *taps, float *u, size_t point)
{
    const size_t row = (m + 2) * point;

    UNROLLED(pair, (m + 2) / 2) {
        int first = winograd_pair_row(m, pair, 0);
        winograd_filter_rows(m, pair, taps, u + first * row, point,
                             (winograd_pair_row(m, pair, 1) - first) * row);
    }
}

/* n filters from `at` on of a tile's 4 x 4 pixels of dy -> d: points `point` floats apart */
INLINE void winograd_output_gradient_tile(const float *const *dy, size_t at, int n, float *d,
                                          size_t point)
{
    vf e[WINOGRAD_POINTS];

    UNROLLED(j, 4) {
        vf column[WINOGRAD_SIDE];
        UNROLLED(i, 4)
            column[i] = vload_n(dy[i * 4 + j] + at, n);
        winograd_output_gradient(column);
        UNROLLED(i, 6)
            e[i * 6 + j] = column[i];
    }
    UNROLLED(i, 6) {
        winograd_output_gradient(e + i * 6);
        UNROLLED(j, 6)
            vstore(d + (i * 6 + j) * point, e[i * 6 + j]);
    }
}

/* sums, points `point` floats apart -> taps: 3 x 3 */
INLINE void winograd_filter_gradient_tile(const float *sums, size_t point, vf *taps)
{
    vf e[3 * WINOGRAD_SIDE];

    UNROLLED(j, 6) {
        vf column[WINOGRAD_SIDE];
        UNROLLED(i, 6)
            column[i] = vload(sums + (i * 6 + j) * point);
        winograd_filter_gradient(column);
        UNROLLED(i, 3)
            e[i * 6 + j] = column[i];
    }
    UNROLLED(i, 3) {
        winograd_filter_gradient(e + i * 6);
        UNROLLED(j, 3)
            taps[i * 3 + j] = e[i * 6 + j];
    }
}
