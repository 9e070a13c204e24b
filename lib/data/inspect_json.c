/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * An inspection as JSON, with every picture that is named in it. */
#include <jansson.h>
#include <stdlib.h>

#include "dataset_kind.h"
#include "inspect.h"

/* JSON is UTF-8; other bytes become U+FFFD. */
static json_t *json_name(const char *name)
{
    g_autofree char *valid = g_utf8_make_valid(name, -1);

    return json_string(valid);
}

static json_t *json_picture(const IclInspection *inspection, uint32_t picture)
{
    g_autofree char *name = icl_inspection_name(inspection, picture);

    return json_name(name);
}

static json_t *json_counts(const IclInspection *inspection)
{
    json_t *parts = json_object();

    for (int p = 0; p < ICL_PARTS; p++) {
        if (!inspection->part[p])
            continue;
        json_t *classes = json_object();
        for (int c = 0; c < inspection->classes; c++)
            json_object_set_new(classes, icl_dataset_labels(inspection->part[p])[c],
                                json_integer(inspection->count[p * inspection->classes + c]));
        json_object_set_new(parts, icl_part_names[p], classes);
    }
    return parts;
}

static json_t *json_sides(const IclInspection *inspection, int which)
{
    return json_pack("{s:i,s:i,s:i}", "min", inspection->least[which], "median",
                     inspection->median[which], "max", inspection->most[which]);
}

static json_t *json_reals(const double *values)
{
    return json_pack("[f,f,f]", values[0], values[1], values[2]);
}

static json_t *json_sizes(const IclInspection *inspection)
{
    json_t *sizes = json_array();

    for (int i = 0; i < ICL_SIZE_CLASSES; i++)
        json_array_append_new(sizes, json_pack("{s:i,s:i}", "from", i ? 16 << i : 1, "pictures",
                                               inspection->sizes[i]));
    return sizes;
}

static json_t *json_unreadable(const IclInspection *inspection)
{
    json_t *all = json_array();

    for (guint i = 0; i < inspection->unreadable->len; i++) {
        const IclUnreadable *one = &g_array_index(inspection->unreadable, IclUnreadable, i);
        json_array_append_new(all,
                              json_pack("{s:o,s:o}", "file", json_picture(inspection, one->picture),
                                        "message", json_name(one->message)));
    }
    return all;
}

static json_t *json_alike(const IclInspection *inspection, const GArray *found)
{
    json_t *all = json_array();

    for (guint i = 0; i < found->len; i++) {
        const IclAlike *alike = &g_array_index(found, IclAlike, i);
        json_t *files = json_array();
        for (int k = 0; k < alike->n; k++)
            json_array_append_new(files, json_picture(inspection, alike->pictures[k]));
        json_array_append_new(all, json_pack("{s:o,s:b,s:b}", "files", files, "across_parts",
                                             alike->parts, "across_classes", alike->classes));
    }
    return all;
}

static json_t *json_advice(const IclInspection *inspection)
{
    json_t *all = json_array();

    for (guint i = 0; i < inspection->advice->len; i++) {
        const IclAdvice *advice = &g_array_index(inspection->advice, IclAdvice, i);
        json_array_append_new(
            all, json_pack("{s:b,s:o}", "broken", advice->broken, "text", json_name(advice->text)));
    }
    return all;
}

char *icl_inspection_json(const IclInspection *inspection)
{
    json_t *object = json_pack(
        "{s:o,s:i,s:o,s:o,s:o,s:i,s:i,s:o,s:o,s:o,s:o,s:o,s:o}", "parts", json_counts(inspection),
        "pictures", inspection->n, "height", json_sides(inspection, 0), "width",
        json_sides(inspection, 1), "shorter_side", json_sizes(inspection), "colour",
        inspection->colour, "grey", inspection->grey, "mean", json_reals(inspection->mean), "std",
        json_reals(inspection->deviation), "unreadable", json_unreadable(inspection),
        "exact_duplicates", json_alike(inspection, inspection->same), "near_duplicates",
        json_alike(inspection, inspection->near), "advice", json_advice(inspection));
    char *dumped = json_dumps(object, JSON_INDENT(2)), *text = g_strdup(dumped);

    free(dumped);
    json_decref(object);
    return text;
}
