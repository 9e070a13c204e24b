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

/* How an image is cut: so many rows, columns and channels a part. */
typedef struct Cut {
    int rows, columns, channels;
    int row_parts, column_parts, channel_parts;
} Cut;

/* Channels a part, of about `parts`. */
static int channels_of(const IclConvShape *s, int parts)
{
    int least_parts = tiled(s) ? blocks_of(s->c, STRIP) : 1;

    parts = most(least_parts, least(parts, s->c / FEWEST_CHANNELS));
    return most(blocks_of(blocks_of(s->c, most(parts, 1)), 16) * 16, 16);
}

/* Rows first, as long as a part has whole blocks of a tile's; then columns and channels. */
static Cut cut_of(const IclConvShape *s, int rows, int columns)
{
    const double work = (double)rows * columns * s->c * s->kh * s->kw / CHUNK_WORK;
    const int wanted = most(least(blocks_of(CHUNKS_WANTED, most(s->n, 1)), IMAGE_CHUNKS), 1);
    const int parts = work < 1 ? 1 : work < wanted ? (int)work : wanted;
    const int blocks = most(blocks_of(rows, ICL_TIER(depthwise_tile_rows)()), 1);
    Cut cut = {.row_parts = least(parts, blocks)};

    cut.rows = blocks_of(blocks, cut.row_parts) * ICL_TIER(depthwise_tile_rows)();
    cut.row_parts = blocks_of(rows, cut.rows);
    int more = blocks_of(parts, most(cut.row_parts, 1));
    cut.column_parts = most(least(more, columns / FEWEST_COLUMNS), 1);
    cut.columns = most(blocks_of(columns, cut.column_parts), 1);
    cut.column_parts = blocks_of(columns, cut.columns);
    cut.channels = channels_of(s, blocks_of(more, most(cut.column_parts, 1)));
    cut.channel_parts = blocks_of(s->c, cut.channels);
    return cut;
}

static int parts_of(const Cut *cut)
{
    return cut->row_parts * cut->column_parts * cut->channel_parts;
}

static Part part_of(const IclConvShape *s, int rows, int columns, int chunk)
{
    const Cut cut = cut_of(s, rows, columns);
    const int image = chunk / parts_of(&cut);
    int at = chunk % parts_of(&cut);
    Part part = {.image = image};

    part.channel = at % cut.channel_parts * cut.channels;
    at /= cut.channel_parts;
    part.column = at % cut.column_parts * cut.columns;
    part.row = at / cut.column_parts * cut.rows;
    part.rows = least(cut.rows, rows - part.row);
    part.columns = least(cut.columns, columns - part.column);
    part.channels = least(cut.channels, s->c - part.channel);
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
    const Cut cut = cut_of(s, s->oh, s->ow);
    return s->n * parts_of(&cut);
}

static void forward(const IclConvShape *s, const float *x, const float *w,
                    const IclEpilogue *epilogue, float *y, int chunk)
{
    if (left_out(s)) {
        reference().forward(s, x, w, epilogue, y, chunk);
        return;
    }
    Part part = part_of(s, s->oh, s->ow, chunk), tiles, lines;
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
    const Cut cut = cut_of(s, s->h, s->w);
    return s->n * parts_of(&cut);
}

static void input_gradient(const IclConvShape *s, const float *dy, const float *w, float *dx,
                           bool accumulate, int chunk)
{
    if (left_out(s)) {
        reference().input_gradient(s, dy, w, dx, accumulate, chunk);
        return;
    }
    Part part = part_of(s, s->h, s->w, chunk), tiles, lines;
    part_split(s, &part, &tiles, &lines);
    if (tiles.channels)
        ICL_TIER(depthwise_tile_input_gradient)(s, dy, w, dx, accumulate, &tiles);
    if (lines.channels)
        ICL_TIER(depthwise_line_input_gradient)(s, dy, w, dx, accumulate, &lines);
}

/* Blocks of rows of all images in a line, cut into parts that each keep their own sums; and strips
 * of channels. */
typedef struct GradientCut {
    int rows, blocks;         /* of a block; of an image */
    int parts, blocks_a_part; /* 0 parts: no rows */
    int strips, channels;     /* of a strip */
    int padded;               /* channels of tiles, in whole vectors */
} GradientCut;

static GradientCut gradient_cut(const IclConvShape *s)
{
    GradientCut cut = {.rows = ICL_TIER(depthwise_tile_rows)()};
    const double work = (double)s->n * s->oh * s->ow * s->c * s->kh * s->kw / GRADIENT_WORK;

    cut.blocks = blocks_of(s->oh, cut.rows);
    const int all = s->n * cut.blocks;
    cut.parts = least(all, work < 1 ? 1 : work < GRADIENT_PARTS ? (int)work : GRADIENT_PARTS);
    cut.blocks_a_part = blocks_of(all, most(cut.parts, 1));
    cut.parts = blocks_of(all, most(cut.blocks_a_part, 1));
    cut.channels = channels_of(s, blocks_of(GRADIENT_WANTED, most(cut.parts, 1)));
    cut.strips = blocks_of(s->c, cut.channels);
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

/* Zeros for a part's sums. */
static void sums_clear(const IclConvShape *s, float *sums, size_t stride, int channels)
{
    for (int tap = 0; tap < s->kh * s->kw; tap++)
        memset(sums + tap * stride, 0, (size_t)channels * sizeof *sums);
}

/* The sums of some rows of one image, or of the rows of several. */
static void strip_sum(const IclConvShape *s, const float *x, const float *dy, float *sums,
                      const GradientCut *cut, Part *part, int begin, int end)
{
    const int taps = s->kh * s->kw, rest = s->c - tiled_channels(s);
    Part tiles, lines;

    part_split(s, part, &tiles, &lines);
    float *tile_sums = sums + (size_t)taps * tiles.channel;
    float *line_sums = sums + (size_t)taps * cut->padded + (lines.channel - (s->c - rest));
    memset(tile_sums, 0, sizeof *sums * (size_t)taps * blocks_of(tiles.channels, VL) * VL);
    sums_clear(s, line_sums, (size_t)rest, lines.channels);
    for (int block = begin; block < end; block++) {
        tiles.image = lines.image = block / cut->blocks;
        tiles.row = lines.row = block % cut->blocks * cut->rows;
        tiles.rows = lines.rows = least(cut->rows, s->oh - tiles.row);
        if (tiles.channels)
            ICL_TIER(depthwise_tile_weight_gradient)(s, x, dy, tile_sums, &tiles);
        if (lines.channels)
            ICL_TIER(depthwise_line_weight_gradient)(s, x, dy, line_sums, rest, &lines);
    }
}

static void weight_gradient(const IclConvShape *s, const float *x, const float *dy,
                            float *workspace, int chunk)
{
    if (left_out(s)) {
        reference().weight_gradient(s, x, dy, workspace, chunk);
        return;
    }
    const GradientCut cut = gradient_cut(s);
    const int channel = chunk % cut.strips * cut.channels, i = chunk / cut.strips;
    Part part = {
        .columns = s->ow, .channel = channel, .channels = least(cut.channels, s->c - channel)};

    strip_sum(s, x, dy, workspace + i * sums_count(s, &cut), &cut, &part, i * cut.blocks_a_part,
              least((i + 1) * cut.blocks_a_part, s->n * cut.blocks));
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
