/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * --name VALUE, --name=VALUE, -l VALUE, -lVALUE; options and operands in any order; after "--" all
 * are operands. The last of two equal options counts. */
#include "options.h"

#include <math.h>
#include <string.h>

#include "nearest.h"

/* One command line on its way. */
typedef struct Parse {
    const Option *options;
    char *const *args; /* the next one */
    char *values;
    char **problem;
} Parse;

G_GNUC_PRINTF(2, 3) static bool fail(const Parse *parse, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    *parse->problem = g_strdup_vprintf(format, list);
    va_end(list);
    return false;
}

static bool set_int(const Parse *parse, const Option *option, const char *text)
{
    char *end;
    gint64 value = g_ascii_strtoll(text, &end, 10);
    if (end == text || *end)
        return fail(parse, "--%s is \"%s\"; it must be a whole number", option->name, text);
    if ((double)value < option->min || (double)value > option->max)
        return fail(parse, "--%s is %s; it must be %.0f to %.0f", option->name, text, option->min,
                    option->max);
    *(int *)(parse->values + option->offset) = (int)value;
    return true;
}

static bool set_seed(const Parse *parse, const Option *option, const char *text)
{
    guint64 *value = (guint64 *)(parse->values + option->offset);
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, value, NULL))
        return fail(parse, "--%s is \"%s\"; it must be a whole number from 0 to %" G_GUINT64_FORMAT,
                    option->name, text, G_MAXUINT64);
    return true;
}

static bool set_real(const Parse *parse, const Option *option, const char *text)
{
    char *end;
    double value = g_ascii_strtod(text, &end);
    if (end == text || *end || isnan(value))
        return fail(parse, "--%s is \"%s\"; it must be a number", option->name, text);
    if (value < option->min || value > option->max)
        return fail(parse, "--%s is %s; it must be %g to %g", option->name, text, option->min,
                    option->max);
    *(double *)(parse->values + option->offset) = value;
    return true;
}

static bool set_string(const Parse *parse, const Option *option, const char *text)
{
    *(const char **)(parse->values + option->offset) = text;
    return true;
}

static bool set_choice(const Parse *parse, const Option *option, const char *text)
{
    g_auto(GStrv) words = g_strsplit(option->choices, " ", -1);
    for (int i = 0; words[i]; i++) {
        if (g_str_equal(words[i], text)) {
            *(int *)(parse->values + option->offset) = i;
            return true;
        }
    }
    g_autofree char *list = g_strjoinv(" or ", words);
    return fail(parse, "--%s is \"%s\"; it must be %s", option->name, text, list);
}

typedef bool (*SetFn)(const Parse *parse, const Option *option, const char *text);

static const SetFn setters[] = {
    [OPTION_INT] = set_int,       [OPTION_SEED] = set_seed,     [OPTION_REAL] = set_real,
    [OPTION_STRING] = set_string, [OPTION_CHOICE] = set_choice,
};

static bool set_defaults(const Parse *parse)
{
    for (const Option *option = parse->options; option->name; option++) {
        if (option->type == OPTION_CHOICE)
            *(int *)(parse->values + option->offset) = -1;
        if (option->initial && !setters[option->type](parse, option, option->initial))
            return false;
    }
    return true;
}

static bool unknown(const Parse *parse, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const Option *option = parse->options; option->name; option++)
        g_ptr_array_add(names, (char *)option->name);
    g_ptr_array_add(names, NULL);
    g_autofree char *hint = did_you_mean(name, "--", (const char *const *)names->pdata);
    return fail(parse, "unknown option --%s%s", name, hint);
}

/* `attached` is what follows in the same word, or NULL. */
static bool set_option(Parse *parse, const Option *option, const char *attached)
{
    if (option->type == OPTION_BOOL) {
        if (attached)
            return fail(parse, "--%s takes no value", option->name);
        *(bool *)(parse->values + option->offset) = true;
        return true;
    }
    const char *text = attached ? attached : *parse->args;
    if (!text)
        return fail(parse, "--%s needs a value: --%s %s", option->name, option->name,
                    option->metavar);
    if (!attached)
        parse->args++;
    return setters[option->type](parse, option, text);
}

static bool long_option(Parse *parse, const char *word)
{
    const char *equals = strchr(word, '=');
    g_autofree char *name = equals ? g_strndup(word, (gsize)(equals - word)) : g_strdup(word);
    for (const Option *option = parse->options; option->name; option++)
        if (g_str_equal(option->name, name))
            return set_option(parse, option, equals ? equals + 1 : NULL);
    return unknown(parse, name);
}

static bool short_option(Parse *parse, const char *word)
{
    for (const Option *option = parse->options; option->name; option++)
        if (option->letter && option->letter == word[0])
            return set_option(parse, option, word[1] ? word + 1 : NULL);
    return fail(parse, "unknown option -%s", word);
}

static bool add_operand(const Parse *parse, const char *word)
{
    Operands *operands = (Operands *)parse->values;
    operands->at[operands->n++] = word;
    return true;
}

bool options_parse(const Option *options, char *const *args, void *values, bool *help,
                   char **problem)
{
    Parse parse = {.options = options, .args = args, .values = values, .problem = problem};
    bool options_end = false;
    ((Operands *)values)->at = g_new0(const char *, g_strv_length((char **)args) + 1);
    if (!set_defaults(&parse))
        return false;
    while (*parse.args) {
        const char *word = *parse.args++;
        bool ok = true;
        if (options_end || word[0] != '-' || !word[1])
            ok = add_operand(&parse, word);
        else if (g_str_equal(word, "--"))
            options_end = true;
        else if (g_str_equal(word, "--help") || g_str_equal(word, "-h"))
            return *help = true;
        else
            ok = word[1] == '-' ? long_option(&parse, word + 2) : short_option(&parse, word + 1);
        if (!ok)
            return false;
    }
    return true;
}

void options_clear(void *values) { g_free(((Operands *)values)->at); }

bool options_complete(const Option *options, const void *values, char **problem)
{
    for (const Option *option = options; option->name; option++) {
        const char *value =
            option->required ? *(char *const *)((char *)values + option->offset) : "";
        if (value)
            continue;
        *problem = g_strdup_printf("--%s %s is missing", option->name, option->metavar);
        return false;
    }
    return true;
}

char *option_heading(const Option *option)
{
    GString *text = g_string_new(NULL);
    if (option->letter)
        g_string_append_printf(text, "-%c, ", option->letter);
    g_string_append_printf(text, "--%s", option->name);
    if (option->metavar)
        g_string_append_printf(text, " %s", option->metavar);
    return g_string_free(text, FALSE);
}

char *options_page(const Option *options)
{
    GString *text = g_string_new(NULL);
    for (const Option *option = options; option->name; option++) {
        g_autofree char *heading = option_heading(option);
        g_string_append_printf(text, "  %-22s %s", heading, option->help);
        if (option->initial)
            g_string_append_printf(text, " (default: %s)", option->initial);
        g_string_append_c(text, '\n');
    }
    g_string_append_printf(text, "  %-22s %s\n", "-h, --help", "this page");
    return g_string_free(text, FALSE);
}
