/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * From a frame's own planes to [h,w,c]: each output row sums the rows of every plane that it needs,
 * then the columns of every component, then converts colour. Files and live frames come through
 * here alike; strides and formats change what is read, never what is computed from it. */
#include <string.h>

#include "colour.h"
#include "recipe.h"
#include "resize.h"

struct IclPreprocessor {
    const IclRecipe *recipe;
    IclPixelFormat format; /* the geometry the rest is for */
    int width, height;
    IclAxis y, x;
    IclTaps rows[2], columns[2]; /* by shift: of full and of halved planes */
    int from[3], bytes[3];       /* of each plane: the bytes of a row that are read */
    float *sum;                  /* a row of them, summed over the rows above and below */
    float *component[3];         /* [x.n] each */
};

IclPreprocessor *icl_preprocessor_new(const IclRecipe *recipe)
{
    IclPreprocessor *preprocessor = g_new0(IclPreprocessor, 1);

    preprocessor->recipe = recipe;
    return preprocessor;
}

static void preprocessor_clear(IclPreprocessor *p)
{
    for (int shift = 0; shift < 2; shift++) {
        icl_taps_clear(&p->rows[shift]);
        icl_taps_clear(&p->columns[shift]);
    }
    for (int c = 0; c < 3; c++)
        g_clear_pointer(&p->component[c], g_free);
    g_clear_pointer(&p->sum, g_free);
    memset(p->bytes, 0, sizeof p->bytes);
}

void icl_preprocessor_free(IclPreprocessor *preprocessor)
{
    if (!preprocessor)
        return;
    preprocessor_clear(preprocessor);
    g_free(preprocessor);
}

/* The size after the resize step. Keeping the aspect, the longer side is S * long / short rounded
 * down, as torchvision's. */
static void recipe_resized(const IclRecipe *recipe, int h, int w, int64_t *rh, int64_t *rw)
{
    int s = recipe->resize.h;

    *rh = s ? s : h;
    *rw = s ? recipe->resize.w : w;
    if (recipe->keep_aspect && h > w)
        *rh = (int64_t)s * h / w;
    else if (recipe->keep_aspect)
        *rw = (int64_t)s * w / h;
}

/* The run of bytes, in every row of each plane, that holds the columns of its components. */
static void preprocessor_span(IclPreprocessor *p, const IclLayout *layout)
{
    int most = 0;

    for (int c = 0; c < layout->n; c++) {
        const IclComponent *component = &layout->component[c];
        const IclTaps *columns = &p->columns[component->shift_x];
        int plane = component->plane, from = columns->lo * component->step + component->offset;
        int to = (columns->hi - 1) * component->step + component->offset + 1;
        bool seen = p->bytes[plane] > 0;

        to = seen ? MAX(to, p->from[plane] + p->bytes[plane]) : to;
        p->from[plane] = seen ? MIN(from, p->from[plane]) : from;
        p->bytes[plane] = to - p->from[plane];
        most = MAX(most, p->bytes[plane]);
    }
    p->sum = g_new(float, most);
}

static void preprocessor_prepare(IclPreprocessor *p, const IclFrame *frame)
{
    int64_t h, w;

    if (p->sum && p->format == frame->format && p->width == frame->width &&
        p->height == frame->height)
        return;
    preprocessor_clear(p);
    p->format = frame->format;
    p->width = frame->width;
    p->height = frame->height;
    recipe_resized(p->recipe, frame->height, frame->width, &h, &w);
    p->y = icl_axis(frame->height, h, p->recipe->h);
    p->x = icl_axis(frame->width, w, p->recipe->w);
    for (int shift = 0; shift < 2; shift++) {
        icl_taps_init(&p->rows[shift], &p->y, shift);
        icl_taps_init(&p->columns[shift], &p->x, shift);
    }
    for (int c = 0; c < 3; c++)
        p->component[c] = g_new(float, p->x.n);
    preprocessor_span(p, &icl_layouts[p->format]);
}

/* Row i of every component. Those of one plane share its summed row. */
static void preprocessor_row(IclPreprocessor *p, const IclFrame *frame, int i, int components)
{
    const IclLayout *layout = &icl_layouts[frame->format];
    int plane = -1;

    for (int c = 0; c < components; c++) {
        const IclComponent *component = &layout->component[c];
        const IclTaps *columns = &p->columns[component->shift_x];
        if (component->plane != plane) {
            const IclTaps *rows = &p->rows[component->shift_y];
            plane = component->plane;
            icl_resize_rows(frame->plane[plane] + (ptrdiff_t)rows->start[i] * frame->stride[plane] +
                                p->from[plane] * layout->bytes,
                            layout, frame->stride[plane], rows->w + (size_t)i * rows->max,
                            rows->count[i], p->bytes[plane], p->sum);
        }
        icl_resize_columns(
            columns, p->sum + columns->lo * component->step + component->offset - p->from[plane],
            component->step, p->component[c]);
    }
}

void icl_preprocess_pixels(IclPreprocessor *preprocessor, const IclFrame *frame, float *out)
{
    IclPreprocessor *p = preprocessor;
    const IclRecipe *recipe = p->recipe;
    const IclLayout *layout = &icl_layouts[frame->format];
    IclColourFn convert = icl_colour_function(layout->colour, recipe->c);
    IclColourMatrix matrix = icl_colour_matrix(layout, frame->matrix, frame->full_range);
    int components = icl_colour_components(layout, recipe->c);
    size_t row = (size_t)recipe->w * recipe->c;

    preprocessor_prepare(p, frame);
    if (p->y.n < recipe->h || p->x.n < recipe->w)
        memset(out, 0, recipe->h * row * sizeof *out);
    for (int i = 0; i < p->y.n; i++) {
        preprocessor_row(p, frame, i, components);
        convert(&matrix, p->x.n, (const float *const *)p->component,
                out + (p->y.first + i) * row + (size_t)p->x.first * recipe->c);
    }
}

void icl_preprocess(IclPreprocessor *preprocessor, const IclFrame *frame, float *out)
{
    icl_preprocess_pixels(preprocessor, frame, out);
    icl_preprocess_normalize(preprocessor->recipe, out);
}
