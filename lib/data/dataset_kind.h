/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A kind of data set: how to recognise it and how to read it. dataset.c walks the table of kinds;
 * a new kind is one file with one of these structs, and a row there. */
#pragma once

#include <icl/dataset.h>

typedef struct IclDatasetKind {
    const char *name;
    bool decoded; /* pictures lie decoded in memory: reading one again costs nothing */
    bool (*probe)(const char *path);    /* whether the folder is of this kind */
    bool (*has_test)(const char *path); /* whether it has a test part of its own */
    /* Sets n, classes, labels, class_of and data; on failure what was set is left for close(). */
    bool (*open)(IclDataset *dataset, const char *path, IclPart part, GError **error);
    void (*close)(IclDataset *dataset); /* frees data, which may be NULL */
    char *(*picture_name)(const IclDataset *dataset, int index);
    bool (*picture)(const IclDataset *dataset, int index, IclPicture *picture, GError **error);
    void (*digest)(const IclDataset *dataset, GChecksum *checksum); /* names or bytes, and sizes */
} IclDatasetKind;

struct IclDataset {
    const IclDatasetKind *kind;
    int n, classes;
    char **labels; /* [classes], NULL-terminated */
    int *class_of; /* [n] */
    void *data;    /* the kind's own */
};

extern const IclDatasetKind icl_dataset_idx, icl_dataset_folder;

/* Adds a number to a fingerprint: eight bytes, little-endian on every machine. */
void icl_digest_number(GChecksum *checksum, uint64_t number);
