/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What the three files of the store share: store.c holds, store_write.c writes, store_read.c reads.
 */
#pragma once

#include "store.h"

enum {
    STORE_PREFIX = 8,            /* bytes of the header length in front */
    STORE_NAME_MAX = 1024,       /* bytes of a tensor's name */
    STORE_HEADER_MAX = 16 << 20, /* bytes; a network of 10,000 tensors needs one megabyte */
    STORE_DIGITS = 64,           /* of the checksum */
};

#define STORE_METADATA     "__metadata__"
#define STORE_FORMAT_KEY   "icl.format"
#define STORE_CHECKSUM_KEY "icl.checksum"

typedef struct StoreEntry {
    char *name;
    IclTensor tensor;
    size_t begin, end; /* in the data of the file it was read from */
} StoreEntry;

struct IclStore {
    GTree *metadata;     /* char * -> char * */
    GPtrArray *entries;  /* of StoreEntry, in file order */
    GHashTable *by_name; /* char * -> StoreEntry */
    void *memory;        /* data of the tensors that were read, else NULL */
};

const char *store_dtype_name(IclDtype dtype);
bool store_dtype_find(const char *name, IclDtype *dtype);
StoreEntry *store_entry_new(IclStore *store, const char *name, int place); /* -1: at the end */
bool store_own_key(const char *key);

/* What is wrong with a tensor's name, or NULL. */
const char *store_name_problem(const char *name);

/* SHA-256 of the header, its digits of the checksum (at `digits`) taken as zeros, and of the data
 * that the caller adds. */
GChecksum *store_checksum_begin(const char *header, size_t size, const char *digits);

/* Where the 64 digits of the checksum stand in a header as the store writes it, or NULL. */
const char *store_checksum_digits(const char *header, size_t size);
