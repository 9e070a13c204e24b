/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What the files of the store share: store.c holds, store_write.c writes, store_read.c reads what
 * store_source.c brings. */
#pragma once

#include "sha256.h"
#include "store.h"

enum {
    STORE_PREFIX = 8,            /* bytes of the header length in front */
    STORE_NAME_MAX = 1024,       /* bytes of a tensor's name */
    STORE_HEADER_MAX = 16 << 20, /* bytes; a network of 10,000 tensors needs one megabyte */
    STORE_DIGITS = ICL_SHA256_DIGITS,
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

/* Begins the SHA-256 of a store by its header, whose digits of the checksum (at `digits`) are taken
 * as zeros; the data follows. */
void store_checksum_begin(IclSha256 *sha, const char *header, size_t size, const char *digits);

/* Where the 64 digits of the checksum stand in a header as the store writes it, or NULL. */
const char *store_checksum_digits(const char *header, size_t size);

/* Where the bytes of a store are read from. */
typedef struct StoreSource {
    const char *bytes; /* or NULL: */
    int fd;
    size_t size;
} StoreSource;

/* Both set errno where they fail. The second reads all from `at` on to its place in `bytes`, and
 * adds it to the checksum (or NULL). */
bool store_source_read(const StoreSource *source, size_t at, char *to, size_t size);
bool store_source_sum(const StoreSource *source, size_t at, char *bytes, IclSha256 *sha);
