/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Values of a description to trees: numbers, words, lists, sets, ranges, and arithmetic inside
 * brackets. Sums and products keep their terms in a list: `1+1+1+...` must not make a deep tree. */
#include <math.h>
#include <string.h>

#include "chain_tree.h"

static IclExpr *expr_new(IclParser *p, IclExprKind kind)
{
    IclExpr *expr = icl_arena_alloc(&p->chain->arena, sizeof *expr);

    expr->kind = kind;
    expr->line = p->token->line;
    return expr;
}

static IclExpr *value_error(IclParser *p, const char *format, ...) G_GNUC_PRINTF(2, 3);

static IclExpr *value_error(IclParser *p, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    icl_chain_error(p->error, ICL_ERROR_SYNTAX, p->file, p->token->line, p->item, "%s", message);
    return NULL;
}

static IclExpr *expr_text(IclParser *p, IclExprKind kind)
{
    IclExpr *expr = expr_new(p, kind);

    expr->s = icl_parser_text(p);
    p->token++;
    return expr;
}

IclExpr *icl_parser_variable(IclParser *p)
{
    IclExpr *expr = expr_text(p, ICL_EXPR_VARIABLE);

    for (const IclDefParam *param = p->params; param; param = param->next)
        if (!strcmp(param->name, expr->s))
            return expr;
    g_hash_table_add(p->chain->used, (char *)expr->s);
    return expr;
}

IclExpr *icl_parser_number(IclParser *p)
{
    IclExpr *expr = expr_new(p, ICL_EXPR_INT);
    const char *digits = p->text + p->token->start;
    int length = p->token->length;
    bool whole = true;

    for (int i = 0; i < length; i++)
        whole = whole && g_ascii_isdigit(digits[i]);
    g_autofree char *text = g_strndup(digits, length);
    if (whole && !g_ascii_string_to_signed(text, 10, 0, G_MAXINT64, &expr->i, NULL))
        return value_error(p, "%.20s... is too large; at most %" G_GINT64_FORMAT " would do", text,
                           G_MAXINT64);
    expr->kind = whole ? ICL_EXPR_INT : ICL_EXPR_REAL;
    expr->r = g_ascii_strtod(text, NULL);
    if (!isfinite(expr->r))
        return value_error(p, "%.20s is too large for a number", text);
    p->token++;
    return expr;
}

static IclExpr *parse_string(IclParser *p)
{
    IclExpr *expr = expr_new(p, ICL_EXPR_STRING);
    char *out = icl_parser_text(p);

    expr->s = out;
    for (const char *in = out; *in; in++, out++) {
        bool escape = *in == '\\';
        in += escape;
        *out = escape && *in == 'n' ? '\n' : *in;
    }
    *out = '\0';
    p->token++;
    return expr;
}

static IclExpr *parse_sum(IclParser *p);

static IclExpr *parse_group(IclParser *p)
{
    IclExpr *group = expr_new(p, ICL_EXPR_GROUP);

    p->token++;
    group->first = parse_sum(p);
    if (!group->first || !icl_parser_expect(p, ')', "\")\" or + - * / in arithmetic"))
        return NULL;
    return group;
}

static IclExpr *call_error(IclParser *p, const char *name)
{
    const char *nearest = icl_function_nearest(name);

    if (nearest)
        return value_error(p, "no function \"%s\"; did you mean \"%s\"?", name, nearest);
    return value_error(p, "\"%s(\" is no function here; missing \"!\" before \"%s\"?", name, name);
}

static IclExpr *parse_call(IclParser *p)
{
    IclExpr *call = expr_new(p, ICL_EXPR_CALL), **end = &call->first;
    int arity, n = 0;

    call->s = icl_parser_text(p);
    arity = icl_function_arity(call->s);
    if (arity < 0)
        return call_error(p, call->s);
    p->token += 2;
    do {
        *end = parse_sum(p);
        if (!*end)
            return NULL;
        end = &(*end)->next;
        n++;
    } while (icl_parser_accept(p, ','));
    if (n != arity)
        return value_error(p, "%s() takes %d value%s; %d given", call->s, arity, "s" + (arity == 1),
                           n);
    return icl_parser_expect(p, ')', "\")\" or \",\"") ? call : NULL;
}

static bool at_call(const IclParser *p)
{
    return p->token->type == ICL_TOKEN_WORD && p->token[1].type == '(' && p->token[1].glued;
}

static IclExpr *parse_primary(IclParser *p)
{
    if (p->token->type == ICL_TOKEN_NUMBER)
        return icl_parser_number(p);
    if (p->token->type == ICL_TOKEN_VARIABLE)
        return icl_parser_variable(p);
    if (p->token->type == '(')
        return parse_group(p);
    if (at_call(p))
        return parse_call(p);
    icl_parser_unexpected(p, "numbers, $variables and functions stand in arithmetic (branches come "
                             "right after the name: add( a | b ))");
    return NULL;
}

/* Signs in front cancel out in pairs, so that a long row of them is no depth. */
static IclExpr *parse_factor(IclParser *p)
{
    bool negative = false;
    IclExpr *sign = expr_new(p, ICL_EXPR_NEGATE);

    while (icl_parser_accept(p, '-'))
        negative = !negative;
    IclExpr *factor = parse_primary(p);
    if (!factor || !negative)
        return factor;
    sign->first = factor;
    return sign;
}

/* One term, or a list of terms joined by the two operators. */
static IclExpr *parse_terms(IclParser *p, IclExprKind kind, const char *operators,
                            IclExpr *(*parse_term)(IclParser *))
{
    IclExpr *list = expr_new(p, kind), *term = parse_term(p);
    IclExpr **end = &list->first;
    char op = operators[0];

    while (term) {
        *end = term;
        term->op = op;
        end = &term->next;
        op = p->token->type;
        if (!op || !strchr(operators, op))
            return list->first->next ? list : list->first;
        p->token++;
        term = parse_term(p);
    }
    return NULL;
}

static IclExpr *parse_product(IclParser *p)
{
    return parse_terms(p, ICL_EXPR_PRODUCT, "*/", parse_factor);
}

static IclExpr *parse_sum(IclParser *p)
{
    return parse_terms(p, ICL_EXPR_SUM, "+-", parse_product);
}

/* The items of a list or a set, up to the closing bracket. */
static IclExpr *parse_items(IclParser *p, IclExprKind kind, char closing)
{
    IclExpr *list = expr_new(p, kind), **end = &list->first;

    p->token++;
    while (p->token->type != closing) {
        if (kind == ICL_EXPR_SET && p->token->type == '{')
            return value_error(p, "a set within a set; write all its values in one");
        *end = icl_parser_value(p);
        if (!*end)
            return NULL;
        end = &(*end)->next;
        if (icl_parser_accept(p, ',') && p->token->type == closing) {
            icl_parser_unexpected(p, "a value after the comma");
            return NULL;
        }
    }
    if (kind == ICL_EXPR_SET && !list->first)
        return value_error(p, "an empty set; write its values: {16,32,64}");
    p->token++;
    return list;
}

static IclExpr *parse_signed(IclParser *p)
{
    bool negative = icl_parser_accept(p, '-');

    if (p->token->type != ICL_TOKEN_NUMBER) {
        icl_parser_unexpected(p, negative ? "a number after \"-\"; write (-$x) for others"
                                          : "a number");
        return NULL;
    }
    IclExpr *number = icl_parser_number(p);
    if (number && negative) {
        number->i = -number->i;
        number->r = -number->r;
    }
    return number;
}

static IclExpr *check_range(IclParser *p, IclExpr *range)
{
    const IclExpr *low = range->first, *high = low->next, *step = high->next;

    if (low->r > high->r)
        return value_error(p, "a range whose first end is larger; write the smaller one first");
    if (step && !(step->r > 0))
        return value_error(p, "a range whose step is not above 0");
    if (range->s && !strcmp(range->s, "log") && !(low->r > 0))
        return value_error(p, "a ~log range from 0 or less; begin above 0");
    return range;
}

/* The rest of `low..high[:step][~scale]`. */
static IclExpr *parse_range(IclParser *p, IclExpr *low)
{
    static const char *const scales[] = {"log", "linear", NULL};
    IclExpr *range = expr_new(p, ICL_EXPR_RANGE), **end = &low->next;

    range->first = low;
    for (int type = ICL_TOKEN_DOTS; icl_parser_accept(p, type); type = ':') {
        if (type == ':' && low->next->next)
            return value_error(p, "a second step of a range; give one");
        *end = parse_signed(p);
        if (!*end)
            return NULL;
        end = &(*end)->next;
    }
    if (icl_parser_accept(p, '~')) {
        const char *scale = p->token->type == ICL_TOKEN_WORD ? icl_parser_text(p) : "";
        for (const char *const *s = scales; *s; s++)
            if (!strcmp(scale, *s))
                range->s = *s;
        if (!range->s) {
            icl_parser_unexpected(p, "~log or ~linear");
            return NULL;
        }
        p->token++;
    }
    return check_range(p, range);
}

/* `$k-1` without brackets would be the two values $k and -1. */
static bool at_bare_difference(const IclParser *p)
{
    return p->token->type == '-' && p->token->glued && !strchr("=,[{", p->token[-1].type);
}

static IclExpr *parse_number_or_range(IclParser *p)
{
    if (at_bare_difference(p))
        return value_error(p, "arithmetic without brackets; write ($k-1), or a space before \"-\"");
    IclExpr *number = parse_signed(p);

    return number && p->token->type == ICL_TOKEN_DOTS ? parse_range(p, number) : number;
}

static IclExpr *parse_word(IclParser *p)
{
    return at_call(p) ? parse_call(p) : expr_text(p, ICL_EXPR_WORD);
}

static IclExpr *parse_list(IclParser *p) { return parse_items(p, ICL_EXPR_LIST, ']'); }
static IclExpr *parse_set(IclParser *p) { return parse_items(p, ICL_EXPR_SET, '}'); }

/* What a value may begin with. */
static const struct {
    unsigned char type;
    IclExpr *(*parse)(IclParser *parser);
} starts[] = {
    {ICL_TOKEN_NUMBER, parse_number_or_range},
    {'-', parse_number_or_range},
    {ICL_TOKEN_WORD, parse_word},
    {ICL_TOKEN_STRING, parse_string},
    {ICL_TOKEN_VARIABLE, icl_parser_variable},
    {'(', parse_group},
    {'[', parse_list},
    {'{', parse_set},
};

bool icl_parser_at_value(const IclParser *p)
{
    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
        if (starts[i].type == p->token->type)
            return true;
    return false;
}

IclExpr *icl_parser_value(IclParser *p)
{
    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
        if (starts[i].type == p->token->type)
            return starts[i].parse(p);
    icl_parser_unexpected(p,
                          "a value: a number, a word, \"text\", [a list], $name or (arithmetic)");
    return NULL;
}
