/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The tree walked to concrete steps. The walk runs twice: first without the visitor, to find what
 * is misspelt and whether it grows past the limits, before anything is built; then for the visitor.
 */
#include <string.h>

#include "chain_scope.h"
#include "class_param.h"

/* One call of a def. */
typedef struct {
    const IclStatement *def;
    IclValue *values;
    bool *bound;
} Call;

typedef struct {
    const IclChain *chain;
    const IclFamily *family;
    const IclChainVisitor *visitor; /* NULL: only counting */
    void *user;
    IclArena arena;
    IclEvaluation evaluation;
    GHashTable *variables; /* name -> IclValue, those declared so far */
    const Call *call;      /* whose body is being walked, or NULL */
    int order;             /* defs before this place in the text can be used */
    int node;              /* what arrives at the step being read */
    int steps, depth;
    GError **error;
} Expander;

#define FAIL(x, item, ...)                                                                         \
    (icl_chain_error((x)->error, ICL_ERROR_SYNTAX, (x)->chain->file, (item)->line, item,           \
                     __VA_ARGS__),                                                                 \
     false)

static bool variable_unset(Expander *x, const IclExpr *expr)
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

static bool variable_in(Expander *x, const IclExpr *expr, IclValue *value)
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

static bool variable_find(IclEvaluation *self, const IclExpr *expr, IclValue *value, GError **error)
{
    Expander *x = self->user;
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

static bool evaluate(Expander *x, const IclItem *item, const IclExpr *expr, IclValue *value)
{
    x->evaluation.item = item;
    return icl_expr_evaluate(&x->evaluation, expr, value, x->error);
}

static bool repeat_count(void *user, const IclItem *repeat, int *count, GError **error)
{
    Expander *x = user;
    IclValue value;

    if (repeat->count->kind == ICL_EXPR_VARIABLE && !strcmp(repeat->count->s, "in"))
        return FAIL(x, repeat, "a repeat count of $in; a number or another $variable would do");
    if (!evaluate(x, repeat, repeat->count, &value))
        return false;
    if (value.type == ICL_VALUE_UNKNOWN)
        return FAIL(x, repeat, "the repeat count $%s hangs on $in; a number would do",
                    repeat->count->s);
    if (value.type != ICL_VALUE_INT || value.i < 1 || value.i > ICL_CHAIN_MAX_STEPS) {
        g_autoptr(GString) text = g_string_new(NULL);
        icl_value_print(text, &value);
        return FAIL(x, repeat, "a repeat count of %.60s; 1..%d would do", text->str,
                    ICL_CHAIN_MAX_STEPS);
    }
    *count = value.i;
    return true;
}

/* The def that `word` names here, or NULL. */
static const IclStatement *find_def(const Expander *x, const char *word)
{
    const IclStatement *def = g_hash_table_lookup(x->chain->defs, word);

    return def && def->order < x->order ? def : NULL;
}

static bool unknown_step(Expander *x, const IclItem *item)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const IclStatement *later = g_hash_table_lookup(x->chain->defs, item->word);

    if (later && x->call && later == x->call->def)
        return FAIL(x, item, "a def cannot use itself; write repeats as 3*step");
    if (later)
        return FAIL(x, item, "used before its def on line %d; move the def up", later->line);
    for (const IclClass *const *c = x->family->classes; *c; c++)
        g_ptr_array_add(names, (char *)(*c)->name);
    for (const IclStatement *s = x->chain->first; s && s->order < x->order; s = s->next)
        if (s->kind == ICL_STATEMENT_DEF)
            g_ptr_array_add(names, (char *)s->name);
    g_ptr_array_add(names, NULL);
    const char *nearest = icl_nearest(item->word, (const char *const *)names->pdata);
    if (nearest)
        return FAIL(x, item, "no %s of this name; did you mean \"%s\"?", x->family->noun, nearest);
    return FAIL(x, item, "no %s of this name; `icl list %s` shows them", x->family->noun,
                x->family->name);
}

/* A class or block named where a plain value should stand is most likely the next step. */
static bool check_missing_mark(Expander *x, const IclItem *item, const IclClass *class)
{
    const IclParam *param = class ? class->params : NULL;

    for (const IclSetting *s = item->settings; s && !s->key; s = s->next) {
        const IclParam *fills = param && param->name ? param++ : NULL;
        if (s->value->kind != ICL_EXPR_WORD)
            continue;
        const char *word = s->value->s;
        bool step = icl_family_find(x->family, word) || find_def(x, word);
        if (step && !(fills && icl_param_has_choice(fills, word)))
            return FAIL(x, item, "missing \"!\" before \"%s\"?", word);
    }
    return true;
}

static bool expand_chain(Expander *x, IclScope *scope, const IclItem *item, int *node);

/* Every branch is fed by *node; their ends are the inputs. */
static bool expand_branches(Expander *x, IclScope *scope, const IclItem *item, int node,
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

static bool evaluate_settings(Expander *x, const IclItem *item, GArray *args)
{
    for (const IclSetting *s = item->settings; s; s = s->next) {
        IclArgument arg = {.key = s->key};
        if (!evaluate(x, item, s->value, &arg.value))
            return false;
        g_array_append_val(args, arg);
    }
    return true;
}

/* Shows the step to the visitor; its node, or -1 with an error. */
static int visit(Expander *x, const IclItem *item, const IclClass *class, const char *path,
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

static bool expand_class(Expander *x, IclScope *scope, const IclItem *item, const IclClass *class,
                         const char *element, int *node)
{
    g_autoptr(GArray) inputs = g_array_new(FALSE, FALSE, sizeof(int));
    int arriving = *node;

    if (class->combines != !!item->branches)
        return class->combines ? FAIL(x, item, "no branches; write %s( a | b )", class->name)
                               : FAIL(x, item,
                                      "it takes no branches; write its values without "
                                      "brackets, or ($a+1) after a space");
    if (!check_missing_mark(x, item, class))
        return false;
    if (++x->steps > ICL_CHAIN_MAX_STEPS)
        return FAIL(x, item, "the text expands to more than %d steps; repeat less",
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

static bool call_error(Expander *x, const IclItem *item, const IclStatement *def,
                       const char *problem)
{
    g_autoptr(GString) signature = g_string_new(NULL);

    icl_signature_print(signature, def);
    return FAIL(x, item, "%s; it is %.400s", problem, signature->str);
}

/* The place of the parameter `key`, or -1 with an error. */
static int call_find_param(Expander *x, const IclItem *item, const IclStatement *def,
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
static bool call_bind_given(Expander *x, const IclItem *item, Call *call)
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
        if (!evaluate(x, item, s->value, &call->values[i]))
            return false;
        call->bound[i] = true;
    }
    return true;
}

/* Defaults of the rest; each sees the parameters before it. */
static bool call_bind_defaults(Expander *x, const IclItem *item, Call *call)
{
    const Call *outer = x->call;
    int i = 0;

    x->call = call;
    for (const IclDefParam *p = call->def->params; p; p = p->next, i++) {
        if (call->bound[i])
            continue;
        if (!p->initial) {
            g_autofree char *problem = g_strdup_printf("%s is missing", p->name);
            return call_error(x, item, call->def, problem);
        }
        if (!evaluate(x, item, p->initial, &call->values[i]))
            return false;
        call->bound[i] = true;
    }
    x->call = outer;
    return true;
}

/* The chain in a scope of its own, below `element`. */
static bool expand_scope(Expander *x, const IclScope *around, const IclScope *outer,
                         const char *element, const IclItem *first, int *node)
{
    g_autofree char *prefix = g_strconcat(around->prefix, element, ".", NULL);
    g_autoptr(IclScope) scope = icl_scope_new(outer, prefix);

    return icl_scope_count(scope, first, x->chain->file, repeat_count, x, x->error) &&
           expand_chain(x, scope, first, node);
}

static bool expand_call(Expander *x, const IclScope *scope, const IclItem *item,
                        const IclStatement *def, const char *element, int *node)
{
    bool bound[ICL_CHAIN_MAX_PARAMS] = {false};
    Call call = {def, icl_arena_alloc(&x->arena, def->n_params * sizeof(IclValue)), bound};
    const Call *outer = x->call;
    int order = x->order;

    if (item->branches)
        return FAIL(x, item, "a def takes no branches; give it values");
    x->node = *node;
    if (!check_missing_mark(x, item, NULL) || !call_bind_given(x, item, &call) ||
        !call_bind_defaults(x, item, &call))
        return false;
    x->call = &call;
    x->order = def->order;
    bool good = expand_scope(x, scope, NULL, element, def->first, node);
    x->call = outer;
    x->order = order;
    return good;
}

static bool expand_step(Expander *x, IclScope *scope, const IclItem *item, int *node)
{
    const IclStatement *def = find_def(x, item->word);
    const IclClass *class = def ? NULL : icl_family_find(x->family, item->word);

    if (!def && !class)
        return unknown_step(x, item);
    g_autofree char *element = icl_scope_element(scope, item, x->chain->file, x->error);
    if (!element || !(def ? expand_call(x, scope, item, def, element, node)
                          : expand_class(x, scope, item, class, element, node)))
        return false;
    if (item->name)
        icl_scope_name_node(scope, element, *node);
    return true;
}

/* One pass through a group that is a scope: a repeat's body, or a named group. */
static bool expand_group_scope(Expander *x, IclScope *scope, const IclItem *item, int *node)
{
    g_autofree char *element = icl_scope_element(scope, item, x->chain->file, x->error);

    if (!element || !expand_scope(x, scope, scope, element, item->branches->first, node))
        return false;
    if (item->name)
        icl_scope_name_node(scope, element, *node);
    return true;
}

static bool expand_group(Expander *x, IclScope *scope, const IclItem *item, bool repeated,
                         int *node)
{
    if (item->optional || item->branches->next)
        return FAIL(x, item,
                    "a choice of steps; only `icl tune` takes sets, ranges and choices, "
                    "write one chain here");
    if (repeated || item->name)
        return expand_group_scope(x, scope, item, node);
    return expand_chain(x, scope, item->branches->first, node);
}

static bool expand_item(Expander *x, IclScope *scope, const IclItem *item, bool repeated, int *node)
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
    bool good = repeat_count(x, item, &count, x->error);
    for (int i = 0; good && i < count; i++)
        good = expand_item(x, scope, item->body, true, node);
    return good;
}

static bool expand_chain(Expander *x, IclScope *scope, const IclItem *item, int *node)
{
    if (item && ++x->depth > ICL_CHAIN_MAX_DEPTH)
        return FAIL(x, item, "branches, repeats and defs within defs deeper than %d; nest less",
                    ICL_CHAIN_MAX_DEPTH);
    const IclItem *first = item;
    for (; item; item = item->next)
        if (!expand_item(x, scope, item, false, node))
            return false;
    x->depth -= first != NULL;
    return true;
}

static bool expand_var(Expander *x, const IclStatement *statement)
{
    IclValue *value = icl_arena_alloc(&x->arena, sizeof *value);

    x->node = -1;
    if (!evaluate(x, NULL, statement->value, value))
        return false;
    g_hash_table_insert(x->variables, (char *)statement->name, value);
    return true;
}

static bool check_def(Expander *x, const IclStatement *def)
{
    if (!icl_family_find(x->family, def->name))
        return true;
    icl_chain_error(x->error, ICL_ERROR_SYNTAX, x->chain->file, def->line, NULL,
                    "def \"%s\" would hide the %s of this name; use another", def->name,
                    x->family->noun);
    return false;
}

/* Variables and defs first: the counts of repeats need the former. */
static bool expand_declarations(Expander *x)
{
    for (const IclStatement *s = x->chain->first; s; s = s->next)
        if ((s->kind == ICL_STATEMENT_VAR && !expand_var(x, s)) ||
            (s->kind == ICL_STATEMENT_DEF && !check_def(x, s)))
            return false;
    return true;
}

/* All chains of the text are one scope, each fed by the one before. */
static bool expand_document(Expander *x)
{
    g_autoptr(IclScope) scope = icl_scope_new(NULL, "");
    int node = -1;

    if (!expand_declarations(x))
        return false;
    for (const IclStatement *s = x->chain->first; s; s = s->next)
        if (s->kind == ICL_STATEMENT_CHAIN &&
            !icl_scope_count(scope, s->first, x->chain->file, repeat_count, x, x->error))
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
    Expander x = {.chain = chain,
                  .family = family,
                  .visitor = visitor,
                  .user = user,
                  .variables = g_hash_table_new(g_str_hash, g_str_equal),
                  .error = error};

    x.evaluation = (IclEvaluation){
        .arena = &x.arena, .file = chain->file, .variable = variable_find, .user = &x};
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
