/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "arena.h"

#include <glib.h>
#include <stdbool.h>

static size_t padded(size_t size) { return (size + 15) / 16 * 16; }

/* Larger first; equal ones in the order given, so that the result is one. */
static int by_size(gconstpointer a, gconstpointer b)
{
    const IclBuffer *x = *(IclBuffer *const *)a, *y = *(IclBuffer *const *)b;

    return x->size != y->size ? (x->size < y->size ? 1 : -1) : (x > y) - (x < y);
}

static int by_offset(gconstpointer a, gconstpointer b)
{
    const IclBuffer *x = *(IclBuffer *const *)a, *y = *(IclBuffer *const *)b;

    return (x->offset > y->offset) - (x->offset < y->offset);
}

static bool meets(const IclBuffer *a, const IclBuffer *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* Lowest offset at which `buffer` touches none of the placed ones that live with it. */
static size_t lowest_gap(const IclBuffer *buffer, GPtrArray *placed)
{
    size_t offset = 0;

    g_ptr_array_sort(placed, by_offset);
    for (guint i = 0; i < placed->len; i++) {
        const IclBuffer *other = placed->pdata[i];
        if (!meets(buffer, other))
            continue;
        if (offset + padded(buffer->size) <= other->offset)
            break;
        offset = MAX(offset, other->offset + padded(other->size));
    }
    return offset;
}

size_t icl_arena_place(IclBuffer *buffers, int n)
{
    g_autoptr(GPtrArray) order = g_ptr_array_new(), placed = g_ptr_array_new();
    size_t total = 0;

    for (int i = 0; i < n; i++)
        if (buffers[i].size)
            g_ptr_array_add(order, &buffers[i]);
    g_ptr_array_sort(order, by_size);
    for (guint i = 0; i < order->len; i++) {
        IclBuffer *buffer = order->pdata[i];
        buffer->offset = lowest_gap(buffer, placed);
        total = MAX(total, buffer->offset + padded(buffer->size));
        g_ptr_array_add(placed, buffer);
    }
    return total;
}

size_t icl_arena_bound(const IclBuffer *buffers, int n)
{
    size_t most = 0;

    for (int i = 0; i < n; i++) {
        size_t alive = 0;
        for (int j = 0; j < n; j++)
            if (buffers[j].first <= buffers[i].first && buffers[i].first <= buffers[j].last)
                alive += padded(buffers[j].size);
        most = MAX(most, alive);
    }
    return most;
}
