/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The element in a stream that flushes, changes and ends. */
#include "fixture.h"

static gboolean push_is_fresh(Rig *rig, GstVideoFormat format, int width, int height)
{
    GstBuffer *out = rig_push(rig, frame_new(format, width, height, 1));
    gboolean fresh = prediction_fresh(frame_prediction(out, "c", 0));

    gst_buffer_unref(out);
    return fresh;
}

static void push_turn(Rig *rig)
{
    GstTagList *tags = gst_tag_list_new(GST_TAG_IMAGE_ORIENTATION, "rotate-180", NULL);

    g_assert_true(gst_harness_push_event(rig->harness, gst_event_new_tag(tags)));
}

static const struct BreakRow {
    const char *name;
    void (*run)(Rig *rig);
} breaks[] = {{"flush", rig_flush},
              {"stream-start", rig_stream_start},
              {"restart", rig_restart},
              {"turn", push_turn}};

/* What was seen before a break is not carried over it, however long the interval. */
static void break_forgets_the_last_result(const void *data)
{
    const struct BreakRow *row = data;
    Rig rig;

    rig_open(&rig, "interval=1000", fixture_caps(GST_VIDEO_FORMAT_RGB, 8, 8));
    g_assert_true(push_is_fresh(&rig, GST_VIDEO_FORMAT_RGB, 8, 8));
    g_assert_false(push_is_fresh(&rig, GST_VIDEO_FORMAT_RGB, 8, 8));
    row->run(&rig);
    g_assert_true(push_is_fresh(&rig, GST_VIDEO_FORMAT_RGB, 8, 8));
    g_assert_false(push_is_fresh(&rig, GST_VIDEO_FORMAT_RGB, 8, 8));
    rig_close(&rig);
}

/* From each format to the next, at another size each time. */
static void caps_change_in_the_stream(void)
{
    Rig rig;

    rig_open(&rig, "interval=1000", fixture_caps(GST_VIDEO_FORMAT_BGR, 9, 9));
    for (int i = 0; i < 2 * FIXTURE_FORMATS; i++) {
        GstVideoFormat format = fixture_formats[i % FIXTURE_FORMATS].video;
        int width = 1 + i * 37 % 90, height = 1 + i * 23 % 70;
        gst_harness_set_src_caps(rig.harness, fixture_caps(format, width, height));
        g_assert_true(push_is_fresh(&rig, format, width, height));
        g_assert_false(push_is_fresh(&rig, format, width, height));
        g_autoptr(GstCaps) out = gst_pad_get_current_caps(rig.harness->sinkpad);
        g_autoptr(GstCaps) in = gst_pad_get_current_caps(rig.harness->srcpad);
        g_assert_true(gst_caps_is_equal(in, out));
    }
    rig_close(&rig);
}

/* The same bytes under caps that call them something else. */
static void push_under(Rig *rig, const char *field, const char *value,
                       double scores[FIXTURE_CLASSES])
{
    GstCaps *caps = fixture_caps(GST_VIDEO_FORMAT_YUY2, 32, 24);

    gst_caps_set_simple(caps, field, G_TYPE_STRING, value, NULL);
    gst_harness_set_src_caps(rig->harness, caps);
    GstBuffer *out = rig_push(rig, frame_new(GST_VIDEO_FORMAT_YUY2, 32, 24, 1));
    prediction_scores(frame_prediction(out, "c", 0), scores);
    gst_buffer_unref(out);
}

static void colorimetry_changes_in_the_stream(void)
{
    double first[FIXTURE_CLASSES], other[FIXTURE_CLASSES], again[FIXTURE_CLASSES];
    Rig rig;

    rig_open(&rig, "top-k=100", fixture_caps(GST_VIDEO_FORMAT_RGB, 8, 8));
    push_under(&rig, "colorimetry", "bt601", first);
    push_under(&rig, "colorimetry", "bt709", other);
    push_under(&rig, "colorimetry", "bt601", again);
    g_assert_cmpfloat(first[0], !=, other[0]);
    g_assert_cmpmem(first, sizeof first, again, sizeof again);
    rig_close(&rig);
}

static const char *const interlaced[] = {"interleaved", "mixed", "fields"};

static void two_fields_are_one_picture(const void *data)
{
    double wanted[FIXTURE_CLASSES], scores[FIXTURE_CLASSES];
    Rig rig;

    rig_open(&rig, "top-k=100", fixture_caps(GST_VIDEO_FORMAT_RGB, 8, 8));
    push_under(&rig, "interlace-mode", "progressive", wanted);
    push_under(&rig, "interlace-mode", data, scores);
    g_assert_cmpmem(scores, sizeof scores, wanted, sizeof wanted);
    rig_close(&rig);
}

static void late_frames_are_not_dropped(void)
{
    Rig rig;

    rig_open(&rig, NULL, fixture_caps(GST_VIDEO_FORMAT_RGB, 8, 8));
    gst_harness_push_upstream_event(
        rig.harness, gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 8, 10 * GST_SECOND, GST_SECOND));
    for (guint i = 0; i < 10; i++)
        gst_buffer_unref(rig_push(&rig, frame_new(GST_VIDEO_FORMAT_RGB, 8, 8, i)));
    rig_close(&rig);
}

static void events_and_end_of_stream_pass(void)
{
    GstEvent *events[] = {
        gst_event_new_stream_start("another"),
        gst_event_new_tag(gst_tag_list_new(GST_TAG_TITLE, "a", NULL)),
        gst_event_new_tag(gst_tag_list_new(GST_TAG_IMAGE_ORIENTATION, "rotate-90", NULL)),
        gst_event_new_gap(0, GST_SECOND),
        gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new_empty("custom")),
        gst_event_new_eos()};
    Rig rig;

    rig_open(&rig, NULL, fixture_caps(GST_VIDEO_FORMAT_RGB, 8, 8));
    for (GstEvent *event; (event = gst_harness_try_pull_event(rig.harness));)
        gst_event_unref(event);
    for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
        GstEventType type = GST_EVENT_TYPE(events[i]);
        g_assert_true(gst_harness_push_event(rig.harness, events[i]));
        GstEvent *event = gst_harness_pull_event(rig.harness);
        g_assert_cmpint(GST_EVENT_TYPE(event), ==, type);
        gst_event_unref(event);
    }
    g_assert_cmpint(gst_harness_push(rig.harness, frame_new(GST_VIDEO_FORMAT_RGB, 8, 8, 1)), ==,
                    GST_FLOW_EOS);
    rig_close(&rig);
}

static void upstream_events_pass(void)
{
    GstEvent *events[] = {
        gst_event_new_seek(1, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 0,
                           GST_SEEK_TYPE_NONE, 0),
        gst_event_new_latency(GST_SECOND),
        gst_event_new_navigation(gst_structure_new_empty("application/x-gst-navigation"))};
    Rig rig;

    rig_open(&rig, NULL, fixture_caps(GST_VIDEO_FORMAT_RGB, 8, 8));
    while (gst_harness_upstream_events_in_queue(rig.harness) > 0)
        gst_event_unref(gst_harness_pull_upstream_event(rig.harness));
    for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
        GstEventType type = GST_EVENT_TYPE(events[i]);
        gst_harness_push_upstream_event(rig.harness, events[i]);
        GstEvent *event = gst_harness_try_pull_upstream_event(rig.harness);
        g_assert_nonnull(event);
        g_assert_cmpint(GST_EVENT_TYPE(event), ==, type);
        gst_event_unref(event);
    }
    rig_close(&rig);
}

void add_stream_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(breaks); i++)
        fixture_add(break_forgets_the_last_result, &breaks[i], "/stream/%s", breaks[i].name);
    g_test_add_func("/stream/caps-change", caps_change_in_the_stream);
    g_test_add_func("/stream/colorimetry-change", colorimetry_changes_in_the_stream);
    for (size_t i = 0; i < G_N_ELEMENTS(interlaced); i++)
        fixture_add(two_fields_are_one_picture, interlaced[i], "/stream/interlaced/%s",
                    interlaced[i]);
    g_test_add_func("/stream/late-frames", late_frames_are_not_dropped);
    g_test_add_func("/stream/events", events_and_end_of_stream_pass);
    g_test_add_func("/stream/upstream-events", upstream_events_pass);
}
