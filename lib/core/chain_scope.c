/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Path elements: a word that occurs once in a scope stands bare, one that occurs more than once is
 * numbered from 1. So the whole scope is counted before its first step is named. */
#include "chain_scope.h"

#include <string.h>

typedef struct {
    const IclItem *item; /* the first that has the name */
    int total, seen;
} Tally;

typedef struct {
    IclScope *scope;
    const char *file;
    IclScopeCount count;
    void *user;
    GError **error;
} Census;

static const char repeat_word[] = "repeat";

/* Anything larger is refused by the expansion; it must only not overflow here. */
static int bounded_product(int a, int b) { return MIN((gint64)a * b, ICL_CHAIN_MAX_STEPS + 1); }

static bool census_add(const Census *c, const IclItem *item, int times)
{
    const char *key = item->name ? item->name : item->word ? item->word : repeat_word;
    GHashTable *table = item->name ? c->scope->names : c->scope->words;
    Tally *tally = g_hash_table_lookup(table, key);

    if (!tally) {
        tally = g_new0(Tally, 1);
        tally->item = item;
        g_hash_table_insert(table, (char *)key, tally);
    } else if (item->name) {
        icl_chain_error(c->error, ICL_ERROR_SYNTAX, c->file, item->line, item,
                        "the name is given already on line %d; use another", tally->item->line);
        return false;
    }
    tally->total = MIN(tally->total + times, ICL_CHAIN_MAX_STEPS + 1);
    return true;
}

static bool census_chain(const Census *c, const IclItem *item, int times);

static bool census_branches(const Census *c, const IclItem *item, int times)
{
    for (const IclBranch *branch = item->branches; branch; branch = branch->next)
        if (!census_chain(c, branch->first, times))
            return false;
    return true;
}

/* A named group is a scope of its own, and so is the body of a repeat: what is inside is not
 * counted here. */
static bool census_item(const Census *c, const IclItem *item, int times)
{
    for (; item->kind == ICL_ITEM_REPEAT; item = item->body) {
        int count;
        if (!c->count(c->user, item, &count, c->error))
            return false;
        times = bounded_product(times, count);
        if (item->body->kind == ICL_ITEM_GROUP)
            return census_add(c, item->body, times);
    }
    if (item->kind == ICL_ITEM_REFERENCE)
        return true;
    if (item->kind == ICL_ITEM_GROUP && item->name)
        return census_add(c, item, times);
    return (item->kind == ICL_ITEM_GROUP || census_add(c, item, times)) &&
           census_branches(c, item, times);
}

static bool census_chain(const Census *c, const IclItem *item, int times)
{
    for (; item; item = item->next)
        if (!census_item(c, item, times))
            return false;
    return true;
}

IclScope *icl_scope_new(const IclScope *outer, const char *prefix)
{
    IclScope *scope = g_new0(IclScope, 1);

    scope->outer = outer;
    scope->prefix = prefix;
    scope->words = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    scope->names = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    scope->taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    scope->nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return scope;
}

bool icl_scope_count(IclScope *scope, const IclItem *first, const char *file, IclScopeCount count,
                     void *user, GError **error)
{
    const Census census = {scope, file, count, user, error};

    return census_chain(&census, first, 1);
}

void icl_scope_free(IclScope *scope)
{
    if (!scope)
        return;
    g_hash_table_unref(scope->words);
    g_hash_table_unref(scope->names);
    g_hash_table_unref(scope->taken);
    g_hash_table_unref(scope->nodes);
    g_free(scope);
}

char *icl_scope_element(IclScope *scope, const IclItem *item, const char *file, GError **error)
{
    const char *key = item->name ? item->name : item->word ? item->word : repeat_word;
    Tally *tally = g_hash_table_lookup(item->name ? scope->names : scope->words, key);
    int number = ++tally->seen;
    g_autofree char *element =
        tally->total > 1 ? g_strdup_printf("%s%d", key, number) : g_strdup(key);

    const IclItem *other = g_hash_table_lookup(scope->taken, element);
    if (other) {
        icl_chain_error(error, ICL_ERROR_SYNTAX, file, item->line, item,
                        "its path would be \"%s%s\", as that of line %d; give one of them a name=",
                        scope->prefix, element, other->line);
        return NULL;
    }
    g_hash_table_insert(scope->taken, g_strdup(element), (void *)item);
    return g_steal_pointer(&element);
}

void icl_scope_name_node(IclScope *scope, const char *element, int node)
{
    g_hash_table_insert(scope->nodes, g_strdup(element), GINT_TO_POINTER(node + 2));
}

static void add_names(const IclScope *scope, GPtrArray *names)
{
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, scope->nodes);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(names, name);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void reference_error(const IclScope *scope, const IclItem *reference, const char *file,
                            GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (; scope; scope = scope->outer)
        add_names(scope, names);
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    const char *nearest = icl_nearest(reference->word, (const char *const *)names->pdata);
    if (nearest)
        icl_chain_error(error, ICL_ERROR_SYNTAX, file, reference->line, NULL,
                        "no step before this is named \"%s\"; did you mean \"%s.\"?",
                        reference->word, nearest);
    else
        icl_chain_error(error, ICL_ERROR_SYNTAX, file, reference->line, NULL,
                        "no step before this is named \"%s\"; give one name=%s", reference->word,
                        reference->word);
}

bool icl_scope_find_node(const IclScope *scope, const IclItem *reference, const char *file,
                         int *node, GError **error)
{
    for (const IclScope *s = scope; s; s = s->outer) {
        int found = GPOINTER_TO_INT(g_hash_table_lookup(s->nodes, reference->word));
        if (found) {
            *node = found - 2;
            return true;
        }
    }
    reference_error(scope, reference, file, error);
    return false;
}
