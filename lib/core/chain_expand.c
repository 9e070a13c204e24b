/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The tree walked to concrete steps. The walk runs twice: first without the visitor, to find what
 * is misspelt and whether it grows past the limits, before anything is built; then for the visitor.
 */
#include "chain_expand.h"

static bool expand_chain(IclExpander *x, IclScope *scope, const IclItem *item, int *node);

/* Every branch is fed by *node; their ends are the inputs. */
static bool expand_branches(IclExpander *x, IclScope *scope, const IclItem *item, int node,
                            GArray *inputs)
{
    for (const IclBranch *branch = item->branches; branch; branch = branch->next) {
        int end = node;
        if (!icl_evaluation_work(&x->evaluation, item->line, x->error) ||
            !expand_chain(x, scope, branch->first, &end))
            return false;
        g_array_append_val(inputs, end);
    }
    return true;
}

static bool evaluate_settings(IclExpander *x, const IclItem *item, GArray *args)
{
    for (const IclSetting *s = item->settings; s; s = s->next) {
        IclArgument arg = {.key = s->key};
        if (!icl_expander_evaluate(x, item, s->value, &arg.value))
            return false;
        g_array_append_val(args, arg);
    }
    return true;
}

/* Shows the step to the visitor; its node, or -1 with an error. */
static int visit(IclExpander *x, const IclItem *item, const IclClass *class, const char *path,
                 int arriving, const GArray *inputs)
{
    g_autoptr(GArray) args = g_array_new(FALSE, TRUE, sizeof(IclArgument));

    x->node = arriving;
    if (!evaluate_settings(x, item, args))
        return -1;
    g_autofree char *where = g_strdup_printf("%s:%d", x->chain->file, item->line);
    const IclStep step = {class,    path, where, item->name, (const IclArgument *)args->data,
                          args->len};
    return x->visitor->step(x->user, &step, (const int *)inputs->data, inputs->len, x->error);
}

static bool expand_class(IclExpander *x, IclScope *scope, const IclItem *item,
                         const IclClass *class, const char *element, int *node)
{
    g_autoptr(GArray) inputs = g_array_new(FALSE, FALSE, sizeof(int));
    int arriving = *node;

    if (class->combines != !!item->branches)
        return class->combines
                   ? ICL_EXPAND_FAIL(x, item, "no branches; write %s( a | b )", class->name)
                   : ICL_EXPAND_FAIL(x, item,
                                     "it takes no branches; write its values without "
                                     "brackets, or ($a+1) after a space");
    if (!icl_expander_check_marks(x, item, class))
        return false;
    if (++x->steps > ICL_CHAIN_MAX_STEPS)
        return ICL_EXPAND_FAIL(x, item, "the text expands to more than %d steps; repeat less",
                               ICL_CHAIN_MAX_STEPS);
    if (!class->combines)
        g_array_append_val(inputs, arriving);
    else if (!expand_branches(x, scope, item, arriving, inputs))
        return false;
    *node = 0;
    if (!x->visitor)
        return true;
    g_autofree char *path = g_strconcat(scope->prefix, element, NULL);
    *node = visit(x, item, class, path, arriving, inputs);
    return *node >= 0;
}

/* The chain in a scope of its own, below `element`. */
static bool expand_scope(IclExpander *x, const IclScope *around, const IclScope *outer,
                         const char *element, const IclItem *first, int *node)
{
    g_autofree char *prefix = g_strconcat(around->prefix, element, ".", NULL);
    g_autoptr(IclScope) scope = icl_scope_new(outer, prefix);

    return icl_scope_count(scope, first, x->chain->file, icl_expander_count, x, x->error) &&
           expand_chain(x, scope, first, node);
}

static bool expand_call(IclExpander *x, const IclScope *scope, const IclItem *item,
                        const IclStatement *def, const char *element, int *node)
{
    bool bound[ICL_CHAIN_MAX_PARAMS] = {false};
    IclCall call = {def, icl_arena_alloc(&x->arena, def->n_params * sizeof(IclValue)), bound};
    const IclCall *outer = x->call;
    int order = x->order;

    if (item->branches)
        return ICL_EXPAND_FAIL(x, item, "a def takes no branches; give it values");
    x->node = *node;
    if (!icl_expander_check_marks(x, item, NULL) || !icl_expander_bind(x, item, &call))
        return false;
    x->call = &call;
    x->order = def->order;
    bool good = expand_scope(x, scope, NULL, element, def->first, node);
    x->call = outer;
    x->order = order;
    return good;
}

static bool expand_step(IclExpander *x, IclScope *scope, const IclItem *item, int *node)
{
    const IclStatement *def = icl_expander_def(x, item->word);
    const IclClass *class = def ? NULL : icl_family_find(x->family, item->word);

    if (!def && !class)
        return icl_expander_unknown_step(x, item);
    g_autofree char *element = icl_scope_element(scope, item, x->chain->file, x->error);
    if (!element || !(def ? expand_call(x, scope, item, def, element, node)
                          : expand_class(x, scope, item, class, element, node)))
        return false;
    if (item->name)
        icl_scope_name_node(scope, element, *node);
    return true;
}

/* One pass through a group that is a scope: a repeat's body, or a named group. */
static bool expand_group_scope(IclExpander *x, IclScope *scope, const IclItem *item, int *node)
{
    g_autofree char *element = icl_scope_element(scope, item, x->chain->file, x->error);

    if (!element || !expand_scope(x, scope, scope, element, item->branches->first, node))
        return false;
    if (item->name)
        icl_scope_name_node(scope, element, *node);
    return true;
}

static bool expand_group(IclExpander *x, IclScope *scope, const IclItem *item, bool repeated,
                         int *node)
{
    if (item->optional || item->branches->next)
        return ICL_EXPAND_FAIL(x, item,
                               "a choice of steps; only `icl tune` takes sets, ranges and choices, "
                               "write one chain here");
    if (repeated || item->name)
        return expand_group_scope(x, scope, item, node);
    return expand_chain(x, scope, item->branches->first, node);
}

static bool expand_item(IclExpander *x, IclScope *scope, const IclItem *item, bool repeated,
                        int *node)
{
    if (!icl_evaluation_work(&x->evaluation, item->line, x->error))
        return false;
    switch (item->kind) {
    case ICL_ITEM_REFERENCE:
        return icl_scope_find_node(scope, item, x->chain->file, node, x->error);
    case ICL_ITEM_GROUP:
        return expand_group(x, scope, item, repeated, node);
    case ICL_ITEM_STEP:
        return expand_step(x, scope, item, node);
    case ICL_ITEM_REPEAT:
        break;
    }
    int count;
    bool good = icl_expander_count(x, item, &count, x->error);
    for (int i = 0; good && i < count; i++)
        good = expand_item(x, scope, item->body, true, node);
    return good;
}

static bool expand_chain(IclExpander *x, IclScope *scope, const IclItem *item, int *node)
{
    if (item && ++x->depth > ICL_CHAIN_MAX_DEPTH)
        return ICL_EXPAND_FAIL(x, item,
                               "branches, repeats and defs within defs deeper than %d; nest less",
                               ICL_CHAIN_MAX_DEPTH);
    const IclItem *first = item;
    for (; item; item = item->next)
        if (!expand_item(x, scope, item, false, node))
            return false;
    x->depth -= first != NULL;
    return true;
}

static bool expand_var(IclExpander *x, const IclStatement *statement)
{
    IclValue *value = icl_arena_alloc(&x->arena, sizeof *value);

    x->node = -1;
    if (!icl_expander_evaluate(x, NULL, statement->value, value))
        return false;
    g_hash_table_insert(x->variables, (char *)statement->name, value);
    return true;
}

static bool check_def(IclExpander *x, const IclStatement *def)
{
    if (!icl_family_find(x->family, def->name))
        return true;
    icl_chain_error(x->error, ICL_ERROR_SYNTAX, x->chain->file, def->line, NULL,
                    "def \"%s\" would hide the %s of this name; use another", def->name,
                    x->family->noun);
    return false;
}

/* Variables and defs first: the counts of repeats need the former. */
static bool expand_declarations(IclExpander *x)
{
    for (const IclStatement *s = x->chain->first; s; s = s->next)
        if ((s->kind == ICL_STATEMENT_VAR && !expand_var(x, s)) ||
            (s->kind == ICL_STATEMENT_DEF && !check_def(x, s)))
            return false;
    return true;
}

/* All chains of the text are one scope, each fed by the one before. */
static bool expand_document(IclExpander *x)
{
    g_autoptr(IclScope) scope = icl_scope_new(NULL, "");
    int node = -1;

    if (!expand_declarations(x))
        return false;
    for (const IclStatement *s = x->chain->first; s; s = s->next)
        if (s->kind == ICL_STATEMENT_CHAIN &&
            !icl_scope_count(scope, s->first, x->chain->file, icl_expander_count, x, x->error))
            return false;
    for (const IclStatement *s = x->chain->first; s; s = s->next) {
        x->order = s->order;
        if (s->kind == ICL_STATEMENT_CHAIN && !expand_chain(x, scope, s->first, &node))
            return false;
    }
    return true;
}

static bool expand_pass(const IclChain *chain, const IclFamily *family,
                        const IclChainVisitor *visitor, void *user, GError **error)
{
    IclExpander x = {.chain = chain,
                     .family = family,
                     .visitor = visitor,
                     .user = user,
                     .variables = g_hash_table_new(g_str_hash, g_str_equal),
                     .error = error};

    x.evaluation = (IclEvaluation){
        .arena = &x.arena, .file = chain->file, .variable = icl_expander_variable, .user = &x};
    bool good = expand_document(&x);
    g_hash_table_unref(x.variables);
    icl_arena_clear(&x.arena);
    return good;
}

bool icl_chain_expand(const IclChain *chain, const IclFamily *family,
                      const IclChainVisitor *visitor, void *user, GError **error)
{
    return expand_pass(chain, family, NULL, NULL, error) &&
           expand_pass(chain, family, visitor, user, error);
}
