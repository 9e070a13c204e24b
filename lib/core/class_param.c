/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A parameter's value to its field and back: a row of functions for each type. The setters return
 * what is wrong as text, because only their callers know the step. */
#include "class_param.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef struct {
    const char *name;
    const char *words; /* known beside the numbers, or NULL */
    char *(*set)(const IclParam *param, void *field, const IclValue *value);
    void (*print)(const void *field, GString *out);
    bool ranged;
} ParamType;

static bool value_is_number(const IclValue *value)
{
    return value->type == ICL_VALUE_INT || value->type == ICL_VALUE_REAL;
}

static bool value_is_text(const IclValue *value)
{
    return value->type == ICL_VALUE_WORD || value->type == ICL_VALUE_STRING;
}

/* "stride is 9" and the rest of the sentence. */
static char *wrong(const IclParam *param, const IclValue *value, const char *rest)
{
    g_autoptr(GString) out = g_string_new(param->name);

    g_string_append(out, " is ");
    icl_value_print(out, value);
    if (out->len > 200)
        g_string_append(g_string_truncate(out, 200), "...");
    g_string_append(out, rest);
    return g_utf8_make_valid(out->str, out->len);
}

static char *outside(const IclParam *param, const IclValue *value)
{
    g_autoptr(GString) range = g_string_new(NULL);

    icl_param_range_print(param, range);
    bool both = strstr(range->str, "..");
    g_autofree char *rest = g_strdup_printf(both ? ", outside %s" : "; %s would do", range->str);
    return wrong(param, value, rest);
}

/* The word that is not among `choices`, and the one that was perhaps meant. */
static char *no_choice(const IclParam *param, const IclValue *value, const char *choices,
                       const char *otherwise)
{
    g_auto(GStrv) names = g_strsplit(choices, " ", -1);
    const char *nearest =
        value_is_text(value) ? icl_nearest(value->s, (const char *const *)names) : NULL;
    g_autofree char *list = g_strjoinv(", ", names);
    g_autofree char *rest = nearest ? g_strdup_printf("; did you mean \"%s\"?", nearest)
                                    : g_strdup_printf("; one of %s%s would do", list, otherwise);

    return wrong(param, value, rest);
}

/* The place of `word` among the space-separated `choices`, or -1. */
static int choice_index(const char *choices, const char *word)
{
    g_auto(GStrv) names = g_strsplit(choices, " ", -1);

    for (int i = 0; names[i]; i++)
        if (!strcmp(names[i], word))
            return i;
    return -1;
}

static char *real_check(const IclParam *param, const IclValue *value, double *number)
{
    if (!value_is_number(value))
        return wrong(param, value, "; a number would do");
    if (!(value->r >= param->min && value->r <= param->max))
        return outside(param, value);
    *number = value->r;
    return NULL;
}

static char *int_check(const IclParam *param, const IclValue *value, int *number)
{
    if (!value_is_number(value) || (value->type == ICL_VALUE_REAL && value->r != trunc(value->r)))
        return wrong(param, value, "; a whole number would do");
    if (value->r > G_MAXINT)
        return wrong(param, value, "; at most 2147483647 would do");
    if (!(value->r >= MAX(param->min, -G_MAXINT) && value->r <= param->max))
        return outside(param, value);
    *number = value->r;
    return NULL;
}

static char *int_set(const IclParam *param, void *field, const IclValue *value)
{
    return int_check(param, value, field);
}

static void int_print(const void *field, GString *out)
{
    g_string_append_printf(out, "%d", *(const int *)field);
}

static char *real_set(const IclParam *param, void *field, const IclValue *value)
{
    return real_check(param, value, field);
}

static void real_print(const void *field, GString *out)
{
    icl_number_print(out, *(const double *)field);
}

static const char bool_words[] = "no yes false true";

static char *bool_set(const IclParam *param, void *field, const IclValue *value)
{
    int index = value_is_text(value) ? choice_index(bool_words, value->s) : -1;
    bool is_bit = value->type == ICL_VALUE_INT && (value->i == 0 || value->i == 1);

    if (index < 0 && !is_bit)
        return no_choice(param, value, bool_words, "");
    *(bool *)field = is_bit ? value->i : index % 2;
    return NULL;
}

static void bool_print(const void *field, GString *out)
{
    g_string_append(out, *(const bool *)field ? "yes" : "no");
}

static char *enum_set(const IclParam *param, void *field, const IclValue *value)
{
    int index = value_is_text(value) ? choice_index(param->choices, value->s) : -1;

    if (index < 0)
        return no_choice(param, value, param->choices, "");
    *(int *)field = index;
    return NULL;
}

static char *string_set(const IclParam *param, void *field, const IclValue *value)
{
    if (!value_is_text(value))
        return wrong(param, value, "; a word or a \"text in quotes\" would do");
    g_free(*(char **)field);
    *(char **)field = *value->s ? g_strdup(value->s) : NULL;
    return NULL;
}

/* Of a pattern, braces in the folder's own name are doubled. */
static char *path_absolute(const char *path, bool pattern)
{
    g_autofree char *folder = g_get_current_dir();

    if (pattern)
        for (const char *const *brace = (const char *const[]){"{", "}", NULL}; *brace; brace++) {
            g_auto(GStrv) parts = g_strsplit(folder, *brace, -1);
            char twice[] = {**brace, **brace, '\0'};
            g_free(folder);
            folder = g_strjoinv(twice, parts);
        }
    return g_canonicalize_filename(path, folder);
}

static char *path_set(const IclParam *param, void *field, const IclValue *value)
{
    char **path = field, *given;

    if (!value_is_text(value) || !*value->s)
        return wrong(param, value, "; a \"path in quotes\" would do");
    given = path_absolute(value->s, param->type == ICL_PARAM_PATTERN);
    g_free(*path);
    *path = given;
    return NULL;
}

static void string_print(const void *field, GString *out)
{
    const char *text = *(char *const *)field;

    icl_value_print(out, &(IclValue){.type = ICL_VALUE_STRING, .s = text ? text : ""});
}

static char *size_set(const IclParam *param, void *field, const IclValue *value)
{
    IclSize *size = field;
    bool list = value->type == ICL_VALUE_LIST;

    if (list && value->n_items != 2)
        return wrong(param, value, "; one number or [height width] would do");
    char *problem = int_check(param, list ? &value->items[0] : value, &size->h);
    return problem ? problem : int_check(param, list ? &value->items[1] : value, &size->w);
}

static void size_print(const void *field, GString *out)
{
    const IclSize *size = field;

    if (size->h == size->w)
        g_string_append_printf(out, "%d", size->h);
    else
        g_string_append_printf(out, "[%d %d]", size->h, size->w);
}

static const char padding_words[] = "valid same";

static char *padding_set(const IclParam *param, void *field, const IclValue *value)
{
    static const char otherwise[] = ", a number, [height width] or [top bottom left right]";
    static const int one[4] = {0, 0, 0, 0}, two[4] = {0, 0, 1, 1}, four[4] = {0, 1, 2, 3};
    int kind = value_is_text(value) ? choice_index(padding_words, value->s) : -1;
    bool list = value->type == ICL_VALUE_LIST;

    if (kind >= 0) {
        *(IclPadding *)field = (IclPadding){.kind = kind};
        return NULL;
    }
    if (value_is_text(value) || (list && value->n_items != 2 && value->n_items != 4))
        return no_choice(param, value, padding_words, otherwise);
    int side[4];
    const int *from = !list ? one : value->n_items == 2 ? two : four;
    for (int i = 0; i < 4; i++) {
        char *problem = int_check(param, list ? &value->items[from[i]] : value, &side[i]);
        if (problem)
            return problem;
    }
    *(IclPadding *)field = (IclPadding){ICL_PADDING_EXPLICIT, side[0], side[1], side[2], side[3]};
    return NULL;
}

static void padding_print(const void *field, GString *out)
{
    const IclPadding *p = field;

    if (p->kind != ICL_PADDING_EXPLICIT)
        g_string_append(out, p->kind == ICL_PADDING_SAME ? "same" : "valid");
    else if (p->top == p->bottom && p->left == p->right)
        size_print(&(IclSize){p->top, p->left}, out);
    else
        g_string_append_printf(out, "[%d %d %d %d]", p->top, p->bottom, p->left, p->right);
}

static char *reals_set(const IclParam *param, void *field, const IclValue *value)
{
    IclReals reals = {.n = value->type == ICL_VALUE_LIST ? value->n_items : 1};

    if (reals.n > ICL_REALS_MAX)
        return wrong(param, value, "; at most 16 numbers would do");
    for (int i = 0; i < reals.n; i++) {
        const IclValue *item = value->type == ICL_VALUE_LIST ? &value->items[i] : value;
        char *problem = real_check(param, item, &reals.v[i]);
        if (problem)
            return problem;
    }
    *(IclReals *)field = reals;
    return NULL;
}

static void reals_print(const void *field, GString *out)
{
    const IclReals *reals = field;

    if (reals->n != 1)
        g_string_append_c(out, '[');
    for (int i = 0; i < reals->n; i++) {
        if (i)
            g_string_append_c(out, ' ');
        icl_number_print(out, reals->v[i]);
    }
    if (reals->n != 1)
        g_string_append_c(out, ']');
}

static const ParamType types[] = {
    [ICL_PARAM_INT] = {"int", NULL, int_set, int_print, true},
    [ICL_PARAM_REAL] = {"real", NULL, real_set, real_print, true},
    [ICL_PARAM_BOOL] = {"yes/no", bool_words, bool_set, bool_print, false},
    [ICL_PARAM_ENUM] = {"word", NULL, enum_set, int_print, false},
    [ICL_PARAM_STRING] = {"text", NULL, string_set, string_print, false},
    [ICL_PARAM_PATH] = {"path", NULL, path_set, string_print, false},
    [ICL_PARAM_PATTERN] = {"path", NULL, path_set, string_print, false},
    [ICL_PARAM_SIZE] = {"size", NULL, size_set, size_print, true},
    [ICL_PARAM_PADDING] = {"padding", padding_words, padding_set, padding_print, true},
    [ICL_PARAM_REALS] = {"reals", NULL, reals_set, reals_print, true},
};

bool icl_param_is_text(const IclParam *param)
{
    return param->type == ICL_PARAM_STRING || param->type == ICL_PARAM_PATH ||
           param->type == ICL_PARAM_PATTERN;
}

char *icl_param_set(const IclParam *param, void *instance, const IclValue *value)
{
    return types[param->type].set(param, (char *)instance + param->offset, value);
}

char *icl_param_set_default(const IclParam *param, void *instance)
{
    IclValue value = {.type = ICL_VALUE_STRING, .s = param->initial};

    if (icl_param_is_text(param))
        return icl_param_set(param, instance, &value);
    g_autoptr(GError) error = NULL;
    g_autoptr(IclChain) owner = icl_value_parse(param->initial, param->name, &value, &error);
    return owner ? icl_param_set(param, instance, &value) : g_strdup(error->message);
}

bool icl_param_has_choice(const IclParam *param, const char *word)
{
    const char *words = param->choices ? param->choices : types[param->type].words;

    return words && choice_index(words, word) >= 0;
}

void icl_param_print(const IclParam *param, const void *instance, GString *out)
{
    const void *field = (const char *)instance + param->offset;

    if (param->type == ICL_PARAM_ENUM) {
        g_auto(GStrv) names = g_strsplit(param->choices, " ", -1);
        g_string_append(out, names[*(const int *)field]);
    } else {
        types[param->type].print(field, out);
    }
}

const char *icl_param_type_name(const IclParam *param) { return types[param->type].name; }

static void choices_print(const char *choices, GString *out)
{
    g_auto(GStrv) names = g_strsplit(choices, " ", -1);
    g_autofree char *list = g_strjoinv("|", names);

    g_string_append(out, list);
}

void icl_param_range_print(const IclParam *param, GString *out)
{
    bool above = param->min > (param->type == ICL_PARAM_INT ? -G_MAXINT : -DBL_MAX);
    bool below = param->max < (param->type == ICL_PARAM_INT ? G_MAXINT : DBL_MAX);

    if (param->choices) {
        choices_print(param->choices, out);
        return;
    }
    if (!types[param->type].ranged)
        return;
    if (!above && !below) {
        g_string_append(out, "any number");
        return;
    }
    if (!above || !below)
        g_string_append(out, above ? "at least " : "at most ");
    if (above)
        icl_number_print(out, param->min);
    if (above && below)
        g_string_append(out, "..");
    if (below)
        icl_number_print(out, param->max);
}
