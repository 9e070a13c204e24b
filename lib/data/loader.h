/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Batches for training and evaluation: decode, recipe, augmentation, normalize, on worker threads,
 * a bounded number ahead. The order and every pixel depend on the seed and epoch alone. A folder's
 * pictures are kept after the crop where all of them fit in 256 MiB and the augmentations do not
 * begin with a crop of their own (then JPEG files are decoded as far as it reaches; see
 * picture_read.h). */
#pragma once

#include <icl/dataset.h>

#include "preprocess.h"

typedef struct IclLoaderParams {
    const IclDataset *dataset; /* borrowed, as the rest */
    const uint32_t *indices;   /* pictures to load; NULL: all */
    int n_indices;
    const IclRecipe *recipe;
    const GPtrArray *augment; /* of instances of icl_augment_family, or NULL */
    /* (nullable) The program's own change after them, called by several threads at once; key: as
     * random as the picture's place in the epoch */
    void (*change)(void *user, uint64_t key, int h, int w, int c, float *pixels);
    void *change_user;
    int batch;           /* pictures a batch; the last may be short */
    const void *sampler; /* of icl_sampler_family, and checked by icl_sampler_check(), or NULL */
    bool shuffle;        /* without a sampler */
    const float *class_weight; /* [classes], or NULL: all 1 */
    uint64_t seed;
    int workers; /* threads; 0: decode in icl_loader_next() */
    bool strict; /* an unreadable picture stops; else it is reported and skipped */
    void (*report)(void *user, const GError *error); /* an unreadable picture, once; from next() */
    void *user;
} IclLoaderParams;

typedef struct IclLoader IclLoader;

typedef struct IclBatch {
    int n;           /* pictures in it, 1..batch */
    float *x;        /* [n,h,w,c] */
    int *y;          /* classes; NULL: multi-label */
    uint32_t *index; /* picture numbers in the data set */
    float *weight;   /* [n]: what each counts in the loss, or NULL: all 1 */
    float *targets;  /* [n,classes]: shares of classes in mixed pictures, or NULL: y says all;
                      * multi-label: 1 for each label that is on, or, mixed, its share */
} IclBatch;

IclLoader *icl_loader_new(const IclLoaderParams *params);
void icl_loader_free(IclLoader *loader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclLoader, icl_loader_free)

/* Bytes of pictures it will hold, those that are being augmented among them. */
size_t icl_loader_bytes(const IclLoader *loader);

/* Pictures an epoch: as the sampler says, else those given. */
int icl_loader_size(const IclLoader *loader);

/* Begins an epoch (0, 1, ...): its order is drawn from (seed, epoch). */
void icl_loader_start(IclLoader *loader, int epoch);

/* The same, from a place within it on, as icl_loader_place() gave it: what is before is not read.
 */
void icl_loader_start_at(IclLoader *loader, int epoch, int place);

/* How far the epoch is, in batches; those left empty among them. */
int icl_loader_place(const IclLoader *loader);

/* The next batch, valid until the next call; *batch NULL at the epoch's end. Unreadable pictures
 * leave the batch shorter (one left empty is passed over). False with an error in strict mode, or
 * where memory for the batches is refused; a later call tries again. */
bool icl_loader_next(IclLoader *loader, IclBatch **batch, GError **error);
int icl_loader_skipped(const IclLoader *loader); /* unreadable pictures so far, each counted once */
