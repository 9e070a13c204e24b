/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The tree's memory and messages. One arena a tree: freeing needs no walk, however deep the text.
 */
#include <string.h>

#include "chain_tree.h"

enum { ARENA_BLOCK = 8192 };

struct IclArenaBlock {
    struct IclArenaBlock *previous;
    size_t used, size;
    max_align_t bytes[];
};

void *icl_arena_alloc(IclArena *arena, size_t bytes)
{
    struct IclArenaBlock *block = arena->last;

    bytes = (bytes + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (!block || block->size - block->used < bytes) {
        size_t size = MAX(bytes, (size_t)ARENA_BLOCK);
        block = g_malloc0(sizeof *block + size);
        *block = (struct IclArenaBlock){.previous = arena->last, .size = size};
        arena->last = block;
    }
    void *memory = (char *)block->bytes + block->used;
    block->used += bytes;
    return memory;
}

char *icl_arena_text(IclArena *arena, const char *text, size_t length)
{
    return memcpy(icl_arena_alloc(arena, length + 1), text, length);
}

void icl_arena_clear(IclArena *arena)
{
    while (arena->last) {
        struct IclArenaBlock *previous = arena->last->previous;
        g_free(arena->last);
        arena->last = previous;
    }
}

IclChain *icl_chain_new(const char *file)
{
    IclChain *chain = g_new0(IclChain, 1);

    chain->file = icl_arena_text(&chain->arena, file, strlen(file));
    chain->vars = g_hash_table_new(g_str_hash, g_str_equal);
    chain->defs = g_hash_table_new(g_str_hash, g_str_equal);
    chain->used = g_hash_table_new(g_str_hash, g_str_equal);
    return chain;
}

void icl_chain_free(IclChain *chain)
{
    if (!chain)
        return;
    g_hash_table_unref(chain->vars);
    g_hash_table_unref(chain->defs);
    g_hash_table_unref(chain->used);
    icl_arena_clear(&chain->arena);
    g_free(chain);
}

void icl_chain_error(GError **error, IclError code, const char *file, int line, const IclItem *item,
                     const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    if (item && item->word && item->name)
        g_set_error(error, ICL_ERROR, code, "%s:%d: %s \"%s\": %s", file, line, item->word,
                    item->name, message);
    else if (item && item->word)
        g_set_error(error, ICL_ERROR, code, "%s:%d: %s: %s", file, line, item->word, message);
    else
        g_set_error(error, ICL_ERROR, code, "%s:%d: %s", file, line, message);
}

const char *icl_chain_file(const IclChain *chain) { return chain->file; }

bool icl_chain_uses(const IclChain *chain, const char *name)
{
    return g_hash_table_contains(chain->used, name) || g_hash_table_contains(chain->vars, name);
}
