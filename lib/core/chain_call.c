/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What names mean at a place of an expansion: variables, $in, counts, defs, and the values of a
 * call. Misspelt names are explained here. */
#include <string.h>

#include "chain_expand.h"
#include "class_param.h"

static bool variable_unset(IclExpander *x, const IclExpr *expr)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name;

    int i = 0;
    for (const IclDefParam *p = x->call ? x->call->def->params : NULL; p; p = p->next)
        if (x->call->bound[i++])
            g_ptr_array_add(names, (char *)p->name);
    g_hash_table_iter_init(&iter, x->variables);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(names, name);
    g_ptr_array_add(names, NULL);
    const char *nearest = icl_nearest(expr->s, (const char *const *)names->pdata);
    const IclItem *item = x->evaluation.item;
    if (nearest)
        icl_chain_error(x->error, ICL_ERROR_VALUE, x->chain->file, expr->line, item,
                        "$%s is not set; did you mean $%s?", expr->s, nearest);
    else
        icl_chain_error(x->error, ICL_ERROR_VALUE, x->chain->file, expr->line, item,
                        "$%s is not set; set it, or write `var %s = ...` before this", expr->s,
                        expr->s);
    return false;
}

static bool variable_in(IclExpander *x, const IclExpr *expr, IclValue *value)
{
    const char *problem = !x->visitor             ? NULL
                          : !x->visitor->channels ? "there are no channels here"
                          : x->node < 0           ? "nothing arrives here yet"
                                                  : NULL;

    if (problem) {
        icl_chain_error(x->error, ICL_ERROR_VALUE, x->chain->file, expr->line, x->evaluation.item,
                        "$in: %s; write the number", problem);
        return false;
    }
    int channels = x->visitor ? x->visitor->channels(x->user, x->node) : 0;
    *value = (IclValue){
        .type = x->visitor ? ICL_VALUE_INT : ICL_VALUE_UNKNOWN, .i = channels, .r = channels};
    return true;
}

bool icl_expander_variable(IclEvaluation *self, const IclExpr *expr, IclValue *value,
                           GError **error)
{
    IclExpander *x = self->user;
    int i = 0;

    if (!strcmp(expr->s, "in"))
        return variable_in(x, expr, value);
    for (const IclDefParam *p = x->call ? x->call->def->params : NULL; p; p = p->next, i++) {
        if (strcmp(p->name, expr->s))
            continue;
        if (!x->call->bound[i])
            return variable_unset(x, expr);
        *value = x->call->values[i];
        return true;
    }
    const IclValue *found = g_hash_table_lookup(x->variables, expr->s);
    if (!found)
        return variable_unset(x, expr);
    *value = *found;
    return true;
}

bool icl_expander_evaluate(IclExpander *x, const IclItem *item, const IclExpr *expr,
                           IclValue *value)
{
    x->evaluation.item = item;
    return icl_expr_evaluate(&x->evaluation, expr, value, x->error);
}

bool icl_expander_count(void *user, const IclItem *repeat, int *count, GError **error)
{
    IclExpander *x = user;
    IclValue value;

    if (repeat->count->kind == ICL_EXPR_VARIABLE && !strcmp(repeat->count->s, "in"))
        return ICL_EXPAND_FAIL(x, repeat,
                               "a repeat count of $in; a number or another $variable would do");
    if (!icl_expander_evaluate(x, repeat, repeat->count, &value))
        return false;
    if (value.type == ICL_VALUE_UNKNOWN)
        return ICL_EXPAND_FAIL(x, repeat, "the repeat count $%s hangs on $in; a number would do",
                               repeat->count->s);
    if (value.type != ICL_VALUE_INT || value.i < 1 || value.i > ICL_CHAIN_MAX_STEPS) {
        g_autoptr(GString) text = g_string_new(NULL);
        icl_value_print(text, &value);
        return ICL_EXPAND_FAIL(x, repeat, "a repeat count of %.60s; 1..%d would do", text->str,
                               ICL_CHAIN_MAX_STEPS);
    }
    *count = value.i;
    return true;
}

const IclStatement *icl_expander_def(const IclExpander *x, const char *word)
{
    const IclStatement *def = g_hash_table_lookup(x->chain->defs, word);

    return def && def->order < x->order ? def : NULL;
}

bool icl_expander_unknown_step(IclExpander *x, const IclItem *item)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const IclStatement *later = g_hash_table_lookup(x->chain->defs, item->word);

    if (later && x->call && later == x->call->def)
        return ICL_EXPAND_FAIL(x, item, "a def cannot use itself; write repeats as 3*step");
    if (later)
        return ICL_EXPAND_FAIL(x, item, "used before its def on line %d; move the def up",
                               later->line);
    for (const IclClass *const *c = x->family->classes; *c; c++)
        g_ptr_array_add(names, (char *)(*c)->name);
    for (const IclStatement *s = x->chain->first; s && s->order < x->order; s = s->next)
        if (s->kind == ICL_STATEMENT_DEF)
            g_ptr_array_add(names, (char *)s->name);
    g_ptr_array_add(names, NULL);
    const char *nearest = icl_nearest(item->word, (const char *const *)names->pdata);
    if (nearest)
        return ICL_EXPAND_FAIL(x, item, "no %s of this name; did you mean \"%s\"?", x->family->noun,
                               nearest);
    return ICL_EXPAND_FAIL(x, item, "no %s of this name; `icl list %s` shows them", x->family->noun,
                           x->family->name);
}

bool icl_expander_check_marks(IclExpander *x, const IclItem *item, const IclClass *class)
{
    const IclParam *param = class ? class->params : NULL;

    for (const IclSetting *s = item->settings; s && !s->key; s = s->next) {
        const IclParam *fills = param && param->name ? param++ : NULL;
        if (s->value->kind != ICL_EXPR_WORD)
            continue;
        const char *word = s->value->s;
        bool step = icl_family_find(x->family, word) || icl_expander_def(x, word);
        if (step && !(fills && icl_param_has_choice(fills, word)))
            return ICL_EXPAND_FAIL(x, item, "missing \"!\" before \"%s\"?", word);
    }
    return true;
}

static bool call_error(IclExpander *x, const IclItem *item, const IclStatement *def,
                       const char *problem)
{
    g_autoptr(GString) signature = g_string_new(NULL);

    icl_signature_print(signature, def);
    return ICL_EXPAND_FAIL(x, item, "%s; it is %.400s", problem, signature->str);
}

/* The place of the parameter `key`, or -1 with an error. */
static int call_find_param(IclExpander *x, const IclItem *item, const IclStatement *def,
                           const char *key)
{
    const char *names[ICL_CHAIN_MAX_PARAMS + 1] = {0};
    int n = 0;

    for (const IclDefParam *p = def->params; p; p = p->next, n++) {
        if (!strcmp(p->name, key))
            return n;
        names[n] = p->name;
    }
    const char *nearest = icl_nearest(key, names);
    g_autofree char *problem =
        nearest ? g_strdup_printf("no parameter \"%s\", did you mean \"%s\"?", key, nearest)
                : g_strdup_printf("no parameter \"%s\"", key);
    call_error(x, item, def, problem);
    return -1;
}

/* Values given where the call stands. */
static bool call_bind_given(IclExpander *x, const IclItem *item, IclCall *call)
{
    int position = 0;

    for (const IclSetting *s = item->settings; s; s = s->next) {
        int i = s->key ? call_find_param(x, item, call->def, s->key) : position++;
        if (i < 0)
            return false;
        if (i >= call->def->n_params)
            return call_error(x, item, call->def, "too many values");
        if (call->bound[i]) {
            g_autofree char *problem = g_strdup_printf("%s is given twice", s->key);
            return call_error(x, item, call->def, problem);
        }
        if (!icl_expander_evaluate(x, item, s->value, &call->values[i]))
            return false;
        call->bound[i] = true;
    }
    return true;
}

/* Defaults of the rest; each sees the parameters before it. */
static bool call_bind_defaults(IclExpander *x, const IclItem *item, IclCall *call)
{
    const IclCall *outer = x->call;
    int i = 0;

    x->call = call;
    for (const IclDefParam *p = call->def->params; p; p = p->next, i++) {
        if (call->bound[i])
            continue;
        if (!p->initial) {
            g_autofree char *problem = g_strdup_printf("%s is missing", p->name);
            return call_error(x, item, call->def, problem);
        }
        if (!icl_expander_evaluate(x, item, p->initial, &call->values[i]))
            return false;
        call->bound[i] = true;
    }
    x->call = outer;
    return true;
}

bool icl_expander_bind(IclExpander *x, const IclItem *item, IclCall *call)
{
    return call_bind_given(x, item, call) && call_bind_defaults(x, item, call);
}
