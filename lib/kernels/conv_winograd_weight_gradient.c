/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The weight gradient of 3x3 kernels by Winograd: with the matrices of F(4x4,3x3),
 *
 *   dw = G^T [sum over tiles of (A dy A^T) * (B^T x B)] G
 *
 * takes 36 products for the 144 of a tile's 4 x 4 pixels of dy. A chunk is a block of channels by a
 * block of filters, whose 36 sums stay in the second-level cache, over a part of all tiles; the
 * parts' gradients are added in order. */
#include "conv_winograd.h"
#include "conv_winograd_transform.h"
#include "cpu.h"

enum {
    BLOCK = 64,       /* channels and filters of a chunk */
    BLOCK_TILES = 32, /* transformed at a time */
    CHUNKS_WANTED = 16,
    PART_TILES = 2 * BLOCK_TILES, /* of a part, at least */
    PARTS_FLOATS = 4 << 20,       /* of all parts' gradients */
    FINISH_FLOATS = 1 << 15,
    POINTS = WINOGRAD_POINTS,
};

#define VECTORS_A_CYCLE 2.0  /* multiplied and added */
#define TRANSFORM_RATE  12.0 /* bytes a cycle */

static inline size_t smallest(size_t a, size_t b) { return a < b ? a : b; }

static inline size_t divide_up(size_t a, size_t b) { return (a + b - 1) / b; }

/* How the shape alone cuts the work. */
typedef struct Split {
    int down, across, tiles; /* tiles of an image, and of all */
    int c_blocks, f_blocks, parts;
    int c, f; /* of a block: whole vectors */
} Split;

static int block_count(int channels) { return (panel_vectors(channels) * VL + BLOCK - 1) / BLOCK; }

static Split split_of(const IclConvShape *s)
{
    Split split = {.down = (s->oh + 3) / 4,
                   .across = (s->ow + 3) / 4,
                   .c_blocks = block_count(s->c),
                   .f_blocks = block_count(s->f)};
    size_t blocks = (size_t)split.c_blocks * split.f_blocks;

    split.c = (panel_vectors(s->c) + split.c_blocks - 1) / split.c_blocks * VL;
    split.f = (panel_vectors(s->f) + split.f_blocks - 1) / split.f_blocks * VL;
    split.tiles = s->n * split.down * split.across;
    size_t parts = divide_up(CHUNKS_WANTED, blocks);
    parts = smallest(parts, (size_t)split.tiles / PART_TILES);
    parts = smallest(parts, PARTS_FLOATS / (9 * (size_t)s->c * s->f));
    split.parts = parts > 1 ? (int)parts : 1;
    return split;
}

/* What one chunk works on, and its scratch; strides in floats. */
typedef struct Job {
    const IclConvShape *s;
    Split split;
    int c, c_count, f, f_count; /* the first channel and filter of the block, those there are */
    int tile, end;              /* of the part */
    float *zeros, *v, *d, *sums;
    size_t v_point, d_point, sums_point;
    size_t bytes;
} Job;

static Job job_layout(const IclConvShape *s, void *scratch)
{
    Job job = {.s = s, .split = split_of(s), .zeros = scratch};
    size_t c = (size_t)job.split.c, f = (size_t)job.split.f;

    job.v_point = BLOCK_TILES * c + VL;
    job.d_point = BLOCK_TILES * f + VL;
    job.sums_point = c * f + VL;
    job.v = job.zeros + (c > f ? c : f);
    job.d = job.v + POINTS * job.v_point;
    job.sums = job.d + POINTS * job.d_point;
    job.bytes = (size_t)((char *)(job.sums + POINTS * job.sums_point) - (char *)scratch);
    return job;
}

static Job job_of(const IclConvShape *s, int chunk, void *scratch)
{
    Job job = job_layout(s, scratch);
    const Split *split = &job.split;
    int part = chunk / (split->c_blocks * split->f_blocks);

    job.c = chunk % split->c_blocks * split->c;
    job.f = chunk / split->c_blocks % split->f_blocks * split->f;
    job.c_count = s->c - job.c < split->c ? s->c - job.c : split->c;
    job.f_count = s->f - job.f < split->f ? s->f - job.f : split->f;
    job.tile = (int)((int64_t)split->tiles * part / split->parts);
    job.end = (int)((int64_t)split->tiles * (part + 1) / split->parts);
    return job;
}

/* Pixels of an image of h x w, `side` x `side` from (y, x) on; those outside are zeros. */
static void tile_pixels(const float *image, int h, int w, int c, int y, int x, int side,
                        const float *zeros, const float **pixels)
{
    for (int i = 0; i < side * side; i++) {
        int iy = y + i / side, ix = x + i % side;
        bool inside = (unsigned)iy < (unsigned)h && (unsigned)ix < (unsigned)w;
        pixels[i] = inside ? image + ((size_t)iy * w + ix) * c : zeros;
    }
}

static void transform_x(const Job *job, const float *x, int image, int y, int column, float *v)
{
    const IclConvShape *s = job->s;
    const float *pixels[POINTS];

    tile_pixels(x + (size_t)image * s->h * s->w * s->c + job->c, s->h, s->w, s->c, y - s->pt,
                column - s->pl, 6, job->zeros, pixels);
    int at = 0;
    for (; at + VL <= job->c_count; at += VL)
        winograd_input_tile(4, pixels, (size_t)at, VL, v + at, job->v_point);
    if (at < job->c_count)
        winograd_input_tile(4, pixels, (size_t)at, job->c_count - at, v + at, job->v_point);
}

static void transform_dy(const Job *job, const float *dy, int image, int y, int column, float *d)
{
    const IclConvShape *s = job->s;
    const float *pixels[16];

    tile_pixels(dy + (size_t)image * s->oh * s->ow * s->f + job->f, s->oh, s->ow, s->f, y, column,
                4, job->zeros, pixels);
    int at = 0;
    for (; at + VL <= job->f_count; at += VL)
        winograd_output_gradient_tile(pixels, (size_t)at, VL, d + at, job->d_point);
    if (at < job->f_count)
        winograd_output_gradient_tile(pixels, (size_t)at, job->f_count - at, d + at, job->d_point);
}

static void transform_tiles(const Job *job, const float *x, const float *dy, int count)
{
    const Split *split = &job->split;

    for (int i = 0; i < count; i++) {
        int tile = job->tile + i, line = tile / split->across;
        int image = line / split->down, y = line % split->down * 4,
            column = tile % split->across * 4;
        transform_x(job, x, image, y, column, job->v + (size_t)i * split->c);
        transform_dy(job, dy, image, y, column, job->d + (size_t)i * split->f);
    }
}

/* sums[c][f] (+)= sum over tiles of v[tile][c] * d[tile][f] of one point, for a few channels and
 * vectors of filters. */
typedef struct Product {
    const float *v, *d;
    size_t v_tile, d_tile;
    int tiles;
    bool begun;
    float *sums;
    size_t stride; /* of the sums, from channel to channel */
} Product;

INLINE void product_run(const Product *p, const int mr, const int nv)
{
    vf sum[TILE_ROWS][TILE_VECTORS];
    const float *v = p->v, *d = p->d;

    UNROLLED(m, mr)
        UNROLLED(j, nv)
            sum[m][j] = p->begun ? vload(p->sums + m * p->stride + j * VL) : (vf){0};
    for (int i = 0; i < p->tiles; i++, v += p->v_tile, d += p->d_tile) {
        vf b[TILE_VECTORS];
        UNROLLED(j, nv)
            b[j] = vload(d + j * VL);
        UNROLLED(m, mr) {
            vf a = vset(v[m]);
            UNROLLED(j, nv)
                sum[m][j] += a * b[j];
        }
    }
    UNROLLED(m, mr)
        UNROLLED(j, nv)
            vstore(p->sums + m * p->stride + j * VL, sum[m][j]);
}

typedef void (*ProductFn)(const Product *p);

#define PRODUCT(mr, nv) \
    static void product_##mr##x##nv(const Product *p) { product_run(p, mr, nv); }
TILE_EACH(PRODUCT)
static const ProductFn products[TILE_VECTORS + 1][TILE_ROWS + 1] = TILE_TABLE(product);

/* One point's sums of some vectors of filters, in tiles of channels as equal as can be. */
static void multiply_panel(const Job *job, Product p, int vectors)
{
    const int rows = tile_rows[vectors], parts = (job->c_count + rows - 1) / rows;
    const float *v = p.v;
    float *sums = p.sums;

    for (int i = 0; i < parts; i++) {
        int c = job->c_count * i / parts, end = job->c_count * (i + 1) / parts;
        p.v = v + c;
        p.sums = sums + c * p.stride;
        products[vectors][end - c](&p);
    }
}

static void multiply(const Job *job, int count, bool begun)
{
    const int panels = (panel_vectors(job->f_count) + TILE_VECTORS - 1) / TILE_VECTORS;

    for (int point = 0; point < POINTS; point++)
        for (int panel = 0; panel < panels; panel++) {
            int first = panel_first(job->f_count, panels, panel);
            Product p = {.v = job->v + point * job->v_point,
                         .d = job->d + point * job->d_point + first * VL,
                         .v_tile = (size_t)job->split.c,
                         .d_tile = (size_t)job->split.f,
                         .tiles = count,
                         .begun = begun,
                         .sums = job->sums + point * job->sums_point + first * VL,
                         .stride = (size_t)job->split.f};
            multiply_panel(job, p, panel_first(job->f_count, panels, panel + 1) - first);
        }
}

/* The block's sums to [9][s->c][s->f]; added to what is there, where it is dw itself. */
static void store_taps(const Job *job, float *dw, bool add)
{
    const IclConvShape *s = job->s;

    for (int c = 0; c < job->c_count; c++)
        for (int f = 0; f < job->f_count; f += VL) {
            const int n = job->f_count - f < VL ? job->f_count - f : VL;
            float *to = dw + (size_t)(job->c + c) * s->f + job->f + f;
            vf taps[9];
            winograd_filter_gradient_tile(job->sums + c * job->split.f + f, job->sums_point, taps);
            for (int tap = 0; tap < 9; tap++, to += (size_t)s->c * s->f)
                vstore_part(to, add ? vload_part(to, n) + taps[tap] : taps[tap], n);
        }
}

static double cycles_of(const IclConvShape *s)
{
    const Split split = split_of(s);
    double tiles = (double)split.down * split.across, c = panel_vectors(s->c),
           f = panel_vectors(s->f);
    double moved =
        tiles * (c * split.f_blocks + f * split.c_blocks) + 2 * tiles * c * f * VL / BLOCK_TILES;

    return POINTS *
           (tiles * c * VL * f / VECTORS_A_CYCLE + moved * VL * sizeof(float) / TRANSFORM_RATE);
}

bool ICL_TIER(winograd_weight_gradient_applies)(const IclConvShape *s)
{
    double direct = 9.0 * s->oh * s->ow * s->c * panel_vectors(s->f) / VECTORS_A_CYCLE;

    if (!ICL_TIER(winograd_applies)(s) || s->winograd == ICL_WINOGRAD_2)
        return false;
    return s->winograd == ICL_WINOGRAD_4 || cycles_of(s) < direct;
}

size_t ICL_TIER(winograd_weight_gradient_workspace)(const IclConvShape *s)
{
    Split split = split_of(s);

    return split.parts > 1 ? split.parts * 9 * (size_t)s->c * s->f : 0;
}

int ICL_TIER(winograd_weight_gradient_chunks)(const IclConvShape *s)
{
    Split split = split_of(s);

    return split.parts * split.c_blocks * split.f_blocks;
}

size_t ICL_TIER(winograd_weight_gradient_scratch_size)(const IclConvShape *s)
{
    return job_layout(s, NULL).bytes;
}

void ICL_TIER(winograd_weight_gradient)(const IclConvShape *s, const float *x, const float *dy,
                                        float *dw, float *workspace, int chunk, void *scratch)
{
    Job job = job_of(s, chunk, scratch);
    int part = chunk / (job.split.c_blocks * job.split.f_blocks);
    bool begun = false, whole = job.split.parts == 1;

    memset(job.zeros, 0, (size_t)(job.v - job.zeros) * sizeof(float));
    for (int count; job.tile < job.end; job.tile += count, begun = true) {
        count = (int)smallest(BLOCK_TILES, (size_t)(job.end - job.tile));
        transform_tiles(&job, x, dy, count);
        multiply(&job, count, begun);
    }
    store_taps(&job, whole ? dw : workspace + part * 9 * (size_t)s->c * s->f, whole);
}

int ICL_TIER(winograd_weight_gradient_finish_chunks)(const IclConvShape *s)
{
    return (int)divide_up(ICL_TIER(winograd_weight_gradient_workspace)(s), FINISH_FLOATS);
}

void ICL_TIER(winograd_weight_gradient_finish)(const IclConvShape *s, const float *workspace,
                                               float *dw, int chunk)
{
    const size_t size = 9 * (size_t)s->c * s->f, parts = (size_t)split_of(s).parts;
    const size_t chunks = (size_t)ICL_TIER(winograd_weight_gradient_finish_chunks)(s);
    const size_t first = size * chunk / chunks, end = size * (chunk + 1) / chunks;

    for (size_t i = first; i < end; i += VL) {
        const int n = (int)smallest(VL, end - i);
        vf sum = vload_part(dw + i, n);
        for (size_t part = 0; part < parts; part++)
            sum += vload_part(workspace + part * size + i, n);
        vstore_part(dw + i, sum, n);
    }
}
