/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "inspect.h"

#include <stdlib.h>

#include "dataset_kind.h"

static void unreadable_clear(void *data) { g_free(((IclUnreadable *)data)->message); }

static void advice_clear(void *data) { g_free(((IclAdvice *)data)->text); }

void icl_inspection_free(IclInspection *inspection)
{
    if (!inspection)
        return;
    for (int p = 0; p < ICL_PARTS; p++)
        icl_dataset_free(inspection->part[p]);
    g_clear_pointer(&inspection->same, g_array_unref);
    g_clear_pointer(&inspection->near, g_array_unref);
    g_array_unref(inspection->unreadable);
    g_array_unref(inspection->advice);
    g_free(inspection->count);
    g_free(inspection->seen);
    g_free(inspection->path);
    g_free(inspection);
}

IclPart icl_inspection_part(const IclInspection *inspection, uint32_t picture)
{
    int part = ICL_PARTS - 1;

    while ((uint32_t)inspection->first[part] > picture)
        part--;
    while (!inspection->part[part]) /* an absent part begins where the one before it ends */
        part--;
    return (IclPart)part;
}

static int picture_index(const IclInspection *inspection, uint32_t picture)
{
    return (int)picture - inspection->first[icl_inspection_part(inspection, picture)];
}

const int *icl_inspection_classes(const IclInspection *inspection, uint32_t picture, int *n)
{
    return icl_dataset_classes_of(inspection->part[icl_inspection_part(inspection, picture)],
                                  picture_index(inspection, picture), n);
}

char *icl_inspection_name(const IclInspection *inspection, uint32_t picture)
{
    return icl_dataset_name(inspection->part[icl_inspection_part(inspection, picture)],
                            picture_index(inspection, picture));
}

/* All parts that are there. */
static bool inspection_open(IclInspection *inspection, GError **error)
{
    for (int p = 0; p < ICL_PARTS; p++) {
        inspection->first[p] = inspection->n;
        if (icl_dataset_has_part(inspection->path, (IclPart)p)) {
            inspection->part[p] = icl_dataset_open(inspection->path, (IclPart)p, error);
            if (!inspection->part[p])
                return false;
            inspection->n += icl_dataset_size(inspection->part[p]);
            inspection->classes = icl_dataset_classes(inspection->part[p]);
            inspection->multi_label = icl_dataset_is_multi_label(inspection->part[p]);
        }
    }
    inspection->first[ICL_PARTS] = inspection->n;
    if (inspection->n > 0)
        return true;
    g_autoptr(IclDataset) none = icl_dataset_open(inspection->path, ICL_PART_TRAIN, error);
    return false; /* which has said why */
}

static int compare_ints(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return x < y ? -1 : x > y;
}

static void sort_sides(IclInspection *inspection, int which, int *sides, int n)
{
    if (n == 0)
        return;
    qsort(sides, (size_t)n, sizeof *sides, compare_ints);
    inspection->least[which] = sides[0];
    inspection->median[which] = sides[n / 2];
    inspection->most[which] = sides[n - 1];
}

static int size_class(const IclSeen *seen)
{
    int shorter = MIN(seen->width, seen->height), class = 0;

    while (class < ICL_SIZE_CLASSES - 1 && shorter >= 32 << class)
        class ++;
    return class;
}

static void count_classes(IclInspection *inspection, uint32_t picture)
{
    int n, part = (int)icl_inspection_part(inspection, picture);
    const int *class = icl_inspection_classes(inspection, picture, &n);

    for (int i = 0; i < n; i++)
        inspection->count[part * inspection->classes + class[i]]++;
    inspection->pictures[part]++;
    inspection->unlabelled[part] += n == 0;
}

static void inspection_count(IclInspection *inspection)
{
    g_autofree int *heights = g_new(int, inspection->n), *widths = g_new(int, inspection->n);
    int n = 0;

    inspection->count = g_new0(int, (gsize)ICL_PARTS * inspection->classes);
    for (int i = 0; i < inspection->n; i++) {
        const IclSeen *seen = &inspection->seen[i];
        if (seen->width == 0)
            continue;
        count_classes(inspection, (uint32_t)i);
        inspection->sizes[size_class(seen)]++;
        *(seen->channels == 1 ? &inspection->grey : &inspection->colour) += 1;
        heights[n] = seen->height;
        widths[n++] = seen->width;
    }
    sort_sides(inspection, 0, heights, n);
    sort_sides(inspection, 1, widths, n);
}

static void inspection_compare(IclInspection *inspection, const IclInspectParams *params)
{
    g_autofree uint32_t *kinds = g_new(uint32_t, inspection->n);
    int n = icl_inspect_same(inspection, kinds);

    icl_inspect_near(inspection, kinds, n, CLAMP(params->near, -1, 15), params->threads);
}

IclInspection *icl_inspect(const char *path, const IclInspectParams *params, GError **error)
{
    g_autoptr(IclInspection) inspection = g_new0(IclInspection, 1);

    inspection->path = g_strdup(path);
    inspection->unreadable = g_array_new(FALSE, FALSE, sizeof(IclUnreadable));
    inspection->advice = g_array_new(FALSE, FALSE, sizeof(IclAdvice));
    g_array_set_clear_func(inspection->unreadable, unreadable_clear);
    g_array_set_clear_func(inspection->advice, advice_clear);
    if (!inspection_open(inspection, error))
        return NULL;
    inspection->seen = g_new0(IclSeen, inspection->n);
    if (!icl_inspect_read(inspection, params, error))
        return NULL;
    inspection_count(inspection);
    inspection_compare(inspection, params);
    icl_inspect_advise(inspection);
    return g_steal_pointer(&inspection);
}

int icl_inspection_broken(const IclInspection *inspection)
{
    int broken = 0;

    for (guint i = 0; i < inspection->advice->len; i++)
        broken += g_array_index(inspection->advice, IclAdvice, i).broken;
    return broken;
}
