/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * From a frame's own planes to [h,w,c]: a few output rows at a time, as many as a vector has lanes,
 * sum the rows of every plane, then the columns of every component, then convert colour. Files and
 * live frames come through here alike; strides and formats change what is read, never what is
 * computed from it.
 *
 * Rows, columns and flips are those of the frame as stored; in a frame that lies on its side, a
 * stored row becomes a column of the result. */
#include <string.h>

#include "colour.h"
#include "orient.h"
#include "recipe.h"
#include "resize.h"

/* Samples of a row that are worked on at once: wider pictures go through in strips, so that the
 * buffers stay in the cache. */
enum { STRIP_SAMPLES = 8192, WHOLE_SAMPLES = 64 };

typedef struct Geometry {
    IclPixelFormat format;
    int width, height, orientation;
    IclBox box; /* all of it is used where it is empty */
} Geometry;

struct IclPreprocessor {
    const IclRecipe *recipe;
    const IclResizeKernels *kernels;
    Geometry geometry; /* what the rest is for */
    IclOrientation turn;
    IclAxis y, x;        /* of the stored rows and columns */
    IclRowSteps rows[2]; /* by shift: of full and of halved planes */
    IclTaps columns[2];  /* by shift */
    int strip;           /* output columns of one */
    float background[4]; /* in a pixel's order, for alpha */
    size_t samples;      /* a row of a strip has at most so many */
    float *sums[3];      /* of a plane [lanes + 1, samples]; the last row is begun */
    float *turned;       /* [samples, lanes] */
    float *component[3]; /* [lanes, strip] */
    float *line;         /* [strip, c], where rows become columns */
};

/* The output columns x .. x + n - 1, all rows of them. */
typedef struct Strip {
    int x, n;
} Strip;

/* Samples of each row of a plane that a strip reads: whole pixels, and where the row has enough of
 * them whole vectors. */
typedef struct Span {
    int from, n;
} Span;

IclPreprocessor *icl_preprocessor_new(const IclRecipe *recipe)
{
    IclPreprocessor *preprocessor = g_new0(IclPreprocessor, 1);

    preprocessor->recipe = recipe;
    preprocessor->kernels = &icl_kernels()->resize;
    return preprocessor;
}

static void preprocessor_clear(IclPreprocessor *p)
{
    for (int shift = 0; shift < 2; shift++) {
        icl_row_steps_clear(&p->rows[shift]);
        icl_taps_clear(&p->columns[shift]);
    }
    for (int i = 0; i < 3; i++) {
        g_clear_pointer(&p->sums[i], g_free);
        g_clear_pointer(&p->component[i], g_free);
    }
    g_clear_pointer(&p->turned, g_free);
    g_clear_pointer(&p->line, g_free);
}

void icl_preprocessor_free(IclPreprocessor *preprocessor)
{
    if (!preprocessor)
        return;
    preprocessor_clear(preprocessor);
    g_free(preprocessor);
}

static IclPlaneAxis preprocessor_columns(const IclPreprocessor *p, int shift)
{
    return (IclPlaneAxis){&p->x, shift, p->turn.flip_columns};
}

/* The columns' taps for the outputs of a strip alone. */
static IclTaps strip_taps(const IclPreprocessor *p, Strip strip, int shift)
{
    const IclTaps *all = &p->columns[shift];

    return (IclTaps){.n = strip.n,
                     .count = all->count,
                     .lo = all->start[strip.x],
                     .start = all->start + strip.x,
                     .w = all->w + (size_t)strip.x * all->count};
}

/* The stored number of a strip's first input column: with a flip it is the last. */
static int strip_column(const IclPreprocessor *p, const IclTaps *taps, int shift)
{
    IclPlaneAxis side = preprocessor_columns(p, shift);

    return side.flipped ? icl_plane_axis_in(&side) - 1 - taps->lo : taps->lo;
}

static Span strip_span(const IclPreprocessor *p, Strip strip, int plane, int components)
{
    const IclLayout *layout = &icl_layouts[p->geometry.format];
    int from = G_MAXINT, to = 0, row = 0;

    for (int c = 0; c < components; c++) {
        const IclComponent *component = &layout->component[c];
        IclTaps taps = strip_taps(p, strip, component->shift_x);
        int wide = taps.start[strip.n - 1] + taps.count - taps.lo;
        int first = strip_column(p, &taps, component->shift_x);
        IclPlaneAxis side = preprocessor_columns(p, component->shift_x);
        if (component->plane != plane)
            continue;
        first -= p->turn.flip_columns ? wide - 1 : 0;
        from = MIN(from, first * component->step);
        to = MAX(to, (first + wide) * component->step);
        row = MAX(row, icl_plane_axis_in(&side) * component->step);
    }
    int n = (to - from + WHOLE_SAMPLES - 1) / WHOLE_SAMPLES * WHOLE_SAMPLES;
    return n <= row ? (Span){MIN(from, row - n), n} : (Span){from, to - from};
}

static Strip preprocessor_strip(const IclPreprocessor *p, int x)
{
    return (Strip){x, MIN(p->strip, p->x.n - x)};
}

/* Cuts the picture into strips and makes their buffers. */
static void preprocessor_buffers(IclPreprocessor *p, int components)
{
    const IclLayout *layout = &icl_layouts[p->geometry.format];
    int lanes = p->kernels->lanes, planes = 0, most = 0;

    for (int c = 0; c < components; c++) {
        int plane = layout->component[c].plane;
        most = MAX(most, strip_span(p, (Strip){0, p->x.n}, plane, components).n);
        planes |= 1 << plane;
    }
    p->strip = p->x.n / (1 + (most - 1) / STRIP_SAMPLES);
    p->strip = MAX(1, p->strip);
    p->samples = 0;
    for (int x = 0; x < p->x.n; x += p->strip)
        for (int c = 0; c < components; c++) {
            int plane = layout->component[c].plane;
            Span span = strip_span(p, preprocessor_strip(p, x), plane, components);
            p->samples = MAX(p->samples, (size_t)span.n);
        }
    for (int plane = 0; plane < 3; plane++)
        if (planes & 1 << plane)
            p->sums[plane] = g_new(float, (lanes + 1) * p->samples);
    p->turned = g_new(float, lanes * p->samples);
    for (int c = 0; c < components; c++)
        p->component[c] = g_new(float, (size_t)lanes * p->strip);
    p->line = p->turn.swapped ? g_new(float, (size_t)p->strip * p->recipe->c) : NULL;
}

static IclAxis axis_part(int in, int from, int span, int out)
{
    IclAxis axis = icl_axis(span, out, out);

    axis.in = in;
    axis.from = from;
    return axis;
}

static void preprocessor_axes(IclPreprocessor *p)
{
    const IclRecipe *recipe = p->recipe;
    bool swapped = p->turn.swapped;
    int w = swapped ? p->geometry.height : p->geometry.width;
    int h = swapped ? p->geometry.width : p->geometry.height;
    int64_t rw = w, rh = h;
    const IclBox *box = &p->geometry.box;

    if (recipe->resized)
        recipe->resized(recipe->target, h, w, &rh, &rw);
    IclAxis y = icl_axis(h, rh, recipe->h), x = icl_axis(w, rw, recipe->w);
    if (box->w) {
        y = axis_part(h, box->y, box->h, recipe->h);
        x = axis_part(w, box->x, box->w, recipe->w);
    }
    p->y = swapped ? x : y;
    p->x = swapped ? y : x;
}

static void preprocessor_prepare(IclPreprocessor *p, const IclFrame *frame, const IclBox *box,
                                 int components)
{
    const IclLayout *layout = &icl_layouts[frame->format];
    Geometry geometry = {frame->format, frame->width, frame->height, frame->orientation, *box};

    if (p->turned && !memcmp(&geometry, &p->geometry, sizeof geometry))
        return;
    preprocessor_clear(p);
    p->geometry = geometry;
    p->turn = icl_orientation(frame->orientation);
    preprocessor_axes(p);
    for (int shift = 0; shift < 2; shift++) {
        IclPlaneAxis rows = {&p->y, shift, p->turn.flip_rows};
        IclPlaneAxis columns = preprocessor_columns(p, shift);
        icl_row_steps_init(&p->rows[shift], &rows);
        icl_taps_init(&p->columns[shift], &columns);
    }
    memset(p->background, 0, sizeof p->background);
    for (int c = 0; c < layout->n; c++)
        p->background[layout->component[c].offset & 3] = p->recipe->background[c];
    preprocessor_buffers(p, components);
}

/* Output rows i .. i + count - 1 of a plane, turned to columns. A sum that an earlier call began
 * for row i is finished. */
static void plane_sum(IclPreprocessor *p, const IclFrame *frame, const IclComponent *component,
                      Span span, int i, int count)
{
    const IclLayout *layout = &icl_layouts[frame->format];
    const IclRowSteps *steps = &p->rows[component->shift_y];
    IclPlaneAxis side = {&p->y, component->shift_y, p->turn.flip_rows};
    ptrdiff_t stride = frame->stride[component->plane];
    int bytes = layout->sample == ICL_SAMPLE_WORD ? 2 : 1;
    const uint8_t *first = frame->plane[component->plane] + (ptrdiff_t)span.from * bytes;
    float *sums = p->sums[component->plane];

    if (side.flipped) {
        first += (icl_plane_axis_in(&side) - 1) * stride;
        stride = -stride;
    }
    for (int r = 0; r < count; r++) {
        int step = i + r;
        p->kernels->rows[layout->sample](&(IclRowSum){
            .rows = first + steps->first[step] * stride,
            .stride = stride,
            .w = steps->w + (size_t)step * steps->max * 2,
            .count = steps->count[step],
            .n = (size_t)span.n,
            .mask = layout->white,
            .background = p->background,
            .begun = steps->paired && step > 0,
            .sum = sums + r * p->samples,
            .next = steps->paired && step + 1 < steps->n ? sums + (r + 1) * p->samples : NULL,
        });
    }
    p->kernels->turn(sums, p->samples, count, (size_t)span.n, p->turned);
    if (steps->paired)
        memcpy(sums, sums + count * p->samples, span.n * sizeof *sums);
}

/* Output rows i .. i + count - 1 of every component. Those of one plane share its sums. */
static void strip_sum(IclPreprocessor *p, const IclFrame *frame, Strip strip, int i, int count,
                      int components)
{
    const IclLayout *layout = &icl_layouts[frame->format];
    int lanes = p->kernels->lanes;
    Span span = {0};

    for (int c = 0; c < components; c++) {
        const IclComponent *component = &layout->component[c];
        IclTaps taps = strip_taps(p, strip, component->shift_x);
        if (c == 0 || component->plane != component[-1].plane) {
            span = strip_span(p, strip, component->plane, components);
            plane_sum(p, frame, component, span, i, count);
        }
        int column = strip_column(p, &taps, component->shift_x) * component->step;
        p->kernels->columns(&taps,
                            p->turned + (ptrdiff_t)(column + component->offset - span.from) * lanes,
                            p->turn.flip_columns ? -component->step : component->step, count,
                            p->component[c], (size_t)p->strip);
    }
}

/* Row r of the components to row i of the result, or to its column i. */
static void strip_write(const IclPreprocessor *p, const IclColourMatrix *matrix, Strip strip, int r,
                        int i, float *out)
{
    const float *in[3] = {NULL};
    int c = p->recipe->c, y = p->y.first + i, x = p->x.first + strip.x;
    size_t row = (size_t)p->recipe->w * c;

    for (int k = 0; k < matrix->inputs; k++)
        in[k] = p->component[k] + (size_t)r * p->strip;
    p->kernels->colours(matrix, strip.n, in, p->line ? p->line : out + y * row + (size_t)x * c);
    for (int j = 0; p->line && j < strip.n; j++)
        memcpy(out + (x + j) * row + (size_t)y * c, p->line + (size_t)j * c, c * sizeof *out);
}

static void pixels_fill(const IclRecipe *recipe, float *out)
{
    size_t n = (size_t)recipe->h * recipe->w;

    for (size_t i = 0; i < n; i++)
        for (int c = 0; c < recipe->c; c++)
            out[i * recipe->c + c] = recipe->padding[c];
}

void icl_preprocess_region(IclPreprocessor *preprocessor, const IclFrame *frame, const IclBox *box,
                           float *out)
{
    IclPreprocessor *p = preprocessor;
    const IclRecipe *recipe = p->recipe;
    const IclColourMatrix matrix = icl_colour_matrix(&icl_layouts[frame->format], frame->matrix,
                                                     icl_colour_is_full(frame), recipe->c);

    preprocessor_prepare(p, frame, box, matrix.inputs);
    if ((int64_t)p->y.n * p->x.n < (int64_t)recipe->h * recipe->w)
        pixels_fill(recipe, out);
    for (int x = 0; x < p->x.n; x += p->strip)
        for (int i = 0; i < p->y.n; i += p->kernels->lanes) {
            Strip strip = preprocessor_strip(p, x);
            int count = MIN(p->kernels->lanes, p->y.n - i);
            strip_sum(p, frame, strip, i, count, matrix.inputs);
            for (int r = 0; r < count; r++)
                strip_write(p, &matrix, strip, r, i + r, out);
        }
}

void icl_preprocess_pixels(IclPreprocessor *preprocessor, const IclFrame *frame, float *out)
{
    icl_preprocess_region(preprocessor, frame, &(IclBox){0}, out);
}

void icl_preprocess_frames(IclPreprocessor *preprocessor, const IclFrame *frames, int n, float *out)
{
    const IclRecipe *recipe = preprocessor->recipe;
    size_t values = (size_t)recipe->h * recipe->w * recipe->c;

    for (int i = 0; i < n; i++) {
        icl_preprocess_pixels(preprocessor, &frames[i], out + i * values);
        icl_preprocess_normalize(recipe, out + i * values);
    }
    icl_preprocess_whiten(recipe, n, out);
}

void icl_preprocess(IclPreprocessor *preprocessor, const IclFrame *frame, float *out)
{
    icl_preprocess_frames(preprocessor, frame, 1, out);
}
