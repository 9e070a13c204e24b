/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Families, instances and the nearest name. An instance is the class's struct filled from its
 * parameter table: values of the step first, defaults (read by the same code) for the rest. */
#include "class.h"

#include <string.h>

#include "chain.h"
#include "class_param.h"

const IclClass *icl_family_find(const IclFamily *family, const char *name)
{
    for (const IclClass *const *c = family->classes; *c; c++)
        if (!strcmp((*c)->name, name))
            return *c;
    return NULL;
}

/* Levenshtein's distance, or limit + 1 where it is more; `row` holds strlen(b) + 1 numbers. */
static int edit_distance(const char *a, const char *b, int limit, int *row)
{
    int n = strlen(b);

    for (int j = 0; j <= n; j++)
        row[j] = j;
    for (int i = 1; a[i - 1]; i++) {
        int diagonal = row[0], best = i;
        row[0] = i;
        for (int j = 1; j <= n; j++) {
            int replace = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = MIN(replace, MIN(row[j], row[j - 1]) + 1);
            best = MIN(best, row[j]);
        }
        if (best > limit)
            return limit + 1;
    }
    return row[n];
}

const char *icl_nearest(const char *name, const char *const *names)
{
    enum { LONGEST = 255 };
    int row[LONGEST + 1], length = strlen(name), limit = MAX(2, length / 3);
    const char *nearest = NULL;

    for (; *names && limit >= 0; names++) {
        int n = strlen(*names);
        if (n > LONGEST || ABS(n - length) > limit)
            continue;
        int distance = edit_distance(name, *names, limit, row);
        if (distance <= limit && distance * 2 <= MAX(n, length)) {
            nearest = *names;
            limit = distance - 1;
        }
    }
    return nearest;
}

void icl_step_error(GError **error, IclError code, const IclStep *step, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    if (step->name)
        g_set_error(error, ICL_ERROR, code, "%s: %s \"%s\": %s", step->where, step->class->name,
                    step->name, message);
    else
        g_set_error(error, ICL_ERROR, code, "%s: %s: %s", step->where, step->class->name, message);
}

static int params_count(const IclClass *class)
{
    int n = 0;

    while (class->params && class->params[n].name)
        n++;
    return n;
}

static void unknown_param_error(const IclStep *step, const char *key, GError **error)
{
    int n = params_count(step->class);
    g_autofree const char **names = g_new0(const char *, n + 1);

    for (int i = 0; i < n; i++)
        names[i] = step->class->params[i].name;
    const char *nearest = icl_nearest(key, names);
    g_autofree char *list = g_strjoinv(" ", (char **)names);
    if (nearest)
        icl_step_error(error, ICL_ERROR_VALUE, step, "no parameter \"%s\"; did you mean \"%s\"?",
                       key, nearest);
    else if (n)
        icl_step_error(error, ICL_ERROR_VALUE, step, "no parameter \"%s\"; there are: %s, and name",
                       key, list);
    else
        icl_step_error(error, ICL_ERROR_VALUE, step, "no parameter \"%s\"; it takes only name",
                       key);
}

/* The row that argument `index` fills, or -1. */
static int argument_row(const IclStep *step, int index, GError **error)
{
    const IclArgument *arg = &step->args[index];
    int n = params_count(step->class);

    if (!arg->key && index < n)
        return index;
    if (!arg->key) {
        g_autoptr(GString) value = g_string_new(NULL);
        icl_value_print(value, &arg->value);
        bool word = arg->value.type == ICL_VALUE_WORD;
        icl_step_error(error, ICL_ERROR_VALUE, step,
                       "%s is one value too many; it takes at most %d%s", value->str, n,
                       word ? ", or is a \"!\" missing before it?" : "");
        return -1;
    }
    for (int row = 0; row < n; row++) {
        const IclParam *param = &step->class->params[row];
        if (!strcmp(param->name, arg->key) || (param->alias && !strcmp(param->alias, arg->key)))
            return row;
    }
    unknown_param_error(step, arg->key, error);
    return -1;
}

static bool instance_set(void *instance, bool *given, const IclStep *step, int index,
                         GError **error)
{
    const IclArgument *arg = &step->args[index];
    const IclParam *params = step->class->params;
    int row = argument_row(step, index, error);
    if (row < 0)
        return false;
    if (given[row]) {
        icl_step_error(error, ICL_ERROR_VALUE, step, "%s is given twice; give it once",
                       params[row].name);
        return false;
    }
    given[row] = true;
    g_autofree char *problem = icl_param_set(&params[row], instance, &arg->value);
    if (!problem)
        return true;
    bool word = !arg->key && arg->value.type == ICL_VALUE_WORD;
    icl_step_error(error, ICL_ERROR_VALUE, step, "%s%s", problem,
                   word ? ", or is a \"!\" missing before it?" : "");
    return false;
}

static bool instance_set_default(void *instance, const IclStep *step, const IclParam *param,
                                 GError **error)
{
    if (!param->initial) {
        icl_step_error(error, ICL_ERROR_VALUE, step, "%s is missing (%s); give it as %s=...",
                       param->name, param->help, param->name);
        return false;
    }
    g_autofree char *problem = icl_param_set_default(param, instance);
    if (problem)
        icl_step_error(error, ICL_ERROR_VALUE, step, "default of %s", problem);
    return !problem;
}

static bool instance_check(const void *instance, const IclStep *step, GError **error)
{
    g_autofree char *problem = step->class->check ? step->class->check(instance) : NULL;

    if (problem)
        icl_step_error(error, ICL_ERROR_VALUE, step, "%s", problem);
    return !problem;
}

void *icl_instance_new(const IclFamily *family, const IclStep *step, GError **error)
{
    const IclClass *class = step->class;
    int n = params_count(class);
    g_autofree bool *given = g_new0(bool, n + 1);
    void *instance = g_malloc0(class->size);
    bool good = true;

    *(const IclClass **)instance = class;
    for (int i = 0; good && i < step->n_args; i++)
        good = instance_set(instance, given, step, i, error);
    for (int row = 0; good && row < n; row++)
        good = given[row] || instance_set_default(instance, step, &class->params[row], error);
    good = good && instance_check(instance, step, error);
    if (!good)
        g_clear_pointer(&instance, icl_instance_free);
    return instance;
}

void icl_instance_free(void *instance)
{
    if (!instance)
        return;
    const IclClass *class = *(const IclClass **)instance;
    for (const IclParam *p = class->params; p && p->name; p++)
        if (icl_param_is_text(p))
            g_free(*(char **)((char *)instance + p->offset));
    g_free(instance);
}

typedef struct {
    const IclFamily *family;
    GPtrArray *instances;
} Instances;

/* Nodes are the places in the array, so that a branch or a reference shows as another input. */
static int instances_step(void *user, const IclStep *step, const int *inputs, int n_inputs,
                          GError **error)
{
    Instances *list = user;
    int place = list->instances->len;

    if (n_inputs != 1 || inputs[0] != place - 1) {
        icl_step_error(error, ICL_ERROR_SYNTAX, step,
                       "%s are a plain chain; leave branches and references out",
                       list->family->name);
        return -1;
    }
    void *instance = icl_instance_new(list->family, step, error);
    if (!instance)
        return -1;
    g_ptr_array_add(list->instances, instance);
    return place;
}

GPtrArray *icl_instances_parse(const IclFamily *family, const char *text, const char *what,
                               GError **error)
{
    static const IclChainVisitor visitor = {.step = instances_step};
    g_autoptr(IclChain) chain = icl_chain_parse(text, -1, what, error);
    if (!chain)
        return NULL;
    g_autoptr(GPtrArray) instances = g_ptr_array_new_with_free_func(icl_instance_free);
    if (!icl_chain_expand(chain, family, &visitor, &(Instances){family, instances}, error))
        return NULL;
    return g_steal_pointer(&instances);
}

void *icl_instance_parse(const IclFamily *family, const char *text, const char *what,
                         GError **error)
{
    g_autoptr(GPtrArray) instances = icl_instances_parse(family, text, what, error);
    if (!instances)
        return NULL;
    if (instances->len != 1) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_SYNTAX, "%s:1: %u steps; give exactly one %s", what,
                    instances->len, family->noun);
        return NULL;
    }
    return g_ptr_array_steal_index(instances, 0);
}
