/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A frame is whatever the caller says it is: what can be wrong with it is found here, in a few
 * comparisons, so that the passes over its pixels need not ask. */
#include <stdlib.h>

#include "colour.h"
#include "picture.h"

/* Bytes of a row of `plane` that some component reads; 0 where the format has no such plane. */
static gint64 row_bytes(const IclLayout *layout, int plane, int width)
{
    gint64 samples = 0;

    for (int c = 0; c < layout->n; c++) {
        const IclComponent *component = &layout->component[c];
        gint64 columns = ((gint64)width + (1 << component->shift_x) - 1) >> component->shift_x;
        if (component->plane == plane)
            samples = MAX(samples, (columns - 1) * component->step + component->offset + 1);
    }
    if (samples && layout->sample >= ICL_SAMPLE_ALPHA_FIRST) /* alpha, whichever side it is on */
        samples = 4 * (gint64)width;
    return layout->sample == ICL_SAMPLE_WORD ? 2 * samples : samples;
}

static bool check_plane(const IclFrame *frame, int plane, gint64 bytes, GError **error)
{
    if (frame->plane[plane] && llabs(frame->stride[plane]) >= bytes)
        return true;
    if (frame->plane[plane])
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "frame: plane %d has a stride of %d bytes, and a row of %d pixels has "
                    "%" G_GINT64_FORMAT,
                    plane, frame->stride[plane], frame->width, bytes);
    else
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE, "frame: plane %d is missing", plane);
    return false;
}

bool icl_frame_check(const IclFrame *frame, GError **error)
{
    if ((unsigned)frame->format >= ICL_PIXEL_FORMATS || (unsigned)frame->matrix >= ICL_MATRICES ||
        (unsigned)frame->range >= ICL_RANGES) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "frame: pixel format %d with colour matrix %d and range %d is none of those in "
                    "icl/frame.h",
                    (int)frame->format, (int)frame->matrix, (int)frame->range);
        return false;
    }
    if (!icl_picture_check_size(frame->width, frame->height, "frame", error))
        return false;
    for (int plane = 0; plane < 3; plane++) {
        gint64 bytes = row_bytes(&icl_layouts[frame->format], plane, frame->width);
        if (bytes && !check_plane(frame, plane, bytes, error))
            return false;
    }
    return true;
}
