/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The element in a stream that flushes, changes and ends, and in whole pipelines, whose other
 * elements must leave the results where they are. */
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

static void caps_change_in_the_stream(void)
{
    static const struct {
        GstVideoFormat format;
        int width, height;
    } steps[] = {{GST_VIDEO_FORMAT_RGB, 64, 48},   {GST_VIDEO_FORMAT_RGB, 5, 3},
                 {GST_VIDEO_FORMAT_I420, 5, 3},    {GST_VIDEO_FORMAT_GRAY8, 1, 1},
                 {GST_VIDEO_FORMAT_NV12, 127, 31}, {GST_VIDEO_FORMAT_YUY2, 64, 48}};
    Rig rig;

    rig_open(&rig, "interval=1000", fixture_caps(GST_VIDEO_FORMAT_BGR, 9, 9));
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        gst_harness_set_src_caps(rig.harness,
                                 fixture_caps(steps[i].format, steps[i].width, steps[i].height));
        g_assert_true(push_is_fresh(&rig, steps[i].format, steps[i].width, steps[i].height));
        g_assert_false(push_is_fresh(&rig, steps[i].format, steps[i].width, steps[i].height));
        g_autoptr(GstCaps) out = gst_pad_get_current_caps(rig.harness->sinkpad);
        g_autoptr(GstCaps) in = gst_pad_get_current_caps(rig.harness->srcpad);
        g_assert_true(gst_caps_is_equal(in, out));
    }
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
        gst_event_new_tag(gst_tag_list_new(GST_TAG_TITLE, "a", NULL)),
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

/* Pipelines in which C is iclclassify with our model, and a sink named s hands its frames over. */
static const struct PipelineRow {
    const char *name, *before, *between;
    int results;         /* on each frame that arrives */
    guint width, height; /* that the region should cover at the end */
} pipelines[] = {
    {"queue", "I420,width=64,height=48", "queue", 1, 64, 48},
    {"tee", "I420,width=64,height=48",
     "tee name=t ! queue ! fakesink sync=false async=false t. ! queue ! identity", 1, 64, 48},
    {"tee-and-second-writer", "RGB,width=64,height=48",
     "tee name=t ! queue ! %s name=other ! fakesink async=false t. ! queue", 1, 64, 48},
    {"videoconvert", "NV12,width=64,height=48", "videoconvert ! video/x-raw,format=RGB", 1, 64, 48},
    {"videoscale", "RGB,width=64,height=48", "videoscale ! video/x-raw,width=32,height=12", 1, 32,
     12},
    {"convert-and-scale", "YUY2,width=64,height=48",
     "videoconvert ! videoscale ! video/x-raw,format=BGRA,width=128,height=96", 1, 128, 96},
    {"videorate", "GRAY8,width=64,height=48", "videorate ! video/x-raw,framerate=60/1", 1, 64, 48},
    {"two-elements", "BGR,width=64,height=48", "%s name=d", 2, 64, 48},
};

typedef struct Seen {
    const struct PipelineRow *row;
    int frames;
} Seen;

static void look_at_frame(GstElement *sink, GstBuffer *frame, GstPad *pad, Seen *seen)
{
    const GstVideoRegionOfInterestMeta *region = frame_region(frame);

    seen->frames++;
    g_assert_nonnull(frame_prediction(frame, "c", 0));
    g_assert_nonnull(frame_prediction(frame, NULL, seen->row->results - 1));
    g_assert_null(frame_prediction(frame, NULL, seen->row->results));
    if (seen->row->results > 1)
        g_assert_nonnull(frame_prediction(frame, "d", 0));
    g_assert_nonnull(region);
    g_assert_cmpuint(region->w, ==, seen->row->width);
    g_assert_cmpuint(region->h, ==, seen->row->height);
}

static char *with_classifier(const char *text, const char *classifier)
{
    g_auto(GStrv) parts = g_strsplit(text, "%s", -1);

    return g_strjoinv(classifier, parts);
}

static void results_survive(const void *data)
{
    const struct PipelineRow *row = data;
    Seen seen = {row, 0};
    g_autoptr(GError) error = NULL;
    g_autofree char *classifier =
        g_strdup_printf("iclclassify threads=1 model=\"%s\"", fixture_model());
    g_autofree char *between = with_classifier(row->between, classifier);
    g_autofree char *line = g_strdup_printf(
        "videotestsrc num-buffers=6 pattern=ball ! video/x-raw,framerate=30/1,format=%s ! "
        "%s name=c ! %s ! fakesink name=s signal-handoffs=true sync=false",
        row->before, classifier, between);
    GstElement *pipeline = gst_parse_launch(line, &error);

    g_assert_no_error(error);
    g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline), "s");
    g_signal_connect(sink, "handoff", G_CALLBACK(look_at_frame), &seen);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
    GstMessage *message =
        gst_bus_timed_pop_filtered(bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    g_assert_nonnull(message);
    g_assert_cmpint(GST_MESSAGE_TYPE(message), ==, GST_MESSAGE_EOS);
    gst_message_unref(message);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
    g_assert_cmpint(seen.frames, >=, 6);
}

/* Down to any state from wherever the stream is just then. */
static void pipeline_stops_at_any_time(void)
{
    static const GstState down[] = {GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *line =
        g_strdup_printf("videotestsrc ! video/x-raw,width=64,height=48 ! queue ! "
                        "iclclassify model=\"%s\" ! fakesink sync=false",
                        fixture_model());
    GstElement *pipeline = gst_parse_launch(line, &error);

    g_assert_no_error(error);
    for (guint i = 0; i < 60; i++) {
        GstStateChangeReturn up = gst_element_set_state(pipeline, GST_STATE_PLAYING);
        g_assert_cmpint(up, !=, GST_STATE_CHANGE_FAILURE);
        g_usleep(i * 100);
        GstState state = down[i % G_N_ELEMENTS(down)];
        g_assert_cmpint(gst_element_set_state(pipeline, state), !=, GST_STATE_CHANGE_FAILURE);
    }
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
}

void add_stream_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(breaks); i++)
        fixture_add(break_forgets_the_last_result, &breaks[i], "/stream/%s", breaks[i].name);
    g_test_add_func("/stream/caps-change", caps_change_in_the_stream);
    g_test_add_func("/stream/late-frames", late_frames_are_not_dropped);
    g_test_add_func("/stream/events", events_and_end_of_stream_pass);
    for (size_t i = 0; i < G_N_ELEMENTS(pipelines); i++)
        fixture_add(results_survive, &pipelines[i], "/pipeline/%s", pipelines[i].name);
    g_test_add_func("/pipeline/stops-at-any-time", pipeline_stops_at_any_time);
}
