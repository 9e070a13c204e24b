/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "window.h"

/* One dimension: kernel extent k over n entries. -1 where it does not fit. */
static int place(IclPaddingKind kind, int n, int k, int stride, int before, int after, int *start)
{
    int out = (n + stride - 1) / stride;

    if (kind == ICL_PADDING_SAME) {
        *start = MAX((out - 1) * stride + k - n, 0) / 2;
        return out;
    }
    *start = kind == ICL_PADDING_EXPLICIT ? before : 0;
    n += kind == ICL_PADDING_EXPLICIT ? before + after : 0;
    return k > n ? -1 : (n - k) / stride + 1;
}

bool icl_window_place(const IclLayer *layer, const IclWindow *window, int *oh, int *ow, int *top,
                      int *left, GError **error)
{
    const IclPadding *p = &window->padding;
    int kh = (window->kernel.h - 1) * window->dilation.h + 1;
    int kw = (window->kernel.w - 1) * window->dilation.w + 1;

    *oh = place(p->kind, layer->in[0].h, kh, window->stride.h, p->top, p->bottom, top);
    *ow = place(p->kind, layer->in[0].w, kw, window->stride.w, p->left, p->right, left);
    if (*oh > 0 && *ow > 0)
        return true;
    return icl_layer_error(
        layer, error, "kernel %dx%d does not fit input %dx%d; use padding=same or kernel <= %d", kh,
        kw, layer->in[0].h, layer->in[0].w, MIN(layer->in[0].h, layer->in[0].w));
}
