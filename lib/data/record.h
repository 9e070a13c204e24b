/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A packed data set: a head of fixed size, the pictures' bytes, each at a multiple of 64, and a
 * tail: rows of fixed size, one a picture, of a multi-label set each picture's classes, then the
 * labels, and the pictures' names. All numbers are little-endian, so that a file can be mapped into
 * memory and used as it lies. The head, the tail and each picture have checksums; a file is not
 * believed before its checksum is. */
#pragma once

#include <icl/dataset.h>

#define ICL_RECORD_MAGIC "\x89ICLREC\n"

enum {
    ICL_RECORD_VERSION = 2,
    ICL_RECORD_ALIGN = 64,
    ICL_RECORD_WEIGHTS = 1, /* flags: rows have weights; groups; any number of classes */
    ICL_RECORD_GROUPS = 2,
    ICL_RECORD_SETS = 4,
};

typedef struct IclRecordHead {
    char magic[8];
    uint32_t version, flags;
    uint64_t size;         /* of the file */
    uint64_t tail, n_tail; /* where it begins, and its bytes: up to the file's end */
    uint64_t n_names;      /* bytes of all names with their NULs, the last of the tail */
    uint32_t n, classes;
    uint32_t n_labels;    /* bytes of all labels with their NULs, after the sets */
    uint32_t n_sets;      /* classes of all pictures, int32 each, after the rows; else 0 */
    uint8_t tail_sum[32]; /* SHA-256 of the tail without the names */
    uint32_t names_crc;   /* CRC-32 of the names */
    uint32_t head_crc;    /* CRC-32 of all before it */
    uint8_t unused[20];
} IclRecordHead;

typedef enum { ICL_RECORD_FILE, ICL_RECORD_PIXELS } IclRecordKind;

typedef struct IclRecordRow {
    uint64_t at, name; /* of its bytes in the file; of its name among the names */
    uint32_t size, crc;
    int32_t class, group; /* class: of a multi-label set, how many it has; group 0: none */
    float weight;         /* 1 where there are none */
    uint8_t part, kind, channels, unused;
    uint32_t height, width; /* of pixels [height,width,channels]; 0 for a file's bytes */
} IclRecordRow;

_Static_assert(sizeof(IclRecordHead) == 128, "a head has no holes");
_Static_assert(sizeof(IclRecordRow) == 48, "a row has no holes");

/* To and from little-endian; its own inverse. */
void icl_record_swap_head(IclRecordHead *head);
void icl_record_swap_row(IclRecordRow *row);
uint32_t icl_record_head_crc(const IclRecordHead *head); /* of a swapped one */
