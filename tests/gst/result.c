/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What a result says: the meta, the region, the message, and the properties that shape them. */
#include "fixture.h"

static GstBuffer *push(Rig *rig, guint seed)
{
    return rig_push(rig, frame_new(GST_VIDEO_FORMAT_RGB, 32, 24, seed));
}

static void rig_open_rgb(Rig *rig, const char *options)
{
    rig_open(rig, options, fixture_caps(GST_VIDEO_FORMAT_RGB, 32, 24));
}

/* The fields that meta and message share. */
static void assert_prediction(const GstStructure *prediction)
{
    const GValue *labels = gst_structure_get_value(prediction, "labels");
    const GValue *ids = gst_structure_get_value(prediction, "class-ids");
    const GValue *confidences = gst_structure_get_value(prediction, "confidences");
    double sum = 0, last = 1;

    g_assert_cmpstr(gst_structure_get_string(prediction, "element"), ==, "c");
    g_assert_cmpstr(gst_structure_get_string(prediction, "model"), ==, "model.bin");
    g_assert_cmpint(prediction_count(prediction), ==, FIXTURE_CLASSES);
    for (int i = 0; i < FIXTURE_CLASSES; i++) {
        int id = g_value_get_int(gst_value_array_get_value(ids, i));
        double confidence = g_value_get_double(gst_value_array_get_value(confidences, i));
        g_assert_cmpstr(g_value_get_string(gst_value_array_get_value(labels, i)), ==,
                        fixture_labels[id]);
        g_assert_cmpfloat(confidence, <=, last);
        last = confidence;
        sum += confidence;
    }
    g_assert_cmpfloat_with_epsilon(sum, 1, 1e-5);
    int best = g_value_get_int(gst_value_array_get_value(ids, 0));
    g_assert_cmpint(prediction_class(prediction), ==, best);
    g_assert_cmpstr(prediction_label(prediction), ==, fixture_labels[best]);
    g_assert_cmpfloat(prediction_confidence(prediction), ==,
                      g_value_get_double(gst_value_array_get_value(confidences, 0)));
    g_assert_true(prediction_fresh(prediction));
}

static void meta_holds_the_whole_result(void)
{
    Rig rig;

    rig_open_rgb(&rig, NULL);
    GstBuffer *out = push(&rig, 1);
    assert_prediction(frame_prediction(out, "c", 0));
    g_assert_null(frame_prediction(out, NULL, 1));
    gst_buffer_unref(out);
    rig_close(&rig);
}

static void region_covers_the_frame(void)
{
    Rig rig;
    const char *label = NULL, *model = NULL;
    int id = -1;
    double confidence = -1;

    rig_open_rgb(&rig, NULL);
    GstBuffer *out = push(&rig, 1);
    const GstStructure *prediction = frame_prediction(out, NULL, 0);
    GstVideoRegionOfInterestMeta *region = (GstVideoRegionOfInterestMeta *)frame_region(out);
    g_assert_nonnull(region);
    g_assert_cmpstr(g_quark_to_string(region->roi_type), ==, "icl-classification");
    g_assert_cmpuint(region->x + region->y, ==, 0);
    g_assert_cmpuint(region->w, ==, 32);
    g_assert_cmpuint(region->h, ==, 24);
    const GstStructure *param =
        gst_video_region_of_interest_meta_get_param(region, "classification");
    g_assert_true(gst_structure_get(param, "label", G_TYPE_STRING, &label, "label_id", G_TYPE_INT,
                                    &id, "confidence", G_TYPE_DOUBLE, &confidence, "model_name",
                                    G_TYPE_STRING, &model, NULL));
    g_assert_cmpstr(label, ==, prediction_label(prediction));
    g_assert_cmpstr(model, ==, "model.bin");
    g_assert_cmpint(id, ==, prediction_class(prediction));
    g_assert_cmpfloat(confidence, ==, prediction_confidence(prediction));
    g_free((char *)label);
    g_free((char *)model);
    gst_buffer_unref(out);
    rig_close(&rig);
}

static guint64 time_of(const GstStructure *structure, const char *field)
{
    guint64 time = 0;

    g_assert_true(gst_structure_get_uint64(structure, field, &time));
    return time;
}

static void message_says_the_same_and_when(void)
{
    GstSegment segment;
    Rig rig;

    rig_open_rgb(&rig, NULL);
    gst_segment_init(&segment, GST_FORMAT_TIME);
    segment.base = 5 * GST_SECOND;
    segment.time = 7 * GST_SECOND;
    gst_harness_push_event(rig.harness, gst_event_new_segment(&segment));
    gst_buffer_unref(push(&rig, 30));
    GstMessage *message = rig_message(&rig, GST_MESSAGE_ELEMENT);
    g_assert_nonnull(message);
    const GstStructure *structure = gst_message_get_structure(message);
    g_assert_true(GST_MESSAGE_SRC(message) == GST_OBJECT(rig.element));
    g_assert_true(gst_structure_has_name(structure, "icl-classification"));
    assert_prediction(structure);
    g_assert_cmpuint(time_of(structure, "timestamp"), ==, GST_SECOND);
    g_assert_cmpuint(time_of(structure, "running-time"), ==, 6 * GST_SECOND);
    g_assert_cmpuint(time_of(structure, "stream-time"), ==, 8 * GST_SECOND);
    g_assert_cmpuint(time_of(structure, "duration"), ==, GST_SECOND / 30);
    gst_message_unref(message);
    g_assert_null(rig_message(&rig, GST_MESSAGE_ELEMENT));
    rig_close(&rig);
}

static void message_of_a_frame_without_time(void)
{
    Rig rig;

    rig_open_rgb(&rig, NULL);
    GstBuffer *frame = frame_new(GST_VIDEO_FORMAT_RGB, 32, 24, 1);
    GST_BUFFER_PTS(frame) = GST_BUFFER_DTS(frame) = GST_BUFFER_DURATION(frame) =
        GST_CLOCK_TIME_NONE;
    gst_buffer_unref(rig_push(&rig, frame));
    GstMessage *message = rig_message(&rig, GST_MESSAGE_ELEMENT);
    const GstStructure *structure = gst_message_get_structure(message);
    g_assert_cmpuint(time_of(structure, "timestamp"), ==, GST_CLOCK_TIME_NONE);
    g_assert_cmpuint(time_of(structure, "running-time"), ==, GST_CLOCK_TIME_NONE);
    gst_message_unref(message);
    rig_close(&rig);
}

static void no_messages_where_none_are_wanted(void)
{
    Rig rig;

    rig_open_rgb(&rig, "post-messages=false");
    gst_buffer_unref(push(&rig, 1));
    g_assert_null(rig_message(&rig, GST_MESSAGE_ELEMENT));
    g_object_set(rig.element, "post-messages", TRUE, NULL);
    gst_buffer_unref(push(&rig, 2));
    GstMessage *message = rig_message(&rig, GST_MESSAGE_ELEMENT);
    g_assert_nonnull(message);
    gst_message_unref(message);
    rig_close(&rig);
}

static const struct TopRow {
    int top, listed;
} tops[] = {{1, 1}, {2, 2}, {4, 4}, {5, 4}, {100, 4}};

static void top_k_is_clipped_to_the_classes(const void *data)
{
    const struct TopRow *row = data;
    Rig rig;

    rig_open_rgb(&rig, NULL);
    g_object_set(rig.element, "top-k", row->top, NULL);
    GstBuffer *out = push(&rig, 1);
    g_assert_cmpint(prediction_count(frame_prediction(out, NULL, 0)), ==, row->listed);
    gst_buffer_unref(out);
    rig_close(&rig);
}

/* The same frame below, at and above its confidence; the property changes while the stream runs. */
static void threshold_takes_the_label_away(void)
{
    Rig rig;

    rig_open_rgb(&rig, NULL);
    GstBuffer *out = push(&rig, 1);
    double confidence = prediction_confidence(frame_prediction(out, NULL, 0));
    gst_buffer_unref(out);
    g_assert_cmpfloat(confidence, <, 1);

    g_object_set(rig.element, "threshold", confidence, NULL);
    out = push(&rig, 1);
    g_assert_cmpstr(prediction_label(frame_prediction(out, NULL, 0)), !=, "");
    g_assert_nonnull(frame_region(out));
    gst_buffer_unref(out);

    g_object_set(rig.element, "threshold", confidence + (1 - confidence) / 2, NULL);
    out = push(&rig, 1);
    const GstStructure *unknown = frame_prediction(out, NULL, 0);
    g_assert_cmpstr(prediction_label(unknown), ==, "");
    g_assert_cmpint(prediction_class(unknown), ==, -1);
    g_assert_cmpfloat(prediction_confidence(unknown), ==, confidence);
    g_assert_cmpint(prediction_count(unknown), ==, FIXTURE_CLASSES);
    g_assert_null(frame_region(out));
    gst_buffer_unref(out);
    rig_close(&rig);
}

static const int intervals[] = {1, 2, 3, 7};

/* Between classifications a frame carries the last result, marked as such, and no message. */
static void interval_carries_the_last_result(const void *data)
{
    int interval = *(const int *)data, messages = 0;
    double last = 0;
    Rig rig;

    rig_open_rgb(&rig, NULL);
    g_object_set(rig.element, "interval", interval, NULL);
    for (guint i = 0; i < 20; i++) {
        GstBuffer *out = push(&rig, i + 1);
        const GstStructure *prediction = frame_prediction(out, NULL, 0);
        g_assert_cmpint(prediction_fresh(prediction), ==, i % interval == 0);
        if (prediction_fresh(prediction))
            g_assert_cmpfloat(prediction_confidence(prediction), !=, last);
        else
            g_assert_cmpfloat(prediction_confidence(prediction), ==, last);
        last = prediction_confidence(prediction);
        gst_buffer_unref(out);
    }
    for (GstMessage *message; (message = rig_message(&rig, GST_MESSAGE_ELEMENT)); messages++)
        gst_message_unref(message);
    g_assert_cmpint(messages, ==, (20 + interval - 1) / interval);
    rig_close(&rig);
}

static void gap_passes_and_does_not_count(void)
{
    Rig rig;

    rig_open_rgb(&rig, "interval=2");
    for (guint i = 0; i < 6; i++) {
        GstBuffer *gap = frame_new(GST_VIDEO_FORMAT_RGB, 32, 24, i);
        GST_BUFFER_FLAG_SET(gap, GST_BUFFER_FLAG_GAP);
        gap = rig_push(&rig, gap);
        g_assert_true(GST_BUFFER_FLAG_IS_SET(gap, GST_BUFFER_FLAG_GAP));
        g_assert_null(frame_prediction(gap, NULL, 0));
        gst_buffer_unref(gap);
        GstBuffer *out = push(&rig, i);
        g_assert_cmpint(prediction_fresh(frame_prediction(out, NULL, 0)), ==, i % 2 == 0);
        gst_buffer_unref(out);
    }
    rig_close(&rig);
}

/* A frame that comes by twice keeps the newer of our results only, but all that others left. */
static void own_result_is_replaced(void)
{
    static const char *const no_tags[] = {NULL};
    Rig rig;
    gpointer state = NULL;
    int regions = 0, label = 0;

    gst_meta_register_custom("TestTruth", (const char **)no_tags, NULL, NULL, NULL);
    rig_open_rgb(&rig, NULL);
    GstBuffer *out = push(&rig, 1);
    gst_buffer_add_video_region_of_interest_meta(out, "face", 1, 2, 3, 4);
    GstCustomMeta *truth = gst_buffer_add_custom_meta(out, "TestTruth");
    gst_structure_set(gst_custom_meta_get_structure(truth), "label", G_TYPE_INT, 7, NULL);
    out = rig_push(&rig, out);
    g_assert_nonnull(frame_prediction(out, "c", 0));
    g_assert_null(frame_prediction(out, "c", 1));
    while (
        gst_buffer_iterate_meta_filtered(out, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))
        regions++;
    g_assert_cmpint(regions, ==, 2);
    truth = gst_buffer_get_custom_meta(out, "TestTruth");
    g_assert_true(gst_structure_get_int(gst_custom_meta_get_structure(truth), "label", &label));
    g_assert_cmpint(label, ==, 7);
    gst_buffer_unref(out);
    rig_close(&rig);
}

void add_result_tests(void)
{
    g_test_add_func("/result/meta", meta_holds_the_whole_result);
    g_test_add_func("/result/region", region_covers_the_frame);
    g_test_add_func("/result/message", message_says_the_same_and_when);
    g_test_add_func("/result/message-without-time", message_of_a_frame_without_time);
    g_test_add_func("/result/post-messages", no_messages_where_none_are_wanted);
    g_test_add_func("/result/threshold", threshold_takes_the_label_away);
    g_test_add_func("/result/gap", gap_passes_and_does_not_count);
    g_test_add_func("/result/replaced", own_result_is_replaced);
    for (size_t i = 0; i < G_N_ELEMENTS(tops); i++)
        fixture_add(top_k_is_clipped_to_the_classes, &tops[i], "/result/top-k/%d", tops[i].top);
    for (size_t i = 0; i < G_N_ELEMENTS(intervals); i++)
        fixture_add(interval_carries_the_last_result, &intervals[i], "/result/interval/%d",
                    intervals[i]);
}
