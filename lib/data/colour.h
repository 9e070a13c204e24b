/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Where the components of a pixel format lie, and how a row of them becomes grey or RGB. */
#pragma once

#include <icl/frame.h>

typedef enum { ICL_COLOUR_GREY, ICL_COLOUR_RGB, ICL_COLOUR_YUV, ICL_COLOURS } IclColour;

typedef struct IclComponent {
    int plane, offset, step; /* samples; R G B, Y U V, or the luma alone */
    int shift_x, shift_y;    /* log2 of the subsampling */
} IclComponent;

typedef struct IclLayout {
    IclColour colour;
    int bytes; /* of a sample: 1, or 2 with the low byte first */
    int unit;  /* what 1 of 8 bits is */
    int white; /* largest sample; the bits it lacks do not count */
    int n;
    IclComponent component[3];
} IclLayout;

extern const IclLayout icl_layouts[ICL_PIXEL_FORMATS];

/* y' = luma_scale * (y - luma_zero); r = y' + r_v v', g = y' + g_u u' + g_v v', b = y' + b_u u',
 * where u' = u - chroma_zero */
typedef struct IclColourMatrix {
    float luma_scale, luma_zero, chroma_zero, r_v, g_u, g_v, b_u;
} IclColourMatrix;

IclColourMatrix icl_colour_matrix(const IclLayout *layout, IclColorMatrix matrix, bool full_range);

/* n pixels of separate components -> out [n, channels] in 0..255 */
typedef void (*IclColourFn)(const IclColourMatrix *matrix, int n, const float *const in[3],
                            float *out);

IclColourFn icl_colour_function(IclColour colour, int channels);
/* How many components of the layout that function reads. */
int icl_colour_components(const IclLayout *layout, int channels);
