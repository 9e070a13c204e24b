/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/error.h>
#include <stdbool.h>

G_BEGIN_DECLS

/**
 * IclModel: a network with its weights, labels and preprocessing recipe.
 *
 * Reference-counted; const once loaded, so that any number of classifiers on any threads share one.
 */
typedef struct IclModel IclModel;

/**
 * icl_model_load: reads a model file, or a training checkpoint.
 *
 * The file is copied and let go: overwriting it later does not touch the model.
 *
 * Returns: (transfer full): NULL with ICL_ERROR_FILE or ICL_ERROR_FORMAT
 */
ICL_API IclModel *icl_model_load(const char *path, GError **error);

/**
 * icl_model_from_description: a network with weights initialised from @seed.
 * @text: the description; @name: what messages call it (a path)
 * @labels: (nullable): class names, NULL-terminated; they set $classes. NULL: class names "0", "1",
 * ... and 1000 of them unless the text says otherwise
 *
 * Returns: (transfer full): NULL with ICL_ERROR_SYNTAX, ICL_ERROR_VALUE or ICL_ERROR_MEMORY
 */
ICL_API IclModel *icl_model_from_description(const char *text, const char *name,
                                             const char *const *labels, guint64 seed,
                                             GError **error);

/** Writes the model: to a temporary file beside @path, then renamed, so that @path is old or new.
 */
ICL_API bool icl_model_save(const IclModel *model, const char *path, GError **error);

ICL_API IclModel *icl_model_ref(IclModel *model);
ICL_API void icl_model_unref(IclModel *model); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclModel, icl_model_unref)

ICL_API int icl_model_classes(const IclModel *model);
ICL_API const char *const *icl_model_labels(const IclModel *model); /* borrowed, NULL-terminated */
/** Whether a picture may be of any number of the classes, as in the multi-label data set that it
 * was trained on; else it is of one of them. */
ICL_API bool icl_model_is_multi_label(const IclModel *model);
/* Height, width and channels of the input tensor. */
ICL_API void icl_model_input_size(const IclModel *model, int *height, int *width, int *channels);
ICL_API const char *icl_model_description(const IclModel *model); /* borrowed */
ICL_API const char *icl_model_recipe(const IclModel *model);      /* preprocessing; borrowed */
/* A string of the file's metadata ("seed", "dataset", "accuracy", ...), or NULL; borrowed. */
ICL_API const char *icl_model_metadata(const IclModel *model, const char *key);
/* Keys of the metadata, in code-point order; caller frees the array with g_free(), not the strings.
 */
ICL_API const char **icl_model_metadata_keys(const IclModel *model);
/* Trained weights; batchnorm's moving statistics are not counted. */
ICL_API gint64 icl_model_parameters(const IclModel *model);

/**
 * icl_model_summary: the table of `icl info`: layer, output, parameters, multiply-adds, and the
 * size of its output for @batch pictures; what a run takes is icl_footprint(). Caller frees.
 */
ICL_API char *icl_model_summary(const IclModel *model, int batch, GError **error);

G_END_DECLS
