/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The meta is registered without tags: elements that convert or scale drop metas whose tags they do
 * not know, and a class of the whole frame stays true whatever happens to size and format. */
#include "iclmeta.h"

#include <gst/video/gstvideometa.h>

static gboolean copy_field(GQuark field, const GValue *value, gpointer to)
{
    gst_structure_id_set_value(to, field, value);
    return TRUE;
}

static gboolean copy_meta(GstBuffer *to, GstCustomMeta *meta, GstBuffer *from, GQuark type,
                          gpointer data, gpointer user)
{
    GstCustomMeta *copy = gst_buffer_add_custom_meta(to, ICL_PREDICTION_META);

    return gst_structure_foreach(gst_custom_meta_get_structure(meta), copy_field,
                                 gst_custom_meta_get_structure(copy));
}

void icl_prediction_register(void)
{
    static const char *const no_tags[] = {NULL};
    static gsize once = 0;

    if (g_once_init_enter(&once)) {
        if (!gst_meta_get_info(ICL_PREDICTION_META))
            gst_meta_register_custom(ICL_PREDICTION_META, (const char **)no_tags, copy_meta, NULL,
                                     NULL);
        g_once_init_leave(&once, 1);
    }
}

/* Whether the best class is one to believe. */
static gboolean is_certain(const IclPrediction *prediction)
{
    return prediction->confidence[0] >= prediction->threshold;
}

static const char *best_label(const IclPrediction *prediction)
{
    return is_certain(prediction) ? prediction->labels[prediction->best[0]] : "";
}

/* Names are interned: a frame may outlive element and model, and neither it nor its copies need
 * memory for names that repeat from frame to frame. */
static void set_name(GValue *value, const char *name)
{
    g_value_set_interned_string(g_value_init(value, G_TYPE_STRING), g_intern_string(name));
}

static void put_name(GstStructure *to, const char *field, const char *name)
{
    GValue value = G_VALUE_INIT;

    set_name(&value, name);
    gst_structure_take_value(to, field, &value);
}

static void put_top(GstStructure *to, const IclPrediction *prediction)
{
    GValue labels = G_VALUE_INIT, ids = G_VALUE_INIT, confidences = G_VALUE_INIT;

    gst_value_array_init(&labels, prediction->count);
    gst_value_array_init(&ids, prediction->count);
    gst_value_array_init(&confidences, prediction->count);
    for (int i = 0; i < prediction->count; i++) {
        GValue label = G_VALUE_INIT, id = G_VALUE_INIT, confidence = G_VALUE_INIT;
        set_name(&label, prediction->labels[prediction->best[i]]);
        g_value_set_int(g_value_init(&id, G_TYPE_INT), prediction->best[i]);
        g_value_set_double(g_value_init(&confidence, G_TYPE_DOUBLE), prediction->confidence[i]);
        gst_value_array_append_and_take_value(&labels, &label);
        gst_value_array_append_and_take_value(&ids, &id);
        gst_value_array_append_and_take_value(&confidences, &confidence);
    }
    gst_structure_take_value(to, "labels", &labels);
    gst_structure_take_value(to, "class-ids", &ids);
    gst_structure_take_value(to, "confidences", &confidences);
}

static void put_prediction(GstStructure *to, const IclPrediction *prediction)
{
    put_name(to, "element", prediction->element);
    put_name(to, "model", prediction->model);
    put_name(to, "label", best_label(prediction));
    gst_structure_set(to, "class-id", G_TYPE_INT, is_certain(prediction) ? prediction->best[0] : -1,
                      "confidence", G_TYPE_DOUBLE, (double)prediction->confidence[0], "fresh",
                      G_TYPE_BOOLEAN, prediction->fresh, NULL);
    put_top(to, prediction);
}

/* The structure of a meta of ours, of whichever element; NULL for metas of other kinds. */
static const GstStructure *structure_of(GstMeta *meta)
{
    GstVideoRegionOfInterestMeta *region = (GstVideoRegionOfInterestMeta *)meta;

    if (meta->info == gst_meta_get_info(ICL_PREDICTION_META))
        return gst_custom_meta_get_structure((GstCustomMeta *)meta);
    if (meta->info->api != GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE ||
        region->roi_type != g_quark_from_static_string(ICL_PREDICTION_NAME))
        return NULL;
    return gst_video_region_of_interest_meta_get_param(region, "classification");
}

static gboolean remove_own(GstBuffer *buffer, GstMeta **meta, gpointer element)
{
    const GstStructure *structure = structure_of(*meta);

    if (structure && g_strcmp0(gst_structure_get_string(structure, "element"), element) == 0)
        *meta = NULL;
    return TRUE;
}

static void add_region(const IclPrediction *prediction, GstBuffer *buffer, guint width,
                       guint height)
{
    GstVideoRegionOfInterestMeta *region = gst_buffer_add_video_region_of_interest_meta(
        buffer, ICL_PREDICTION_NAME, 0, 0, width, height);

    GstStructure *param =
        gst_structure_new("classification", "label_id", G_TYPE_INT, prediction->best[0],
                          "confidence", G_TYPE_DOUBLE, (double)prediction->confidence[0], NULL);

    put_name(param, "label", best_label(prediction));
    put_name(param, "model_name", prediction->model);
    put_name(param, "element", prediction->element);
    gst_video_region_of_interest_meta_add_param(region, param);
}

void icl_prediction_attach(const IclPrediction *prediction, GstBuffer *buffer, guint width,
                           guint height)
{
    gst_buffer_foreach_meta(buffer, remove_own, (gpointer)prediction->element);
    GstCustomMeta *meta = gst_buffer_add_custom_meta(buffer, ICL_PREDICTION_META);
    put_prediction(gst_custom_meta_get_structure(meta), prediction);
    if (is_certain(prediction))
        add_region(prediction, buffer, width, height);
}

GstMessage *icl_prediction_message(const IclPrediction *prediction, GstObject *source,
                                   const GstSegment *segment, const GstBuffer *buffer)
{
    GstClockTime time = GST_BUFFER_PTS(buffer), stream = GST_CLOCK_TIME_NONE, running = stream;

    if (segment->format == GST_FORMAT_TIME) {
        stream = gst_segment_to_stream_time(segment, GST_FORMAT_TIME, time);
        running = gst_segment_to_running_time(segment, GST_FORMAT_TIME, time);
    }
    GstStructure *structure =
        gst_structure_new(ICL_PREDICTION_NAME, "timestamp", G_TYPE_UINT64, time, "stream-time",
                          G_TYPE_UINT64, stream, "running-time", G_TYPE_UINT64, running, "duration",
                          G_TYPE_UINT64, GST_BUFFER_DURATION(buffer), NULL);

    put_prediction(structure, prediction);
    return gst_message_new_element(source, structure);
}
