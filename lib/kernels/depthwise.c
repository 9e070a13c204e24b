/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Depthwise convolution: work cut into chunks, each in tiles or lines. Multipliers above 1, and
 * dilation together with stride, are left to the reference. */
#include "depthwise.h"

enum {
    CHUNK_WORK = 1 << 16, /* multiplications of a chunk, at least about */
    IMAGE_CHUNKS = 16,    /* of one image alone, most */
    CHUNKS_WANTED = 48,   /* of many images */
    FEWEST_COLUMNS = 14,  /* of a chunk: long pieces of a row are fetched ahead */
    FEWEST_CHANNELS = 64,
    GRADIENT_WORK = 1 << 18, /* multiplications of a chunk of the weight gradient */
    GRADIENT_PARTS = 64,     /* most */
    GRADIENT_WANTED = 8,     /* chunks */
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

const Ending *ICL_TIER(depthwise_ending)(IclActivation activation) { return &endings[activation]; }

static bool tiled(const IclConvShape *s) { return ICL_TIER(depthwise_tiled)(s); }

/* Channels that tiles do; lines do the rest. */
static int tiled_channels(const IclConvShape *s)
{
    return !tiled(s) ? 0 : VL == 16 ? s->c : s->c - s->c % VL;
}

/* How an image is cut: so many rows and columns a part, but of the first part these many fewer: the
 * gradient of a stride has tiles that begin where the taps do; and so many parts of channels. */
typedef struct Cut {
    int rows, columns, fewer_rows, fewer_columns;
    int row_parts, column_parts, channel_parts;
} Cut;

enum { LINE = 16 }; /* floats of a cache line; a part of channels has whole ones */

/* Parts of channels: about `parts`, if they are not too narrow for that or too wide for tiles. */
static int channel_parts(const IclConvShape *s, int parts)
{
    int fewest = tiled(s) ? blocks_of(s->c, STRIP) : 1;

    return most(fewest, least(parts, s->c / FEWEST_CHANNELS));
}

/* The first channel of part i; that of part `parts` ends the last one. */
static int first_channel(const IclConvShape *s, int parts, int i)
{
    return least(s->c, blocks_of(s->c, LINE) * i / parts * LINE);
}

/* Rows first, as long as a part has whole blocks of a tile's; then columns and channels. */
static Cut cut_of(const IclConvShape *s, bool gradient)
{
    const int rows = gradient ? s->h : s->oh, columns = gradient ? s->w : s->ow;
    const int block = ICL_TIER(depthwise_block_rows)(s, gradient);
    const double work = (double)rows * columns * s->c * s->kh * s->kw / CHUNK_WORK;
    const int wanted = most(least(blocks_of(CHUNKS_WANTED, most(s->n, 1)), IMAGE_CHUNKS), 1);
    const int parts = work < 1 ? 1 : work < wanted ? (int)work : wanted;
    const bool turned = gradient && tiled(s);
    Cut cut = {.fewer_rows = turned ? s->pt % s->sh : 0,
               .fewer_columns = turned ? s->pl % s->sw : 0};

    const int blocks = most(blocks_of(rows + cut.fewer_rows, block), 1);
    cut.rows = blocks_of(blocks, least(parts, blocks)) * block;
    cut.row_parts = blocks_of(rows + cut.fewer_rows, cut.rows);
    int more = blocks_of(parts, most(cut.row_parts, 1));
    const int pieces = most(least(more, columns / FEWEST_COLUMNS), 1);
    cut.columns = blocks_of(blocks_of(columns + cut.fewer_columns, pieces), s->sw) * s->sw;
    cut.column_parts = blocks_of(columns + cut.fewer_columns, most(cut.columns, 1));
    cut.channel_parts = channel_parts(s, blocks_of(more, most(cut.column_parts, 1)));
    return cut;
}

static int parts_of(const Cut *cut)
{
    return cut->row_parts * cut->column_parts * cut->channel_parts;
}

static Part part_of(const IclConvShape *s, bool gradient, int chunk)
{
    const Cut cut = cut_of(s, gradient);
    const int image = chunk / parts_of(&cut);
    int at = chunk % parts_of(&cut);
    Part part = {.image = image};

    part.channel = first_channel(s, cut.channel_parts, at % cut.channel_parts);
    part.channels = first_channel(s, cut.channel_parts, at % cut.channel_parts + 1) - part.channel;
    at /= cut.channel_parts;
    const int row = at / cut.column_parts * cut.rows - cut.fewer_rows;
    const int column = at % cut.column_parts * cut.columns - cut.fewer_columns;
    part.row = most(row, 0);
    part.rows = least(row + cut.rows, gradient ? s->h : s->oh) - part.row;
    part.column = most(column, 0);
    part.columns = least(column + cut.columns, gradient ? s->w : s->ow) - part.column;
    return part;
}

/* The part's channels that tiles do, and those that lines do. */
static void part_split(const IclConvShape *s, const Part *part, Part *tiles, Part *lines)
{
    const int end = tiled_channels(s);

    *tiles = *lines = *part;
    tiles->channels = most(least(part->channels, end - part->channel), 0);
    lines->channel += tiles->channels;
    lines->channels -= tiles->channels;
}

static int forward_chunks(const IclConvShape *s)
{
    if (left_out(s))
        return s->n;
    const Cut cut = cut_of(s, false);
    return s->n * parts_of(&cut);
}

static void forward(const IclConvShape *s, const float *x, const float *w,
                    const IclEpilogue *epilogue, float *y, int chunk)
{
    if (left_out(s)) {
        reference().forward(s, x, w, epilogue, y, chunk);
        return;
    }
    Part part = part_of(s, false, chunk), tiles, lines;
    part_split(s, &part, &tiles, &lines);
    if (tiles.channels)
        ICL_TIER(depthwise_tile_forward)(s, x, w, epilogue, y, &tiles);
    if (lines.channels)
        ICL_TIER(depthwise_line_forward)(s, x, w, epilogue, y, &lines);
}

static int input_gradient_chunks(const IclConvShape *s)
{
    if (left_out(s))
        return s->n;
    const Cut cut = cut_of(s, true);
    return s->n * parts_of(&cut);
}

static void input_gradient(const IclConvShape *s, const float *dy, const float *w, float *dx,
                           bool accumulate, int chunk)
{
    if (left_out(s)) {
        reference().input_gradient(s, dy, w, dx, accumulate, chunk);
        return;
    }
    Part part = part_of(s, true, chunk), tiles, lines;
    part_split(s, &part, &tiles, &lines);
    if (tiles.channels)
        ICL_TIER(depthwise_tile_input_gradient)(s, dy, w, dx, accumulate, &tiles);
    if (lines.channels)
        ICL_TIER(depthwise_line_input_gradient)(s, dy, w, dx, accumulate, &lines);
}

/* Blocks of rows of all images in a line, cut into parts that each keep their own sums; and strips
 * of channels. */
typedef struct GradientCut {
    int rows, blocks, all;    /* rows of a block; blocks of an image, of all */
    int parts, blocks_a_part; /* 0 parts: no rows */
    int strips;
    int padded; /* channels of tiles, in whole vectors */
} GradientCut;

static GradientCut gradient_cut(const IclConvShape *s)
{
    GradientCut cut = {.rows = ICL_TIER(depthwise_block_rows)(s, false)};
    const double work = (double)s->n * s->oh * s->ow * s->c * s->kh * s->kw / GRADIENT_WORK;

    cut.blocks = blocks_of(s->oh, cut.rows);
    cut.all = s->n * cut.blocks;
    cut.parts = least(cut.all, work < 1 ? 1 : work < GRADIENT_PARTS ? (int)work : GRADIENT_PARTS);
    cut.blocks_a_part = blocks_of(cut.all, most(cut.parts, 1));
    cut.parts = blocks_of(cut.all, most(cut.blocks_a_part, 1));
    cut.strips = channel_parts(s, blocks_of(GRADIENT_WANTED, most(cut.parts, 1)));
    cut.padded = blocks_of(tiled_channels(s), VL) * VL;
    return cut;
}

/* Of one part: [vectors][columns of taps][rows of taps][VL], and [kh][kw][channels] of lines. */
static size_t sums_count(const IclConvShape *s, const GradientCut *cut)
{
    return (size_t)s->kh * s->kw * (cut->padded + s->c - tiled_channels(s));
}

static int weight_gradient_chunks(const IclConvShape *s)
{
    if (left_out(s))
        return s->n;
    const GradientCut cut = gradient_cut(s);
    return cut.parts * cut.strips;
}

static size_t weight_gradient_workspace(const IclConvShape *s)
{
    if (left_out(s))
        return reference().weight_gradient_workspace(s);
    const GradientCut cut = gradient_cut(s);
    return cut.parts * sums_count(s, &cut);
}

/* One strip's channels and all columns. */
static Part strip_of(const IclConvShape *s, const GradientCut *cut, int strip)
{
    const int first = first_channel(s, cut->strips, strip);

    return (Part){.columns = s->ow,
                  .channel = first,
                  .channels = first_channel(s, cut->strips, strip + 1) - first};
}

static void weight_gradient(const IclConvShape *s, const float *x, const float *dy,
                            float *workspace, int chunk)
{
    if (left_out(s)) {
        reference().weight_gradient(s, x, dy, workspace, chunk);
        return;
    }
    const GradientCut cut = gradient_cut(s);
    const int i = chunk / cut.strips, taps = s->kh * s->kw, rest = s->c - tiled_channels(s);
    Part part = strip_of(s, &cut, chunk % cut.strips), tiles, lines;
    part_split(s, &part, &tiles, &lines);
    float *tile_sums = workspace + i * sums_count(s, &cut) + (size_t)taps * tiles.channel;
    float *line_sums = workspace + i * sums_count(s, &cut) + (size_t)taps * cut.padded +
                       (lines.channel - (s->c - rest));

    memset(tile_sums, 0, sizeof(float) * (size_t)taps * blocks_of(tiles.channels, VL) * VL);
    for (int tap = 0; tap < taps; tap++)
        memset(line_sums + tap * rest, 0, sizeof(float) * (size_t)lines.channels);
    for (int block = i * cut.blocks_a_part; block < least((i + 1) * cut.blocks_a_part, cut.all);
         block++) {
        tiles.image = lines.image = block / cut.blocks;
        tiles.row = lines.row = block % cut.blocks * cut.rows;
        tiles.rows = lines.rows = least(cut.rows, s->oh - tiles.row);
        if (tiles.channels)
            ICL_TIER(depthwise_tile_weight_gradient)(s, x, dy, tile_sums, &tiles);
        if (lines.channels)
            ICL_TIER(depthwise_line_weight_gradient)(s, x, dy, line_sums, rest, &lines);
    }
}

/* Adds halves: the error grows with the logarithm of the number of parts. */
static __attribute__((noinline)) vf tree_sum(const float *sums, size_t stride, int parts, int n)
{
    if (parts == 1)
        return vload_n(sums, n);
    int half = parts / 2;
    return tree_sum(sums, stride, half, n) +
           tree_sum(sums + half * stride, stride, parts - half, n);
}

/* dw += the parts' sums, for n channels of a tap */
static inline void sums_finish(const float *sums, size_t stride, int parts, float *dw, int n)
{
    vf sum = parts == 1 ? vload_n(sums, n) : tree_sum(sums, stride, parts, n);

    vstore_n(dw, vload_n(dw, n) + sum, n);
}

static void weight_gradient_finish(const IclConvShape *s, const float *workspace, float *dw)
{
    if (left_out(s)) {
        reference().weight_gradient_finish(s, workspace, dw);
        return;
    }
    const GradientCut cut = gradient_cut(s);
    const int tiles = tiled_channels(s), rest = s->c - tiles, taps = s->kh * s->kw;
    const size_t stride = sums_count(s, &cut);
    const float *sums = workspace;

    if (!cut.parts)
        return;
    for (int j = 0; j < tiles; j += VL)
        for (int column = 0; column < s->kw; column++)
            for (int row = 0; row < s->kh; row++, sums += VL)
                sums_finish(sums, stride, cut.parts, dw + (row * s->kw + column) * s->c + j,
                            least(VL, tiles - j));
    for (int tap = 0; tap < taps; tap++, sums += rest)
        for (int j = 0; j < rest; j += VL)
            sums_finish(sums + j, stride, cut.parts, dw + tap * s->c + tiles + j,
                        least(VL, rest - j));
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
