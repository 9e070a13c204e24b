/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Depthwise convolution, vectors over channels. All three uses are one line of outputs at a time,
 * cut into tiles of up to 7 neighbours that share each loaded input and weight. The input gradient
 * is a forward pass over dy with the taps turned round, one phase of columns and rows a stride. A
 * sum runs over its taps in row order in every tile. Multipliers above 1, and dilation together
 * with stride, are left to the reference. */
#include "vector_rows.h"

/* One line of outputs. The taps' rows that fall on padding are left out already. */
typedef struct Line {
    const float *x; /* column 0 of the first tap's row */
    const float *w; /* first tap, channel 0 */
    ptrdiff_t x_row, w_row, w_column;
    int rows, columns;  /* taps */
    int step, dilation; /* columns of x between outputs, between taps */
    int first, width;   /* column of the first output's first tap; columns of x */
    int c, count;       /* channels, outputs */
    int begin, end;     /* channels to do */
    float *y;           /* forward: the outputs; weight gradient: not used */
    ptrdiff_t y_step;
    const float *bias, *add; /* or NULL; add runs beside y */
    float low, high;         /* y is cut to this */
    const float *dy;         /* weight gradient: the outputs' gradients; sums[rows][columns][c] */
    float *sums;
} Line;

/* A tile of outputs [at, at + T). */
typedef void (*TileFn)(const Line *l, int at);

/* The columns of x that a tile touches, and which of them exist. */
typedef struct Columns {
    const float *x;
    int begin, end;
} Columns;

INLINE Columns columns_of(const Line *l, int start, int span, bool edge)
{
    Columns v = {l->x + (ptrdiff_t)start * l->c, 0, span};

    if (edge && start < 0)
        v.begin = -start;
    if (edge && start + span > l->width)
        v.end = l->width - start;
    return v;
}

INLINE void tile_store(const Line *l, int at, int tile, const vf *sum, int j, int n)
{
    const vf bias = l->bias ? vload_n(l->bias + j, n) : (vf){0};

    UNROLLED(t, tile) {
        ptrdiff_t to = (at + t) * l->y_step + j;
        vf y = sum[t] + bias;
        if (l->add)
            y += vload_n(l->add + to, n);
        vstore_n(l->y + to, vmin(vset(l->high), vmax(vset(l->low), y)), n);
    }
}

/* `columns` taps a row, `step` and `tile` are constants: an input is loaded once for all its taps.
 */
INLINE void tile_sum(const Line *l, const Columns *v, int columns, int step, int tile, bool edge,
                     vf *sum, int j, int n)
{
    const float *x = v->x + j, *w = l->w + j;

    for (int r = 0; r < l->rows; r++, x += l->x_row, w += l->w_row) {
        vf taps[8];
        UNROLLED(k, columns)
            taps[k] = vload_n(w + k * l->w_column, n);
        UNROLLED(q, (tile - 1) * step + columns) {
            if (edge && (q < v->begin || q >= v->end))
                continue;
            vf in = vload_n(x + (ptrdiff_t)q * l->c, n);
            UNROLLED(t, tile)
                if (q >= t * step && q < t * step + columns)
                    sum[t] += in * taps[q - t * step];
        }
    }
}

/* Any number of taps, stride and dilation. */
INLINE void tile_sum_any(const Line *l, const Columns *v, int tile, bool edge, vf *sum, int j,
                         int n)
{
    const float *x = v->x + j, *w = l->w + j;

    for (int r = 0; r < l->rows; r++, x += l->x_row, w += l->w_row)
        for (int k = 0; k < l->columns; k++) {
            vf tap = vload_n(w + k * l->w_column, n);
            UNROLLED(t, tile) {
                int q = t * l->step + k * l->dilation;
                if (!edge || (q >= v->begin && q < v->end))
                    sum[t] += vload_n(x + (ptrdiff_t)q * l->c, n) * tap;
            }
        }
}

INLINE void tile_channels(const Line *l, const Columns *v, int at, int columns, int step, int tile,
                          bool edge, int j, int n)
{
    vf sum[8] = {{0}};

    if (columns)
        tile_sum(l, v, columns, step, tile, edge, sum, j, n);
    else
        tile_sum_any(l, v, tile, edge, sum, j, n);
    tile_store(l, at, tile, sum, j, n);
}

INLINE int tile_span(const Line *l, int columns, int step, int tile)
{
    return columns ? (tile - 1) * step + columns
                   : (tile - 1) * l->step + (l->columns - 1) * l->dilation + 1;
}

/* Where a partial load is not one instruction, the last channels take the short code of any taps.
 */
#define REST_TAPS(columns) (VL == 4 ? 0 : (columns))

INLINE void tile_forward(const Line *l, int at, int columns, int step, int tile, bool edge)
{
    int start = l->first + at * (columns ? step : l->step), j = l->begin;
    const Columns v = columns_of(l, start, tile_span(l, columns, step, tile), edge);

    for (; j + VL <= l->end; j += VL)
        tile_channels(l, &v, at, columns, step, tile, edge, j, VL);
    if (j < l->end)
        tile_channels(l, &v, at, REST_TAPS(columns), step, tile, edge, j, l->end - j);
}

/* sums[row][column][channel] += x dy over the tile's outputs. */
INLINE void tile_correlate_row(const Line *l, const Columns *v, const float *x, float *sums,
                               int columns, int step, int tile, bool edge, const vf *dy, int n)
{
    vf sum[8];

    UNROLLED(k, columns)
        sum[k] = vload_n(sums + k * l->c, n);
    UNROLLED(q, (tile - 1) * step + columns) {
        if (edge && (q < v->begin || q >= v->end))
            continue;
        vf in = vload_n(x + (ptrdiff_t)q * l->c, n);
        UNROLLED(t, tile)
            if (q >= t * step && q < t * step + columns)
                sum[q - t * step] += in * dy[t];
    }
    UNROLLED(k, columns)
        vstore_n(sums + k * l->c, sum[k], n);
}

INLINE void tile_correlate_row_any(const Line *l, const Columns *v, const float *x, float *sums,
                                   int tile, bool edge, const vf *dy, int n)
{
    for (int k = 0; k < l->columns; k++) {
        vf sum = vload_n(sums + k * l->c, n);
        UNROLLED(t, tile) {
            int q = t * l->step + k * l->dilation;
            if (!edge || (q >= v->begin && q < v->end))
                sum += vload_n(x + (ptrdiff_t)q * l->c, n) * dy[t];
        }
        vstore_n(sums + k * l->c, sum, n);
    }
}

INLINE void tile_correlate_channels(const Line *l, const Columns *v, int at, int columns, int step,
                                    int tile, bool edge, int j, int n)
{
    const float *x = v->x + j;
    float *sums = l->sums + j;
    vf dy[8];

    UNROLLED(t, tile)
        dy[t] = vload_n(l->dy + (ptrdiff_t)(at + t) * l->c + j, n);
    for (int r = 0; r < l->rows; r++, x += l->x_row, sums += (ptrdiff_t)l->columns * l->c)
        if (columns)
            tile_correlate_row(l, v, x, sums, columns, step, tile, edge, dy, n);
        else
            tile_correlate_row_any(l, v, x, sums, tile, edge, dy, n);
}

INLINE void tile_correlate(const Line *l, int at, int columns, int step, int tile, bool edge)
{
    int start = l->first + at * (columns ? step : l->step), j = l->begin;
    const Columns v = columns_of(l, start, tile_span(l, columns, step, tile), edge);

    for (; j + VL <= l->end; j += VL)
        tile_correlate_channels(l, &v, at, columns, step, tile, edge, j, VL);
    if (j < l->end)
        tile_correlate_channels(l, &v, at, REST_TAPS(columns), step, tile, edge, j, l->end - j);
}

/* Functions for taps x stride; 0 taps: any. A tile that leaves x takes the second of a pair. */
enum { TILES = 3 };
static const int tile_sizes[TILES] = {7, 4, 1};

typedef struct Tiles {
    int columns, step;
    TileFn forward[TILES][2], correlate[TILES][2];
} Tiles;

#define TILE_PAIR(use, columns, step, tile)                                  \
    static void use##_##columns##_##step##_##tile##_0(const Line *l, int at) \
    {                                                                        \
        tile_##use(l, at, columns, step, tile, false);                       \
    }                                                                        \
    static void use##_##columns##_##step##_##tile##_1(const Line *l, int at) \
    {                                                                        \
        tile_##use(l, at, columns, step, tile, true);                        \
    }
#define TILE_PAIRS(use, columns, step) \
    TILE_PAIR(use, columns, step, 7)   \
    TILE_PAIR(use, columns, step, 4) TILE_PAIR(use, columns, step, 1)
#define TILE_NAMES(use, columns, step)                                        \
    {                                                                         \
        {use##_##columns##_##step##_7_0, use##_##columns##_##step##_7_1},     \
            {use##_##columns##_##step##_4_0, use##_##columns##_##step##_4_1}, \
            {use##_##columns##_##step##_1_0, use##_##columns##_##step##_1_1}, \
    }

TILE_PAIRS(forward, 3, 1)
TILE_PAIRS(forward, 3, 2)
TILE_PAIRS(forward, 5, 1)
TILE_PAIRS(forward, 5, 2)
TILE_PAIRS(forward, 1, 1)
TILE_PAIRS(forward, 2, 1)
TILE_PAIRS(forward, 0, 0)
TILE_PAIRS(correlate, 3, 1)
TILE_PAIRS(correlate, 3, 2)
TILE_PAIRS(correlate, 5, 1)
TILE_PAIRS(correlate, 5, 2)
TILE_PAIRS(correlate, 0, 0)

static const Tiles tiles[] = {
    {3, 1, TILE_NAMES(forward, 3, 1), TILE_NAMES(correlate, 3, 1)},
    {3, 2, TILE_NAMES(forward, 3, 2), TILE_NAMES(correlate, 3, 2)},
    {5, 1, TILE_NAMES(forward, 5, 1), TILE_NAMES(correlate, 5, 1)},
    {5, 2, TILE_NAMES(forward, 5, 2), TILE_NAMES(correlate, 5, 2)},
    {1, 1, TILE_NAMES(forward, 1, 1),
     TILE_NAMES(correlate, 0, 0)}, /* phases of a strided gradient */
    {2, 1, TILE_NAMES(forward, 2, 1), TILE_NAMES(correlate, 0, 0)},
    {0, 0, TILE_NAMES(forward, 0, 0), TILE_NAMES(correlate, 0, 0)},
};

static const Tiles *tiles_for(const Line *l)
{
    const Tiles *t = tiles;

    while (t->columns && (t->columns != l->columns || t->step != l->step || l->dilation != 1))
        t++;
    return t;
}

/* Runs the line's tiles; `finish`, where given, sees each tile's outputs while they are near. */
typedef void (*FinishFn)(float alpha, float *y, size_t count);

static void line_run(const Line *l, const TileFn fns[TILES][2], FinishFn finish, float alpha)
{
    int at = 0, reach = (l->columns - 1) * l->dilation;

    while (at < l->count) {
        int left = l->count - at, size = left >= 7 && left != 8 ? 0 : left >= 4 ? 1 : 2;
        int tile = tile_sizes[size], start = l->first + at * l->step;
        bool edge = start < 0 || start + (tile - 1) * l->step + reach >= l->width;
        fns[size][edge](l, at);
        for (int t = at; finish && t < at + tile; t++)
            finish(alpha, l->y + t * l->y_step + l->begin, (size_t)(l->end - l->begin));
        at += tile;
    }
}

/* Rows of taps that fall inside 0..height-1 where tap 0 falls on `row`. */
typedef struct Span {
    int first, count;
} Span;

static Span taps_inside(int row, int taps, int dilation, int height)
{
    int first = row < 0 ? (-row + dilation - 1) / dilation : 0;
    int last = height - 1 - row < 0 ? -1 : (height - 1 - row) / dilation;

    last = last < taps - 1 ? last : taps - 1;
    return (Span){first, last >= first ? last - first + 1 : 0};
}

/* Activations beyond a cut to [low, high]. */
#define FINISH_LOOP(id, name)                                                                \
    static void finish_##name(float alpha, float *y, size_t count)                           \
    {                                                                                        \
        EACH_VECTOR(count, vstore_n(y + at, vactivation(id, alpha, vload_n(y + at, n)), n)); \
    }
FINISH_LOOP(ICL_ACT_LEAKY_RELU, leaky_relu)
FINISH_LOOP(ICL_ACT_SIGMOID, sigmoid)
FINISH_LOOP(ICL_ACT_TANH, tanh)
FINISH_LOOP(ICL_ACT_SWISH, swish)
FINISH_LOOP(ICL_ACT_HARD_SWISH, hard_swish)

typedef struct Ending {
    float low, high;
    FinishFn finish;
} Ending;

static const Ending endings[ICL_ACTS] = {
    [ICL_ACT_NONE] = {-__builtin_inff(), __builtin_inff(), NULL},
    [ICL_ACT_RELU] = {0, __builtin_inff(), NULL},
    [ICL_ACT_RELU6] = {0, 6, NULL},
    [ICL_ACT_LEAKY_RELU] = {-__builtin_inff(), __builtin_inff(), finish_leaky_relu},
    [ICL_ACT_SIGMOID] = {-__builtin_inff(), __builtin_inff(), finish_sigmoid},
    [ICL_ACT_TANH] = {-__builtin_inff(), __builtin_inff(), finish_tanh},
    [ICL_ACT_SWISH] = {-__builtin_inff(), __builtin_inff(), finish_swish},
    [ICL_ACT_HARD_SWISH] = {-__builtin_inff(), __builtin_inff(), finish_hard_swish},
};

/* Whether the reference does it. */
static bool left_out(const IclConvShape *s)
{
    return s->f != s->c || (s->dh > 1 && s->sh > 1) || (s->dw > 1 && s->sw > 1);
}

static IclDepthwiseKernels reference(void)
{
    IclDepthwiseKernels table;
    icl_depthwise_reference(&table);
    return table;
}

/* Rows a chunk: about CHUNK_WORK multiplications. */
enum { CHUNK_WORK = 1 << 18, GRADIENT_CHUNKS = 64, CACHE_FLOATS = 8192, STRIP_FLOATS = 128 };

static int rows_a_chunk(const IclConvShape *s, int rows, int columns)
{
    double row = (double)columns * s->c * s->kh * s->kw;
    double some = row > 0 ? CHUNK_WORK / row : rows;

    return some < 1 ? 1 : some > rows ? (rows ? rows : 1) : (int)some;
}

/* Channels done before the next ones: few enough that the rows of x under the taps stay in the
 * first cache from one row of outputs to the next, unless that leaves strips too narrow for
 * prefetching. */
static int channels_a_turn(const IclConvShape *s, int rows, int columns)
{
    int most = CACHE_FLOATS / ((rows + 1) * (columns > 0 ? columns : 1)) / VL * VL;

    return most < STRIP_FLOATS ? s->c : most;
}

static int least(int a, int b) { return a < b ? a : b; }

static int blocks_of(int rows, int some) { return (rows + some - 1) / some; }

static int forward_chunks(const IclConvShape *s)
{
    return left_out(s) ? s->n : s->n * blocks_of(s->oh, rows_a_chunk(s, s->oh, s->ow));
}

/* Output row oy of the forward pass, or of its weight gradient. */
static Line forward_line(const IclConvShape *s, const float *x, int image, int oy, Span *taps)
{
    int row = oy * s->sh - s->pt;

    *taps = taps_inside(row, s->kh, s->dh, s->h);
    return (Line){
        .x = x + ((ptrdiff_t)image * s->h + row + taps->first * s->dh) * s->w * s->c,
        .x_row = (ptrdiff_t)s->dh * s->w * s->c,
        .rows = taps->count,
        .columns = s->kw,
        .step = s->sw,
        .dilation = s->dw,
        .first = -s->pl,
        .width = s->w,
        .c = s->c,
        .count = s->ow,
    };
}

static void forward_row(const IclConvShape *s, const float *x, const float *w,
                        const IclEpilogue *epilogue, float *y, int image, int oy, int channel,
                        int channels)
{
    const Ending *ending = &endings[epilogue->activation];
    const ptrdiff_t to = ((ptrdiff_t)image * s->oh + oy) * s->ow * s->c;
    Span taps;
    Line l = forward_line(s, x, image, oy, &taps);

    l.w = w + (ptrdiff_t)taps.first * s->kw * s->c;
    l.w_row = (ptrdiff_t)s->kw * s->c;
    l.w_column = l.y_step = s->c;
    l.begin = channel;
    l.end = channel + channels;
    l.y = y + to;
    l.bias = epilogue->bias;
    l.add = epilogue->add ? epilogue->add + to : NULL;
    l.low = ending->low;
    l.high = ending->high;
    line_run(&l, tiles_for(&l)->forward, ending->finish, epilogue->alpha);
}

static void forward(const IclConvShape *s, const float *x, const float *w,
                    const IclEpilogue *epilogue, float *y, int chunk)
{
    if (left_out(s)) {
        reference().forward(s, x, w, epilogue, y, chunk);
        return;
    }
    const int some = rows_a_chunk(s, s->oh, s->ow), blocks = blocks_of(s->oh, some);
    const int image = chunk / blocks, begin = chunk % blocks * some,
              end = least(begin + some, s->oh);
    const int turn = channels_a_turn(s, s->kh, s->w);
    for (int channel = 0; channel < s->c; channel += turn)
        for (int oy = begin; oy < end; oy++)
            forward_row(s, x, w, epilogue, y, image, oy, channel, least(turn, s->c - channel));
}

/* The taps k = phase, phase + stride, ... that reach input i, whose phase is (i + pad) % stride,
 * turned round: the last one reads the output furthest to the left. */
typedef struct Phase {
    int count, last, source; /* taps, the last tap, the output it reads (may be padding) */
} Phase;

static Phase phase_of(int i, int pad, int taps, int stride, int dilation)
{
    int phase = (i + pad) % stride, count = phase < taps ? (taps - phase + stride - 1) / stride : 0;

    return (Phase){count, phase + (count - 1) * stride,
                   (i + pad) / stride - (count - 1) * dilation};
}

static int input_gradient_chunks(const IclConvShape *s)
{
    return left_out(s) ? s->n : s->n * blocks_of(s->h, rows_a_chunk(s, s->h, s->w));
}

/* One row of dx: a line a phase of columns. */
static void input_gradient_row(const IclConvShape *s, const float *dy, const float *w, float *dx,
                               bool accumulate, int image, int iy, int channel, int channels)
{
    const Phase rows = phase_of(iy, s->pt, s->kh, s->sh, s->dh);
    const Span taps = taps_inside(rows.source, rows.count, s->dh, s->oh);
    const int tap_row = rows.last - taps.first * s->sh;
    const int source = rows.source + taps.first * s->dh;

    for (int ix = 0; ix < s->sw && ix < s->w; ix++) {
        Phase columns = phase_of(ix, s->pl, s->kw, s->sw, s->dw);
        float *to = dx + (((ptrdiff_t)image * s->h + iy) * s->w + ix) * s->c;
        Line l = {
            .x = dy + ((ptrdiff_t)image * s->oh + source) * s->ow * s->c,
            .x_row = (ptrdiff_t)s->dh * s->ow * s->c,
            .w = w + ((ptrdiff_t)tap_row * s->kw + columns.last) * s->c,
            .w_row = -(ptrdiff_t)s->sh * s->kw * s->c,
            .w_column = -(ptrdiff_t)s->sw * s->c,
            .rows = taps.count,
            .columns = columns.count,
            .step = 1,
            .dilation = s->dw,
            .first = columns.source,
            .width = s->ow,
            .c = s->c,
            .begin = channel,
            .end = channel + channels,
            .count = (s->w - ix + s->sw - 1) / s->sw,
            .y = to,
            .y_step = (ptrdiff_t)s->sw * s->c,
            .add = accumulate ? to : NULL,
            .low = -__builtin_inff(),
            .high = __builtin_inff(),
        };
        line_run(&l, tiles_for(&l)->forward, NULL, 0);
    }
}

static void input_gradient(const IclConvShape *s, const float *dy, const float *w, float *dx,
                           bool accumulate, int chunk)
{
    if (left_out(s)) {
        reference().input_gradient(s, dy, w, dx, accumulate, chunk);
        return;
    }
    const int some = rows_a_chunk(s, s->h, s->w), blocks = blocks_of(s->h, some);
    const int image = chunk / blocks, begin = chunk % blocks * some,
              end = least(begin + some, s->h);
    const int turn = channels_a_turn(s, blocks_of(s->kh, s->sh), s->w);
    for (int channel = 0; channel < s->c; channel += turn)
        for (int iy = begin; iy < end; iy++)
            input_gradient_row(s, dy, w, dx, accumulate, image, iy, channel,
                               least(turn, s->c - channel));
}

/* The rows of all images in a line, cut into chunks that each keep their own sums. */
static int weight_gradient_chunks(const IclConvShape *s)
{
    if (left_out(s))
        return s->n;
    int rows = s->n * s->oh, some = rows_a_chunk(s, rows, s->ow);
    int fewest = blocks_of(rows, GRADIENT_CHUNKS);
    return blocks_of(rows, some > fewest ? some : fewest);
}

static size_t weight_gradient_workspace(const IclConvShape *s)
{
    if (left_out(s))
        return reference().weight_gradient_workspace(s);
    return (size_t)weight_gradient_chunks(s) * s->kh * s->kw * s->c;
}

static void weight_gradient(const IclConvShape *s, const float *x, const float *dy,
                            float *workspace, int chunk)
{
    if (left_out(s)) {
        reference().weight_gradient(s, x, dy, workspace, chunk);
        return;
    }
    const int rows = s->n * s->oh, chunks = weight_gradient_chunks(s),
              some = blocks_of(rows, chunks);
    const size_t count = (size_t)s->kh * s->kw * s->c;
    float *sums = workspace + (size_t)chunk * count;

    const int turn = channels_a_turn(s, s->kh, s->w);

    memset(sums, 0, count * sizeof *sums);
    for (int channel = 0; channel < s->c; channel += turn)
        for (int row = chunk * some; row < least((chunk + 1) * some, rows); row++) {
            Span taps;
            Line l = forward_line(s, x, row / s->oh, row % s->oh, &taps);
            l.begin = channel;
            l.end = least(channel + turn, s->c);
            l.sums = sums + (ptrdiff_t)taps.first * s->kw * s->c;
            l.dy = dy + (ptrdiff_t)row * s->ow * s->c;
            line_run(&l, tiles_for(&l)->correlate, NULL, 0);
        }
}

/* Adds halves: the error grows with the logarithm of the number of chunks. */
static vf tree_sum(const float *sums, size_t stride, int chunks, int n)
{
    if (chunks == 1)
        return vload_n(sums, n);
    int half = chunks / 2;
    return tree_sum(sums, stride, half, n) +
           tree_sum(sums + half * stride, stride, chunks - half, n);
}

static void weight_gradient_finish(const IclConvShape *s, const float *workspace, float *dw)
{
    if (left_out(s)) {
        reference().weight_gradient_finish(s, workspace, dw);
        return;
    }
    const size_t count = (size_t)s->kh * s->kw * s->c;
    const int chunks = weight_gradient_chunks(s);
    if (!chunks)
        return;
    EACH_VECTOR(
        count,
        vstore_n(dw + at, vload_n(dw + at, n) + tree_sum(workspace + at, count, chunks, n), n));
}

void ICL_TIER(depthwise)(IclDepthwiseKernels *table)
{
    *table = (IclDepthwiseKernels){
        forward_chunks,
        forward,
        input_gradient_chunks,
        input_gradient,
        weight_gradient_workspace,
        weight_gradient_chunks,
        weight_gradient,
        weight_gradient_finish,
    };
}
