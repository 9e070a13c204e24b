/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What a picture truly shows, as somebody who knows it says; never what an element believes (that
 * is "IclPrediction", of another type, so that nothing learns from its own opinion). Readable and
 * writable from any language, without this plugin's headers, once the plugin is loaded:
 *
 * - GstCustomMeta "IclTruth" on one frame (gst_buffer_add_custom_meta()), a GstStructure:
 *     label   string   valid UTF-8, not empty
 * - Stream tag "icl-label" (string), for all frames up to the next such tag or stream-start:
 *     ... ! taginject tags=icl-label=cat ! icltrain ... */
#pragma once

#include <gst/gst.h>

#define ICL_TRUTH_META "IclTruth"
#define ICL_TRUTH_TAG  "icl-label"

/** Makes the meta and the tag known; any number of times, from any thread. */
void icl_truth_register(void);

/**
 * icl_truth_from_buffer:
 * @label: (out): (transfer full): what the meta says; "" where it has no string `label`
 *
 * Returns: FALSE where there is no such meta, and @label is left alone
 */
gboolean icl_truth_from_buffer(GstBuffer *buffer, char **label);

/**
 * icl_truth_from_tags: as above. A value that was written without quotes and taken for a number
 * (taginject tags=icl-label=7) is a label too.
 */
gboolean icl_truth_from_tags(const GstTagList *tags, char **label);
