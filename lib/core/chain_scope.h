/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Names within one scope: the document, one instance of a def, one instance of a repeated group. A
 * scope gives its steps their path elements and knows the nodes that name= has named. */
#pragma once

#include "chain_tree.h"

typedef struct IclScope {
    const struct IclScope *outer; /* whose nodes can be referred to from here, or NULL */
    const char *prefix;           /* "basic1." */
    GHashTable *words, *names;    /* word, name= -> how often it occurs, and how many were seen */
    GHashTable *taken;            /* path elements in use */
    GHashTable *nodes;            /* named elements -> their node + 2 */
} IclScope;

/* Computes a repeat's count; false with an error. */
typedef bool (*IclScopeCount)(void *user, const IclItem *repeat, int *count, GError **error);

/* An empty scope; `outer` and `prefix` must outlive it. */
IclScope *icl_scope_new(const IclScope *outer, const char *prefix);

/* Counts the names in a chain (`first` and what follows); every chain of a scope is counted before
 * the first element is asked for. False where a name is given twice or a count fails. */
bool icl_scope_count(IclScope *scope, const IclItem *first, const char *file, IclScopeCount count,
                     void *user, GError **error);
void icl_scope_free(IclScope *scope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclScope, icl_scope_free)

/* The path element of the next instance of `item`, which the caller frees; NULL with an error where
 * another step has it already. */
char *icl_scope_element(IclScope *scope, const IclItem *item, const char *file, GError **error);

void icl_scope_name_node(IclScope *scope, const char *element, int node);

/* The node that `reference` names, in this scope or those around it. */
bool icl_scope_find_node(const IclScope *scope, const IclItem *reference, const char *file,
                         int *node, GError **error);
