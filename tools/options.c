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
    const char *data; /* the operand of a file of options, or NULL */
} Parse;

G_GNUC_PRINTF(2, 3) static bool fail(const Parse *parse, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    *parse->problem = g_strdup_vprintf(format, list);
    va_end(list);
    return false;
}

static bool set_int(Parse *parse, const Option *option, const char *text)
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

static bool set_seed(Parse *parse, const Option *option, const char *text)
{
    guint64 *value = (guint64 *)(parse->values + option->offset);
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, value, NULL))
        return fail(parse, "--%s is \"%s\"; it must be a whole number from 0 to %" G_GUINT64_FORMAT,
                    option->name, text, G_MAXUINT64);
    return true;
}

static bool set_real(Parse *parse, const Option *option, const char *text)
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

static bool set_string(Parse *parse, const Option *option, const char *text)
{
    *(const char **)(parse->values + option->offset) = text;
    return true;
}

static bool set_choice(Parse *parse, const Option *option, const char *text)
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

static bool set_config(Parse *parse, const Option *option, const char *text);

typedef bool (*SetFn)(Parse *parse, const Option *option, const char *text);

static const SetFn setters[] = {
    [OPTION_INT] = set_int,       [OPTION_SEED] = set_seed,     [OPTION_REAL] = set_real,
    [OPTION_STRING] = set_string, [OPTION_CHOICE] = set_choice, [OPTION_CONFIG] = set_config,
};

static bool set_word(const Parse *parse, const Option *option, const char *text)
{
    bool yes = g_str_equal(text, "yes");
    if (!yes && !g_str_equal(text, "no"))
        return fail(parse, "--%s is \"%s\"; it must be yes or no", option->name, text);
    *(bool *)(parse->values + option->offset) = yes;
    return true;
}

static const Option *find_option(const Parse *parse, const char *name)
{
    for (const Option *option = parse->options; option->name; option++)
        if (g_str_equal(option->name, name))
            return option;
    return NULL;
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

/* "\\n" and "\\\\", in place. */
static void unescape(char *text)
{
    char *to = text;
    for (; *text; text++) {
        if (*text == '\\' && (text[1] == '\\' || text[1] == 'n'))
            *to++ = *++text == 'n' ? '\n' : '\\';
        else
            *to++ = *text;
    }
    *to = '\0';
}

/* "epochs = 10"; what is not an option is "data". */
static bool config_line(Parse *parse, char *line)
{
    char *value = strchr(line, '=');
    if (!value)
        return fail(parse, "\"%s\" has no \"=\"; a line such as \"epochs = 10\" would do", line);
    *value++ = '\0';
    g_strchomp(line);
    unescape(g_strstrip(value));
    if (g_str_equal(line, "data")) {
        parse->data = value;
        return true;
    }
    const Option *option = find_option(parse, line);
    if (!option)
        return unknown(parse, line);
    if (option->type == OPTION_CONFIG && !option->choices)
        return fail(parse, "--%s in such a file would go round; remove the line", line);
    return option->type == OPTION_BOOL     ? set_word(parse, option, value)
           : option->type == OPTION_CONFIG ? set_string(parse, option, value)
                                           : setters[option->type](parse, option, value);
}

static bool read_config(Parse *parse, const char *path)
{
    g_autoptr(GError) error = NULL;
    char *text;
    if (!g_file_get_contents(path, &text, NULL, &error))
        return fail(parse, "%s", error->message);
    g_ptr_array_add(((Operands *)parse->values)->texts, text); /* the values stay in it */
    int number = 0;
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        number++;
        g_strstrip(line);
        if (!*line || *line == '#' || config_line(parse, line))
            continue;
        g_autofree char *problem = *parse->problem;
        *parse->problem = g_strdup_printf("%s:%d: %s", path, number, problem);
        return false;
    }
    return true;
}

static bool set_config(Parse *parse, const Option *option, const char *text)
{
    bool folder = option->choices && g_file_test(text, G_FILE_TEST_IS_DIR);
    g_autofree char *path = folder ? g_build_filename(text, option->choices, NULL) : g_strdup(text);
    if (folder && !g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return fail(parse, "%s: has no file \"%s\"; it is not a folder of --run", text,
                    option->choices);
    return ((option->choices && !folder) || read_config(parse, path)) &&
           set_string(parse, option, text);
}

static bool set_defaults(Parse *parse)
{
    for (const Option *option = parse->options; option->name; option++) {
        if (option->type == OPTION_CHOICE)
            *(int *)(parse->values + option->offset) = -1;
        if (option->initial && !setters[option->type](parse, option, option->initial))
            return false;
    }
    return true;
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
    const Option *option = find_option(parse, name);
    return option ? set_option(parse, option, equals ? equals + 1 : NULL) : unknown(parse, name);
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
    Operands *operands = values;
    operands->at = g_new0(const char *, g_strv_length((char **)args) + 2);
    operands->texts = g_ptr_array_new_with_free_func(g_free);
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
    return !parse.data || operands->n || add_operand(&parse, parse.data);
}

void options_clear(void *values)
{
    Operands *operands = values;
    g_free(operands->at);
    g_clear_pointer(&operands->texts, g_ptr_array_unref);
}

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
