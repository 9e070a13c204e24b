/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * One walk of a tree to its steps, shared by chain_expand.c (the walk) and chain_call.c (what names
 * and variables mean at a place of it). */
#pragma once

#include "chain_scope.h"

/* One call of a def. */
typedef struct {
    const IclStatement *def;
    IclValue *values;
    bool *bound;
} IclCall;

typedef struct {
    const IclChain *chain;
    const IclFamily *family;
    const IclChainVisitor *visitor; /* NULL: only counting */
    void *user;
    IclArena arena;
    IclEvaluation evaluation;
    GHashTable *variables; /* name -> IclValue, those declared so far */
    const IclCall *call;   /* whose body is being walked, or NULL */
    int order;             /* defs before this place in the text can be used */
    int node;              /* what arrives at the step being read */
    int steps, depth;
    GError **error;
} IclExpander;

#define ICL_EXPAND_FAIL(x, item, ...)                                                    \
    (icl_chain_error((x)->error, ICL_ERROR_SYNTAX, (x)->chain->file, (item)->line, item, \
                     __VA_ARGS__),                                                       \
     false)

/* The value of $name at the present place; an IclEvaluation's `variable`. */
bool icl_expander_variable(IclEvaluation *self, const IclExpr *expr, IclValue *value,
                           GError **error);

bool icl_expander_evaluate(IclExpander *x, const IclItem *item, const IclExpr *expr,
                           IclValue *value);

/* A repeat's count; an IclScopeCount, `user` is the expander. */
bool icl_expander_count(void *user, const IclItem *repeat, int *count, GError **error);

/* The def that `word` names here, or NULL. */
const IclStatement *icl_expander_def(const IclExpander *x, const char *word);

/* Says why no class or def has the item's name; returns false. */
bool icl_expander_unknown_step(IclExpander *x, const IclItem *item);

/* A class or block named where a plain value should stand is most likely the next step: false. */
bool icl_expander_check_marks(IclExpander *x, const IclItem *item, const IclClass *class);

/* Fills the values of a call from what the item gives and the defaults. */
bool icl_expander_bind(IclExpander *x, const IclItem *item, IclCall *call);
