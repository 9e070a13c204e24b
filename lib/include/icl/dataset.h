/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/frame.h>

G_BEGIN_DECLS

/**
 * IclDataset: labelled pictures: an image folder (one sub-folder a class), a list, IDX files, ...
 *
 * Const after opening; may be read from any number of threads.
 */
typedef struct IclDataset IclDataset;

/** IclPart: which part of a data set; one that does not come in parts has a training part only. */
typedef enum { ICL_PART_TRAIN, ICL_PART_TEST, ICL_PART_VALIDATION, ICL_PARTS } IclPart;

/**
 * icl_dataset_open:
 * @path: one of these kinds:
 *   - a folder of class folders with .jpg .jpeg .png files in any case of letters, found
 *     recursively (classes and pictures in code-point order; names starting with '.' skipped; below
 *     a class folder, links are followed to files only);
 *   - a folder with sub-folders `train`, and `test` or `val` (`valid`, `validation`) or both, of
 *     that kind, with the same class folders in all;
 *   - a list, in UTF-8: a .csv (or .tsv) file whose first row names the columns, or a .jsonl file
 *     of JSON objects. Its columns: path (from the list's folder on), label, and where wanted
 * weight (0 or more; see icl_dataset_weights()), split (train, validation or test; empty: train)
 * and group (see icl_dataset_groups()). Classes are in code-point order. With `labels` in place of
 *     label it is multi-label: a picture has any number of them, "cat|dog" in .csv (blanks around
 *     them do not count), ["cat", "dog"] in .jsonl, nothing or [] where it has none;
 *   - a folder of IDX files: train-images-idx3-ubyte (or idx4 with 3 channels),
 *     train-labels-idx1-ubyte, t10k-..., each plain or .gz;
 *   - a folder of CIFAR-10's binary files (data_batch_1.bin ..., test_batch.bin,
 *     batches.meta.txt) or CIFAR-100's (train.bin, test.bin, fine_label_names.txt);
 *   - a file that icl_pack() wrote (.icl-records).
 * @part: the part wanted. Where there is no test part, the validation part stands for it, and where
 *   there is only one part, that one; a validation part must be there.
 *
 * IDX labels are named "0", "1", ... unless `labels.txt` in the folder names them, one a line; the
 * Fashion-MNIST set (recognised by the fingerprint of its label file) has its published names.
 *
 * Returns: (transfer full): NULL with ICL_ERROR_FILE, ICL_ERROR_FORMAT or ICL_ERROR_DATA (fewer
 * than two classes, no pictures).
 */
ICL_API IclDataset *icl_dataset_open(const char *path, IclPart part, GError **error);
ICL_API void icl_dataset_free(IclDataset *dataset);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclDataset, icl_dataset_free)

/** Whether @path has pictures of that part and of no other. A set without parts: for training. */
ICL_API bool icl_dataset_has_part(const char *path, IclPart part);
/** Whether ICL_PART_TEST is there beside a training part: a test part, or a validation part. */
ICL_API bool icl_dataset_has_test(const char *path);

ICL_API int icl_dataset_size(const IclDataset *dataset);    /* pictures */
ICL_API int icl_dataset_classes(const IclDataset *dataset); /* number of classes */
/* Their names; borrowed, NULL-terminated. */
ICL_API const char *const *icl_dataset_labels(const IclDataset *dataset);
/* Class of picture `index`; -1 for every picture of a multi-label set, whatever labels it has. */
ICL_API int icl_dataset_class(const IclDataset *dataset, int index);
/** Whether a picture may have any number of labels, none among them, each one a class of its own.
 */
ICL_API bool icl_dataset_is_multi_label(const IclDataset *dataset);
/**
 * icl_dataset_classes_of: the classes of picture @index, ascending: of a multi-label set any number
 * of them, else its one class.
 * @n: (out): how many
 *
 * Returns: [@n], borrowed
 */
ICL_API const int *icl_dataset_classes_of(const IclDataset *dataset, int index, int *n);
/* Their labels: "cat|dog", or "" where it has none; caller frees. */
ICL_API char *icl_dataset_labels_text(const IclDataset *dataset, int index);
/* How much each picture counts, >= 0; [pictures], borrowed. NULL: all the same. */
ICL_API const float *icl_dataset_weights(const IclDataset *dataset);
/* The group that each picture belongs to, such as the film it is a frame of; [pictures], numbered
 * from 0, borrowed. NULL: each is its own. */
ICL_API const int *icl_dataset_groups(const IclDataset *dataset);
/**
 * icl_dataset_group_by: groups the pictures by what a regular expression (Perl's) finds in their
 * names: its first brackets, or, without brackets, all that it matches. To be called before other
 * threads see the data set.
 *
 * Returns: false with ICL_ERROR_SYNTAX, or ICL_ERROR_DATA naming a picture that does not match; the
 * groups are then as before.
 */
ICL_API bool icl_dataset_group_by(IclDataset *dataset, const char *pattern, GError **error);
/* "path/to/cat/1.jpg", or "t10k-images-idx3-ubyte.gz[17]"; caller frees */
ICL_API char *icl_dataset_name(const IclDataset *dataset, int index);
/* Decodes picture `index`; as icl_picture_load(). */
ICL_API bool icl_dataset_picture(const IclDataset *dataset, int index, IclPicture *picture,
                                 GError **error);
/* 16 hex digits over names (or bytes, for IDX), sizes and classes: which data a model was trained
 * on. The folder's own path is no part of it. Caller frees. */
ICL_API char *icl_dataset_fingerprint(const IclDataset *dataset);

/**
 * icl_dataset_split: stratified by class, by seed.
 * @fraction: share of each class that goes to @second, 0 < fraction < 1, rounded to whole pictures;
 *   at least one picture of a class stays in @first. Where the data set has groups, whole groups go
 *   over, and the shares are as near as these allow; in a multi-label set as near as the pictures'
 *   labels allow (iterative stratification: Sechidis, Tsoumakas and Vlahavas 2011)
 * @first, @second: (out): picture numbers in ascending order; caller frees with g_free()
 */
ICL_API void icl_dataset_split(const IclDataset *dataset, double fraction, uint64_t seed,
                               uint32_t **first, int *n_first, uint32_t **second, int *n_second);

G_END_DECLS
