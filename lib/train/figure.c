/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "figure.h"

#include <string.h>

static const struct {
    const char *name;
    size_t offset; /* in IclTrainProgress */
    bool validation, rises;
} figures[ICL_FIGURE_COUNT] = {
    [ICL_FIGURE_LOSS] = {"loss", offsetof(IclTrainProgress, loss), false, false},
    [ICL_FIGURE_ACCURACY] = {"accuracy", offsetof(IclTrainProgress, accuracy), false, true},
    [ICL_FIGURE_TOP5] = {"top5", offsetof(IclTrainProgress, top5), false, true},
    [ICL_FIGURE_VAL_LOSS] = {"val_loss", offsetof(IclTrainProgress, val_loss), true, false},
    [ICL_FIGURE_VAL_ACCURACY] = {"val_accuracy", offsetof(IclTrainProgress, val_accuracy), true,
                                 true},
    [ICL_FIGURE_VAL_TOP5] = {"val_top5", offsetof(IclTrainProgress, val_top5), true, true},
    [ICL_FIGURE_LEARNING_RATE] = {"learning_rate", offsetof(IclTrainProgress, learning_rate), false,
                                  false},
};

const char *icl_figure_name(IclFigure figure) { return figures[figure].name; }

double icl_figure_value(IclFigure figure, const IclTrainProgress *progress)
{
    return *(const double *)((const char *)progress + figures[figure].offset);
}

bool icl_figure_is_validation(IclFigure figure) { return figures[figure].validation; }

bool icl_figure_rises(IclFigure figure) { return figures[figure].rises; }

/* A field of a pattern: "val_loss:.2f" */
typedef struct Field {
    char *name;
    bool zeros;
    int width, precision; /* precision -1: none given */
} Field;

static int field_number(const char **at)
{
    int number = 0;

    for (; g_ascii_isdigit(**at) && number < 100; ++*at)
        number = 10 * number + (**at - '0');
    return number;
}

static bool field_read(Field *field, const char *text)
{
    const char *at = strchr(text, ':');

    *field =
        (Field){.name = at ? g_strndup(text, (gsize)(at - text)) : g_strdup(text), .precision = -1};
    if (!at)
        return true;
    at++;
    field->zeros = *at == '0';
    field->width = field_number(&at);
    if (*at == '.') {
        at++;
        field->precision = field_number(&at);
    }
    if (*at == 'd' || *at == 'f')
        at++;
    return !*at && field->width < 64 && field->precision < 32;
}

static void field_print(const Field *field, double value, bool whole, GString *out)
{
    char number[128], format[16];
    int precision = field->precision >= 0 ? field->precision : whole ? 0 : 4;

    g_snprintf(format, sizeof format, "%%.%df", precision);
    g_ascii_formatd(number, sizeof number, format, value);
    for (int i = (int)strlen(number); i < field->width; i++)
        g_string_append_c(out, field->zeros ? '0' : ' ');
    g_string_append(out, number);
}

static bool append_field(const char *text, const IclTrainProgress *progress, GString *out)
{
    Field field;
    bool read = field_read(&field, text), found = false;

    if (read && (found = g_str_equal(field.name, "epoch")))
        field_print(&field, progress->epoch + 1, true, out);
    for (IclFigure i = 0; read && !found && i < ICL_FIGURE_COUNT; i++)
        if ((found = g_str_equal(field.name, figures[i].name)))
            field_print(&field, icl_figure_value(i, progress), false, out);
    g_free(field.name);
    return found;
}

char *icl_figure_pattern(const char *pattern, const IclTrainProgress *progress, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);

    while (*pattern) {
        bool doubled = strchr("{}", *pattern) && pattern[1] == *pattern;
        if (doubled || *pattern != '{') {
            g_string_append_c(out, *pattern);
            pattern += doubled ? 2 : 1;
            continue;
        }
        const char *close = strchr(pattern, '}');
        g_autofree char *text = close ? g_strndup(pattern + 1, (gsize)(close - pattern - 1)) : NULL;
        if (!text || !append_field(text, progress, out)) {
            g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                        "\"%s\" is not a field of a file's name; {epoch:02d} or {val_loss:.2f} "
                        "would do: epoch, or one of " ICL_FIGURES
                        "; a brace that is none is doubled",
                        pattern);
            return NULL;
        }
        pattern = close + 1;
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}
