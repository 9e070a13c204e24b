/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * An inspection as JSON, with every picture that is named in it. */
#include "dataset_kind.h"
#include "inspect.h"
#include "json.h"

static IclJson *json_picture(const IclInspection *inspection, uint32_t picture)
{
    g_autofree char *name = icl_inspection_name(inspection, picture);

    return icl_json_string(name);
}

static IclJson *json_counts(const IclInspection *inspection)
{
    IclJson *parts = icl_json_object();

    for (int p = 0; p < ICL_PARTS; p++) {
        if (!inspection->part[p])
            continue;
        IclJson *classes = icl_json_object();
        for (int c = 0; c < inspection->classes; c++)
            icl_json_set(classes, icl_dataset_labels(inspection->part[p])[c],
                         icl_json_integer(inspection->count[p * inspection->classes + c]));
        icl_json_set(parts, icl_part_names[p], classes);
    }
    return parts;
}

static IclJson *json_unlabelled(const IclInspection *inspection)
{
    IclJson *parts = icl_json_object();

    for (int p = 0; p < ICL_PARTS; p++)
        if (inspection->part[p])
            icl_json_set(parts, icl_part_names[p], icl_json_integer(inspection->unlabelled[p]));
    return parts;
}

static IclJson *json_sides(const IclInspection *inspection, int which)
{
    IclJson *sides = icl_json_object();

    icl_json_set(sides, "min", icl_json_integer(inspection->least[which]));
    icl_json_set(sides, "median", icl_json_integer(inspection->median[which]));
    icl_json_set(sides, "max", icl_json_integer(inspection->most[which]));
    return sides;
}

static IclJson *json_reals(const double *values)
{
    IclJson *reals = icl_json_array();

    for (int i = 0; i < 3; i++)
        icl_json_append(reals, icl_json_real(values[i]));
    return reals;
}

static IclJson *json_sizes(const IclInspection *inspection)
{
    IclJson *sizes = icl_json_array();

    for (int i = 0; i < ICL_SIZE_CLASSES; i++) {
        IclJson *size = icl_json_object();
        icl_json_set(size, "from", icl_json_integer(i ? 16 << i : 1));
        icl_json_set(size, "pictures", icl_json_integer(inspection->sizes[i]));
        icl_json_append(sizes, size);
    }
    return sizes;
}

static IclJson *json_unreadable(const IclInspection *inspection)
{
    IclJson *all = icl_json_array();

    for (guint i = 0; i < inspection->unreadable->len; i++) {
        const IclUnreadable *one = &g_array_index(inspection->unreadable, IclUnreadable, i);
        IclJson *row = icl_json_object();
        icl_json_set(row, "file", json_picture(inspection, one->picture));
        icl_json_set(row, "message", icl_json_string(one->message));
        icl_json_append(all, row);
    }
    return all;
}

static IclJson *json_alike(const IclInspection *inspection, const GArray *found)
{
    IclJson *all = icl_json_array();

    for (guint i = 0; i < found->len; i++) {
        const IclAlike *alike = &g_array_index(found, IclAlike, i);
        IclJson *row = icl_json_object(), *files = icl_json_array();
        for (int k = 0; k < alike->n; k++)
            icl_json_append(files, json_picture(inspection, alike->pictures[k]));
        icl_json_set(row, "files", files);
        icl_json_set(row, "across_parts", icl_json_bool(alike->parts));
        icl_json_set(row, "across_classes", icl_json_bool(alike->classes));
        icl_json_append(all, row);
    }
    return all;
}

static IclJson *json_advice(const IclInspection *inspection)
{
    IclJson *all = icl_json_array();

    for (guint i = 0; i < inspection->advice->len; i++) {
        const IclAdvice *advice = &g_array_index(inspection->advice, IclAdvice, i);
        IclJson *row = icl_json_object();
        icl_json_set(row, "broken", icl_json_bool(advice->broken));
        icl_json_set(row, "text", icl_json_string(advice->text));
        icl_json_append(all, row);
    }
    return all;
}

char *icl_inspection_json(const IclInspection *inspection)
{
    g_autoptr(IclJson) object = icl_json_object();

    icl_json_set(object, "parts", json_counts(inspection));
    if (inspection->multi_label)
        icl_json_set(object, "unlabelled", json_unlabelled(inspection));
    icl_json_set(object, "pictures", icl_json_integer(inspection->n));
    icl_json_set(object, "height", json_sides(inspection, 0));
    icl_json_set(object, "width", json_sides(inspection, 1));
    icl_json_set(object, "shorter_side", json_sizes(inspection));
    icl_json_set(object, "colour", icl_json_integer(inspection->colour));
    icl_json_set(object, "grey", icl_json_integer(inspection->grey));
    icl_json_set(object, "mean", json_reals(inspection->mean));
    icl_json_set(object, "std", json_reals(inspection->deviation));
    icl_json_set(object, "unreadable", json_unreadable(inspection));
    icl_json_set(object, "exact_duplicates", json_alike(inspection, inspection->same));
    icl_json_set(object, "near_duplicates", json_alike(inspection, inspection->near));
    icl_json_set(object, "advice", json_advice(inspection));
    return icl_json_print(object, 2);
}
