/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/dataset.h>

G_BEGIN_DECLS

/**
 * IclInspectParams: how a data set is looked over.
 * @threads: 0: all cores; the result does not depend on it
 * @near: how many of the 64 bits of two pictures' shapes may differ for them to be near duplicates,
 *   0 to 15; -1: they are not looked for
 * @cancel: (nullable): set to something else than 0 at any time, it ends the call with
 *   ICL_ERROR_CANCELLED
 * @progress: (nullable): called now and then with the pictures read so far and in all
 */
typedef struct IclInspectParams {
    int threads;
    int near;
    const volatile int *cancel;
    void (*progress)(void *user, int done, int total);
    void *user;
} IclInspectParams;

/* clang-format off */
#define ICL_INSPECT_DEFAULTS .near = 4
/* clang-format on */

/**
 * IclInspection: what all pictures of a data set are like, and what is wrong with them.
 */
typedef struct IclInspection IclInspection;

/**
 * icl_inspect: reads every picture of every part of the data set at @path, as icl_dataset_open().
 *
 * Counts per class and part, sizes, channels, mean and standard deviation; pictures that cannot be
 * read; exact duplicates (the same pixels) and near ones (the same shapes: in another size or
 * quality), and those among them that lie in two parts or two classes; classes that are few.
 *
 * Returns: (transfer full): NULL where the data set cannot be opened, or on request; broken
 * pictures are no error.
 */
ICL_API IclInspection *icl_inspect(const char *path, const IclInspectParams *params,
                                   GError **error);
ICL_API void icl_inspection_free(IclInspection *inspection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclInspection, icl_inspection_free)

/* How many kinds of things are broken: pictures that cannot be read, duplicates across parts or
 * classes, classes without pictures. */
ICL_API int icl_inspection_broken(const IclInspection *inspection);
/* All of it as text with advice, and as JSON; caller frees. */
ICL_API char *icl_inspection_text(const IclInspection *inspection);
ICL_API char *icl_inspection_json(const IclInspection *inspection);

/**
 * IclSheetParams: a contact sheet.
 * @recipe: (nullable): preprocessing; NULL: all of a picture in a square of 96 pixels
 * @augment: (nullable): a chain of augmentations: below the pictures of a class, the same pictures
 *   once augmented
 * @columns: pictures a class; 0: 8
 * @seed: of the augmentations
 */
typedef struct IclSheetParams {
    const char *recipe, *augment;
    int columns;
    uint64_t seed;
} IclSheetParams;

/**
 * icl_contact_sheet: draws pictures of each class (of the first 50), with its name, into a PNG
 * file.
 *
 * Returns: false with ICL_ERROR_SYNTAX or ICL_ERROR_VALUE for a wrong chain, ICL_ERROR_FILE where
 * the file cannot be written. Pictures that cannot be read stay empty.
 */
ICL_API bool icl_contact_sheet(const IclDataset *dataset, const IclSheetParams *params,
                               const char *path, GError **error);

G_END_DECLS
