/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Two ways through a picture. A move or a flip reads whole rows, whose columns and weights are the
 * same for all of them; anything else computes each pixel's place. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "warp.h"

enum { BLOCK = 256 /* pixels whose places are computed at once */ };

/* Coordinates outside 0..n-1 brought inside; scipy's map_coordinate(). */
static double fold_reflect(double at, int n)
{
    double period = 2.0 * n;

    if (!isfinite(at))
        return 0;
    at = fmod(at + 0.5, period);
    at = at < 0 ? at + period : at;
    return (at < n ? at : period - at) - 0.5;
}

static double fold_wrap(double at, int n)
{
    double period = n - 1;

    if (!isfinite(at) || n == 1)
        return 0;
    return at < 0 ? at + period * (floor(-at / period) + 1) : at - period * floor(at / period);
}

static void points_fold(IclFillMode mode, int size, int n, double *at)
{
    double last = size - 1;

    for (int i = 0; mode == ICL_FILL_REFLECT && i < n; i++)
        if (!(at[i] >= 0 && at[i] <= last))
            at[i] = fold_reflect(at[i], size);
    for (int i = 0; mode == ICL_FILL_WRAP && i < n; i++)
        if (!(at[i] >= 0 && at[i] <= last))
            at[i] = fold_wrap(at[i], size);
}

/* The pixel before each place and the weight of the one after it. */
static void points_split(int size, int n, const double *at, int *whole, float *part)
{
    double last = size - 1;

    for (int i = 0; i < n; i++) {
        double inside = at[i] > 0 ? at[i] : 0;
        inside = inside < last ? inside : last;
        whole[i] = (int)inside;
        part[i] = (float)(inside - whole[i]);
    }
}

static inline float blend(float a, float b, float weight) { return a + weight * (b - a); }

/* c pixels' channels of [h,w,c], between columns x and x + right, rows at and at + below */
static inline void sample(const float *in, size_t right, size_t below, float u, float v, int c,
                          float *out)
{
    for (int k = 0; k < c; k++)
        out[k] = blend(blend(in[k], in[right + k], u),
                       blend(in[below + k], in[below + right + k], u), v);
}

/* For 1 and 3 channels the inner loop has a known length. */
static void points_sample(const IclSampling *s, int c, int n, const int *column, const float *u,
                          const int *row, const float *v, float *out)
{
    size_t stride = (size_t)s->w * c;

    for (int i = 0; i < n; i++) {
        const float *in = s->in + row[i] * stride + (size_t)column[i] * c;
        sample(in, column[i] + 1 < s->w ? c : 0, row[i] + 1 < s->h ? stride : 0, u[i], v[i], c,
               out + (size_t)i * c);
    }
}

static void points_block(const IclSampling *s, int n, double *x, double *y, float *out)
{
    bool outside[BLOCK];
    int column[BLOCK], row[BLOCK];
    float u[BLOCK], v[BLOCK];

    for (int i = 0; i < n; i++)
        outside[i] = !(x[i] >= 0 && x[i] <= s->w - 1 && y[i] >= 0 && y[i] <= s->h - 1);
    points_fold(s->fill.mode, s->w, n, x);
    points_fold(s->fill.mode, s->h, n, y);
    points_split(s->w, n, x, column, u);
    points_split(s->h, n, y, row, v);
    if (s->c == 3)
        points_sample(s, 3, n, column, u, row, v, out);
    else
        points_sample(s, s->c, n, column, u, row, v, out);
    for (int i = 0; s->fill.mode == ICL_FILL_CONSTANT && i < n; i++)
        for (int k = 0; outside[i] && k < s->c; k++)
            out[(size_t)i * s->c + k] = s->fill.cval;
}

void icl_sample_points(const IclSampling *sampling, int n, double *x, double *y, float *out)
{
    for (int i = 0; i < n; i += BLOCK)
        points_block(sampling, MIN(BLOCK, n - i), x + i, y + i, out + (size_t)i * sampling->c);
}

static void warp_places(const IclWarp *warp, int x, int y, int n, double *at_x, double *at_y)
{
    const double(*m)[3] = warp->m;
    double row_x = m[0][1] * y + m[0][2], row_y = m[1][1] * y + m[1][2];
    double row_z = m[2][1] * y + m[2][2];

    for (int i = 0; i < n; i++) {
        at_x[i] = m[0][0] * (x + i) + row_x;
        at_y[i] = m[1][0] * (x + i) + row_y;
    }
    if (m[2][0] == 0 && row_z == 1)
        return;
    for (int i = 0; i < n; i++) {
        double z = m[2][0] * (x + i) + row_z;
        at_x[i] /= z;
        at_y[i] /= z;
    }
}

static void sample_any(const IclWarp *warp, const IclSampling *s)
{
    double at_x[BLOCK], at_y[BLOCK];

    for (int y = 0; y < s->h; y++)
        for (int x = 0; x < s->w; x += BLOCK) {
            int n = MIN(BLOCK, s->w - x);
            warp_places(warp, x, y, n, at_x, at_y);
            points_block(s, n, at_x, at_y, s->out + ((size_t)y * s->w + x) * s->c);
        }
}

/* One axis of a move: place i of the result lies between pixels before(i) and after(i), `part` of
 * the way. */
typedef struct Move {
    int n, sign, whole;
    float part;
    IclFillMode mode;
} Move;

static Move move_new(double sign, double by, int n, IclFillMode mode)
{
    return (Move){n, (int)sign, (int)floor(by), (float)(by - floor(by)), mode};
}

enum { OUTSIDE = -1 };

/* Pixel i of the endless picture, or OUTSIDE. */
static int move_pixel(const Move *move, int i)
{
    int n = move->n, period = 2 * n;

    if (i >= 0 && i < n)
        return i;
    switch (move->mode) {
    case ICL_FILL_CONSTANT:
        return OUTSIDE;
    case ICL_FILL_REFLECT:
        i = (i % period + period) % period;
        return i < n ? i : period - 1 - i;
    case ICL_FILL_WRAP:
        return (int)fold_wrap(i, n);
    default:
        return CLAMP(i, 0, n - 1);
    }
}

/* False where place i is outside and the mode is constant. */
static bool move_pair(const Move *move, int i, int *before, int *after)
{
    int at = move->sign * i + move->whole;

    *before = move_pixel(move, at);
    *after = move->part == 0 ? *before : move_pixel(move, at + 1);
    if (move->mode == ICL_FILL_WRAP && move->part != 0 && move->n > 1) {
        *before = ((at % (move->n - 1)) + move->n - 1) % (move->n - 1);
        *after = *before + 1;
    }
    return *before != OUTSIDE && *after != OUTSIDE;
}

static void fill(float *out, size_t n, float value)
{
    for (size_t i = 0; i < n; i++)
        out[i] = value;
}

/* Columns from .. to - 1 of one row, each on its own. */
static void move_columns(const Move *x, float v, const IclSampling *s, int from, int to,
                         const float *above, const float *below, float *out)
{
    int before, after;

    for (int i = from; i < to; i++) {
        float *pixel = out + (size_t)i * s->c;
        if (!move_pair(x, i, &before, &after)) {
            fill(pixel, (size_t)s->c, s->fill.cval);
            continue;
        }
        for (int k = 0; k < s->c; k++)
            pixel[k] = blend(blend(above[before * s->c + k], above[after * s->c + k], x->part),
                             blend(below[before * s->c + k], below[after * s->c + k], x->part), v);
    }
}

/* Columns from .. to - 1, which have their neighbours in the picture. Upright ones lie as they are
 * read. */
static void move_upright(const Move *x, float v, int c, int from, int to, const float *above,
                         const float *below, float *out)
{
    size_t n = (size_t)(to - from) * c;

    above += (from + x->whole) * c;
    below += (from + x->whole) * c;
    out += from * c;
    if (x->part == 0 && v == 0) {
        memcpy(out, above, n * sizeof *out);
        return;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = blend(blend(above[i], above[i + c], x->part),
                       blend(below[i], below[i + c], x->part), v);
}

static inline void move_mirrored(const Move *x, float v, int c, int from, int to,
                                 const float *above, const float *below, float *out)
{
    const bool copied = x->part == 0 && v == 0;

    above += (x->whole - from) * c;
    below += (x->whole - from) * c;
    for (int i = from; i < to; i++, above -= c, below -= c)
        for (int k = 0; k < c; k++)
            out[i * c + k] = copied ? above[k]
                                    : blend(blend(above[k], above[k + c], x->part),
                                            blend(below[k], below[k + c], x->part), v);
}

static void move_row(const Move *x, float v, const IclSampling *s, const float *above,
                     const float *below, float *out)
{
    int after = x->part != 0 || v != 0; /* the next column is read too */
    int from = x->sign > 0 ? -x->whole : x->whole - (s->w - 1) + after;
    int to = x->sign > 0 ? s->w - x->whole - after : x->whole + 1;

    from = CLAMP(from, 0, s->w);
    to = CLAMP(to, from, s->w);
    move_columns(x, v, s, 0, from, above, below, out);
    if (from < to && x->sign > 0)
        move_upright(x, v, s->c, from, to, above, below, out);
    else if (from < to && s->c == 3)
        move_mirrored(x, v, 3, from, to, above, below, out);
    else if (from < to)
        move_mirrored(x, v, s->c, from, to, above, below, out);
    move_columns(x, v, s, to, s->w, above, below, out);
}

static void sample_move(const IclWarp *warp, const IclSampling *s)
{
    Move x = move_new(warp->m[0][0], warp->m[0][2], s->w, s->fill.mode);
    Move y = move_new(warp->m[1][1], warp->m[1][2], s->h, s->fill.mode);
    size_t row = (size_t)s->w * s->c;
    int before, after;

    for (int i = 0; i < s->h; i++)
        if (move_pair(&y, i, &before, &after))
            move_row(&x, y.part, s, s->in + before * row, s->in + after * row, s->out + i * row);
        else
            fill(s->out + i * row, row, s->fill.cval);
}

/* Whether columns and rows stay what they are, neither turned nor scaled. */
static bool warp_is_move(const IclWarp *warp)
{
    const double(*m)[3] = warp->m;

    return fabs(m[0][0]) == 1 && fabs(m[1][1]) == 1 && m[0][1] == 0 && m[1][0] == 0 &&
           m[2][0] == 0 && m[2][1] == 0 && m[2][2] == 1 && fabs(m[0][2]) < 1e6 &&
           fabs(m[1][2]) < 1e6;
}

void icl_warp_sample(const IclWarp *warp, const IclSampling *sampling)
{
    if (warp_is_move(warp))
        sample_move(warp, sampling);
    else
        sample_any(warp, sampling);
}

/* For 1 and 3 channels the inner loop has a known length. */
static inline void row_mirror(int w, int c, float *row)
{
    for (float *a = row, *b = row + (ptrdiff_t)(w - 1) * c; a < b; a += c, b -= c)
        for (int k = 0; k < c; k++) {
            float left = a[k];
            a[k] = b[k];
            b[k] = left;
        }
}

bool icl_warp_mirror(const IclWarp *warp, int h, int w, int c, float *x)
{
    const IclWarp mirror = icl_warp_affine(-1, 0, w - 1, 0, 1, 0);

    if (memcmp(warp, &mirror, sizeof mirror) != 0)
        return false;
    for (int y = 0; y < h; y++, x += (ptrdiff_t)w * c)
        if (c == 3)
            row_mirror(w, 3, x);
        else
            row_mirror(w, c, x);
    return true;
}
