/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * See conv_grid.h. Packed weights: [group][panel][taps][c][panel's vectors * VL]. Scratch of a
 * chunk: a pixel of zeros, unfinished sums, the rows' places in y, the rows' pixels under each tap,
 * and the copied input rows. */
#include "conv_grid.h"
#include "vector_rows.h"

enum {
    RUN_CHANNELS = 32,       /* fewer than this many channels a tap: runs */
    PANEL_BYTES = 256 << 10, /* packed weights of a chunk, to stay in the second-level cache */
    BLOCK_BYTES = 512 << 10, /* ... of a block of taps and channels, in the second-level cache */
    ROWS_LEAST = 24,         /* of a chunk, so that its weights are worth fetching */
    TABLE_MOST = 16384,      /* pointers of a chunk */
    FAR_BYTES = 1 << 20,     /* more results than this are not in the second-level cache; */
    LONG_SUM = 128, /* of so many products, which hide the fetching, half as many are far */
    RUN_LINES = 4,  /* least output lines of a chunk of runs: kernels share their inputs */
    CHUNKS_WANTED = 64,
    CHUNK_LEAST = 1 << 19, /* multiply-adds */
    CHUNK_MOST = 1 << 22,
};

/* How the shape alone cuts a grid into chunks. */
typedef struct Split {
    bool runs;
    int taps, c;                  /* as the tile sees them */
    int panel_blocks, row_blocks; /* row_blocks: of one image where `runs` */
    size_t rows;                  /* most rows of a chunk */
} Split;

static inline size_t smallest(size_t a, size_t b) { return a < b ? a : b; }

static inline size_t clamp_size(size_t x, size_t least, size_t most)
{
    return x < least ? least : smallest(x, most);
}

static inline size_t divide_up(size_t a, size_t b) { return (a + b - 1) / b; }

static bool grid_runs(const Grid *g)
{
    return g->groups == 1 && g->c < RUN_CHANNELS && g->x.taps > 1 && g->x.tap_step == 1;
}

static size_t grid_inputs(const Grid *g)
{
    return (size_t)g->n * g->y.in * g->x.in * g->groups * g->c;
}

static size_t grid_outputs(const Grid *g)
{
    return (size_t)g->n * g->y.out * g->x.out * g->groups * g->f;
}

static bool is_far(const Grid *g)
{
    size_t most = grid_k(g) < LONG_SUM ? FAR_BYTES : FAR_BYTES / 2;

    return grid_outputs(g) > most / sizeof(float);
}

/* The panels are parted as far as a chunk's weights ask for; where the weights are more than the
 * input, as far as it goes: rather than all weights, every thread reads all of the input. */
static int panel_blocks(const Grid *g, size_t chunks)
{
    size_t weights = grid_packed_size(g);
    size_t blocks = divide_up(weights * sizeof(float), PANEL_BYTES);

    if (weights > grid_inputs(g) && blocks < chunks)
        blocks = chunks;
    return (int)clamp_size(blocks, 1, (size_t)g->groups * grid_panels(g));
}

static size_t rows_wanted(const Grid *g, size_t rows)
{
    size_t taps = (size_t)g->y.taps * g->x.taps + 1;

    return clamp_size(rows, ROWS_LEAST, clamp_size(TABLE_MOST / taps, ROWS_LEAST, 4096));
}

static Split grid_split(const Grid *g)
{
    Split s = {.runs = grid_runs(g), .taps = g->y.taps * g->x.taps, .c = g->c};
    size_t row_macs = grid_k(g) * g->f * g->groups;
    size_t macs = (size_t)g->n * g->y.rows * g->x.rows * row_macs;
    size_t chunk_macs = clamp_size(macs / CHUNKS_WANTED, CHUNK_LEAST, CHUNK_MOST);

    s.panel_blocks = panel_blocks(g, macs / chunk_macs);
    size_t rows = rows_wanted(g, chunk_macs * s.panel_blocks / (row_macs + 1));
    if (s.runs) {
        size_t lines = clamp_size(rows / (size_t)(g->x.rows + 1), RUN_LINES, (size_t)g->y.rows);
        s.row_blocks = (int)divide_up((size_t)g->y.rows, lines);
        s.rows = divide_up((size_t)g->y.rows, (size_t)s.row_blocks) * g->x.rows;
        s.taps = g->y.taps;
        s.c = g->x.taps * g->c;
    } else {
        size_t all = (size_t)g->n * g->y.rows * g->x.rows;
        s.row_blocks = (int)divide_up(all, rows);
        s.rows = s.row_blocks ? divide_up(all, (size_t)s.row_blocks) : 0;
    }
    return s;
}

/* A chunk's working memory, laid out in scratch. */
typedef struct Work {
    float *zeros, *sums;
    size_t *out;
    Gap *gaps;            /* [Split.rows][g->y.gap + 1], where the grid has any */
    const float **rows;   /* [taps][Split.rows] */
    float *lines;         /* runs: copied input rows */
    size_t first, count;  /* rows there are in this chunk; the first is one of all images' */
    size_t block, blocks; /* which of the blocks of rows they are */
    bool fetch_rows;      /* rather than weights */
    size_t bytes;
} Work;

static size_t line_length(const Grid *g)
{
    return ((size_t)(g->x.rows - 1) * g->x.step + g->x.taps) * g->c;
}

static int line_count(const Grid *g, int rows)
{
    return (rows - 1) * g->y.step + (g->y.taps - 1) * g->y.tap_step + 1;
}

static bool grid_gaps(const Grid *g) { return g->y.gap || g->x.gap; }

static Work work_layout(const Grid *g, const Split *s, void *scratch)
{
    char *p = scratch;
    Work work = {.zeros = (float *)p};
    size_t lines =
        s->runs ? line_length(g) * (size_t)line_count(g, (int)(s->rows / (size_t)g->x.rows)) : 0;

    p += divide_up((size_t)g->groups * g->c * sizeof(float), 64) * 64;
    work.sums = (float *)p;
    p += s->rows * TILE_VECTORS * VL * sizeof(float);
    work.out = (size_t *)p;
    p += divide_up(s->rows * sizeof(size_t), 64) * 64;
    work.gaps = (Gap *)p;
    p += grid_gaps(g) ? s->rows * (g->y.gap + 1) * sizeof(Gap) : 0;
    work.rows = (const float **)p;
    p += divide_up(s->rows * s->taps * sizeof(float *), 64) * 64;
    work.lines = (float *)p;
    p += divide_up(lines * sizeof(float), 64) * 64;
    work.bytes = (size_t)(p - (char *)scratch);
    return work;
}

/* `count` rows side by side, from row (image, y, x) on: their places in the output, ... */
static void fill_out(const Grid *g, int image, int y, int x, int count, size_t *out)
{
    size_t step = g->x.out_step * g->pixel;
    size_t line = (size_t)image * g->y.out + g->y.out_first + (size_t)y * g->y.out_step;
    size_t at = (line * g->x.out + g->x.out_first) * g->pixel + x * step;

    for (int i = 0; i < count; i++, at += step)
        out[i] = at;
}

/* ... the gaps to the right of each, then those in the lines below, ... */
static void fill_gaps(const Grid *g, int image, int y, int x, int count, Gap *gaps)
{
    int top = g->y.out_first + y * g->y.out_step, left = g->x.out_first + x * g->x.out_step;

    for (int i = 0; i < count; i++, left += g->x.out_step)
        for (int j = 0; j <= g->y.gap; j++, gaps++) {
            size_t right = smallest((size_t)g->x.gap, (size_t)(g->x.out - 1 - left));
            size_t line = (size_t)image * g->y.out + top + j;
            *gaps = (Gap){(line * g->x.out + left + !j) * g->pixel,
                          top + j < g->y.out ? right + (j > 0) : 0};
        }
}

/* Steps to cover a distance, at most `most`. */
static int steps_to(int distance, int step, int most)
{
    return distance <= 0 ? 0
                         : (int)smallest(divide_up((size_t)distance, (size_t)step), (size_t)most);
}

/* ... and their pixels under one tap: `line` is the input row, or NULL where all is padding. */
static void fill_tap(const Axis *axis, int c, const float *line, int x, int tap, int count,
                     const float *zeros, const float **rows)
{
    const int step = axis->step, ix = axis->first + x * step + tap * axis->tap_step;
    const int left = line ? steps_to(0 - ix, step, count) : count;
    const int end = line ? steps_to(axis->in - ix, step, count) : count;

    for (int i = 0; i < left; i++)
        rows[i] = zeros;
    for (int i = left; i < end; i++)
        rows[i] = line + (ix + (ptrdiff_t)i * step) * c;
    for (int i = end; i < count; i++)
        rows[i] = zeros;
}

static void fill_taps(const Grid *g, const float *x0, int image, int y, int x, int count,
                      const Work *work, size_t stride, const float **rows)
{
    int c = g->groups * g->c;

    for (int ty = 0; ty < g->y.taps; ty++) {
        int iy = g->y.first + y * g->y.step + ty * g->y.tap_step;
        const float *line = NULL;
        if ((unsigned)iy < (unsigned)g->y.in)
            line = x0 + ((size_t)image * g->y.in + iy) * g->x.in * c;
        for (int tx = 0; tx < g->x.taps; tx++, rows += stride)
            fill_tap(&g->x, c, line, x, tx, count, work->zeros, rows);
    }
}

static void fill_block(const Grid *g, const Split *s, const float *x0, int block, Work *work)
{
    size_t all = (size_t)g->n * g->y.rows * g->x.rows;
    size_t row = all * block / s->row_blocks, end = all * (block + 1) / s->row_blocks;
    size_t at = 0;

    work->count = end - row;
    work->first = row;
    memset(work->zeros, 0, (size_t)g->groups * g->c * sizeof(float));
    for (int count; row < end; row += count, at += count) {
        int x = (int)(row % g->x.rows), y = (int)(row / g->x.rows % g->y.rows);
        int image = (int)(row / g->x.rows / g->y.rows);
        count = (int)smallest((size_t)(g->x.rows - x), end - row);
        fill_out(g, image, y, x, count, work->out + at);
        if (grid_gaps(g))
            fill_gaps(g, image, y, x, count, work->gaps + at * (g->y.gap + 1));
        fill_taps(g, x0, image, y, x, count, work, s->rows, work->rows + at);
    }
}

/* Input row iy of an image, from x.first on, zeros outside. */
static void copy_line(const Grid *g, const float *x, int image, int iy, float *line)
{
    int width = (g->x.rows - 1) * g->x.step + g->x.taps;
    int left = g->x.first < 0 ? (int)smallest((size_t)-g->x.first, (size_t)width) : 0;
    int inside = g->x.in - (g->x.first + left), c = g->c;

    inside = inside < 0 ? 0 : (int)smallest((size_t)inside, (size_t)(width - left));
    if ((unsigned)iy >= (unsigned)g->y.in)
        left = width, inside = 0;
    memset(line, 0, (size_t)left * c * sizeof *line);
    x += (((ptrdiff_t)image * g->y.in + iy) * g->x.in + g->x.first + left) * c;
    if (inside)
        memcpy(line + left * c, x, (size_t)inside * c * sizeof *line);
    memset(line + (left + inside) * c, 0, (size_t)(width - left - inside) * c * sizeof *line);
}

static void fill_runs(const Grid *g, const Split *s, const float *x0, int block, Work *work)
{
    int image = block / s->row_blocks, part = block % s->row_blocks;
    int y0 = (int)((int64_t)g->y.rows * part / s->row_blocks);
    int y1 = (int)((int64_t)g->y.rows * (part + 1) / s->row_blocks);
    size_t length = line_length(g), at = 0, step = (size_t)g->x.step * g->c;

    work->count = (size_t)(y1 - y0) * g->x.rows;
    for (int i = 0; i < line_count(g, y1 - y0); i++)
        copy_line(g, x0, image, g->y.first + y0 * g->y.step + i, work->lines + i * length);
    for (int y = y0; y < y1; y++, at += (size_t)g->x.rows) {
        fill_out(g, image, y, 0, g->x.rows, work->out + at);
        for (int ty = 0; ty < g->y.taps; ty++) {
            int i = (y - y0) * g->y.step + ty * g->y.tap_step;
            const float *p = work->lines + i * length, **rows = work->rows + ty * s->rows + at;
            for (int x = 0; x < g->x.rows; x++, p += step)
                rows[x] = p;
        }
    }
}

/* Between two tiles the stores have time to drain. */
static void fill_zeros(const Tile *tile, size_t row, size_t end)
{
    for (size_t i = row * tile->gap_lines; i < end * tile->gap_lines; i++) {
        float *y = tile->y + tile->gaps[i].at;
        for (size_t pixel = 0; pixel < tile->gaps[i].pixels; pixel++, y += tile->pixel)
            EACH_VECTOR(tile->f, vstore_n(y + at, (vf){0}, n));
    }
}

/* All rows of the chunk, in tiles as equal as can be. Each fetches, a little with every channel,
 * what comes next and comes slower than one tile uses it: the rows of the next tile, where they lie
 * behind the present ones, or else its share of the next weights, which lie behind these. The
 * chunks of other rows fetch the other shares. */
static void run_rows(Tile *tile, int vectors, const Work *work)
{
    size_t count = work->count, parts = divide_up(count, (size_t)tile_rows[vectors]);
    size_t k = (size_t)tile->taps * tile->c, width = vectors * VL * sizeof(float);
    size_t share = work->block * parts, shares = work->blocks * parts;

    for (size_t i = 0; i < parts; i++) {
        size_t row = count * i / parts, end = count * (i + 1) / parts;
        tile->next = (const char *)tile->w + k * width + k * width * (share + i) / shares;
        tile->next_step = divide_up(width, shares);
        if (work->fetch_rows) {
            tile->next = (const char *)(tile->rows[end - 1] + tile->c);
            tile->next_step = (end - row) * sizeof(float);
        }
        (tile->scale ? scaled_tiles : tiles)[vectors][end - row](tile, (int)row);
        if (tile->gaps && tile->last)
            fill_zeros(tile, row, end);
    }
}

/* One panel in blocks of taps, or of one tap's channels, whose weights stay in the first-level
 * cache while the rows pass; the sums wait in between, which is exact. */
static void run_panel(const Tile *panel, int vectors, const Work *work)
{
    int width = vectors * VL, most = BLOCK_BYTES / (width * (int)sizeof(float));
    int taps = panel->c < most ? most / (panel->c + !panel->c) : 1;
    int c_step = panel->c < most ? panel->c : (int)divide_up(panel->c, divide_up(panel->c, most));

    if (!panel->taps || work->count <= (size_t)tile_rows[vectors])
        taps = panel->taps, c_step = panel->c;
    for (int tap = 0; tap < panel->taps || !tap; tap += taps + !taps)
        for (int c = 0; c < panel->c; c += c_step) {
            Tile tile = *panel;
            tile.rows += tap * panel->stride;
            tile.first += c;
            tile.taps = panel->taps - tap < taps ? panel->taps - tap : taps;
            tile.c = panel->c - c < c_step ? panel->c - c : c_step;
            tile.w += ((size_t)tap * panel->c + c) * width;
            tile.begun = tap || c;
            tile.last = tap + tile.taps == panel->taps && c + tile.c == panel->c;
            run_rows(&tile, vectors, work);
        }
}

/* All rows at once, or each image's with its own factors: those of grids without gaps. */
static void run_images(const Grid *g, const Tile *panel, int vectors, const Work *work,
                       const float *scale)
{
    const size_t pixels = (size_t)g->y.rows * g->x.rows;

    for (size_t at = 0, count; at < work->count; at += count) {
        size_t row = work->first + at, image = row / pixels;
        Tile tile = *panel;
        Work part = *work;
        count = work->count;
        if (scale) {
            count = smallest(work->count - at, (image + 1) * pixels - row);
            tile.scale = scale + image * g->c;
        }
        part.count = count;
        tile.rows += at;
        tile.out += at;
        run_panel(&tile, vectors, &part);
    }
}

static void tile_set_panel(Tile *tile, const Grid *g, const float *packed, const GridOutput *output,
                           int panel, float *bias)
{
    int panels = grid_panels(g), group = panel / panels;
    int first = grid_panel_start(g, panel % panels), f = group * g->f + first * VL;

    tile->first = (size_t)group * g->c;
    tile->w = packed + ((size_t)group * panel_vectors(g->f) + first) * VL * grid_k(g);
    tile->f = (int)smallest((size_t)(grid_panel_start(g, panel % panels + 1) - first) * VL,
                            (size_t)(g->f - first * VL));
    tile->y = output->y + f;
    tile->add = output->add ? output->add + f : NULL;
    memset(bias, 0, TILE_VECTORS * VL * sizeof *bias);
    if (output->bias)
        memcpy(bias, output->bias + f, (size_t)tile->f * sizeof *bias);
}

/* Whether rows lie behind each other and are more than the weights. */
static bool rows_flow(const Grid *g)
{
    return g->groups == 1 && g->y.taps * g->x.taps == 1 && g->y.step == 1 && g->x.step == 1 &&
           !g->y.first && !g->x.first && grid_inputs(g) > grid_packed_size(g);
}

/* A phase of the input gradient that no tap reaches. */
static bool is_zero(const Grid *g, const GridOutput *output)
{
    return !g->y.taps && !output->add && !output->bias;
}

static void run_zeros(const Grid *g, const Work *work, float *y)
{
    for (size_t i = 0; i < work->count; i++)
        EACH_VECTOR(g->groups * g->f, vstore_n(y + work->out[i] + at, (vf){0}, n));
}

int ICL_TIER(grid_chunks)(const Grid *g)
{
    Split s = grid_split(g);

    return s.panel_blocks * s.row_blocks * (s.runs ? g->n : 1);
}

size_t ICL_TIER(grid_scratch_size)(const Grid *g)
{
    Split s = grid_split(g);

    return s.rows ? work_layout(g, &s, NULL).bytes : 0;
}

void ICL_TIER(grid_run)(const Grid *g, const float *x, const float *input_scale,
                        const float *packed, const GridOutput *output, int chunk, void *scratch)
{
    Split s = grid_split(g);
    Work work = work_layout(g, &s, scratch);
    int blocks = s.row_blocks * (s.runs ? g->n : 1), panels = g->groups * grid_panels(g);
    int block = chunk % blocks, panel_block = chunk / blocks;
    int first = (int)((int64_t)panels * panel_block / s.panel_blocks);
    int end = (int)((int64_t)panels * (panel_block + 1) / s.panel_blocks);
    float bias[TILE_VECTORS * VL];
    Tile tile = {.rows = work.rows,
                 .stride = s.rows,
                 .out = work.out,
                 .gaps = grid_gaps(g) && !output->add ? work.gaps : NULL,
                 .gap_lines = g->y.gap + 1,
                 .pixel = g->pixel,
                 .taps = s.taps,
                 .c = s.c,
                 .bias = bias,
                 .sums = work.sums,
                 .far = is_far(g),
                 .activation = output->activation,
                 .alpha = output->alpha};

    work.block = (size_t)block;
    work.blocks = (size_t)blocks;
    if (s.runs)
        fill_runs(g, &s, x, block, &work);
    else
        fill_block(g, &s, x, block, &work);
    if (is_zero(g, output)) {
        run_zeros(g, &work, output->y);
        return;
    }
    for (int panel = first; panel < end; panel++) {
        int i = panel % grid_panels(g);
        tile_set_panel(&tile, g, packed, output, panel, bias);
        work.fetch_rows = panel == first && rows_flow(g);
        run_images(g, &tile, grid_panel_start(g, i + 1) - grid_panel_start(g, i), &work,
                   input_scale);
    }
}
