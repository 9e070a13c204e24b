/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The file: named tensors and a map of strings in safetensors layout (8 bytes little-endian header
 * length, JSON header, data). Knows nothing of networks: model files and checkpoints are both
 * stores.
 *
 * Written: tensors sorted by element size (larger first) then name, without holes, so that all are
 * naturally aligned; JSON keys in code-point order, compact, padded with spaces to 8 bytes;
 * metadata keys "icl.format" (the format version) and "icl.checksum" (SHA-256, hex, over the header
 * bytes with the checksum's 64 digits as zeros, and the data) are the store's own. Same content,
 * same bytes. */
#pragma once

#include <icl/error.h>

#include "tensor.h"

enum { ICL_STORE_FORMAT = 1 };

typedef struct IclStore IclStore;

IclStore *icl_store_new(void);
void icl_store_free(IclStore *store); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclStore, icl_store_free)

void icl_store_set(IclStore *store, const char *key, const char *value); /* copies; replaces */
const char *icl_store_get(const IclStore *store, const char *key);       /* NULL: not there */
const char **
icl_store_keys(const IclStore *store); /* sorted, without the store's own; g_free() it */

/* Adds a tensor whose data stays the caller's until saving is done. `name` is copied, and new. */
void icl_store_add(IclStore *store, const char *name, const IclTensor *tensor);
const IclTensor *icl_store_find(const IclStore *store, const char *name); /* NULL: not there */
int icl_store_size(const IclStore *store);                                /* tensors */
const char *icl_store_name(const IclStore *store, int i);                 /* in file order */

/* Temporary file beside `path`, fsync, rename, fsync of the folder. On failure `path` is untouched,
 * the temporary file is gone, and the ICL_ERROR_FILE names path and cause. */
bool icl_store_save(const IclStore *store, const char *path, GError **error);

/* Reads all of it into memory (tensor data belongs to the store, naturally aligned). Everything
 * is checked: lengths, offsets (no holes, no overlap), names (non-empty UTF-8, at most 1024 bytes),
 * dtypes, ranks, products without overflow, duplicate keys, nesting, checksum. Files by others: no
 * icl.format and checksum is fine (plain safetensors). A newer icl.format is refused with a
 * sentence. ICL_ERROR_FILE or ICL_ERROR_FORMAT, naming `path`, what was found, what would do. */
IclStore *icl_store_load(const char *path, GError **error);
IclStore *icl_store_parse(const void *data, size_t size, const char *name,
                          GError **error); /* copies */

/* What the tensors of a store that was read lie in: the caller's from now on, to
 * icl_memory_free(). */
void *icl_store_steal_memory(IclStore *store);
