/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The tree written as text: one statement a line, one way to write each thing, so that parsing and
 * printing again changes nothing. A stored model carries this text. */
#include <string.h>

#include "chain_tree.h"

/* 1e-05 to 1e-5 */
static void tidy_exponent(char *number)
{
    char *e = strchr(number, 'e');

    if (!e)
        return;
    char *digits = e + 1 + (e[1] == '-' || e[1] == '+'), *to = e[1] == '-' ? e + 2 : e + 1;
    while (digits[0] == '0' && digits[1])
        digits++;
    memmove(to, digits, strlen(digits) + 1);
}

void icl_number_print(GString *out, double number)
{
    static const char *const formats[] = {"%.15g", "%.16g", "%.17g"};
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_ascii_formatd(text, sizeof text, formats[i], number);
        if (g_ascii_strtod(text, NULL) == number)
            break;
    }
    tidy_exponent(text);
    g_string_append(out, text);
}

/* A real keeps a dot or an exponent: 1.0 must not come back as a whole number. */
static void real_print(GString *out, double number)
{
    size_t start = out->len;

    icl_number_print(out, number);
    if (!strpbrk(out->str + start, ".en"))
        g_string_append(out, ".0");
}

void icl_string_print(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\' || *text == '\n')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text == '\n' ? 'n' : *text);
    }
    g_string_append_c(out, '"');
}

void icl_value_print(GString *out, const IclValue *value)
{
    switch (value->type) {
    case ICL_VALUE_INT:
        g_string_append_printf(out, "%" G_GINT64_FORMAT, value->i);
        break;
    case ICL_VALUE_REAL:
        real_print(out, value->r);
        break;
    case ICL_VALUE_WORD:
        g_string_append(out, value->s);
        break;
    case ICL_VALUE_STRING:
        icl_string_print(out, value->s);
        break;
    case ICL_VALUE_LIST:
        g_string_append_c(out, '[');
        for (int i = 0; i < value->n_items; i++) {
            if (i)
                g_string_append_c(out, ' ');
            icl_value_print(out, &value->items[i]);
        }
        g_string_append_c(out, ']');
        break;
    }
}

static void expr_print(GString *out, const IclExpr *expr);

static void int_expr_print(GString *out, const IclExpr *expr)
{
    g_string_append_printf(out, "%" G_GINT64_FORMAT, expr->i);
}

static void real_expr_print(GString *out, const IclExpr *expr) { real_print(out, expr->r); }

static void word_expr_print(GString *out, const IclExpr *expr) { g_string_append(out, expr->s); }

static void string_expr_print(GString *out, const IclExpr *expr) { icl_string_print(out, expr->s); }

static void items_print(GString *out, const char *open, const IclExpr *item, const char *between,
                        const char *close)
{
    g_string_append(out, open);
    for (; item; item = item->next) {
        expr_print(out, item);
        if (item->next)
            g_string_append(out, between);
    }
    g_string_append(out, close);
}

static void variable_expr_print(GString *out, const IclExpr *expr)
{
    g_string_append_printf(out, "$%s", expr->s);
}

static void list_expr_print(GString *out, const IclExpr *expr)
{
    items_print(out, "[", expr->first, " ", "]");
}

static void set_expr_print(GString *out, const IclExpr *expr)
{
    items_print(out, "{", expr->first, ",", "}");
}

static void range_expr_print(GString *out, const IclExpr *expr)
{
    const IclExpr *high = expr->first->next;

    expr_print(out, expr->first);
    g_string_append(out, "..");
    expr_print(out, high);
    if (high->next) {
        g_string_append_c(out, ':');
        expr_print(out, high->next);
    }
    if (expr->s)
        g_string_append_printf(out, "~%s", expr->s);
}

static void group_expr_print(GString *out, const IclExpr *expr)
{
    items_print(out, "(", expr->first, "", ")");
}

static void call_expr_print(GString *out, const IclExpr *expr)
{
    g_string_append(out, expr->s);
    items_print(out, "(", expr->first, ", ", ")");
}

static void negate_expr_print(GString *out, const IclExpr *expr)
{
    items_print(out, "-", expr->first, "", "");
}

static void terms_expr_print(GString *out, const IclExpr *expr)
{
    expr_print(out, expr->first);
    for (const IclExpr *term = expr->first->next; term; term = term->next) {
        g_string_append_c(out, term->op);
        expr_print(out, term);
    }
}

static void (*const printers[])(GString *, const IclExpr *) = {
    [ICL_EXPR_INT] = int_expr_print,           [ICL_EXPR_REAL] = real_expr_print,
    [ICL_EXPR_WORD] = word_expr_print,         [ICL_EXPR_STRING] = string_expr_print,
    [ICL_EXPR_VARIABLE] = variable_expr_print, [ICL_EXPR_LIST] = list_expr_print,
    [ICL_EXPR_SET] = set_expr_print,           [ICL_EXPR_RANGE] = range_expr_print,
    [ICL_EXPR_GROUP] = group_expr_print,       [ICL_EXPR_CALL] = call_expr_print,
    [ICL_EXPR_NEGATE] = negate_expr_print,     [ICL_EXPR_SUM] = terms_expr_print,
    [ICL_EXPR_PRODUCT] = terms_expr_print,
};

static void expr_print(GString *out, const IclExpr *expr) { printers[expr->kind](out, expr); }

static void items_chain_print(GString *out, const IclItem *item);

static void branches_print(GString *out, const IclBranch *branch)
{
    g_string_append_c(out, '(');
    for (; branch; branch = branch->next) {
        if (branch->first)
            g_string_append_c(out, ' ');
        items_chain_print(out, branch->first);
        g_string_append(out, branch->next ? " |" : " )");
    }
}

static void step_print(GString *out, const IclItem *item)
{
    g_string_append(out, item->word);
    if (item->branches)
        branches_print(out, item->branches);
    for (const IclSetting *setting = item->settings; setting; setting = setting->next) {
        g_string_append_c(out, ' ');
        if (setting->key)
            g_string_append_printf(out, "%s=", setting->key);
        expr_print(out, setting->value);
    }
}

static void item_print(GString *out, const IclItem *item)
{
    for (; item->kind == ICL_ITEM_REPEAT; item = item->body) {
        expr_print(out, item->count);
        g_string_append_c(out, '*');
    }
    if (item->kind == ICL_ITEM_REFERENCE)
        g_string_append_printf(out, "%s.", item->word);
    else if (item->kind == ICL_ITEM_STEP)
        step_print(out, item);
    else
        branches_print(out, item->branches);
    if (item->optional)
        g_string_append_c(out, '?');
    if (item->name)
        g_string_append_printf(out, " name=%s", item->name);
}

static void items_chain_print(GString *out, const IclItem *item)
{
    for (; item; item = item->next) {
        item_print(out, item);
        if (item->next)
            g_string_append(out, " ! ");
    }
}

void icl_signature_print(GString *out, const IclStatement *def)
{
    g_string_append_printf(out, "%s(", def->name);
    for (const IclDefParam *param = def->params; param; param = param->next) {
        g_string_append(out, param->name);
        if (param->initial) {
            g_string_append_c(out, '=');
            expr_print(out, param->initial);
        }
        if (param->next)
            g_string_append(out, ", ");
    }
    g_string_append_c(out, ')');
}

char *icl_chain_print(const IclChain *chain)
{
    GString *out = g_string_new(NULL);

    for (const IclStatement *s = chain->first; s; s = s->next) {
        if (s->kind == ICL_STATEMENT_VAR) {
            g_string_append_printf(out, "var %s = ", s->name);
            expr_print(out, s->value);
        } else if (s->kind == ICL_STATEMENT_DEF) {
            g_string_append(out, "def ");
            icl_signature_print(out, s);
            g_string_append(out, " = ");
        }
        items_chain_print(out, s->first);
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}
