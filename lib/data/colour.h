/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Where the components of a pixel format lie, and how they become grey or RGB. */
#pragma once

#include <icl/frame.h>

#include "kernels.h"

typedef enum { ICL_COLOUR_GREY, ICL_COLOUR_RGB, ICL_COLOUR_YUV } IclColour;

typedef struct IclComponent {
    int plane, offset, step; /* samples; R G B, Y U V, or the luma alone */
    int shift_x, shift_y;    /* log2 of the subsampling */
} IclComponent;

typedef struct IclLayout {
    IclColour colour;
    IclSample sample;
    int unit;  /* what 1 of 8 bits is */
    int white; /* largest sample; the bits it lacks do not count */
    int n;
    IclComponent component[3];
} IclLayout;

extern const IclLayout icl_layouts[ICL_PIXEL_FORMATS];

/* Whether the frame's luma is 0..255. */
bool icl_colour_is_full(const IclFrame *frame);

/* From the components of a layout (the first `inputs` of them) to grey or RGB in 0..255. YUV
 * becomes grey by its luma alone. */
IclColourMatrix icl_colour_matrix(const IclLayout *layout, IclColorMatrix matrix, bool full_range,
                                  int channels);
