/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Tokens to the tree: statements, chains, steps, branches, repeats. Recursion happens at brackets
 * and repeats only; the scanner bounds the first, a count here the second. */
#include <string.h>

#include "chain_tree.h"

bool icl_parser_error(IclParser *p, int line, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    icl_chain_error(p->error, ICL_ERROR_SYNTAX, p->file, line, p->item, "%s", message);
    return false;
}

char *icl_parser_text(IclParser *p)
{
    return icl_arena_text(&p->chain->arena, p->text + p->token->start, p->token->length);
}

void icl_parser_unexpected(IclParser *p, const char *wanted)
{
    const IclToken *token = p->token;
    g_autofree char *raw = g_strndup(p->text + token->start, MIN(token->length, 40));
    g_autofree char *text = g_utf8_make_valid(raw, -1);
    const char *mark = token->type == ICL_TOKEN_VARIABLE ? "$" : "";

    if (token->type == ICL_TOKEN_END || token->type == ICL_TOKEN_NEWLINE)
        icl_parser_error(p, token->line, "the %s; wanted: %s",
                         token->type ? "line ends here" : "text ends here", wanted);
    else if (token->type == ICL_TOKEN_REFERENCE)
        icl_parser_error(
            p, token->line,
            "unexpected \"%s.\"; a reference begins a chain or a branch, text with dots "
            "stands in \"quotes\"; wanted: %s",
            text, wanted);
    else
        icl_parser_error(p, token->line, "unexpected \"%s%s\"; wanted: %s", mark, text, wanted);
}

bool icl_parser_accept(IclParser *p, int type)
{
    bool here = p->token->type == type;

    p->token += here;
    return here;
}

bool icl_parser_expect(IclParser *p, int type, const char *wanted)
{
    if (icl_parser_accept(p, type))
        return true;
    icl_parser_unexpected(p, wanted);
    return false;
}

void *icl_parser_alloc(IclParser *p, size_t bytes)
{
    return icl_arena_alloc(&p->chain->arena, bytes);
}

static bool parse_statement_end(IclParser *p)
{
    if (p->token->type == ICL_TOKEN_END)
        return true;
    return icl_parser_expect(p, ICL_TOKEN_NEWLINE, "\"!\" and a step, or a new line");
}

/* The name after `var` or `def`, new among `taken`. */
static bool parse_new_name(IclParser *p, IclStatement *statement, GHashTable *taken,
                           const char *what)
{
    if (p->token->type != ICL_TOKEN_WORD) {
        icl_parser_unexpected(p, "a name");
        return false;
    }
    statement->name = icl_parser_text(p);
    const IclStatement *earlier = g_hash_table_lookup(taken, statement->name);
    if (earlier)
        return icl_parser_error(p, p->token->line,
                                "%s \"%s\" is there already, on line %d; use another name", what,
                                statement->name, earlier->line);
    g_hash_table_insert(taken, (char *)statement->name, statement);
    p->token++;
    return true;
}

static bool check_variable_name(IclParser *p, int line, const char *name)
{
    if (strchr(name, '-'))
        return icl_parser_error(p, line, "\"%s\": names of variables have no \"-\"; use \"_\"",
                                name);
    if (!strcmp(name, "in"))
        return icl_parser_error(p, line,
                                "$in is the number of channels arriving; use another name");
    return true;
}

static bool parse_var(IclParser *p, IclStatement *statement)
{
    statement->kind = ICL_STATEMENT_VAR;
    p->token++;
    if (!parse_new_name(p, statement, p->chain->vars, "variable") ||
        !check_variable_name(p, statement->line, statement->name) ||
        !icl_parser_expect(p, '=', "\"=\" and a value: var width = 1"))
        return false;
    statement->value = icl_parser_value(p);
    return statement->value;
}

static bool parse_param(IclParser *p, IclStatement *def, IclDefParam **end)
{
    if (p->token->type != ICL_TOKEN_WORD) {
        icl_parser_unexpected(p, "a parameter's name");
        return false;
    }
    IclDefParam *param = icl_parser_alloc(p, sizeof *param);
    param->name = icl_parser_text(p);
    if (!check_variable_name(p, p->token->line, param->name))
        return false;
    for (const IclDefParam *other = def->params; other; other = other->next)
        if (!strcmp(other->name, param->name))
            return icl_parser_error(p, p->token->line, "parameter \"%s\" twice; use another name",
                                    param->name);
    if (!strcmp(param->name, "name"))
        return icl_parser_error(p, p->token->line,
                                "a parameter \"name\"; name= names the block itself");
    if (++def->n_params > ICL_CHAIN_MAX_PARAMS)
        return icl_parser_error(p, p->token->line, "more than %d parameters", ICL_CHAIN_MAX_PARAMS);
    p->token++;
    *end = param;
    p->params = def->params;
    if (!icl_parser_accept(p, '='))
        return true;
    param->initial = icl_parser_value(p);
    return param->initial;
}

static bool parse_params(IclParser *p, IclStatement *def)
{
    IclDefParam **end = &def->params;

    if (!icl_parser_expect(p, '(', "\"(\" and the parameters: def unit(f, k=1) = ..."))
        return false;
    if (icl_parser_accept(p, ')'))
        return true;
    do {
        if (!parse_param(p, def, end))
            return false;
        end = &(*end)->next;
    } while (icl_parser_accept(p, ','));
    return icl_parser_expect(p, ')', "\",\" or \")\" after a parameter");
}

static bool parse_def(IclParser *p, IclStatement *statement)
{
    statement->kind = ICL_STATEMENT_DEF;
    p->token++;
    bool good = parse_new_name(p, statement, p->chain->defs, "def") && parse_params(p, statement) &&
                icl_parser_expect(p, '=', "\"=\" and a chain") &&
                icl_parser_chain(p, &statement->first);
    p->params = NULL;
    return good;
}

static bool at_keyword(const IclParser *p, const char *word)
{
    int length = strlen(word);

    return p->token->type == ICL_TOKEN_WORD && p->token->length == length &&
           !memcmp(p->text + p->token->start, word, length);
}

static bool parse_statement(IclParser *p, IclStatement *statement)
{
    statement->line = p->token->line;
    if (at_keyword(p, "var"))
        return parse_var(p, statement);
    if (at_keyword(p, "def"))
        return parse_def(p, statement);
    statement->kind = ICL_STATEMENT_CHAIN;
    return icl_parser_chain(p, &statement->first);
}

static bool parse_document(IclParser *p)
{
    IclStatement **end = &p->chain->first;

    for (int order = 0; p->token->type != ICL_TOKEN_END; order++) {
        *end = icl_parser_alloc(p, sizeof **end);
        (*end)->order = order;
        if (!parse_statement(p, *end) || !parse_statement_end(p))
            return false;
        end = &(*end)->next;
    }
    return true;
}

IclChain *icl_chain_parse(const char *text, gssize length, const char *file, GError **error)
{
    g_autoptr(GArray) tokens =
        icl_chain_scan(text, length < 0 ? strlen(text) : (size_t)length, file, error);
    if (!tokens)
        return NULL;
    g_autoptr(IclChain) chain = icl_chain_new(file);
    IclParser parser = {.chain = chain,
                        .text = text,
                        .file = file,
                        .token = (const IclToken *)tokens->data,
                        .error = error};

    return parse_document(&parser) ? g_steal_pointer(&chain) : NULL;
}

/* One value and nothing else, into the arena of `chain`. */
static IclExpr *parse_whole_value(IclChain *chain, const char *text, const char *what,
                                  GError **error)
{
    g_autoptr(GArray) tokens = icl_chain_scan(text, strlen(text), what, error);
    if (!tokens)
        return NULL;
    IclParser parser = {.chain = chain,
                        .text = text,
                        .file = what,
                        .token = (const IclToken *)tokens->data,
                        .error = error};
    IclExpr *value = icl_parser_value(&parser);

    return value && icl_parser_expect(&parser, ICL_TOKEN_END, "one value only") ? value : NULL;
}

static bool no_variables(IclEvaluation *self, const IclExpr *expr, IclValue *value, GError **error)
{
    icl_chain_error(error, ICL_ERROR_VALUE, self->file, expr->line, NULL,
                    "$%s in a plain value; write the value itself", expr->s);
    return false;
}

IclChain *icl_value_parse(const char *text, const char *what, IclValue *value, GError **error)
{
    g_autoptr(IclChain) owner = icl_chain_new(what);
    IclExpr *expr = parse_whole_value(owner, text, what, error);
    IclEvaluation evaluation = {.arena = &owner->arena, .file = what, .variable = no_variables};

    if (!expr || !icl_expr_evaluate(&evaluation, expr, value, error))
        return NULL;
    return g_steal_pointer(&owner);
}

static IclStatement *add_var(IclChain *chain, const char *name)
{
    IclStatement *var = icl_arena_alloc(&chain->arena, sizeof *var);

    *var = (IclStatement){.kind = ICL_STATEMENT_VAR,
                          .line = 1,
                          .order = -1,
                          .name = icl_arena_text(&chain->arena, name, strlen(name)),
                          .next = chain->first};
    chain->first = var;
    g_hash_table_insert(chain->vars, (char *)var->name, var);
    return var;
}

bool icl_chain_set(IclChain *chain, const char *name, const char *value, GError **error)
{
    IclParser parser = {.chain = chain, .file = chain->file, .error = error};
    size_t length = strspn(name, G_CSET_a_2_z G_CSET_A_2_Z "_" G_CSET_DIGITS);

    if (!*name || name[length] || g_ascii_isdigit(*name) || length > ICL_CHAIN_MAX_NAME)
        return icl_parser_error(&parser, 1,
                                "\"%s\" is no name of a variable; use letters, digits and _", name);
    if (!check_variable_name(&parser, 1, name))
        return false;
    g_autofree char *what = g_strdup_printf("$%s", name);
    IclExpr *expr = parse_whole_value(chain, value, what, error);
    if (!expr)
        return false;
    IclStatement *var = g_hash_table_lookup(chain->vars, name);
    (var ? var : add_var(chain, name))->value = expr;
    return true;
}
