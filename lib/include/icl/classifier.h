/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/frame.h>
#include <icl/model.h>

G_BEGIN_DECLS

/**
 * IclClassifier: what one thread needs to classify: a plan for a batch size, its arena, packed
 * weights and the preprocessor. Scores of a picture do not depend on the batch around it.
 *
 * One thread at a time uses a classifier; any number of classifiers share a model. A child may use
 * libicl after fork(), the parent's classifiers too if no thread was in a call on them; it starts
 * threads of its own.
 */
typedef struct IclClassifier IclClassifier;

/**
 * icl_classifier_new:
 * @batch: most pictures at once, >= 1
 * @threads: threads of a pass, the caller's among them; 0: all the process may use. They come from
 *   one pool of the process, which serves one pass at a time: a pass that finds it busy runs on its
 *   own thread alone
 *
 * Keeps a reference to @model. Returns: (transfer full): NULL with ICL_ERROR_MEMORY or
 * ICL_ERROR_VALUE
 */
ICL_API IclClassifier *icl_classifier_new(IclModel *model, int batch, int threads, GError **error);
ICL_API void icl_classifier_free(IclClassifier *classifier); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclClassifier, icl_classifier_free)

ICL_API IclModel *icl_classifier_model(const IclClassifier *classifier); /* borrowed */

/** Probabilities of the classes, in the model's order: they sum to 1, but of a model of which
 * icl_model_is_multi_label() is true each is of its own, 0..1. Borrowed until the next call. NULL
 * where icl_frame_check() would be false. */
ICL_API const float *icl_classifier_frame(IclClassifier *classifier, const IclFrame *frame);

/** The same for @n frames: [n, classes]. NULL also where @n is not in 1..batch. */
ICL_API const float *icl_classifier_frames(IclClassifier *classifier, const IclFrame *frames,
                                           int n);

/** The @k best classes of @scores, best first; equal scores in class order. Of @k there are
 * never more than @classes. */
ICL_API void icl_top_k(const float *scores, int classes, int k, int *best);

/**
 * icl_labels_above: the labels of a picture, as a multi-label model has it: the classes whose
 * scores are above @threshold (0.5 is what training counts by), best first; equal scores in class
 * order.
 * @above: (out): [@classes]
 *
 * Returns: how many; 0 where it has none of them
 */
ICL_API int icl_labels_above(const float *scores, int classes, float threshold, int *above);

G_END_DECLS
