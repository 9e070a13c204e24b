/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * One parameter: value to field and back. Only the class files use this. */
#pragma once

#include "chain.h"

/* Sets the field of `param` in `instance`; NULL, or what is wrong ("stride is 9, outside 1..8"),
 * which the caller frees. */
char *icl_param_set(const IclParam *param, void *instance, const IclValue *value);
char *icl_param_set_default(const IclParam *param, void *instance);

/* Whether the field is a char * that the instance owns. */
bool icl_param_is_text(const IclParam *param);

/* Whether `word` is one of the words that an ENUM, BOOL or PADDING knows. */
bool icl_param_has_choice(const IclParam *param, const char *word);

void icl_param_print(const IclParam *param, const void *instance, GString *out);
const char *icl_param_type_name(const IclParam *param);
void icl_param_range_print(const IclParam *param, GString *out); /* nothing where there is none */
