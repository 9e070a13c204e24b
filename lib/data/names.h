/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Many strings in one block of memory, numbered as they come: 8 bytes a string beside its own,
 * where strings of their own would take 32 or more. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct IclNames IclNames;

IclNames *icl_names_new(void);
void icl_names_free(IclNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclNames, icl_names_free)

/* Keeps a copy; its number. `name` need not end with a NUL, and has none inside. */
int icl_names_add(IclNames *names, const char *name, size_t length);
/* The number of an equal one that was kept by this function, or adds it. */
int icl_names_find_or_add(IclNames *names, const char *name, size_t length);

int icl_names_count(const IclNames *names);
const char *icl_names_get(const IclNames *names, int number);
/* Keeps the strings where keep[number], in their order, and forgets the others. Those that are kept
 * are numbered anew, and none is found again. */
void icl_names_keep(IclNames *names, const bool *keep);
