/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The meta is registered without tags and with a transformation of its own, for the same reason as
 * the prediction's: whatever happens to size and format, the picture still shows what it showed. */
#include "icltruth.h"

static gboolean copy_meta(GstBuffer *to, GstCustomMeta *meta, GstBuffer *from, GQuark type,
                          gpointer data, gpointer user)
{
    const char *label = gst_structure_get_string(gst_custom_meta_get_structure(meta), "label");
    GstCustomMeta *copy = gst_buffer_add_custom_meta(to, ICL_TRUTH_META);

    gst_structure_set(gst_custom_meta_get_structure(copy), "label", G_TYPE_STRING, label, NULL);
    return TRUE;
}

void icl_truth_register(void)
{
    static const char *const no_tags[] = {NULL};
    static gsize once = 0;

    if (!g_once_init_enter(&once))
        return;
    if (!gst_meta_get_info(ICL_TRUTH_META))
        gst_meta_register_custom(ICL_TRUTH_META, (const char **)no_tags, copy_meta, NULL, NULL);
    gst_tag_register(ICL_TRUTH_TAG, GST_TAG_FLAG_META, G_TYPE_STRING, "label of the class",
                     "what every picture of the stream shows, for icltrain to learn",
                     gst_tag_merge_use_first);
    g_once_init_leave(&once, 1);
}

gboolean icl_truth_from_buffer(GstBuffer *buffer, char **label)
{
    GstCustomMeta *meta = gst_buffer_get_custom_meta(buffer, ICL_TRUTH_META);

    if (!meta)
        return FALSE;
    const char *text = gst_structure_get_string(gst_custom_meta_get_structure(meta), "label");
    *label = g_strdup(text ? text : "");
    return TRUE;
}

gboolean icl_truth_from_tags(const GstTagList *tags, char **label)
{
    const GValue *value = gst_tag_list_get_value_index(tags, ICL_TRUTH_TAG, 0);

    if (!value)
        return FALSE;
    *label = G_VALUE_HOLDS_STRING(value) ? g_value_dup_string(value) : gst_value_serialize(value);
    if (!*label)
        *label = g_strdup("");
    return TRUE;
}
