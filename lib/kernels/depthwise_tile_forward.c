/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Forward pass and input gradient of depthwise convolution in tiles. At stride 1 the gradient is a
 * forward pass over dy with the taps turned round. At stride 2 its tile has all phases of rows and
 * columns: row i of dx meets under tap k the row (i + pad - k) / 2 of dy, if that is whole. A sum
 * begins at the bias and runs over columns and, within, rows of taps in every tile. */
#include "depthwise_tile.h"

/* A kind of tile; constants where it is compiled. Turned: the gradient of a stride. Tiles of
 * turned windows begin at row i of dx where i + pad is a multiple of the stride. */
typedef struct Window {
    int taps, stride;
    bool turned;
    int rows, columns; /* outputs of a tile */
} Window;

#define FORWARD(taps, stride)                        \
    {                                                \
        taps, stride, false, TILE_ROWS, TILE_COLUMNS \
    }
#define TURNED(taps, stride)                    \
    {                                           \
        taps, stride, true, 4 * TILE_COLUMNS, 2 \
    }

/* Rows (columns) of dy that the first row of dx meets before the one under tap 0. */
INLINE int lead_of(Window v) { return v.turned ? (v.taps - 1) / v.stride : 0; }

/* Rows (columns) that the first `outputs` rows (columns) of a tile read. */
INLINE int inputs_of(Window v, int outputs)
{
    return v.turned ? lead_of(v) + (outputs - 1) / v.stride + 1 : (outputs - 1) * v.stride + v.taps;
}

/* The tap through which the tile's output `out` reads its input `in`, or -1. */
INLINE int tap_of(Window v, int out, int in)
{
    int tap = v.turned ? out - v.stride * (in - lead_of(v)) : in - v.stride * out;

    return tap < v.taps ? tap : -1;
}

/* x, y and add: of the tile's first row and column, which may lie outside. Bits: which exist. */
typedef struct Tile {
    const float *x, *add; /* add: beside y, or NULL */
    float *y;
    ptrdiff_t x_row, y_row, column;
    unsigned rows, columns, y_rows, y_columns;
    const float *w; /* [vectors][columns of taps][rows of taps, at the end a bias][VL] */
    int channels;
    float low, high;
} Tile;

enum { MOST_SUMS = 16 };

INLINE void tile_sum(const Tile *t, Window v, const float *w, vf *sum, int j, int n)
{
    const float *column = t->x + j;
    const ptrdiff_t row = t->x_row;
    unsigned rows = t->rows, columns = t->columns;

    STEP(rows, 0);
    UNROLLED(q, inputs_of(v, v.columns)) {
        const float *x = column;
        vf taps[2][TILE_TAPS];
        STEP(column, t->column);
        if (!HAS(columns, q))
            continue;
        UNROLLED(o, v.columns)
            UNROLLED(k, v.taps)
                if (tap_of(v, o, q) >= 0)
                    taps[o][k] = vload(w + (tap_of(v, o, q) * v.taps + k) * VL);
        UNROLLED(r, inputs_of(v, v.rows)) {
            if (r && r % 3 == 0)
                STEP(x, 3 * row);
            if (!HAS(rows, r))
                continue;
            vf in = vload_n(x + r % 3 * row, n);
            UNROLLED(o, v.columns)
                UNROLLED(i, v.rows)
                    if (tap_of(v, o, q) >= 0 && tap_of(v, i, r) >= 0)
                        sum[o * v.rows + i] += in * taps[o][tap_of(v, i, r)];
        }
    }
}

/* sum += add */
INLINE void tile_add(const Tile *t, Window v, vf *sum, int j, int n)
{
    const float *column = t->add + j;

    UNROLLED(o, v.columns) {
        const float *add = column;
        STEP(column, t->column);
        UNROLLED(i, v.rows) {
            if (HAS(t->y_columns, o) && HAS(t->y_rows, i))
                sum[o * v.rows + i] += vload_n(add, n);
            STEP(add, t->y_row);
        }
    }
}

INLINE void tile_store(const Tile *t, Window v, const vf *sum, int j, int n)
{
    float *column = t->y + j;
    const ptrdiff_t row = t->y_row;
    const vf low = vset(t->low), high = vset(t->high);
    unsigned rows = t->y_rows;

    STEP(rows, 0);
    UNROLLED(o, v.columns) {
        float *y = column;
        STEP(column, t->column);
        if (!HAS(t->y_columns, o))
            continue;
        UNROLLED(i, v.rows) {
            if (i && i % 3 == 0)
                STEP(y, 3 * row);
            if (HAS(rows, i))
                vstore_n(y + i % 3 * row, vmin(high, vmax(low, sum[o * v.rows + i])), n);
        }
    }
}

INLINE void tile_vector(const Tile *t, Window v, const float *w, int j, int n)
{
    const vf bias = vload(w + v.taps * v.taps * VL);
    vf sum[MOST_SUMS];

    UNROLLED(i, v.rows * v.columns)
        sum[i] = bias;
    tile_sum(t, v, w, sum, j, n);
    if (t->add)
        tile_add(t, v, sum, j, n);
    tile_store(t, v, sum, j, n);
}

INLINE void tile_run(const Tile *t, Window v)
{
    const float *w = t->w;
    int j = 0;

    for (; j + VL <= t->channels; j += VL, w += (v.taps * v.taps + 1) * VL)
        tile_vector(t, v, w, j, VL);
    if (j < t->channels && VL == 16)
        tile_vector(t, v, w, j, t->channels - j);
}

typedef struct Kind {
    Window window;
    void (*run)(const Tile *t);
} Kind;

#define KIND(name, ...)                                                         \
    static void run_##name(const Tile *t) { tile_run(t, (Window)__VA_ARGS__); } \
    static const Kind kind_##name = {__VA_ARGS__, run_##name};
KIND(3_1, FORWARD(3, 1))
KIND(3_2, FORWARD(3, 2))
KIND(5_1, FORWARD(5, 1))
KIND(5_2, FORWARD(5, 2))
KIND(3_2_turned, TURNED(3, 2))
KIND(5_2_turned, TURNED(5, 2))

static const Kind *kind_of(const IclConvShape *s, bool gradient)
{
    if (s->sh == 1)
        return s->kh == 3 ? &kind_3_1 : &kind_5_1;
    if (gradient)
        return s->kh == 3 ? &kind_3_2_turned : &kind_5_2_turned;
    return s->kh == 3 ? &kind_3_2 : &kind_5_2;
}

/* A part and the image it belongs to; x, y and add begin at the image's first pixel and the part's
 * first channel. */
typedef struct Job {
    const Kind *kind;
    const Part *part;
    const float *x; /* [height,width,c] */
    int height, width;
    float *y; /* [.,y_width,c] */
    const float *add;
    int y_width, c;
    int top, left; /* zeros above and left of x */
    const float *w;
    const Ending *ending;
    float alpha;
} Job;

/* First row (column) of x of the tile at output `out`. */
static int input_at(Window v, int out, int zeros)
{
    return v.turned ? (out + zeros) / v.stride - lead_of(v) : out * v.stride - zeros;
}

/* Which rows (columns) of x from `first` on exist and are read by the tile's first `outputs`. */
static unsigned inputs_inside(Window v, int first, int outputs, int size)
{
    return bits_inside(first, inputs_of(v, outputs), size);
}

/* The outputs of a tile that exist, pixel by pixel. */
static void tile_finish(const Job *job, const Tile *t)
{
    const Window v = job->kind->window;

    for (int i = 0; i < v.rows; i++)
        for (int o = 0; o < v.columns; o++)
            if ((t->y_rows >> i & 1) && (t->y_columns >> o & 1))
                job->ending->finish(job->alpha, t->y + i * t->y_row + o * t->column,
                                    (size_t)t->channels);
}

/* Tiles side by side, their first row at output row i, `rows` of them wanted. */
static void block_run(const Job *job, int i, int rows)
{
    const Window v = job->kind->window;
    const Part *part = job->part;
    const int top = input_at(v, i, job->top), right = part->column + part->columns;
    Tile t = {
        .x_row = (ptrdiff_t)job->width * job->c,
        .y_row = (ptrdiff_t)job->y_width * job->c,
        .column = job->c,
        .rows = inputs_inside(v, top, rows, job->height),
        .y_rows = bits_inside(i - part->row, rows, part->rows),
        .w = job->w,
        .channels = part->channels,
        .low = job->ending->low,
        .high = job->ending->high,
    };

    for (int o = part->column - (v.turned ? (part->column + job->left) % v.stride : 0); o < right;
         o += v.columns) {
        const int left = input_at(v, o, job->left);
        const ptrdiff_t y = i * t.y_row + o * t.column;
        t.x = job->x + top * t.x_row + left * t.column;
        t.y = job->y + y;
        t.add = job->add ? job->add + y : NULL;
        t.columns = inputs_inside(v, left, least(v.columns, right - o), job->width);
        t.y_columns = bits_inside(o - part->column, v.columns, part->columns);
        job->kind->run(&t);
        if (job->ending->finish)
            tile_finish(job, &t);
    }
}

/* Rows of a block, where `rows` rows are cut as evenly as tiles allow. */
static int block_rows(Window v, int rows)
{
    int even = even_rows(rows, v.rows);

    return v.turned ? blocks_of(even, v.stride) * v.stride : even;
}

static void job_run(const Job *job)
{
    const Window v = job->kind->window;
    const Part *part = job->part;
    const int first = part->row - (v.turned ? (part->row + job->top) % v.stride : 0);
    const int end = part->row + part->rows;
    const int rows = block_rows(v, end - first);

    for (int i = first; i < end; i += rows)
        block_run(job, i, least(rows, end - i));
}

/* Taps and biases of some channels as tiles read them, zeros past the last channel. */
static void pack(const IclConvShape *s, const float *w, const float *bias, bool turned,
                 const Part *part, float *packed)
{
    const int k = s->kh;

    for (int j = 0; j < part->channels; j += VL) {
        const int at = part->channel + j, n = least(VL, part->channels - j);
        for (int column = 0; column < k; column++)
            for (int row = 0; row < k; row++, packed += VL) {
                int tap = turned ? (k - row) * k - 1 - column : row * k + column;
                vstore(packed, vload_n(w + (size_t)tap * s->c + at, n));
            }
        vstore(packed, bias ? vload_n(bias + at, n) : (vf){0});
        packed += VL;
    }
}

enum { PACKED = STRIP * (TILE_TAPS * TILE_TAPS + 1) };

bool ICL_TIER(depthwise_tiled)(const IclConvShape *s)
{
    return s->kh == s->kw && (s->kh == 3 || s->kh == 5) && s->sh == s->sw && s->sh <= 2 &&
           s->dh == 1 && s->dw == 1;
}

int ICL_TIER(depthwise_block_rows)(const IclConvShape *s, bool gradient)
{
    return block_rows(kind_of(s, gradient)->window, gradient ? s->h + s->pt % s->sh : s->oh);
}

void ICL_TIER(depthwise_tile_forward)(const IclConvShape *s, const float *x, const float *w,
                                      const IclEpilogue *epilogue, float *y, const Part *part)
{
    const size_t to = (size_t)part->image * s->oh * s->ow * s->c + part->channel;
    float packed[PACKED] __attribute__((aligned(64)));

    pack(s, w, epilogue->bias, false, part, packed);
    job_run(&(Job){
        .kind = kind_of(s, false),
        .part = part,
        .x = x + (size_t)part->image * s->h * s->w * s->c + part->channel,
        .height = s->h,
        .width = s->w,
        .y = y + to,
        .add = epilogue->add ? epilogue->add + to : NULL,
        .y_width = s->ow,
        .c = s->c,
        .top = s->pt,
        .left = s->pl,
        .w = packed,
        .ending = ICL_TIER(depthwise_ending)(epilogue->activation),
        .alpha = epilogue->alpha,
    });
}

void ICL_TIER(depthwise_tile_input_gradient)(const IclConvShape *s, const float *dy, const float *w,
                                             float *dx, bool accumulate, const Part *part)
{
    const bool forward = s->sh == 1; /* with taps turned */
    float packed[PACKED] __attribute__((aligned(64)));

    dx += (size_t)part->image * s->h * s->w * s->c + part->channel;
    pack(s, w, NULL, forward, part, packed);
    job_run(&(Job){
        .kind = kind_of(s, true),
        .part = part,
        .x = dy + (size_t)part->image * s->oh * s->ow * s->c + part->channel,
        .height = s->oh,
        .width = s->ow,
        .y = dx,
        .add = accumulate ? dx : NULL,
        .y_width = s->w,
        .c = s->c,
        .top = forward ? s->kh - 1 - s->pt : s->pt,
        .left = forward ? s->kw - 1 - s->pl : s->pl,
        .w = packed,
        .ending = ICL_TIER(depthwise_ending)(ICL_ACT_NONE),
    });
}
