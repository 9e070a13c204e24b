/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * JSON: the one door to jansson. Values are built, printed with sorted keys (same content, same
 * bytes), parsed strictly (no duplicate keys, bounded nesting, nothing after the value) and walked.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct IclJson IclJson;

typedef enum {
    ICL_JSON_OBJECT,
    ICL_JSON_ARRAY,
    ICL_JSON_STRING,
    ICL_JSON_INTEGER,
    ICL_JSON_REAL,
    ICL_JSON_BOOL,
    ICL_JSON_NULL,
} IclJsonType;

IclJson *icl_json_object(void);
IclJson *icl_json_array(void);
IclJson *icl_json_integer(gint64 value);
IclJson *icl_json_real(double value); /* null where not finite: JSON has no such number */
IclJson *icl_json_bool(bool value);
IclJson *icl_json_string(const char *text); /* bytes that are not UTF-8 become U+FFFD */
void icl_json_free(IclJson *json);          /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclJson, icl_json_free)

/* Both take `value`; `set` replaces. `key` is UTF-8. */
void icl_json_set(IclJson *object, const char *key, IclJson *value);
void icl_json_append(IclJson *array, IclJson *value);

/* Keys in code-point order; indent 0: one line without spaces. Caller frees. */
char *icl_json_print(const IclJson *json, int indent);

/* NULL with *problem, a part of a sentence ("line 3: duplicate object key near '\"a\"'"); caller
 * frees both. */
IclJson *icl_json_parse(const char *text, size_t size, char **problem);

IclJsonType icl_json_type(const IclJson *json);
const IclJson *icl_json_get(const IclJson *object, const char *key); /* borrowed; NULL: not there */
size_t icl_json_length(const IclJson *array);
const IclJson *icl_json_item(const IclJson *array, size_t i); /* borrowed */
const char *icl_json_text(const IclJson *string);             /* borrowed; NULL: not a string */
gint64 icl_json_number(const IclJson *integer);

/* The members of an object one by one: begin with {0}. */
typedef struct IclJsonMember {
    const char *key;
    const IclJson *value;
    void *at;
} IclJsonMember;
bool icl_json_next(const IclJson *object, IclJsonMember *member);
