/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A chunk of a convolution by Winograd takes the channels in blocks, which stay in the second-level
 * cache. Scratch: a pixel of zeros, the block's transformed input [vector of c][point][tile][VL],
 * the panels' sums [panel][point][tile][panel's vectors * VL], and the block's weights of two rows
 * of points; points are an odd number of lines apart, which keeps them from falling into the same
 * few sets of a cache. Of few tiles the block is all channels, and the sums are of one vector. */
#include "conv_winograd_product.h"
#include "conv_winograd_transform.h"

static int panels_most(const Split *s)
{
    return (s->panels + s->panel_blocks - 1) / s->panel_blocks;
}

/* A chunk and its working memory, laid out in scratch; strides in floats. */
typedef struct Work {
    Split split;
    float *zeros, *v, *sums, *u;
    size_t v_vector, v_point, sums_point, sums_panel, u_point;
    int first, tiles, panel, end; /* of the chunk */
    int channel, channels;        /* of the present block */
    bool last;                    /* it is the last */
    size_t bytes;
} Work;

static Work work_layout(const Winograd *g, void *scratch)
{
    Work work = {.split = split_of(g), .zeros = scratch};
    const Split *s = &work.split;
    const bool few = s->few;
    size_t c = (size_t)panel_vectors(g->c) * VL, width = (size_t)VL * (few ? 1 : TILE_VECTORS);
    size_t tiles = divide_up((size_t)s->most, FEW_TILES) * FEW_TILES;

    work.v_point = (tiles | 1) * VL;
    work.v_vector = points(g) * work.v_point;
    work.sums_point = width * tiles + VL;
    work.sums_panel = points(g) * work.sums_point;
    work.u_point = g->taps && !few ? width * s->channels + VL : 0;
    work.v = work.zeros + c;
    work.sums = work.v + (few ? c : (size_t)s->channels) / VL * work.v_vector;
    work.u = work.sums + (few ? 1 : panels_most(s)) * work.sums_panel;
    work.bytes = (size_t)((char *)(work.u + 2 * (g->m + 2) * work.u_point) - (char *)scratch);
    return work;
}

typedef struct Place {
    int image, y, x; /* of the tile's first output */
} Place;

static Place place_of(const Winograd *g, const Split *s, int tile)
{
    int column = tile % s->across, line = tile / s->across;

    return (Place){line / s->down, line % s->down * g->m, column * g->m};
}

/* A tile's input pixels; those outside of the picture are zeros. */
static void tile_pixels(const Winograd *g, const float *x, Place at, const float *zeros,
                        const float **in)
{
    const int a = g->m + 2;

    for (int i = 0; i < a; i++) {
        int iy = at.y - g->top + i, ix = at.x - g->left;
        bool inside = (unsigned)iy < (unsigned)g->h;
        const float *line = inside ? x + ((size_t)at.image * g->h + iy) * g->w * g->c : NULL;
        for (int j = 0; j < a; j++, ix++)
            *in++ = inside && (unsigned)ix < (unsigned)g->w ? line + (size_t)ix * g->c : zeros;
    }
}

INLINE void input_run(const int m, const float *const *in, const Work *work, int c, float *v)
{
    int at = work->channel, end = at + work->channels < c ? at + work->channels : c;

    for (; at + VL <= end; at += VL, v += work->v_vector)
        winograd_input_tile(m, in, (size_t)at, VL, v, work->v_point);
    if (at < end)
        winograd_input_tile(m, in, (size_t)at, end - at, v, work->v_point);
}

static void input_2(const float *const *in, const Work *work, int c, float *v)
{
    input_run(2, in, work, c, v);
}

static void input_4(const float *const *in, const Work *work, int c, float *v)
{
    input_run(4, in, work, c, v);
}

static void transform_input(const Winograd *g, const float *x, const Work *work)
{
    const float *in[WINOGRAD_POINTS];

    for (int i = 0; i < work->tiles; i++) {
        tile_pixels(g, x, place_of(g, &work->split, work->first + i), work->zeros, in);
        (g->m == 2 ? input_2 : input_4)(in, work, g->c, work->v + (size_t)i * VL);
    }
}

static int block_count(const Winograd *g, const Work *work)
{
    return g->c - work->channel < work->channels ? g->c - work->channel : work->channels;
}

/* Taps of a panel [vector][c][9][VL], vectors `vector` floats apart -> u: points of two rows */
typedef struct Filters {
    const float *taps;
    size_t vector;
    int vectors, count; /* count: channels */
    float *u;
    size_t point;
} Filters;

INLINE void filter_run(const int m, const int pair, const Filters *filters)
{
    const size_t width = (size_t)filters->vectors * VL, point = filters->point;

    for (int c = 0; c < filters->count; c++) {
        const float *taps = filters->taps + (size_t)c * 9 * VL;
        float *u = filters->u + c * width;
        for (int j = 0; j < filters->vectors; j++, taps += filters->vector, u += VL) {
            vf w[9];
            UNROLLED(tap, 9)
                w[tap] = vload(taps + tap * VL);
            winograd_filter_rows(m, pair, w, u, point, (m + 2) * point);
        }
    }
}

typedef void (*FilterFn)(const Filters *filters);

#define FILTER(m, pair) \
    static void filter_##m##_##pair(const Filters *filters) { filter_run(m, pair, filters); }
FILTER(2, 0)
FILTER(2, 1)
FILTER(4, 0)
FILTER(4, 1)
FILTER(4, 2)
static const FilterFn filter_fns[5][3] = {
    [2] = {filter_2_0, filter_2_1}, [4] = {filter_4_0, filter_4_1, filter_4_2}};

/* Where a tile's results go: `rows` by `columns` of its m x m pixels are in the picture. */
typedef struct Outputs {
    float *y;
    const float *add;   /* or NULL */
    size_t line, pixel; /* floats from one to the next */
    int rows, columns;
    const float *bias; /* or NULL */
    int f;             /* filters there are in the panel */
    IclActivation activation;
    float alpha;
} Outputs;

/* What is rare, apart: edges, ragged filters, activations of more than a clamp. */
static void __attribute__((noinline))
store_part(const Outputs *o, const vf *sums, int m, size_t f, int n)
{
    for (int i = 0; i < o->rows; i++)
        for (int j = 0; j < o->columns; j++) {
            size_t at = i * o->line + j * o->pixel + f;
            vf sum = sums[i * m + j];
            if (o->add)
                sum += vload_part(o->add + at, n);
            vstore_part(o->y + at, vactivation(o->activation, o->alpha, sum), n);
        }
}

INLINE void store_whole(const Outputs *o, vf *sums, const int m, size_t f)
{
    if (o->add)
        UNROLLED(i, m)
            UNROLLED(j, m)
                sums[i * m + j] += vload(o->add + i * o->line + j * o->pixel + f);
    if (o->activation != ICL_ACT_NONE)
        UNROLLED(i, m * m)
            sums[i] = vrelu(sums[i]);
    if (o->activation == ICL_ACT_RELU6)
        UNROLLED(i, m * m)
            sums[i] = vmin(vset(6), sums[i]);
    UNROLLED(i, m)
        UNROLLED(j, m)
            vstore(o->y + i * o->line + j * o->pixel + f, sums[i * m + j]);
}

INLINE void output_run(const int m, const Outputs *o, const float *sums, size_t point)
{
    const bool whole = o->rows == m && o->columns == m && o->activation <= ICL_ACT_RELU6;
    vf y[16];

    for (int f = 0; f < o->f; f += VL) {
        const int n = o->f - f < VL ? o->f - f : VL;
        winograd_output_tile(m, sums + f, point, y);
        if (o->bias) {
            vf bias = vload_n(o->bias + f, n);
            UNROLLED(i, m * m)
                y[i] += bias;
        }
        if (whole && n == VL)
            store_whole(o, y, m, (size_t)f);
        else
            store_part(o, y, m, (size_t)f, n);
    }
}

static void output_2(const Outputs *o, const float *sums, size_t point)
{
    output_run(2, o, sums, point);
}

static void output_4(const Outputs *o, const float *sums, size_t point)
{
    output_run(4, o, sums, point);
}

/* o: its y, add and bias are the picture's from the panel's first filter on. */
static void transform_output(const Winograd *g, const Outputs *panel, const Work *work,
                             const float *sums, int width)
{
    for (int i = 0; i < work->tiles; i++) {
        Place at = place_of(g, &work->split, work->first + i);
        size_t pixel = ((size_t)at.image * g->oh + at.y) * g->ow + at.x;
        Outputs o = *panel;
        o.y += pixel * g->pixel;
        o.add = o.add ? o.add + pixel * g->pixel : NULL;
        o.rows = (int)smallest((size_t)g->m, (size_t)(g->oh - at.y));
        o.columns = (int)smallest((size_t)g->m, (size_t)(g->ow - at.x));
        (g->m == 2 ? output_2 : output_4)(&o, sums + (size_t)i * width, work->sums_point);
    }
}

static Outputs panel_outputs(const Winograd *g, const IclEpilogue *epilogue, float *y, int first,
                             int width)
{
    return (Outputs){.y = y + first,
                     .add = epilogue->add ? epilogue->add + first : NULL,
                     .line = (size_t)g->ow * g->pixel,
                     .pixel = (size_t)g->pixel,
                     .bias = epilogue->bias ? epilogue->bias + first : NULL,
                     .f = g->f - first < width ? g->f - first : width,
                     .activation = epilogue->activation,
                     .alpha = epilogue->alpha};
}

/* Pixels that tiles first..first + count - 1 read or write: whole lines of h x w, from `top` lines
 * above the first tile on, `reach` lines of a tile. */
static Fetch fetch_pixels(const Winograd *g, const Split *s, const float *image, int h, int w,
                          int c, int first, int count, int top, int reach)
{
    Place from = place_of(g, s, first), to = place_of(g, s, first + count - 1);
    int64_t begin = (int64_t)from.image * h + (from.y > top ? from.y - top : 0);
    int64_t last = to.y - top + reach < h ? to.y - top + reach : h;
    int64_t end = (int64_t)to.image * h + last;

    return (Fetch){.at = (const char *)(image + (size_t)begin * w * c),
                   .row = (size_t)c * sizeof(float),
                   .rows = (int)((end - begin) * w)};
}

static void fetch_add(Fetches *fetches, Fetch fetch)
{
    if (fetch.rows > 0)
        fetches->list[fetches->count++] = fetch;
}

/* The taps of the panel that comes after this one. */
static void fetch_taps(const Winograd *g, const Work *work, const float *packed, int panel,
                       Fetches *fetches)
{
    bool round = panel + 1 == work->end;
    int next = round ? work->panel : panel + 1, channel = work->channel;

    if (round)
        channel += work->channels;
    for (int vector = panel_start(g, next);
         g->taps && channel < g->c && vector < panel_start(g, next + 1); vector++) {
        const float *taps = packed + packed_start(g, vector) + (size_t)channel * 9 * VL;
        fetch_add(fetches,
                  (Fetch){.at = (const char *)taps,
                          .row = FETCH_RUN,
                          .rows = block_count(g, work) * 9 * VL * (int)sizeof(float) / FETCH_RUN});
    }
}

/* This panel's part of the input that the next block of channels, or chunk, transforms. */
static void fetch_input(const Winograd *g, const Work *work, const float *x, int panel,
                        Fetches *fetches)
{
    const Split *s = &work->split;
    int first = work->first, count = work->tiles, channel = work->channel + work->channels;

    if (work->last) {
        first += count;
        count = s->tiles - first < count ? s->tiles - first : count;
        channel = 0;
    }
    if (count == 0)
        return;
    Fetch fetch = fetch_pixels(g, s, x + channel, g->h, g->w, g->c, first, count, g->top, g->m + 2);
    int64_t begin = (int64_t)fetch.rows * (panel - work->panel) / (work->end - work->panel);
    int64_t end = (int64_t)fetch.rows * (panel + 1 - work->panel) / (work->end - work->panel);
    fetch.at += begin * fetch.row;
    fetch.rows = (int)(end - begin);
    fetch_add(fetches, fetch);
}

static Fetches fetches_of(const Winograd *g, const Work *work, const float *x, const float *packed,
                          const Outputs *outputs, int panel)
{
    Fetches fetches = {.count = 0};

    fetch_taps(g, work, packed, panel, &fetches);
    if (work->last) {
        const float *const images[] = {outputs->y, outputs->add};
        for (int i = 0; i < 2; i++)
            if (images[i])
                fetch_add(&fetches, fetch_pixels(g, &work->split, images[i], g->oh, g->ow, g->pixel,
                                                 work->first, work->tiles, 0, g->m));
    }
    fetch_input(g, work, x, panel, &fetches);
    return fetches;
}

/* The present block of channels and a panel: all points at once, or, of taps, two rows of them at a
 * time. */
static void multiply_panel(const Winograd *g, const Work *work, const float *packed, int panel,
                           float *sums, Fetches *fetches)
{
    const int a = g->m + 2, vector = panel_start(g, panel);
    const int vectors = panel_start(g, panel + 1) - vector;
    const size_t width = (size_t)vectors * VL;
    Points p = {.u = packed + packed_start(g, vector) + work->channel * width,
                .v = work->v,
                .sums = sums,
                .u_point = width * g->c,
                .v_point = work->v_point,
                .v_vector = work->v_vector,
                .sums_point = work->sums_point,
                .count = points(g),
                .tiles = work->tiles,
                .channels = block_count(g, work),
                .vectors = vectors,
                .begun = work->channel > 0,
                .fetches = fetches};
    Filters filters = {.taps = packed + packed_start(g, vector) + (size_t)work->channel * 9 * VL,
                       .vector = packed_start(g, 1),
                       .vectors = vectors,
                       .count = p.channels,
                       .u = work->u,
                       .point = work->u_point};

    if (!g->taps) {
        ICL_TIER(winograd_multiply)(&p);
        return;
    }
    p.count = a;
    p.u_point = work->u_point;
    for (int pair = 0; pair < a / 2; pair++) {
        filter_fns[g->m][pair](&filters);
        for (int i = 0; i < 2; i++) {
            int row = winograd_pair_row(g->m, pair, i);
            p.u = work->u + i * a * work->u_point;
            p.v = work->v + row * a * work->v_point;
            p.sums = sums + row * a * work->sums_point;
            ICL_TIER(winograd_multiply)(&p);
        }
    }
}

static void run_blocks(const Winograd *g, const float *x, const float *packed,
                       const IclEpilogue *epilogue, float *y, Work *work)
{
    for (; work->channel < g->c; work->channel += work->channels) {
        work->last = work->channel + work->channels >= g->c;
        transform_input(g, x, work);
        for (int panel = work->panel; panel < work->end; panel++) {
            int first = panel_start(g, panel) * VL, width = panel_start(g, panel + 1) * VL - first;
            float *sums = work->sums + (panel - work->panel) * work->sums_panel;
            Outputs outputs = panel_outputs(g, epilogue, y, first, width);
            Fetches fetches = fetches_of(g, work, x, packed, &outputs, panel);
            multiply_panel(g, work, packed, panel, sums, &fetches);
            if (work->last)
                transform_output(g, &outputs, work, sums, width);
        }
    }
}

static void run_few(const Winograd *g, const float *x, const float *packed,
                    const IclEpilogue *epilogue, float *y, Work *work)
{
    work->channels = g->c;
    transform_input(g, x, work);
    for (int i = panel_start(g, work->panel); i < panel_start(g, work->end); i++) {
        Outputs outputs = panel_outputs(g, epilogue, y, i * VL, VL);
        FewTiles few = {.taps = packed + packed_start(g, i),
                        .v = work->v,
                        .sums = work->sums,
                        .v_point = work->v_point,
                        .v_vector = work->v_vector,
                        .sums_point = work->sums_point,
                        .tiles = work->tiles,
                        .c = g->c};
        ICL_TIER(winograd_multiply_few)(g, &few);
        transform_output(g, &outputs, work, work->sums, VL);
    }
}

int ICL_TIER(winograd_chunks)(const Winograd *g)
{
    Split s = split_of(g);

    return s.panel_blocks * s.tile_blocks;
}

size_t ICL_TIER(winograd_scratch_size)(const Winograd *g) { return work_layout(g, NULL).bytes; }

void ICL_TIER(winograd_run)(const Winograd *g, const float *x, const float *packed,
                            const IclEpilogue *epilogue, float *y, int chunk, void *scratch)
{
    Work work = work_layout(g, scratch);
    const Split *s = &work.split;
    int block = chunk % s->tile_blocks, panel_block = chunk / s->tile_blocks;

    work.panel = s->panels * panel_block / s->panel_blocks;
    work.end = s->panels * (panel_block + 1) / s->panel_blocks;
    work.first = (int)((int64_t)s->tiles * block / s->tile_blocks);
    work.tiles = (int)((int64_t)s->tiles * (block + 1) / s->tile_blocks) - work.first;
    work.channels = s->channels;
    memset(work.zeros, 0, (size_t)g->c * sizeof(float));
    (s->few ? run_few : run_blocks)(g, x, packed, epilogue, y, &work);
}
