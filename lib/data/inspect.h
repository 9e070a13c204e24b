/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What is known of a data set once all its pictures were read. Pictures have one numbering through
 * all parts. */
#pragma once

#include <icl/inspect.h>

#include "shrink.h"

enum {
    ICL_SEEN_SIDE = 256,  /* shorter side at which pictures are looked at, at most */
    ICL_SEEN_THUMB = 8,   /* side of a picture in small */
    ICL_SIZE_CLASSES = 7, /* of the shorter side: below 32, 64, ... 1024, and more */
};

/* A picture. */
typedef struct IclSeen {
    uint64_t pixels[2];                            /* SHA-256's first bytes, of size and pixels */
    uint64_t shape;                                /* dHash: see inspect_read.c */
    uint8_t thumb[ICL_SEEN_THUMB][ICL_SEEN_THUMB]; /* luma */
    int width, height;                             /* upright; 0 where it cannot be read */
    uint8_t channels;
    bool flat; /* too even for its shape to say anything */
} IclSeen;

/* Pictures that are the same, or nearly. */
typedef struct IclAlike {
    uint32_t *pictures; /* [n], ascending */
    int n;
    bool parts, classes; /* they lie in several parts; classes */
} IclAlike;

typedef struct IclUnreadable {
    uint32_t picture;
    char *message;
} IclUnreadable;

typedef struct IclAdvice {
    bool broken; /* else to be known */
    char *text;
} IclAdvice;

struct IclInspection {
    char *path;
    IclDataset *part[ICL_PARTS]; /* NULL: not there */
    int first[ICL_PARTS + 1];    /* number of a part's first picture */
    int n, classes;
    bool multi_label;
    IclSeen *seen;      /* [n] */
    GArray *unreadable; /* of IclUnreadable, in order of pictures */

    /* Filled in by inspect.c */
    int *count;                       /* [ICL_PARTS,classes]: readable pictures */
    int pictures[ICL_PARTS];          /* readable ones of any class */
    int unlabelled[ICL_PARTS];        /* of no class: multi-label */
    int least[2], median[2], most[2]; /* height and width */
    int sizes[ICL_SIZE_CLASSES];
    int grey, colour;
    double mean[3], deviation[3]; /* of the training part, or the only one; 0..1 */
    GArray *same, *near;          /* of IclAlike */
    bool near_cut;                /* the search for near ones was given up */
    GArray *advice;               /* of IclAdvice */
};

/* Where a picture is. */
IclPart icl_inspection_part(const IclInspection *inspection, uint32_t picture);
const int *icl_inspection_classes(const IclInspection *inspection, uint32_t picture, int *n);
char *icl_inspection_name(const IclInspection *inspection, uint32_t picture); /* to be freed */

/* Reads all pictures on `threads` threads: seen, unreadable, mean and deviation. False where it was
 * cancelled. */
bool icl_inspect_read(IclInspection *inspection, const IclInspectParams *params, GError **error);
/* A picture's colours at [3,side,side]; false where it cannot be read. */
bool icl_inspect_small(const IclInspection *inspection, uint32_t picture, IclShrinker *shrinker,
                       int side, uint8_t *levels);

GArray *icl_alike_new(void);
/* Adds the pictures, ascending, as one IclAlike. */
void icl_alike_add(GArray *found, const IclInspection *inspection, const uint32_t *pictures, int n);

/* Finds `same`. kinds: [n], gets the first of each kind; returns how many. */
int icl_inspect_same(IclInspection *inspection, uint32_t *kinds);
/* Finds `near` among these; -1: none. */
void icl_inspect_near(IclInspection *inspection, uint32_t *kinds, int n, int near, int threads);

/* Says what there is to say. */
void icl_inspect_advise(IclInspection *inspection);
