/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "names.h"

#include <stdint.h>
#include <string.h>

struct IclNames {
    char *text; /* each with its NUL */
    size_t used, room;
    size_t *start; /* [n] */
    int n, n_room;
    int *slot;    /* a hash table of numbers, -1 where empty; NULL until the first is looked for */
    size_t slots; /* a power of 2, more than twice as many as are in it */
};

IclNames *icl_names_new(void) { return g_new0(IclNames, 1); }

void icl_names_free(IclNames *names)
{
    if (!names)
        return;
    g_free(names->text);
    g_free(names->start);
    g_free(names->slot);
    g_free(names);
}

int icl_names_add(IclNames *names, const char *name, size_t length)
{
    if (names->used + length + 1 > names->room) {
        names->room = names->room + names->room / 2 + length + 64;
        names->text = g_realloc(names->text, names->room);
    }
    if (names->n == names->n_room) {
        names->n_room = names->n_room + names->n_room / 2 + 16;
        names->start = g_renew(size_t, names->start, names->n_room);
    }
    names->start[names->n] = names->used;
    memcpy(names->text + names->used, name, length);
    names->text[names->used + length] = '\0';
    names->used += length + 1;
    return names->n++;
}

/* FNV-1a, its high bits folded in */
static size_t name_hash(const char *name, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)name[i]) * 0x100000001b3;
    return (size_t)(hash ^ hash >> 32);
}

/* The slot where it is, or where it belongs. */
static size_t names_slot(const IclNames *names, const char *name, size_t length)
{
    size_t at = name_hash(name, length) & (names->slots - 1);

    for (; names->slot[at] >= 0; at = (at + 1) & (names->slots - 1)) {
        const char *have = icl_names_get(names, names->slot[at]);
        if (!strncmp(have, name, length) && !have[length])
            break;
    }
    return at;
}

static void names_grow(IclNames *names)
{
    names->slots = names->slots ? 2 * names->slots : 64;
    g_free(names->slot);
    names->slot = g_new(int, names->slots);
    memset(names->slot, 0xff, names->slots * sizeof *names->slot);
    for (int i = 0; i < names->n; i++) {
        const char *name = icl_names_get(names, i);
        names->slot[names_slot(names, name, strlen(name))] = i;
    }
}

int icl_names_find_or_add(IclNames *names, const char *name, size_t length)
{
    if (2 * ((size_t)names->n + 1) > names->slots)
        names_grow(names);
    size_t at = names_slot(names, name, length);
    if (names->slot[at] < 0)
        names->slot[at] = icl_names_add(names, name, length);
    return names->slot[at];
}

int icl_names_count(const IclNames *names) { return names->n; }

const char *icl_names_get(const IclNames *names, int number)
{
    return names->text + names->start[number];
}

void icl_names_keep(IclNames *names, const bool *keep)
{
    int n = 0;
    size_t used = 0;

    g_clear_pointer(&names->slot, g_free);
    names->slots = 0;
    for (int i = 0; i < names->n; i++) {
        size_t length = strlen(icl_names_get(names, i)) + 1;
        if (!keep[i])
            continue;
        memmove(names->text + used, icl_names_get(names, i), length);
        names->start[n++] = used;
        used += length;
    }
    names->n = n;
    names->used = used;
    names->text = g_realloc(names->text, used);
    names->start = g_renew(size_t, names->start, n);
    names->room = used;
    names->n_room = n;
}
