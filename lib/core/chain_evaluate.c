/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Value trees to values. Whole numbers stay whole (and an overflow is an error, not a surprise);
 * anything that hangs on $in stays unknown while an expansion is only counted. */
#include <math.h>
#include <string.h>

#include "chain_tree.h"

#define FAIL(evaluation, expr, ...)                                                                \
    (icl_chain_error(error, ICL_ERROR_VALUE, (evaluation)->file, (expr)->line, (evaluation)->item, \
                     __VA_ARGS__),                                                                 \
     false)

bool icl_evaluation_work(IclEvaluation *e, int line, GError **error)
{
    if (e->work++ < ICL_CHAIN_MAX_WORK)
        return true;
    icl_chain_error(error, ICL_ERROR_VALUE, e->file, line, e->item,
                    "the expansion takes more than %d values and branches; repeat less",
                    ICL_CHAIN_MAX_WORK);
    return false;
}

static IclValue int_value(gint64 i) { return (IclValue){.type = ICL_VALUE_INT, .i = i, .r = i}; }
static IclValue real_value(double r) { return (IclValue){.type = ICL_VALUE_REAL, .r = r}; }

static bool int_apply(char op, gint64 a, gint64 b, gint64 *result)
{
    switch (op) {
    case '+':
        return !__builtin_add_overflow(a, b, result);
    case '-':
        return !__builtin_sub_overflow(a, b, result);
    case '*':
        return !__builtin_mul_overflow(a, b, result);
    default:
        if (b == -1)
            return !__builtin_sub_overflow((gint64)0, a, result);
        *result = a / b;
        return true;
    }
}

static double real_apply(char op, double a, double b)
{
    return op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : a / b;
}

/* *a = *a op b */
static bool apply(const IclEvaluation *e, const IclExpr *expr, char op, IclValue *a,
                  const IclValue *b, GError **error)
{
    if (a->type == ICL_VALUE_UNKNOWN || b->type == ICL_VALUE_UNKNOWN) {
        a->type = ICL_VALUE_UNKNOWN;
        return true;
    }
    if (op == '/' && b->r == 0)
        return FAIL(e, expr, "a division by zero; divide by another number");
    if (a->type == ICL_VALUE_INT && b->type == ICL_VALUE_INT) {
        gint64 result;
        if (!int_apply(op, a->i, b->i, &result))
            return FAIL(e, expr,
                        "%" G_GINT64_FORMAT " %c %" G_GINT64_FORMAT " is too large; smaller "
                        "numbers or reals (1.0) would do",
                        a->i, op, b->i);
        *a = int_value(result);
        return true;
    }
    *a = real_value(real_apply(op, a->r, b->r));
    return isfinite(a->r) || FAIL(e, expr, "a number that is too large; smaller ones would do");
}

/* Evaluates what must be a number. */
static bool number(IclEvaluation *e, const IclExpr *expr, IclValue *value, GError **error)
{
    if (!icl_expr_evaluate(e, expr, value, error))
        return false;
    if (value->type == ICL_VALUE_INT || value->type == ICL_VALUE_REAL ||
        value->type == ICL_VALUE_UNKNOWN)
        return true;
    g_autoptr(GString) text = g_string_new(NULL);
    icl_value_print(text, value);
    return FAIL(e, expr, "arithmetic with %.60s; numbers would do", text->str);
}

static bool terms_evaluate(IclEvaluation *e, const IclExpr *expr, IclValue *value, GError **error)
{
    if (!number(e, expr->first, value, error))
        return false;
    for (const IclExpr *term = expr->first->next; term; term = term->next) {
        IclValue next;
        if (!number(e, term, &next, error) || !apply(e, term, term->op, value, &next, error))
            return false;
    }
    return true;
}

static bool negate_evaluate(IclEvaluation *e, const IclExpr *expr, IclValue *value, GError **error)
{
    IclValue term;

    if (!number(e, expr->first, &term, error))
        return false;
    *value = term.type == ICL_VALUE_REAL ? real_value(-0.0) : int_value(0);
    return apply(e, expr, '-', value, &term, error);
}

/* A whole number nearest to `r`, or the real itself where an int could not hold it exactly. */
static IclValue whole(double r) { return fabs(r) < 0x1p53 ? int_value(r) : real_value(r); }

/* MobileNet's make_divisible: the nearest multiple of 8, at least 8, never below 90 % of x. */
static IclValue call_round8(const IclValue *x)
{
    double v = MAX(8, floor((x->r + 4) / 8) * 8);

    return whole(v < 0.9 * x->r ? v + 8 : v);
}

static IclValue call_floor(const IclValue *x) { return whole(floor(x->r)); }
static IclValue call_ceil(const IclValue *x) { return whole(ceil(x->r)); }
static IclValue call_round(const IclValue *x) { return whole(round(x->r)); }
static IclValue call_min(const IclValue *x) { return x[1].r < x[0].r ? x[1] : x[0]; }
static IclValue call_max(const IclValue *x) { return x[1].r > x[0].r ? x[1] : x[0]; }

enum { MAX_ARITY = 2 };

static const struct {
    const char *name;
    int arity;
    IclValue (*call)(const IclValue *x);
} functions[] = {
    {"round8", 1, call_round8}, {"floor", 1, call_floor}, {"ceil", 1, call_ceil},
    {"round", 1, call_round},   {"min", 2, call_min},     {"max", 2, call_max},
};

static int function_index(const char *name)
{
    for (int i = 0; i < (int)G_N_ELEMENTS(functions); i++)
        if (!strcmp(functions[i].name, name))
            return i;
    return -1;
}

int icl_function_arity(const char *name)
{
    int i = function_index(name);

    return i < 0 ? -1 : functions[i].arity;
}

const char *icl_function_nearest(const char *name)
{
    const char *names[G_N_ELEMENTS(functions) + 1] = {0};

    for (size_t i = 0; i < G_N_ELEMENTS(functions); i++)
        names[i] = functions[i].name;
    return icl_nearest(name, names);
}

static bool call_evaluate(IclEvaluation *e, const IclExpr *expr, IclValue *value, GError **error)
{
    IclValue x[MAX_ARITY] = {0};
    int n = 0;
    bool known = true;

    for (const IclExpr *arg = expr->first; arg; arg = arg->next, n++) {
        if (!number(e, arg, &x[n], error))
            return false;
        known = known && x[n].type != ICL_VALUE_UNKNOWN;
    }
    if (known)
        *value = functions[function_index(expr->s)].call(x);
    else
        value->type = ICL_VALUE_UNKNOWN;
    return true;
}

static bool list_evaluate(IclEvaluation *e, const IclExpr *expr, IclValue *value, GError **error)
{
    int n = 0;

    for (const IclExpr *item = expr->first; item; item = item->next)
        n++;
    *value = (IclValue){.type = ICL_VALUE_LIST, .n_items = n};
    value->items = icl_arena_alloc(e->arena, n * sizeof *value->items);
    n = 0;
    for (const IclExpr *item = expr->first; item; item = item->next)
        if (!icl_expr_evaluate(e, item, &value->items[n++], error))
            return false;
    return true;
}

static bool number_evaluate(IclEvaluation *e, const IclExpr *expr, IclValue *value, GError **error)
{
    *value = expr->kind == ICL_EXPR_INT ? int_value(expr->i) : real_value(expr->r);
    return true;
}

static bool text_evaluate(IclEvaluation *e, const IclExpr *expr, IclValue *value, GError **error)
{
    bool word = expr->kind == ICL_EXPR_WORD;

    *value = (IclValue){.type = word ? ICL_VALUE_WORD : ICL_VALUE_STRING, .s = expr->s};
    return true;
}

static bool variable_evaluate(IclEvaluation *e, const IclExpr *expr, IclValue *value,
                              GError **error)
{
    return e->variable(e, expr, value, error);
}

static bool space_evaluate(IclEvaluation *e, const IclExpr *expr, IclValue *value, GError **error)
{
    return FAIL(e, expr, "a %s; only `icl tune` takes sets and ranges, write one value here",
                expr->kind == ICL_EXPR_SET ? "set" : "range");
}

static bool group_evaluate(IclEvaluation *e, const IclExpr *expr, IclValue *value, GError **error)
{
    return number(e, expr->first, value, error);
}

static bool (*const evaluators[])(IclEvaluation *, const IclExpr *, IclValue *, GError **) = {
    [ICL_EXPR_INT] = number_evaluate,        [ICL_EXPR_REAL] = number_evaluate,
    [ICL_EXPR_WORD] = text_evaluate,         [ICL_EXPR_STRING] = text_evaluate,
    [ICL_EXPR_VARIABLE] = variable_evaluate, [ICL_EXPR_LIST] = list_evaluate,
    [ICL_EXPR_SET] = space_evaluate,         [ICL_EXPR_RANGE] = space_evaluate,
    [ICL_EXPR_GROUP] = group_evaluate,       [ICL_EXPR_CALL] = call_evaluate,
    [ICL_EXPR_NEGATE] = negate_evaluate,     [ICL_EXPR_SUM] = terms_evaluate,
    [ICL_EXPR_PRODUCT] = terms_evaluate,
};

bool icl_expr_evaluate(IclEvaluation *e, const IclExpr *expr, IclValue *value, GError **error)
{
    return icl_evaluation_work(e, expr->line, error) &&
           evaluators[expr->kind](e, expr, value, error);
}
