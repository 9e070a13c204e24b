/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The pages of `icl list`, after gst-inspect-1.0, and an instance written as a step. Both walk the
 * parameter table, so that neither can fall behind it. */
#include <string.h>

#include "class_param.h"

enum { COLUMNS = 5 };

/* Rows of cells, every column as wide as its longest cell. */
static void table_print(GString *out, GPtrArray *cells)
{
    int width[COLUMNS] = {0};

    for (guint i = 0; i < cells->len; i++)
        width[i % COLUMNS] =
            MAX(width[i % COLUMNS], (int)g_utf8_strlen(g_ptr_array_index(cells, i), -1));
    for (guint i = 0; i < cells->len; i++) {
        const char *cell = g_ptr_array_index(cells, i);
        bool last = i % COLUMNS == COLUMNS - 1;
        g_string_append_printf(out, "  %s%*s%s", cell,
                               last ? 0 : width[i % COLUMNS] - (int)g_utf8_strlen(cell, -1), "",
                               last ? "\n" : "");
    }
}

static void add_param_row(GPtrArray *cells, const IclParam *param)
{
    GString *range = g_string_new(NULL);

    icl_param_range_print(param, range);
    g_ptr_array_add(cells, g_strdup(param->name));
    g_ptr_array_add(cells, g_strdup(icl_param_type_name(param)));
    g_ptr_array_add(cells, g_string_free(range, FALSE));
    g_ptr_array_add(cells, param->initial && *param->initial
                               ? g_strdup_printf("default %s", param->initial)
                               : g_strdup(param->initial ? "optional" : "required"));
    g_ptr_array_add(cells, param->alias ? g_strdup_printf("%s (or: %s)", param->help, param->alias)
                                        : g_strdup(param->help));
}

char *icl_class_page(const IclFamily *family, const IclClass *class)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

    g_string_append_printf(out, "%s (%s)\n  %s\n\n", class->name, family->noun, class->help);
    if (class->combines)
        g_string_append_printf(out, "Takes branches: %s( a | b )\n\n", class->name);
    for (const IclParam *p = class->params; p && p->name; p++)
        add_param_row(cells, p);
    g_string_append(out, cells->len ? "Parameters, in the order of plain values:\n"
                                    : "No parameters.\n");
    table_print(out, cells);
    return g_string_free(out, FALSE);
}

char *icl_family_page(const IclFamily *family)
{
    GString *out = g_string_new(NULL);
    size_t width = 0;

    for (const IclClass *const *c = family->classes; *c; c++)
        width = MAX(width, strlen((*c)->name));
    for (const IclClass *const *c = family->classes; *c; c++)
        g_string_append_printf(out, "%-*s  %s\n", (int)width, (*c)->name, (*c)->help);
    return g_string_free(out, FALSE);
}

static bool param_is_default(const IclParam *param, void *scratch, const char *text)
{
    g_autoptr(GString) usual = g_string_new(NULL);
    g_autofree char *problem = icl_param_set_default(param, scratch);

    if (problem)
        return false;
    icl_param_print(param, scratch, usual);
    return !strcmp(usual->str, text);
}

char *icl_instance_print(const void *instance)
{
    const IclClass *class = *(const IclClass *const *)instance;
    GString *out = g_string_new(class->name);
    void *scratch = g_malloc0(class->size);
    bool leading = true; /* only required rows so far: these can stand without their names */

    *(const IclClass **)scratch = class;
    for (const IclParam *p = class->params; p && p->name; p++) {
        g_autoptr(GString) text = g_string_new(NULL);
        icl_param_print(p, instance, text);
        leading = leading && !p->initial;
        if (leading)
            g_string_append_printf(out, " %s", text->str);
        else if (!p->initial || !param_is_default(p, scratch, text->str))
            g_string_append_printf(out, " %s=%s", p->name, text->str);
    }
    icl_instance_free(scratch);
    return g_string_free(out, FALSE);
}
