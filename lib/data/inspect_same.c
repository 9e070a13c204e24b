/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pictures that are the same: of equal checksums. */
#include <stdlib.h>
#include <string.h>

#include "inspect.h"

static void alike_clear(void *data) { g_free(((IclAlike *)data)->pictures); }

static bool same_classes(const IclInspection *inspection, uint32_t a, uint32_t b)
{
    int n, m;
    const int *x = icl_inspection_classes(inspection, a, &n);
    const int *y = icl_inspection_classes(inspection, b, &m);

    return n == m && !memcmp(x, y, (size_t)n * sizeof *x);
}

void icl_alike_add(GArray *found, const IclInspection *inspection, const uint32_t *pictures, int n)
{
    IclAlike alike = {.pictures = g_memdup2(pictures, n * sizeof *pictures), .n = n};

    for (int i = 1; i < n; i++) {
        alike.parts |= icl_inspection_part(inspection, pictures[i]) !=
                       icl_inspection_part(inspection, pictures[0]);
        alike.classes |= !same_classes(inspection, pictures[i], pictures[0]);
    }
    g_array_append_val(found, alike);
}

GArray *icl_alike_new(void)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(IclAlike));

    g_array_set_clear_func(found, alike_clear);
    return found;
}

static int compare_pixels(const void *a, const void *b, void *user)
{
    const IclSeen *seen = user;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = memcmp(seen[x].pixels, seen[y].pixels, sizeof seen[x].pixels);

    return order ? order : x < y ? -1 : x > y;
}

static int compare_first(const void *a, const void *b)
{
    const IclAlike *x = a, *y = b;

    return x->pictures[0] < y->pictures[0] ? -1 : 1;
}

int icl_inspect_same(IclInspection *inspection, uint32_t *kinds)
{
    IclSeen *seen = inspection->seen;
    g_autofree uint32_t *order = g_new(uint32_t, inspection->n);
    int n = 0, n_kinds = 0;

    for (int i = 0; i < inspection->n; i++)
        if (seen[i].width > 0)
            order[n++] = (uint32_t)i;
    qsort_r(order, (size_t)n, sizeof *order, compare_pixels, seen);
    inspection->same = icl_alike_new();
    for (int i = 0, end; i < n; i = end) {
        const IclSeen *first = &seen[order[i]];
        for (end = i + 1; end < n; end++)
            if (memcmp(first->pixels, seen[order[end]].pixels, sizeof first->pixels))
                break;
        if (end - i > 1)
            icl_alike_add(inspection->same, inspection, order + i, end - i);
        kinds[n_kinds++] = order[i];
    }
    g_array_sort(inspection->same, compare_first);
    return n_kinds;
}
