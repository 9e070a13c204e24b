/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "canvas.h"

#include <math.h>
#include <stdint.h>

bool icl_canvas_init(IclCanvas *canvas, int width, int height, GError **error)
{
    canvas->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    canvas->cairo = cairo_create(canvas->surface);
    if (cairo_status(canvas->cairo) != CAIRO_STATUS_SUCCESS) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_MEMORY,
                    "a drawing of %d x %d pixels cannot be made: %s", width, height,
                    cairo_status_to_string(cairo_status(canvas->cairo)));
        icl_canvas_clear(canvas);
        return false;
    }
    cairo_set_source_rgb(canvas->cairo, 1, 1, 1);
    cairo_paint(canvas->cairo);
    cairo_select_font_face(canvas->cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_NORMAL);
    return true;
}

void icl_canvas_clear(IclCanvas *canvas)
{
    cairo_destroy(canvas->cairo);
    cairo_surface_destroy(canvas->surface);
    *canvas = (IclCanvas){0};
}

static double text_width(const IclCanvas *canvas, const char *text)
{
    cairo_text_extents_t extents;

    cairo_text_extents(canvas->cairo, text, &extents);
    return extents.x_advance;
}

/* As many characters as fit before "...". */
static char *text_cut(const IclCanvas *canvas, const char *text, double width)
{
    for (glong n = g_utf8_strlen(text, -1); n > 0; n--) {
        g_autofree char *head = g_utf8_substring(text, 0, n - 1);
        g_autofree char *cut = g_strconcat(head, "...", NULL);
        if (text_width(canvas, cut) <= width)
            return g_steal_pointer(&cut);
    }
    return g_strdup("");
}

void icl_canvas_text(IclCanvas *canvas, double x, double y, double size, double width,
                     const char *text)
{
    enum { LONGEST = 500 }; /* characters; more fit nowhere */
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *cut = NULL;

    if (g_utf8_strlen(valid, -1) > LONGEST)
        *g_utf8_offset_to_pointer(valid, LONGEST) = '\0';
    cairo_set_font_size(canvas->cairo, size);
    cairo_set_source_rgb(canvas->cairo, 0, 0, 0);
    if (text_width(canvas, valid) > width)
        cut = text_cut(canvas, valid, width);
    cairo_move_to(canvas->cairo, x, y);
    cairo_show_text(canvas->cairo, cut ? cut : valid);
}

static uint32_t pixel_level(float value)
{
    return (uint32_t)lrintf(fminf(fmaxf(value, 0), 255)); /* 0 for NaN */
}

void icl_canvas_pixels(IclCanvas *canvas, int x, int y, const float *pixels, int h, int w, int c)
{
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    uint8_t *bytes = cairo_image_surface_get_data(image);
    int stride = cairo_image_surface_get_stride(image);

    for (int i = 0; bytes && i < h; i++)
        for (int j = 0; j < w; j++) {
            const float *p = pixels + ((size_t)i * w + j) * c;
            uint32_t *out = (uint32_t *)(void *)(bytes + (size_t)i * stride) + j;
            *out = pixel_level(p[0]) << 16 | pixel_level(p[c == 1 ? 0 : 1]) << 8 |
                   pixel_level(p[c == 1 ? 0 : 2]);
        }
    cairo_surface_mark_dirty(image);
    cairo_set_source_surface(canvas->cairo, image, x, y);
    cairo_paint(canvas->cairo);
    cairo_surface_destroy(image);
}

static cairo_status_t bytes_append(void *user, const unsigned char *data, unsigned length)
{
    g_byte_array_append(user, data, length);
    return CAIRO_STATUS_SUCCESS;
}

bool icl_canvas_save(IclCanvas *canvas, const char *path, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    cairo_status_t status = cairo_surface_write_to_png_stream(canvas->surface, bytes_append, bytes);
    GError *failure = NULL;

    if (status != CAIRO_STATUS_SUCCESS) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_MEMORY, "%s: cannot be made a PNG file: %s", path,
                    cairo_status_to_string(status));
        return false;
    }
    if (g_file_set_contents(path, (const char *)bytes->data, bytes->len, &failure))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s", failure->message); /* names the path */
    g_error_free(failure);
    return false;
}
