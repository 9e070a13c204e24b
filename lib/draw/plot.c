/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "plot.h"

#include <cairo-svg.h>
#include <cairo.h>
#include <math.h>
#include <string.h>

enum { WIDTH = 420, HEIGHT = 320, LEFT = 62, RIGHT = 16, TOP = 34, BOTTOM = 46, TICKS = 6 };

static const double colours[][3] = {
    {0.12, 0.47, 0.71}, {0.84, 0.35, 0.05}, {0.17, 0.63, 0.17}, {0.58, 0.40, 0.74}};

/* A range of values laid on pixels. */
typedef struct Axis {
    double from, to; /* as drawn: logarithms where log */
    double at, length;
    bool log;
} Axis;

static double axis_value(const Axis *axis, double value)
{
    return axis->log ? log10(value) : value;
}

static bool axis_shows(const Axis *axis, double value)
{
    return isfinite(value) && (!axis->log || value > 0);
}

static double axis_place(const Axis *axis, double value)
{
    return axis->at +
           axis->length * (axis_value(axis, value) - axis->from) / (axis->to - axis->from);
}

static void axis_cover(Axis *axis, const double *values, int n)
{
    for (int i = 0; i < n; i++)
        if (axis_shows(axis, values[i])) {
            double value = axis_value(axis, values[i]);
            axis->from = MIN(axis->from, value);
            axis->to = MAX(axis->to, value);
        }
}

/* A range without values, or with one alone, gets a width. */
static void axis_finish(Axis *axis)
{
    if (!(axis->from <= axis->to))
        axis->from = 0, axis->to = 1;
    if (axis->to - axis->from < 1e-12 * (1 + fabs(axis->to)))
        axis->from -= 0.5, axis->to += 0.5;
}

/* 1, 2 or 5 times a power of ten, for about TICKS of them; whole ones where `log`. */
static double tick_step(const Axis *axis)
{
    double rough = (axis->to - axis->from) / TICKS, power = pow(10, floor(log10(rough)));
    double step = rough / power < 1.5 ? 1 : rough / power < 3.5 ? 2 : rough / power < 7.5 ? 5 : 10;

    return axis->log ? MAX(step * power, 1) : step * power;
}

static void draw_text(cairo_t *cairo, double x, double y, double align, const char *text)
{
    cairo_text_extents_t extents;

    cairo_text_extents(cairo, text, &extents);
    cairo_move_to(cairo, x - align * extents.width, y);
    cairo_show_text(cairo, text);
}

static void tick_text(const Axis *axis, double tick, char *text, size_t size)
{
    double value = axis->log ? pow(10, tick) : tick;

    if (fabs(value) < 1e-12)
        value = 0;
    g_ascii_formatd(text, (int)size, axis->log ? "%.0e" : "%.6g", value);
}

static void draw_ticks(cairo_t *cairo, const Axis *axis, bool across, double other,
                       double other_length)
{
    double step = tick_step(axis);

    for (double tick = ceil(axis->from / step - 1e-9) * step; tick <= axis->to + 1e-9 * step;
         tick += step) {
        double at = axis->at + axis->length * (tick - axis->from) / (axis->to - axis->from);
        char text[G_ASCII_DTOSTR_BUF_SIZE];
        tick_text(axis, tick, text, sizeof text);
        cairo_set_source_rgb(cairo, 0.88, 0.88, 0.88);
        cairo_move_to(cairo, across ? at : other, across ? other : at);
        cairo_rel_line_to(cairo, across ? 0 : other_length, across ? other_length : 0);
        cairo_stroke(cairo);
        cairo_set_source_rgb(cairo, 0.2, 0.2, 0.2);
        draw_text(cairo, across ? at : other - 6, across ? other + 16 : at + 4, across ? 0.5 : 1,
                  text);
    }
}

static void draw_series(cairo_t *cairo, const IclPlot *plot, const double *y, const Axis *x_axis,
                        const Axis *y_axis)
{
    bool begun = false;

    for (int i = 0; i < plot->n; i++) {
        if (!axis_shows(y_axis, y[i]) || !axis_shows(x_axis, plot->x[i])) {
            begun = false;
            continue;
        }
        (begun ? cairo_line_to : cairo_move_to)(cairo, axis_place(x_axis, plot->x[i]),
                                                axis_place(y_axis, y[i]));
        begun = true;
    }
    cairo_stroke(cairo);
    for (int i = 0; plot->n <= 60 && i < plot->n; i++)
        if (axis_shows(y_axis, y[i]) && axis_shows(x_axis, plot->x[i])) {
            cairo_arc(cairo, axis_place(x_axis, plot->x[i]), axis_place(y_axis, y[i]), 2, 0,
                      2 * G_PI);
            cairo_fill(cairo);
        }
}

static void set_colour(cairo_t *cairo, int i)
{
    const double *c = colours[i % (int)G_N_ELEMENTS(colours)];

    cairo_set_source_rgb(cairo, c[0], c[1], c[2]);
}

static void draw_legend(cairo_t *cairo, const IclPanel *panel, double x)
{
    for (int i = 0; panel->n_series > 1 && i < panel->n_series; i++) {
        cairo_text_extents_t extents;
        set_colour(cairo, i);
        cairo_rectangle(cairo, x, TOP + 8, 10, 3);
        cairo_fill(cairo);
        cairo_set_source_rgb(cairo, 0.2, 0.2, 0.2);
        cairo_move_to(cairo, x + 14, TOP + 13);
        cairo_show_text(cairo, panel->series[i].name);
        cairo_text_extents(cairo, panel->series[i].name, &extents);
        x += extents.x_advance + 28;
    }
}

static void draw_mark(cairo_t *cairo, const IclPlot *plot, const Axis *axis)
{
    static const double dashes[] = {4, 3};

    if (!plot->mark)
        return;
    double x = axis_place(axis, *plot->mark);
    cairo_save(cairo);
    cairo_set_source_rgb(cairo, 0.5, 0.5, 0.5);
    cairo_set_dash(cairo, dashes, 2, 0);
    cairo_move_to(cairo, x, TOP);
    cairo_line_to(cairo, x, HEIGHT - BOTTOM);
    cairo_stroke(cairo);
    cairo_restore(cairo);
    cairo_set_source_rgb(cairo, 0.3, 0.3, 0.3);
    draw_text(cairo, x, HEIGHT - BOTTOM - 5, x > axis->at + axis->length / 2 ? 1.05 : -0.05,
              plot->mark_name);
}

static void draw_panel(cairo_t *cairo, const IclPlot *plot, const IclPanel *panel)
{
    Axis x = {INFINITY, -INFINITY, LEFT, WIDTH - LEFT - RIGHT, plot->log_x};
    Axis y = {INFINITY, -INFINITY, HEIGHT - BOTTOM, -(HEIGHT - TOP - BOTTOM), panel->log_y};

    axis_cover(&x, plot->x, plot->n);
    for (int i = 0; i < panel->n_series; i++)
        axis_cover(&y, panel->series[i].y, plot->n);
    axis_finish(&x);
    axis_finish(&y);
    y.to += 0.12 * (y.to - y.from); /* room for the legend */
    cairo_set_line_width(cairo, 1);
    draw_ticks(cairo, &x, true, HEIGHT - BOTTOM, -(HEIGHT - TOP - BOTTOM));
    draw_ticks(cairo, &y, false, LEFT, WIDTH - LEFT - RIGHT);
    draw_mark(cairo, plot, &x);
    cairo_set_line_width(cairo, 1.6);
    for (int i = 0; i < panel->n_series; i++) {
        set_colour(cairo, i);
        draw_series(cairo, plot, panel->series[i].y, &x, &y);
    }
    cairo_set_source_rgb(cairo, 0.1, 0.1, 0.1);
    draw_text(cairo, LEFT + (WIDTH - LEFT - RIGHT) / 2.0, HEIGHT - 10, 0.5, plot->x_title);
    cairo_set_font_size(cairo, 15);
    draw_text(cairo, LEFT + (WIDTH - LEFT - RIGHT) / 2.0, TOP - 12, 0.5, panel->title);
    cairo_set_font_size(cairo, 11);
    draw_legend(cairo, panel, LEFT + 8);
}

static void draw_plot(cairo_t *cairo, const IclPlot *plot)
{
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, 11);
    for (int i = 0; i < plot->n_panels; i++) {
        cairo_save(cairo);
        cairo_translate(cairo, i * WIDTH, 0);
        draw_panel(cairo, plot, &plot->panels[i]);
        cairo_restore(cairo);
    }
}

static cairo_status_t append(void *bytes, const unsigned char *data, unsigned int length)
{
    g_byte_array_append(bytes, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static cairo_status_t render(const IclPlot *plot, bool svg, GByteArray *bytes)
{
    int width = WIDTH * plot->n_panels;
    cairo_surface_t *surface =
        svg ? cairo_svg_surface_create_for_stream(append, bytes, width, HEIGHT)
            : cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, HEIGHT);
    cairo_t *cairo = cairo_create(surface);

    draw_plot(cairo, plot);
    cairo_status_t status = cairo_status(cairo);
    cairo_destroy(cairo);
    if (!svg && !status)
        status = cairo_surface_write_to_png_stream(surface, append, bytes);
    cairo_surface_finish(surface);
    status = status ? status : cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return status == CAIRO_STATUS_SURFACE_FINISHED ? CAIRO_STATUS_SUCCESS : status;
}

bool icl_plot_save(const IclPlot *plot, const char *path, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GError) problem = NULL;
    bool svg = g_str_has_suffix(path, ".svg");

    if (!svg && !g_str_has_suffix(path, ".png")) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "%s: curves are drawn as .svg or .png; end the name with one of these", path);
        return false;
    }
    cairo_status_t status = render(plot, svg, bytes);
    if (!status && g_file_set_contents(path, (const char *)bytes->data, bytes->len, &problem))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be written: %s", path,
                status ? cairo_status_to_string(status) : problem->message);
    return false;
}
