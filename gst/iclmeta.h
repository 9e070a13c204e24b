/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * How a result leaves iclclassify, readable from any language without this plugin's headers:
 *
 * - GstCustomMeta "IclPrediction" on every frame (gst_buffer_get_custom_meta()), a GstStructure:
 *     element      string   name of the element that made it
 *     model        string   base name of the model file
 *     label        string   best class; "" where its confidence is below the threshold
 *     class-id     int      its number in the model, from 0; -1 with label ""
 *     confidence   double   probability of the best class, 0..1, whatever the threshold
 *     fresh        boolean  computed on this frame; false: carried over from an earlier one
 *     labels, class-ids, confidences   arrays (GstValueArray): the top-k classes, best first; of a
 *                           multi-label model each confidence is of its own, and the frame has all
 *                           labels that are above the threshold one wants
 * - GstVideoRegionOfInterestMeta of type "icl-classification" over the whole frame, where label is
 *   not "", with a parameter "classification": label, label_id, confidence, model_name, element.
 *   Elements that turn the picture drop it, as they do any region; the meta stays.
 * - Element message "icl-classification": the fields of the meta and timestamp, stream-time,
 *   running-time, duration (uint64, nanoseconds).
 *
 * GStreamer makes these anew for each frame: meta and region are 9 allocations, the message 6 more,
 * however many classes are listed, from the second frame to the last (tests/gst/allocations.c). */
#pragma once

#include <gst/gst.h>

#define ICL_PREDICTION_META "IclPrediction"
#define ICL_PREDICTION_NAME "icl-classification" /* of the region and of the message */
#define ICL_PREDICTION_TOP  100                  /* most classes of a result */

/**
 * IclPrediction: the result of one frame; all strings are borrowed.
 * @element, @model: names as above
 * @labels: of all classes of the model
 * @threshold: confidence from which the best class is believed
 * @count: entries of @best and @confidence, best first; 0: there is no result
 */
typedef struct IclPrediction {
    const char *element, *model;
    const char *const *labels;
    double threshold;
    gboolean fresh;
    int count;
    int best[ICL_PREDICTION_TOP];
    float confidence[ICL_PREDICTION_TOP];
} IclPrediction;

/** Makes the meta known; any number of times, from any thread. */
void icl_prediction_register(void);

/** Puts the metas on a writable @buffer, in place of those the same element left there before. */
void icl_prediction_attach(const IclPrediction *prediction, GstBuffer *buffer, guint width,
                           guint height);

/** Returns: (transfer full): the message about @buffer of @segment, from @source */
GstMessage *icl_prediction_message(const IclPrediction *prediction, GstObject *source,
                                   const GstSegment *segment, const GstBuffer *buffer);
