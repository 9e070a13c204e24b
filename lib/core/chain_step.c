/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Chains to trees: steps, branches, groups, repeats. Recursion happens at brackets and repeats
 * only; the scanner bounds the first, a count here the second. */
#include <string.h>

#include "chain_tree.h"

/* The rest of `name=x`. */
static bool parse_name(IclParser *p, IclItem *item)
{
    if (item->name)
        return icl_parser_error(p, p->token->line, "name is given twice; give it once");
    if (p->token->type != ICL_TOKEN_WORD) {
        icl_parser_unexpected(p, "a plain word after name=");
        return false;
    }
    item->name = icl_parser_text(p);
    p->token++;
    return true;
}

/* One value or key=value. */
static bool parse_setting(IclParser *p, IclItem *item, IclSetting ***end, const char **key)
{
    IclSetting *setting = icl_parser_alloc(p, sizeof *setting);
    bool keyed = p->token->type == ICL_TOKEN_WORD && p->token[1].type == '=';

    if (!keyed && *key)
        return icl_parser_error(
            p, p->token->line,
            "a plain value after %s=; plain values come first, or is a \"!\" missing?", *key);
    if (keyed) {
        *key = icl_parser_text(p);
        p->token += 2;
        if (!strcmp(*key, "name"))
            return parse_name(p, item);
        setting->key = *key;
    }
    setting->value = icl_parser_value(p);
    **end = setting;
    *end = &setting->next;
    return setting->value;
}

static bool parse_settings(IclParser *p, IclItem *item)
{
    IclSetting **end = &item->settings;
    const IclItem *outer = p->item;
    const char *key = NULL;

    p->item = item;
    while (icl_parser_at_value(p))
        if (!parse_setting(p, item, &end, &key))
            return false;
    p->item = outer;
    return true;
}

/* `( a | b )` from its first bracket to past its last. */
static bool parse_branches(IclParser *p, IclBranch **first, bool may_be_empty)
{
    IclBranch **end = first;
    const IclItem *outer = p->item;
    int line = p->token->line;
    bool empty = true;

    p->token++;
    do {
        *end = icl_parser_alloc(p, sizeof **end);
        bool ends = p->token->type == '|' || p->token->type == ')';
        if (ends && !may_be_empty)
            return icl_parser_error(p, line,
                                    "an empty alternative; only add( a | ) and other classes that "
                                    "combine branches take an empty one");
        p->item = NULL;
        if (!ends && !icl_parser_chain(p, &(*end)->first))
            return false;
        p->item = outer;
        empty = empty && ends;
        end = &(*end)->next;
    } while (icl_parser_accept(p, '|'));
    if (!icl_parser_expect(p, ')', "\"!\", \"|\" or \")\""))
        return false;
    return !empty ||
           icl_parser_error(p, line, "only empty branches; write a step into one of them");
}

static bool parse_group(IclParser *p, IclItem *item)
{
    item->kind = ICL_ITEM_GROUP;
    if (p->token[1].type == ')')
        return icl_parser_error(p, item->line, "\"( )\" is empty; write a chain into it");
    if (!parse_branches(p, &item->branches, false))
        return false;
    item->optional = icl_parser_accept(p, '?');
    if (p->token->type == ICL_TOKEN_WORD && p->token[1].type == '=' && !parse_settings(p, item))
        return false;
    if (item->settings)
        return icl_parser_error(p, item->line, "a group takes only name=, no \"%s=\"",
                                item->settings->key);
    return true;
}

static bool parse_step(IclParser *p, IclItem *item)
{
    const IclItem *outer = p->item;

    item->kind = ICL_ITEM_STEP;
    item->word = icl_parser_text(p);
    p->token++;
    p->item = item;
    if (p->token->type == '(' && p->token->glued && !parse_branches(p, &item->branches, true))
        return false;
    p->item = outer;
    return parse_settings(p, item);
}

static IclItem *parse_item(IclParser *p);

static bool parse_repeat(IclParser *p, IclItem *item)
{
    item->kind = ICL_ITEM_REPEAT;
    item->count =
        p->token->type == ICL_TOKEN_NUMBER ? icl_parser_number(p) : icl_parser_variable(p);
    if (!item->count || !icl_parser_expect(p, '*', "\"*\" and what is repeated: 3*step"))
        return false;
    if (item->count->kind == ICL_EXPR_REAL)
        return icl_parser_error(p, item->line,
                                "a repeat count with a fraction; write a whole number");
    if (++p->depth > ICL_CHAIN_MAX_DEPTH)
        return icl_parser_error(p, item->line, "repeats nested deeper than %d",
                                ICL_CHAIN_MAX_DEPTH);
    item->body = parse_item(p);
    p->depth--;
    return item->body;
}

/* A step, a group, or a repeat of one. */
static IclItem *parse_item(IclParser *p)
{
    IclItem *item = icl_parser_alloc(p, sizeof *item);
    int type = p->token->type;
    bool good = false;

    item->line = p->token->line;
    if (type == ICL_TOKEN_WORD)
        good = parse_step(p, item);
    else if (type == '(')
        good = parse_group(p, item);
    else if (type == ICL_TOKEN_NUMBER || type == ICL_TOKEN_VARIABLE)
        good = parse_repeat(p, item);
    else
        icl_parser_unexpected(p, "a step: NAME value... key=value...");
    return good ? item : NULL;
}

static IclItem *parse_reference(IclParser *p)
{
    IclItem *item = icl_parser_alloc(p, sizeof *item);

    *item =
        (IclItem){.kind = ICL_ITEM_REFERENCE, .line = p->token->line, .word = icl_parser_text(p)};
    p->token++;
    return item;
}

bool icl_parser_chain(IclParser *p, IclItem **first)
{
    IclItem **end = first;

    do {
        bool head = end == first && p->token->type == ICL_TOKEN_REFERENCE;
        *end = head ? parse_reference(p) : parse_item(p);
        if (!*end)
            return false;
        end = &(*end)->next;
    } while (icl_parser_accept(p, '!'));
    return true;
}
