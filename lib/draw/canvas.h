/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pictures that are drawn: on cairo, whose own calls are used beside these. */
#pragma once

#include <cairo.h>
#include <stdbool.h>

#include <icl/error.h>

typedef struct IclCanvas {
    cairo_surface_t *surface;
    cairo_t *cairo;
} IclCanvas;

/* A white canvas of pixels. False with ICL_ERROR_MEMORY. */
bool icl_canvas_init(IclCanvas *canvas, int width, int height, GError **error);
void icl_canvas_clear(IclCanvas *canvas);

/* Text in black (UTF-8; what is not becomes U+FFFD) whose baseline begins at x, y, in letters of
 * `size` pixels; where it is wider than `width`, it is cut and ends with "...". */
void icl_canvas_text(IclCanvas *canvas, double x, double y, double size, double width,
                     const char *text);

/* Pixels [h,w,c] of 0..255, c = 1 or 3, from x, y on. */
void icl_canvas_pixels(IclCanvas *canvas, int x, int y, const float *pixels, int h, int w, int c);

/* Writes a PNG file; false with ICL_ERROR_FILE, and then there is none. */
bool icl_canvas_save(IclCanvas *canvas, const char *path, GError **error);
