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
    bool (*probe)(const char *path);     /* whether it is of this kind */
    unsigned (*parts)(const char *path); /* a bit 1 << IclPart for each that is there */
    /* Sets n, classes, labels, class_of or sets, and data, and weight and group where it has any;
     * on failure what was set is left for close(). */
    bool (*open)(IclDataset *dataset, const char *path, IclPart part, GError **error);
    void (*close)(IclDataset *dataset); /* frees data, which may be NULL */
    char *(*picture_name)(const IclDataset *dataset, int index);
    bool (*picture)(const IclDataset *dataset, int index, IclPicture *picture, GError **error);
    /* The bytes of the picture's JPEG or PNG file, to be freed; *bytes NULL where it has none.
     * NULL: none has. */
    bool (*encoded)(const IclDataset *dataset, int index, uint8_t **bytes, size_t *size,
                    GError **error);
    void (*digest)(const IclDataset *dataset, GChecksum *checksum); /* names or bytes, and sizes */
} IclDatasetKind;

/* The classes of each picture of a multi-label set, ascending. */
typedef struct IclLabelSets {
    int *class; /* [end[n - 1]]: one picture's after another's */
    int *end;   /* [n]: where each picture's end; they begin where those before them end */
} IclLabelSets;

struct IclDataset {
    const IclDatasetKind *kind;
    int n, classes;
    char **labels;     /* [classes], NULL-terminated */
    int *class_of;     /* [n]; NULL: multi-label */
    IclLabelSets sets; /* of a multi-label set */
    float *weight;     /* [n], or NULL: all 1 */
    int *group;        /* [n], numbered from 0 in the order they come up, or NULL */
    void *data;        /* the kind's own */
};

extern const IclDatasetKind icl_dataset_record, icl_dataset_list, icl_dataset_cifar,
    icl_dataset_idx, icl_dataset_folder;

/* A file's bytes, as encoded() gives them. */
bool icl_dataset_read_file(const char *path, uint8_t **bytes, size_t *size, GError **error);

/* Which of the parts that are there (as of parts()) stands for the one wanted: itself; for the test
 * part the validation part beside a training part, or else the only one there is. -1 with an error.
 */
int icl_part_choose(unsigned there, IclPart part, const char *path, GError **error);
extern const char *const icl_part_names[]; /* "train", "test", "validation", NULL */

/* Groups are numbered below it; 0 where there are none. */
int icl_dataset_group_count(const IclDataset *dataset);

/* Adds a number to a fingerprint: eight bytes, little-endian on every machine. */
void icl_digest_number(GChecksum *checksum, uint64_t number);
