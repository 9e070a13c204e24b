/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A chunk of a convolution by Winograd takes the channels in blocks, which stay in the second-level
 * cache. Scratch: a pixel of zeros, the block's transformed input [vector of c][point][tile][VL],
 * the panels' sums [panel][point][tile][panel's vectors * VL], and the block's weights of two rows
 * of points; a line between two points keeps them from falling into the same few sets of a cache.
 */
#include "conv_winograd_split.h"
#include "conv_winograd_transform.h"

static int panels_most(const Split *s)
{
    return (s->panels + s->panel_blocks - 1) / s->panel_blocks;
}

/* A chunk's working memory, laid out in scratch; strides in floats. */
typedef struct Work {
    float *zeros, *v, *sums, *u;
    size_t v_vector, v_point, sums_point, sums_panel, u_point;
    int first, tiles;      /* of the chunk */
    int channel, channels; /* of the present block */
    size_t bytes;
} Work;

static Work work_layout(const Winograd *g, const Split *s, void *scratch)
{
    size_t c = (size_t)panel_vectors(g->c) * VL, width = (size_t)TILE_VECTORS * VL;
    Work work = {.zeros = scratch, .v_point = (size_t)s->most * VL + VL};

    work.v_vector = points(g) * work.v_point;
    work.sums_point = width * s->most + VL;
    work.sums_panel = points(g) * work.sums_point;
    work.u_point = g->taps ? width * s->channels + VL : 0;
    work.v = work.zeros + c;
    work.sums = work.v + s->channels / VL * work.v_vector;
    work.u = work.sums + panels_most(s) * work.sums_panel;
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

static void transform_input(const Winograd *g, const Split *s, const float *x, const Work *work)
{
    const float *in[WINOGRAD_POINTS];

    for (int i = 0; i < work->tiles; i++) {
        tile_pixels(g, x, place_of(g, s, work->first + i), work->zeros, in);
        (g->m == 2 ? input_2 : input_4)(in, work, g->c, work->v + (size_t)i * VL);
    }
}

/* sums[tile] (+)= sum over c of v[c][tile] * u[c] of one point, for a few tiles and a panel. */
typedef struct Product {
    const float *v, *u;
    size_t v_vector;
    int c;
    bool begun; /* sums hold those of the channels before */
    float *sums;
    const char
        *next; /* what the next product needs, fetched `next_step` bytes a channel meanwhile */
    size_t next_step;
} Product;

INLINE void product_run(const Product *p, const int mr, const int nv)
{
    vf sum[TILE_ROWS][TILE_VECTORS];
    const float *u = p->u, *vector = p->v;
    const char *next = p->next;

    UNROLLED(m, mr)
        UNROLLED(j, nv)
            sum[m][j] = p->begun ? vload(p->sums + (m * nv + j) * VL) : (vf){0};
    for (int c = 0; c < p->c; c += VL, vector += p->v_vector) {
        const float *v = vector, *end = vector + (p->c - c < VL ? p->c - c : VL);
        for (; v < end; v++, u += nv * VL, next += p->next_step) {
            vf b[TILE_VECTORS];
            __builtin_prefetch(next, 0, 2);
            UNROLLED(j, nv)
                b[j] = vload(u + j * VL);
            UNROLLED(m, mr) {
                vf a = vset(v[m * VL]);
                UNROLLED(j, nv)
                    sum[m][j] += a * b[j];
            }
        }
    }
    UNROLLED(m, mr)
        UNROLLED(j, nv)
            vstore(p->sums + (m * nv + j) * VL, sum[m][j]);
}

typedef void (*ProductFn)(const Product *p);

#define PRODUCT(mr, nv) \
    static void product_##mr##x##nv(const Product *p) { product_run(p, mr, nv); }
TILE_EACH(PRODUCT)
static const ProductFn products[TILE_VECTORS + 1][TILE_ROWS + 1] = TILE_TABLE(product);

/* The rows of points of a panel: weights [point][c][vectors * VL]. */
typedef struct Points {
    const float *u, *v;
    float *sums;
    size_t u_point;
    int count, vectors;
    const char *next; /* to fetch meanwhile: `next_bytes` in all */
    size_t next_bytes;
} Points;

static int block_count(const Winograd *g, const Work *work)
{
    return g->c - work->channel < work->channels ? g->c - work->channel : work->channels;
}

/* `count` points of one panel, in tiles of rows as equal as can be. */
static void multiply(const Winograd *g, const Work *work, const Points *points)
{
    const int rows = tile_rows[points->vectors], parts = (work->tiles + rows - 1) / rows;
    const size_t width = (size_t)points->vectors * VL;
    Product p = {.v_vector = work->v_vector,
                 .c = block_count(g, work),
                 .begun = work->channel > 0,
                 .next = points->next};

    p.next_step = divide_up(points->next_bytes, (size_t)points->count * parts * p.c);
    for (int point = 0; point < points->count; point++) {
        p.u = points->u + point * points->u_point;
        for (int i = 0; i < parts; i++, p.next += p.next_step * p.c) {
            int first = work->tiles * i / parts, end = work->tiles * (i + 1) / parts;
            p.v = points->v + point * work->v_point + (size_t)first * VL;
            p.sums = points->sums + point * work->sums_point + first * width;
            products[points->vectors][end - first](&p);
        }
    }
}

/* packed taps [c][9][width] -> u */
INLINE void filter_run(const int m, const int pair, const float *taps, int vectors, float *u,
                       size_t point, int count)
{
    const size_t width = (size_t)vectors * VL;

    for (int c = 0; c < count; c++, taps += 9 * width)
        for (size_t f = 0; f < width; f += VL) {
            vf w[9];
            UNROLLED(tap, 9)
                w[tap] = vload(taps + tap * width + f);
            winograd_filter_rows(m, pair, w, u + c * width + f, point, (m + 2) * point);
        }
}

typedef void (*FilterFn)(const float *taps, int vectors, float *u, size_t point, int count);

#define FILTER(m, pair)                                                                     \
    static void filter_##m##_##pair(const float *taps, int vectors, float *u, size_t point, \
                                    int count)                                              \
    {                                                                                       \
        filter_run(m, pair, taps, vectors, u, point, count);                                \
    }
FILTER(2, 0)
FILTER(2, 1)
FILTER(4, 0)
FILTER(4, 1)
FILTER(4, 2)
static const FilterFn filters[5][3] = {
    [2] = {filter_2_0, filter_2_1}, [4] = {filter_4_0, filter_4_1, filter_4_2}};

static const float *taps_of(const Winograd *g, const float *packed, int panel, int channel)
{
    size_t width = (size_t)(panel_start(g, panel + 1) - panel_start(g, panel)) * VL;

    return packed + packed_panel(g, panel) + 9 * width * channel;
}

static void multiply_stored(const Winograd *g, const Work *work, const float *packed, int panel,
                            float *sums)
{
    int vectors = panel_start(g, panel + 1) - panel_start(g, panel);
    size_t width = (size_t)vectors * VL;
    Points p = {.u = packed + packed_panel(g, panel) + work->channel * width,
                .v = work->v,
                .sums = sums,
                .u_point = width * g->c,
                .count = points(g),
                .vectors = vectors};

    p.next = (const char *)(p.u + p.u_point);
    p.next_bytes = points(g) * p.u_point * sizeof(float);
    multiply(g, work, &p);
}

/* Two rows of points at a time. next: the taps that come after, to fetch meanwhile. */
static void multiply_taps(const Winograd *g, const Work *work, const float *packed, int panel,
                          float *sums, const float *next)
{
    const int a = g->m + 2;
    int vectors = panel_start(g, panel + 1) - panel_start(g, panel);
    const float *taps = taps_of(g, packed, panel, work->channel);
    Points p = {.u_point = work->u_point, .count = a, .vectors = vectors};

    p.next = (const char *)next;
    p.next_bytes = 9 * (size_t)vectors * VL * work->channels * sizeof(float) / a;
    for (int pair = 0; pair < a / 2; pair++) {
        filters[g->m][pair](taps, vectors, work->u, work->u_point, block_count(g, work));
        for (int i = 0; i < 2; i++) {
            int row = winograd_pair_row(g->m, pair, i);
            p.u = work->u + i * a * work->u_point;
            p.v = work->v + row * a * work->v_point;
            p.sums = sums + row * a * work->sums_point;
            multiply(g, work, &p);
            p.next += p.next_bytes;
        }
    }
}

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
static void transform_output(const Winograd *g, const Split *s, const Outputs *panel,
                             const Work *work, const float *sums, int width)
{
    for (int i = 0; i < work->tiles; i++) {
        Place at = place_of(g, s, work->first + i);
        size_t pixel = ((size_t)at.image * g->oh + at.y) * g->ow + at.x;
        Outputs o = *panel;
        o.y += pixel * g->f;
        o.add = o.add ? o.add + pixel * g->f : NULL;
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
                     .line = (size_t)g->ow * g->f,
                     .pixel = (size_t)g->f,
                     .bias = epilogue->bias ? epilogue->bias + first : NULL,
                     .f = g->f - first < width ? g->f - first : width,
                     .activation = epilogue->activation,
                     .alpha = epilogue->alpha};
}

int ICL_TIER(winograd_chunks)(const Winograd *g)
{
    Split s = split_of(g);

    return s.panel_blocks * s.tile_blocks;
}

size_t ICL_TIER(winograd_scratch_size)(const Winograd *g)
{
    Split s = split_of(g);

    return work_layout(g, &s, NULL).bytes;
}

static void transform_outputs(const Winograd *g, const Split *s, const Work *work, int panel,
                              int end, const IclEpilogue *epilogue, float *y)
{
    for (const float *sums = work->sums; panel < end; panel++, sums += work->sums_panel) {
        int first = panel_start(g, panel) * VL, width = panel_start(g, panel + 1) * VL - first;
        Outputs outputs = panel_outputs(g, epilogue, y, first, width);
        transform_output(g, s, &outputs, work, sums, width);
    }
}

void ICL_TIER(winograd_run)(const Winograd *g, const float *x, const float *packed,
                            const IclEpilogue *epilogue, float *y, int chunk, void *scratch)
{
    Split s = split_of(g);
    Work work = work_layout(g, &s, scratch);
    int block = chunk % s.tile_blocks, panel_block = chunk / s.tile_blocks;
    int panel = s.panels * panel_block / s.panel_blocks;
    int end = s.panels * (panel_block + 1) / s.panel_blocks;

    work.first = (int)((int64_t)s.tiles * block / s.tile_blocks);
    work.tiles = (int)((int64_t)s.tiles * (block + 1) / s.tile_blocks) - work.first;
    work.channels = s.channels;
    memset(work.zeros, 0, (size_t)g->c * sizeof(float));
    for (; work.channel < g->c; work.channel += s.channels) {
        transform_input(g, &s, x, &work);
        for (int i = panel; i < end; i++) {
            float *sums = work.sums + (i - panel) * work.sums_panel;
            if (!g->taps)
                multiply_stored(g, &work, packed, i, sums);
            else if (i + 1 < end)
                multiply_taps(g, &work, packed, i, sums, taps_of(g, packed, i + 1, work.channel));
            else
                multiply_taps(g, &work, packed, i, sums,
                              taps_of(g, packed, panel, work.channel + s.channels));
        }
    }
    transform_outputs(g, &s, &work, panel, end, epilogue, y);
}
