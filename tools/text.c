/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "text.h"

#include <glib.h>
#include <math.h>
#include <string.h>

void print_csv(FILE *to, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, to);
        return;
    }
    fputc('"', to);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', to);
        fputc(*text, to);
    }
    fputc('"', to);
}

void print_json(FILE *to, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    fputc('"', to);
    for (const char *c = valid; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(to, "\\%c", *c);
        else if ((unsigned char)*c < ' ')
            fprintf(to, "\\u%04x", (unsigned)*c);
        else
            fputc(*c, to);
    }
    fputc('"', to);
}

void print_float(FILE *to, float value)
{
    if (isfinite(value))
        fprintf(to, "%.9g", (double)value);
    else
        fputs("null", to);
}

static int character_columns(gunichar c)
{
    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

int text_columns(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    int columns = 0;
    for (const char *c = valid; *c; c = g_utf8_next_char(c))
        columns += character_columns(g_utf8_get_char(c));
    return columns;
}

void print_cell(FILE *to, const char *text, int width)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    for (const char *c = valid; *c; c = g_utf8_next_char(c)) {
        int bytes = (int)(g_utf8_next_char(c) - c);
        if (g_unichar_iscntrl(g_utf8_get_char(c)))
            fputc('?', to);
        else
            fprintf(to, "%.*s", bytes, c);
    }
    fprintf(to, "%*s", MAX(width - text_columns(text), 0), "");
}
