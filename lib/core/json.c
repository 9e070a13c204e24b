/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * IclJson is jansson's json_t under another name, so that nothing else includes <jansson.h>.
 * Nesting is bounded by jansson itself (JSON_PARSER_MAX_DEPTH, 2048). */
#include "json.h"

#include <jansson.h>
#include <math.h>

enum { JSON_DIGITS = 12 }; /* of a real: 0.6, not 0.59999999999999998 */

static json_t *json_of(const IclJson *json) { return (json_t *)json; }

IclJson *icl_json_object(void) { return (IclJson *)json_object(); }

IclJson *icl_json_array(void) { return (IclJson *)json_array(); }

IclJson *icl_json_integer(gint64 value) { return (IclJson *)json_integer(value); }

IclJson *icl_json_real(double value)
{
    return (IclJson *)(isfinite(value) ? json_real(value) : json_null());
}

IclJson *icl_json_bool(bool value) { return (IclJson *)json_boolean(value); }

IclJson *icl_json_string(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    return (IclJson *)json_string(valid);
}

void icl_json_free(IclJson *json) { json_decref(json_of(json)); }

void icl_json_set(IclJson *object, const char *key, IclJson *value)
{
    json_object_set_new(json_of(object), key, json_of(value));
}

void icl_json_append(IclJson *array, IclJson *value)
{
    json_array_append_new(json_of(array), json_of(value));
}

char *icl_json_print(const IclJson *json, int indent)
{
    size_t flags = JSON_SORT_KEYS | JSON_REAL_PRECISION(JSON_DIGITS) | JSON_ENCODE_ANY;
    flags |= indent ? JSON_INDENT((size_t)indent) : JSON_COMPACT;
    size_t size = json_dumpb(json_of(json), NULL, 0, flags);
    char *text = g_malloc(size + 1);
    json_dumpb(json_of(json), text, size, flags);
    text[size] = '\0';
    return text;
}

IclJson *icl_json_parse(const char *text, size_t size, char **problem)
{
    json_error_t error;
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (!json) {
        g_autofree char *valid = g_utf8_make_valid(error.text, -1);
        *problem = g_strdup_printf("line %d, column %d: %s", error.line, error.column, valid);
    }
    return (IclJson *)json;
}

IclJsonType icl_json_type(const IclJson *json)
{
    static const IclJsonType types[] = {
        [JSON_OBJECT] = ICL_JSON_OBJECT, [JSON_ARRAY] = ICL_JSON_ARRAY,
        [JSON_STRING] = ICL_JSON_STRING, [JSON_INTEGER] = ICL_JSON_INTEGER,
        [JSON_REAL] = ICL_JSON_REAL,     [JSON_TRUE] = ICL_JSON_BOOL,
        [JSON_FALSE] = ICL_JSON_BOOL,    [JSON_NULL] = ICL_JSON_NULL,
    };
    return types[json_typeof(json_of(json))];
}

const IclJson *icl_json_get(const IclJson *object, const char *key)
{
    return (const IclJson *)json_object_get(json_of(object), key);
}

size_t icl_json_length(const IclJson *array) { return json_array_size(json_of(array)); }

const IclJson *icl_json_item(const IclJson *array, size_t i)
{
    return (const IclJson *)json_array_get(json_of(array), i);
}

const char *icl_json_text(const IclJson *string) { return json_string_value(json_of(string)); }

gint64 icl_json_number(const IclJson *integer) { return json_integer_value(json_of(integer)); }

bool icl_json_next(const IclJson *object, IclJsonMember *member)
{
    json_t *json = json_of(object);
    member->at = member->at ? json_object_iter_next(json, member->at) : json_object_iter(json);
    if (!member->at)
        return false;
    member->key = json_object_iter_key(member->at);
    member->value = (const IclJson *)json_object_iter_value(member->at);
    return true;
}
