/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * dw[ky,kx,c,f] += sum over pixels of x[pixel under the tap, c] dy[pixel, f]: a tile of a few c by
 * a few vectors of f stays in registers while a block of pixels streams by. A block's dy is first
 * copied for one panel of filters, so that it is dense; each tap has the list of pixels that it
 * reaches inside x. Taps of few channels that lie side by side ("runs") are one tap of many, whose
 * pixels at the edges of x are copied between zeros. A chunk is (part of the pixels, panel of
 * filters, range of channels) with all taps. Where such chunks are too few, pixels are parted and
 * the parts' sums meet in `finish`. */
#include "conv_panel.h"
#include "conv_winograd.h"
#include "vector_rows.h"

enum {
    RUN_CHANNELS = 32,         /* fewer than this many channels a tap: runs */
    RANGE = 256,               /* channels of a chunk */
    LINE = 64 / sizeof(float), /* of x: the next tiles', fetched meanwhile */
    BLOCK_BYTES = 64 << 10,    /* dy of a block, most */
    BLOCK_ONE_TAP = 14 << 10,  /* ... where one tap alone reads it: with its x in the first level */
    CHUNKS_WANTED = 32,
    PART_PIXELS = 1024, /* a part's least */
    PARTS_FLOATS = 1 << 22,
    FINISH_FLOATS = 1 << 16, /* read by a chunk of finish */
};

/* Pixels of a block that a tap reaches: x's channels and dy's filters of each. */
typedef struct Reached {
    const float **x, **dy;
    const float *ahead; /* of the next block's dy: fetched meanwhile, a vector a pixel */
    size_t ahead_step;
    int count;
    bool fresh; /* sums begin at zero, not at what is there */
    int last;   /* filters of the last vector */
} Reached;

static const float no_sums[TILE_VECTORS * VL];

INLINE void sums_run(const Reached *reached, int c, float *dw, size_t stride, const int mr,
                     const int nv, const int last)
{
    vf sum[TILE_ROWS][TILE_VECTORS];
    const float *from = reached->fresh ? no_sums : dw;
    const size_t step = reached->fresh ? 0 : stride;
    const float *ahead = reached->ahead;

    UNROLLED(m, mr)
        UNROLLED(j, nv)
            sum[m][j] = vload_n(from + m * step + j * VL, j + 1 < nv ? VL : last);
    for (int i = 0; i < reached->count; i++, ahead += reached->ahead_step) {
        const float *x = reached->x[i] + c, *dy = reached->dy[i];
        vf b[TILE_VECTORS];
        __builtin_prefetch(ahead);
        __builtin_prefetch(x + LINE);
        UNROLLED(j, nv)
            b[j] = vload(dy + j * VL);
        UNROLLED(m, mr) {
            vf a = vset(x[m]);
            UNROLLED(j, nv)
                sum[m][j] += a * b[j];
        }
    }
    UNROLLED(m, mr)
        UNROLLED(j, nv)
            vstore_n(dw + m * stride + j * VL, sum[m][j], j + 1 < nv ? VL : last);
}

typedef void (*SumsFn)(const Reached *reached, int c, float *dw, size_t stride);

#define SUMS(mr, nv)                                                                      \
    static void sums_##mr##x##nv(const Reached *reached, int c, float *dw, size_t stride) \
    {                                                                                     \
        if (VL < 8 || reached->last == VL)                                                \
            sums_run(reached, c, dw, stride, mr, nv, VL);                                 \
        else                                                                              \
            sums_run(reached, c, dw, stride, mr, nv, reached->last);                      \
    }
TILE_EACH(SUMS)
static const SumsFn sums[TILE_VECTORS + 1][TILE_ROWS + 1] = TILE_TABLE(sums);

/* How the shape alone cuts the work. */
typedef struct Split {
    bool runs;
    int kh, kw; /* taps as the tiles see them */
    int gc;     /* a tap's channels, of a group */
    int gf, panels, ranges, parts;
    size_t padded_f; /* gf in whole vectors: a row of a part's sums */
    size_t pixels;
    bool direct; /* one part, and no ragged vector where masks are slow: sums go to dw itself */
} Split;

static size_t smallest(size_t a, size_t b) { return a < b ? a : b; }

static size_t divide_up(size_t a, size_t b) { return (a + b - 1) / b; }

static size_t part_floats(const IclConvShape *s, const Split *split)
{
    return (size_t)s->kh * s->kw * s->c * split->padded_f;
}

static bool has_runs(const IclConvShape *s)
{
    return s->groups == 1 && s->c < RUN_CHANNELS && s->kw > 1 && s->dw == 1;
}

static Split split_of(const IclConvShape *s)
{
    Split split = {.runs = has_runs(s),
                   .kh = s->kh,
                   .kw = s->kw,
                   .gc = s->c / s->groups,
                   .gf = s->f / s->groups};

    if (split.runs) {
        split.gc *= s->kw;
        split.kw = 1;
    }
    split.panels = panel_count(split.gf, 0, 0);
    split.ranges = (int)divide_up((size_t)split.gc, RANGE);
    split.padded_f = (size_t)panel_vectors(split.gf) * VL;
    split.pixels = (size_t)s->n * s->oh * s->ow;
    size_t parts = divide_up(CHUNKS_WANTED, (size_t)s->groups * split.panels * split.ranges);
    parts = smallest(parts, split.pixels / PART_PIXELS);
    parts = smallest(parts, PARTS_FLOATS / part_floats(s, &split));
    split.parts = parts > 1 ? (int)parts : 1;
    split.direct = split.parts == 1 && (split.gf % VL == 0 || VL >= 8);
    return split;
}

/* What one chunk works on, and its scratch. */
typedef struct Job {
    const IclConvShape *s;
    const Split *split;
    int group, f, vectors,
        valid;    /* the panel: first filter in the group, width, filters there are */
    int c, c_end; /* the range of the group's channels */
    float *sums;  /* of tap 0, channel 0, filter f */
    size_t stride, tap_stride;
    float *dy;    /* the block's copy: [pixels][vectors * VL] */
    float *edges; /* runs: copies of the block's pixels at the edges of x */
    Reached reached;
} Job;

static int block_pixels(int taps, int vectors)
{
    return (taps > 1 ? BLOCK_BYTES : BLOCK_ONE_TAP) / (vectors * VL * (int)sizeof(float));
}

static void copy_dy(const Job *job, const float *dy, size_t first, int count)
{
    const float *p = dy + first * job->s->f + job->group * job->split->gf + job->f;
    float *copy = job->dy;

    for (int i = 0; i < count; i++, p += job->s->f, copy += job->vectors * VL)
        for (int j = 0; j < job->vectors; j++) {
            int valid = job->valid - j * VL;
            vstore(copy + j * VL, valid >= VL ? vload(p + j * VL) : vload_part(p + j * VL, valid));
        }
}

/* Adds the pixels of one output row from ox on, whose copies of dy are from `at` on. */
static void reach_row(Job *job, const float *line, int ox, int kx, int count, int at)
{
    const IclConvShape *s = job->s;
    int ix = ox * s->sw - s->pl + kx * s->dw, width = job->vectors * VL, n = job->reached.count;
    const float *dy = job->dy + (size_t)at * width;

    for (int i = 0; i < count; i++, ix += s->sw, dy += width) {
        job->reached.x[n] = line + (ptrdiff_t)ix * s->c;
        job->reached.dy[n] = dy;
        n += (unsigned)ix < (unsigned)s->w;
    }
    job->reached.count = n;
}

/* The run of taps of output ox, some of which are outside of x, between zeros. */
static const float *copy_edge(const IclConvShape *s, const float *line, int ix, float *edge)
{
    for (int k = 0; k < s->kw; k++) {
        bool inside = (unsigned)(ix + k) < (unsigned)s->w;
        for (int c = 0; c < s->c; c++)
            edge[k * s->c + c] = inside ? line[(ptrdiff_t)(ix + k) * s->c + c] : 0;
    }
    return edge;
}

/* As reach_row for a whole run of taps. */
static float *reach_run(Job *job, const float *line, int ox, int count, int at, float *edge)
{
    const IclConvShape *s = job->s;
    int ix = ox * s->sw - s->pl, width = job->vectors * VL, n = job->reached.count;
    const float *dy = job->dy + (size_t)at * width;

    for (int i = 0; i < count; i++, ix += s->sw, dy += width, n++) {
        job->reached.x[n] = line + (ptrdiff_t)ix * s->c;
        job->reached.dy[n] = dy;
        if (ix < 0 || ix + s->kw > s->w) {
            job->reached.x[n] = copy_edge(s, line, ix, edge);
            edge += s->kw * s->c;
        }
    }
    job->reached.count = n;
    return edge;
}

static void reach(Job *job, const float *x, size_t first, int count, int ky, int kx)
{
    const IclConvShape *s = job->s;
    int ox = (int)(first % s->ow), oy = (int)(first / s->ow % s->oh);
    int image = (int)(first / s->ow / s->oh);
    float *edge = job->edges;

    job->reached.count = 0;
    for (int at = 0, run; at < count; at += run) {
        int iy = oy * s->sh - s->pt + ky * s->dh;
        run = (int)smallest((size_t)(s->ow - ox), (size_t)(count - at));
        const float *line = x + ((size_t)image * s->h + iy) * s->w * s->c;
        if ((unsigned)iy < (unsigned)s->h && job->split->runs)
            edge = reach_run(job, line, ox, run, at, edge);
        else if ((unsigned)iy < (unsigned)s->h)
            reach_row(job, line + job->group * job->split->gc, ox, kx, run, at);
        ox = 0;
        if (++oy == s->oh)
            oy = 0, image++;
    }
}

/* Each of the first tiles fetches one vector of the next block's dy, so that copying it does not
 * wait. */
static void run_tap(Job *job, const float *ahead, float *dw)
{
    int count = job->c_end - job->c, rows = tile_rows[job->vectors],
        parts = (count + rows - 1) / rows;

    for (int i = 0; i < parts && (job->reached.count || job->reached.fresh); i++) {
        int c = job->c + count * i / parts, end = job->c + count * (i + 1) / parts;
        job->reached.ahead = ahead + (i < job->vectors ? i : 0) * VL;
        sums[job->vectors][end - c](&job->reached, c, dw + c * job->stride, job->stride);
    }
}

static void run_block(Job *job, const float *x, const float *dy, size_t first, int count)
{
    const IclConvShape *s = job->s;
    const int kw = job->split->kw, taps = job->split->kh * kw;
    const float *ahead = dy + (first + count) * s->f + job->group * job->split->gf + job->f;

    copy_dy(job, dy, first, count);
    job->reached.ahead_step = taps == 1 ? (size_t)s->f : 0; /* many taps hide it anyway */
    for (int tap = 0; tap < taps; tap++) {
        reach(job, x, first, count, tap / kw, tap % kw);
        run_tap(job, ahead, job->sums + tap * job->tap_stride);
    }
}

/* Outputs of a row whose run of taps is not all inside x. */
static size_t edges_of_row(const IclConvShape *s)
{
    size_t edges = 0;

    for (int ox = 0; ox < s->ow; ox++)
        edges += ox * s->sw < s->pl || ox * s->sw - s->pl + s->kw > s->w;
    return edges;
}

static size_t edge_floats(const IclConvShape *s)
{
    size_t lines = (size_t)block_pixels(s->kh * s->kw, 1) / (size_t)(s->ow + !s->ow) + 2;

    return has_runs(s) ? lines * edges_of_row(s) * s->kw * s->c : 0;
}

/* Of the widest panel: the block's dy, and two lists of a place more than a narrow block's pixels.
 */
static size_t weight_gradient_scratch_size(const IclConvShape *s)
{
    if (ICL_TIER(winograd_weight_gradient_applies)(s))
        return ICL_TIER(winograd_weight_gradient_scratch_size)(s);
    return BLOCK_BYTES + 2 * (size_t)(block_pixels(s->kh * s->kw, 1) + 8) * sizeof(float *) +
           edge_floats(s) * sizeof(float);
}

static Job job_of(const IclConvShape *s, const Split *split, int part, int index, float *dw,
                  float *workspace, void *scratch)
{
    int range = index % split->ranges, panel = index / split->ranges % split->panels;
    int first = panel_first(split->gf, split->panels, panel),
        end = panel_first(split->gf, split->panels, panel + 1);
    Job job = {.s = s,
               .split = split,
               .group = index / split->ranges / split->panels,
               .f = first * VL,
               .vectors = end - first,
               .dy = scratch};

    job.valid = (int)smallest((size_t)job.vectors * VL, (size_t)(split->gf - job.f));
    job.c = split->gc * range / split->ranges;
    job.c_end = split->gc * (range + 1) / split->ranges;
    job.reached.x = (const float **)((char *)scratch + BLOCK_BYTES);
    job.reached.dy = job.reached.x + block_pixels(s->kh * s->kw, 1) + 8;
    job.edges = (float *)(job.reached.dy + block_pixels(s->kh * s->kw, 1) + 8);
    job.reached.last = split->direct ? job.valid - (job.vectors - 1) * VL : VL;
    if (split->direct) {
        job.stride = (size_t)s->f;
        job.sums = dw + job.group * split->gf + job.f;
    } else {
        size_t group_floats = part_floats(s, split) / s->groups;
        job.stride = split->padded_f;
        job.sums = workspace + part * part_floats(s, split) + job.group * group_floats + job.f;
    }
    job.tap_stride = job.stride * split->gc;
    return job;
}

static int weight_gradient_chunks(const IclConvShape *s)
{
    Split split = split_of(s);

    if (ICL_TIER(winograd_weight_gradient_applies)(s))
        return ICL_TIER(winograd_weight_gradient_chunks)(s);
    return split.parts * s->groups * split.panels * split.ranges;
}

static void weight_gradient(const IclConvShape *s, const float *x, const float *dy, float *dw,
                            float *workspace, int chunk, void *scratch)
{
    if (ICL_TIER(winograd_weight_gradient_applies)(s)) {
        ICL_TIER(winograd_weight_gradient)(s, x, dy, dw, workspace, chunk, scratch);
        return;
    }
    Split split = split_of(s);
    int jobs = s->groups * split.panels * split.ranges, part = chunk / jobs;
    Job job = job_of(s, &split, part, chunk % jobs, dw, workspace, scratch);
    size_t first = split.pixels * part / split.parts, end = split.pixels * (part + 1) / split.parts;
    size_t blocks = divide_up(end - first, (size_t)block_pixels(s->kh * s->kw, job.vectors)),
           count = end - first;

    for (size_t i = 0; i < blocks; i++) {
        job.reached.fresh = !split.direct && i == 0;
        size_t from = first + count * i / blocks, to = first + count * (i + 1) / blocks;
        run_block(&job, x, dy, from, (int)(to - from));
    }
}

static size_t weight_gradient_workspace(const IclConvShape *s)
{
    Split split = split_of(s);

    if (ICL_TIER(winograd_weight_gradient_applies)(s))
        return ICL_TIER(winograd_weight_gradient_workspace)(s);
    return split.direct ? 0 : split.parts * part_floats(s, &split);
}

static size_t finish_rows(const IclConvShape *s) { return (size_t)s->kh * s->kw * s->c; }

static int weight_gradient_finish_chunks(const IclConvShape *s)
{
    Split split = split_of(s);
    size_t floats = split.parts * part_floats(s, &split);

    if (ICL_TIER(winograd_weight_gradient_applies)(s))
        return ICL_TIER(winograd_weight_gradient_finish_chunks)(s);
    return split.direct ? 0 : (int)smallest(divide_up(floats, FINISH_FLOATS), finish_rows(s));
}

/* dw[0..count) += the parts' sums, one after the other */
static void finish_row(const Split *split, const float *part, size_t part_stride, float *dw)
{
    for (int f = 0; f < split->gf; f += VL) {
        int valid = (int)smallest(VL, (size_t)(split->gf - f));
        vf sum = vload(part + f);
        for (int i = 1; i < split->parts; i++)
            sum += vload(part + i * part_stride + f);
        vstore_part(dw + f, vload_part(dw + f, valid) + sum, valid);
    }
}

static void weight_gradient_finish(const IclConvShape *s, const float *workspace, float *dw,
                                   int chunk)
{
    if (ICL_TIER(winograd_weight_gradient_applies)(s)) {
        ICL_TIER(winograd_weight_gradient_finish)(s, workspace, dw, chunk);
        return;
    }
    Split split = split_of(s);
    size_t rows = finish_rows(s), chunks = (size_t)weight_gradient_finish_chunks(s);
    size_t group_rows = rows / s->groups, stride = part_floats(s, &split);

    for (size_t row = rows * chunk / chunks; row < rows * (chunk + 1) / chunks; row++) {
        size_t group = row / group_rows, tap_c = row % group_rows;
        finish_row(&split, workspace + row * split.padded_f, stride,
                   dw + tap_c * s->f + group * split.gf);
    }
}

void ICL_TIER(conv_weight_gradient)(IclConvKernels *table)
{
    table->weight_gradient_workspace = weight_gradient_workspace;
    table->weight_gradient_chunks = weight_gradient_chunks;
    table->weight_gradient_scratch_size = weight_gradient_scratch_size;
    table->weight_gradient = weight_gradient;
    table->weight_gradient_finish_chunks = weight_gradient_finish_chunks;
    table->weight_gradient_finish = weight_gradient_finish;
}
