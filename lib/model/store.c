/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The store in memory: strings by key and tensors by name, both in the order of the file. */
#include <assert.h>
#include <string.h>

#include "memory.h"
#include "store_parts.h"

static const char *const dtype_names[ICL_DTYPES] = {
    [ICL_F32] = "F32", [ICL_BF16] = "BF16", [ICL_I32] = "I32",
    [ICL_I8] = "I8",   [ICL_U8] = "U8",     [ICL_I64] = "I64",
};

const char *store_dtype_name(IclDtype dtype) { return dtype_names[dtype]; }

bool store_dtype_find(const char *name, IclDtype *dtype)
{
    for (int i = 0; i < ICL_DTYPES; i++) {
        if (g_str_equal(name, dtype_names[i])) {
            *dtype = (IclDtype)i;
            return true;
        }
    }
    return false;
}

static int compare_keys(const void *a, const void *b, void *user) { return strcmp(a, b); }

static void entry_free(void *data)
{
    StoreEntry *entry = data;
    g_free(entry->name);
    g_free(entry);
}

IclStore *icl_store_new(void)
{
    IclStore *store = g_new0(IclStore, 1);
    store->metadata = g_tree_new_full(compare_keys, NULL, g_free, g_free);
    store->entries = g_ptr_array_new_with_free_func(entry_free);
    store->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    return store;
}

void icl_store_free(IclStore *store)
{
    if (!store)
        return;
    g_tree_unref(store->metadata);
    g_hash_table_unref(store->by_name);
    g_ptr_array_unref(store->entries);
    icl_memory_free(store->memory);
    g_free(store);
}

void *icl_store_steal_memory(IclStore *store) { return g_steal_pointer(&store->memory); }

bool store_own_key(const char *key)
{
    return g_str_equal(key, STORE_FORMAT_KEY) || g_str_equal(key, STORE_CHECKSUM_KEY);
}

void icl_store_set(IclStore *store, const char *key, const char *value)
{
    assert(!store_own_key(key));
    g_tree_replace(store->metadata, g_strdup(key), g_strdup(value));
}

const char *icl_store_get(const IclStore *store, const char *key)
{
    return g_tree_lookup(store->metadata, key);
}

static gboolean collect_key(void *key, void *value, void *user)
{
    g_ptr_array_add(user, key);
    return FALSE;
}

const char **icl_store_keys(const IclStore *store)
{
    GPtrArray *keys = g_ptr_array_new();
    g_tree_foreach(store->metadata, collect_key, keys);
    g_ptr_array_add(keys, NULL);
    return (const char **)g_ptr_array_free(keys, FALSE);
}

StoreEntry *store_entry_new(IclStore *store, const char *name, int place)
{
    StoreEntry *entry = g_new0(StoreEntry, 1);
    entry->name = g_strdup(name);
    g_ptr_array_insert(store->entries, place, entry);
    g_hash_table_insert(store->by_name, entry->name, entry);
    return entry;
}

/* Larger elements first, so that all are naturally aligned without holes; then by name. */
static bool entry_before(const StoreEntry *entry, const char *name, IclDtype dtype)
{
    size_t size = icl_dtype_size(dtype), other = icl_dtype_size(entry->tensor.dtype);
    return other != size ? other > size : strcmp(entry->name, name) < 0;
}

void icl_store_add(IclStore *store, const char *name, const IclTensor *tensor)
{
    assert(!icl_store_find(store, name));
    guint low = 0, high = store->entries->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (entry_before(store->entries->pdata[middle], name, tensor->dtype))
            low = middle + 1;
        else
            high = middle;
    }
    store_entry_new(store, name, (int)low)->tensor = *tensor;
}

const IclTensor *icl_store_find(const IclStore *store, const char *name)
{
    const StoreEntry *entry = g_hash_table_lookup(store->by_name, name);
    return entry ? &entry->tensor : NULL;
}

int icl_store_size(const IclStore *store) { return (int)store->entries->len; }

const char *icl_store_name(const IclStore *store, int i)
{
    assert(i >= 0 && i < icl_store_size(store));
    return ((const StoreEntry *)store->entries->pdata[i])->name;
}

const char *store_name_problem(const char *name)
{
    if (!*name)
        return "is empty";
    if (strlen(name) > STORE_NAME_MAX)
        return "is longer than 1024 bytes";
    if (!g_utf8_validate(name, -1, NULL))
        return "is not UTF-8";
    return g_str_equal(name, STORE_METADATA) ? "is the metadata's" : NULL;
}

void store_checksum_begin(IclSha256 *sha, const char *header, size_t size, const char *digits)
{
    char zeros[STORE_DIGITS];
    size_t before = (size_t)(digits - header);

    memset(zeros, '0', sizeof zeros);
    icl_sha256_init(sha);
    icl_sha256_add(sha, header, before);
    icl_sha256_add(sha, zeros, STORE_DIGITS);
    icl_sha256_add(sha, digits + STORE_DIGITS, size - before - STORE_DIGITS);
}

/* The quotes make it unique: inside a string value they would be escaped, and a tensor's name is
 * followed by an object. */
const char *store_checksum_digits(const char *header, size_t size)
{
    static const char key[] = "\"" STORE_CHECKSUM_KEY "\":\"";
    const char *at = memmem(header, size, key, sizeof key - 1);
    if (!at || (size_t)(header + size - at) < sizeof key - 1 + STORE_DIGITS + 1)
        return NULL;
    return at + sizeof key - 1;
}
