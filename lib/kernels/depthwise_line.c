/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Depthwise convolution of any window, one line of outputs at a time, cut into tiles of a few
 * neighbours that share each weight. The input gradient is a forward pass over dy with the taps
 * turned round, one phase of columns and rows a stride. A sum runs over its taps in row order in
 * every tile. */
#include "depthwise.h"

/* One line of outputs. The taps' rows that fall on padding are left out already. */
typedef struct Line {
    const float *x; /* column 0 of the first tap's row */
    const float *w; /* first tap; of the weight gradient no taps but, alike, `sums` */
    float *sums;
    ptrdiff_t x_row, w_row, w_column;
    int rows, columns;  /* taps */
    int step, dilation; /* columns of x between outputs, between taps */
    int first, width;   /* column of the first output's first tap; columns of x */
    int c, count;       /* channels of a pixel, outputs */
    int channels;       /* to do, from where the pointers are */
    float *y;
    ptrdiff_t y_step;
    const float *bias, *add; /* or NULL; add runs beside y */
    const Ending *ending;
    float alpha;
    const float *dy; /* weight gradient: the outputs' gradients */
} Line;

enum { TILE = 4 };

/* The columns of x that a tile touches, and which of them exist. */
typedef struct Columns {
    const float *x;
    int begin, end;
} Columns;

static Columns columns_of(const Line *l, int at)
{
    int start = l->first + at * l->step;

    return (Columns){l->x + (ptrdiff_t)start * l->c, -start, l->width - start};
}

INLINE bool exists(const Columns *v, int column, bool edge)
{
    return !edge || (column >= v->begin && column < v->end);
}

INLINE void tile_store(const Line *l, int at, int tile, const vf *sum, int j, int n)
{
    const vf bias = l->bias ? vload_n(l->bias + j, n) : (vf){0};

    UNROLLED(t, tile) {
        ptrdiff_t to = (at + t) * l->y_step + j;
        vf y = sum[t] + bias;
        if (l->add)
            y += vload_n(l->add + to, n);
        vstore_n(l->y + to, vmin(vset(l->ending->high), vmax(vset(l->ending->low), y)), n);
    }
}

INLINE void tile_sum(const Line *l, const Columns *v, int tile, bool edge, vf *sum, int j, int n)
{
    const float *x = v->x + j;

    for (int r = 0; r < l->rows; r++)
        for (int k = 0; k < l->columns; k++) {
            vf tap = vload_n(l->w + r * l->w_row + k * l->w_column + j, n);
            UNROLLED(t, tile) {
                int q = t * l->step + k * l->dilation;
                if (exists(v, q, edge))
                    sum[t] += vload_n(x + r * l->x_row + (ptrdiff_t)q * l->c, n) * tap;
            }
        }
}

/* sums[row][column][channel] += x dy over the tile's outputs. */
INLINE void tile_correlate(const Line *l, const Columns *v, int at, int tile, bool edge, int j,
                           int n)
{
    const float *x = v->x + j;
    vf dy[TILE];

    UNROLLED(t, tile)
        dy[t] = vload_n(l->dy + (ptrdiff_t)(at + t) * l->c + j, n);
    for (int r = 0; r < l->rows; r++)
        for (int k = 0; k < l->columns; k++) {
            float *to = l->sums + r * l->w_row + k * l->w_column + j;
            vf sum = vload_n(to, n);
            UNROLLED(t, tile) {
                int q = t * l->step + k * l->dilation;
                if (exists(v, q, edge))
                    sum += vload_n(x + r * l->x_row + (ptrdiff_t)q * l->c, n) * dy[t];
            }
            vstore_n(to, sum, n);
        }
}

INLINE void tile_vector(const Line *l, const Columns *v, int at, int tile, bool edge, int j, int n)
{
    vf sum[TILE] = {{0}};

    if (l->dy) {
        tile_correlate(l, v, at, tile, edge, j, n);
        return;
    }
    tile_sum(l, v, tile, edge, sum, j, n);
    tile_store(l, at, tile, sum, j, n);
}

INLINE void tile_run(const Line *l, int at, int tile, bool edge)
{
    const Columns v = columns_of(l, at);
    int j = 0;

    for (; j + VL <= l->channels; j += VL)
        tile_vector(l, &v, at, tile, edge, j, VL);
    if (j < l->channels)
        tile_vector(l, &v, at, tile, edge, j, l->channels - j);
}

static bool leaves(const Line *l, int at, int tile)
{
    int start = l->first + at * l->step, reach = (l->columns - 1) * l->dilation;

    return start < 0 || start + (tile - 1) * l->step + reach >= l->width;
}

static void line_run(const Line *l)
{
    int at = 0;

    for (; at + TILE <= l->count; at += TILE)
        if (leaves(l, at, TILE))
            tile_run(l, at, TILE, true);
        else
            tile_run(l, at, TILE, false);
    for (; at < l->count; at++)
        tile_run(l, at, 1, true);
    if (l->y && l->ending->finish)
        for (at = 0; at < l->count; at++)
            l->ending->finish(l->alpha, l->y + at * l->y_step, (size_t)l->channels);
}

/* Rows of taps that fall inside 0..height-1 where tap 0 falls on `row`. */
typedef struct Span {
    int first, count;
} Span;

static Span taps_inside(int row, int taps, int dilation, int height)
{
    int first = row < 0 ? (-row + dilation - 1) / dilation : 0;
    int last = height - 1 - row < 0 ? -1 : (height - 1 - row) / dilation;

    last = least(last, taps - 1);
    return (Span){first, last >= first ? last - first + 1 : 0};
}

/* Row oy of y, or of its weight gradient, of which `taps` see x. */
static Line forward_line(const IclConvShape *s, const float *x, const Part *part, int oy,
                         Span *taps)
{
    int row = oy * s->sh - s->pt;

    *taps = taps_inside(row, s->kh, s->dh, s->h);
    row += taps->first * s->dh;
    return (Line){
        .x = x + ((ptrdiff_t)part->image * s->h + row) * s->w * s->c + part->channel,
        .x_row = (ptrdiff_t)s->dh * s->w * s->c,
        .rows = taps->count,
        .columns = s->kw,
        .step = s->sw,
        .dilation = s->dw,
        .first = part->column * s->sw - s->pl,
        .width = s->w,
        .c = s->c,
        .count = part->columns,
        .channels = part->channels,
    };
}

static size_t output_at(const IclConvShape *s, const Part *part, int oy)
{
    return (((size_t)part->image * s->oh + oy) * s->ow + part->column) * s->c + part->channel;
}

void ICL_TIER(depthwise_line_forward)(const IclConvShape *s, const float *x, const float *w,
                                      const IclEpilogue *epilogue, float *y, const Part *part)
{
    for (int oy = part->row; oy < part->row + part->rows; oy++) {
        const size_t to = output_at(s, part, oy);
        Span taps;
        Line l = forward_line(s, x, part, oy, &taps);

        l.w = w + (ptrdiff_t)taps.first * s->kw * s->c + part->channel;
        l.w_row = (ptrdiff_t)s->kw * s->c;
        l.w_column = l.y_step = s->c;
        l.y = y + to;
        l.bias = epilogue->bias ? epilogue->bias + part->channel : NULL;
        l.add = epilogue->add ? epilogue->add + to : NULL;
        l.ending = ICL_TIER(depthwise_ending)(epilogue->activation);
        l.alpha = epilogue->alpha;
        line_run(&l);
    }
}

/* The taps k = phase, phase + stride, ... that reach input i, whose phase is (i + pad) % stride,
 * turned round: the last one reads the output furthest to the left. */
typedef struct Phase {
    int count, last, source; /* taps, the last tap, the output it reads (may be padding) */
} Phase;

static Phase phase_of(int i, int pad, int taps, int stride, int dilation)
{
    int phase = (i + pad) % stride, count = phase < taps ? blocks_of(taps - phase, stride) : 0;

    return (Phase){count, phase + (count - 1) * stride,
                   (i + pad) / stride - (count - 1) * dilation};
}

/* One row of dx: a line a phase of columns. */
static void input_gradient_row(const IclConvShape *s, const float *dy, const float *w, float *dx,
                               bool accumulate, const Part *part, int iy)
{
    const Phase rows = phase_of(iy, s->pt, s->kh, s->sh, s->dh);
    const Span taps = taps_inside(rows.source, rows.count, s->dh, s->oh);
    const int tap_row = rows.last - taps.first * s->sh;
    const int source = rows.source + taps.first * s->dh;

    for (int i = 0; i < least(s->sw, part->columns); i++) {
        const int ix = part->column + i;
        const Phase columns = phase_of(ix, s->pl, s->kw, s->sw, s->dw);
        float *to = dx + (((ptrdiff_t)part->image * s->h + iy) * s->w + ix) * s->c + part->channel;
        line_run(&(Line){
            .x = dy + ((ptrdiff_t)part->image * s->oh + source) * s->ow * s->c + part->channel,
            .x_row = (ptrdiff_t)s->dh * s->ow * s->c,
            .w = w + ((ptrdiff_t)tap_row * s->kw + columns.last) * s->c + part->channel,
            .w_row = -(ptrdiff_t)s->sh * s->kw * s->c,
            .w_column = -(ptrdiff_t)s->sw * s->c,
            .rows = taps.count,
            .columns = columns.count,
            .step = 1,
            .dilation = s->dw,
            .first = columns.source,
            .width = s->ow,
            .c = s->c,
            .channels = part->channels,
            .count = blocks_of(part->columns - i, s->sw),
            .y = to,
            .y_step = (ptrdiff_t)s->sw * s->c,
            .add = accumulate ? to : NULL,
            .ending = ICL_TIER(depthwise_ending)(ICL_ACT_NONE),
        });
    }
}

void ICL_TIER(depthwise_line_input_gradient)(const IclConvShape *s, const float *dy, const float *w,
                                             float *dx, bool accumulate, const Part *part)
{
    for (int iy = part->row; iy < part->row + part->rows; iy++)
        input_gradient_row(s, dy, w, dx, accumulate, part, iy);
}

void ICL_TIER(depthwise_line_weight_gradient)(const IclConvShape *s, const float *x,
                                              const float *dy, float *sums, int sums_c,
                                              const Part *part)
{
    for (int oy = part->row; oy < part->row + part->rows; oy++) {
        Span taps;
        Line l = forward_line(s, x, part, oy, &taps);

        l.w_row = (ptrdiff_t)s->kw * sums_c;
        l.w_column = sums_c;
        l.sums = sums + taps.first * l.w_row;
        l.dy = dy + output_at(s, part, oy);
        line_run(&l);
    }
}
