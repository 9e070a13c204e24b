/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Whole pipelines, whose other elements must leave the results where they are. */
#include "fixture.h"

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
    {"videoconvert-10-bit", "P010_10LE,width=64,height=48",
     "videoconvert ! video/x-raw,format=Y444", 1, 64, 48},
    {"videoconvert-alpha", "I420,width=64,height=48", "videoconvert ! video/x-raw,format=ARGB", 1,
     64, 48},
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

static GstElement *pipeline_new(const char *format, ...) G_GNUC_PRINTF(1, 2);
static GstElement *pipeline_new(const char *format, ...)
{
    g_autoptr(GError) error = NULL;
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    GstElement *pipeline = gst_parse_launch(line, &error);
    g_assert_no_error(error);
    return pipeline;
}

static void wait_for(GstBus *bus, GstMessageType type)
{
    GstMessage *message =
        gst_bus_timed_pop_filtered(bus, 20 * GST_SECOND, type | GST_MESSAGE_ERROR);

    g_assert_nonnull(message);
    g_assert_cmpint(GST_MESSAGE_TYPE(message), ==, type);
    gst_message_unref(message);
}

static void results_survive(const void *data)
{
    const struct PipelineRow *row = data;
    Seen seen = {row, 0};
    g_autofree char *classifier =
        g_strdup_printf("iclclassify threads=1 model=\"%s\"", fixture_model());
    g_autofree char *between = with_classifier(row->between, classifier);
    GstElement *pipeline = pipeline_new(
        "videotestsrc num-buffers=6 pattern=ball ! video/x-raw,framerate=30/1,format=%s ! "
        "%s name=c ! %s ! fakesink name=s signal-handoffs=true sync=false",
        row->before, classifier, between);

    g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline), "s");
    g_signal_connect(sink, "handoff", G_CALLBACK(look_at_frame), &seen);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
    wait_for(bus, GST_MESSAGE_EOS);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
    g_assert_cmpint(seen.frames, >=, 6);
}

static void seek(GstElement *pipeline)
{
    g_assert_true(gst_element_seek_simple(
        pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE, GST_SECOND));
}

static void play(GstElement *pipeline) { gst_element_set_state(pipeline, GST_STATE_PLAYING); }

/* One classification before the seek, and one after it. */
static void seek_begins_anew(void)
{
    static void (*const when_ready[])(GstElement *) = {seek, play};
    GstElement *pipeline = pipeline_new("videotestsrc num-buffers=60 ! "
                                        "video/x-raw,width=64,height=48,framerate=30/1 ! "
                                        "iclclassify interval=1000 threads=1 model=\"%s\" ! "
                                        "fakesink sync=false",
                                        fixture_model());
    g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
    int classified = 0, ready = 0;
    gboolean ended = FALSE;

    gst_element_set_state(pipeline, GST_STATE_PAUSED);
    while (!ended) {
        GstMessage *message = gst_bus_timed_pop_filtered(
            bus, 20 * GST_SECOND,
            GST_MESSAGE_ASYNC_DONE | GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
        g_assert_nonnull(message);
        GstMessageType type = GST_MESSAGE_TYPE(message);
        gst_message_unref(message);
        g_assert_cmpint(type, !=, GST_MESSAGE_ERROR);
        classified += type == GST_MESSAGE_ELEMENT;
        ended = type == GST_MESSAGE_EOS;
        if (type == GST_MESSAGE_ASYNC_DONE && ready < 2)
            when_ready[ready++](pipeline);
    }
    g_assert_cmpint(ready, ==, 2);
    g_assert_cmpint(classified, ==, 2);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
}

/* Down to any state from wherever the stream is just then. */
static void pipeline_stops_at_any_time(void)
{
    static const GstState down[] = {GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_NULL};
    GstElement *pipeline = pipeline_new("videotestsrc ! video/x-raw,width=64,height=48 ! queue ! "
                                        "iclclassify model=\"%s\" ! fakesink sync=false",
                                        fixture_model());

    for (guint i = 0; i < 100; i++) {
        GstStateChangeReturn up = gst_element_set_state(pipeline, GST_STATE_PLAYING);
        g_assert_cmpint(up, !=, GST_STATE_CHANGE_FAILURE);
        g_usleep(i * 50);
        GstState state = down[i % G_N_ELEMENTS(down)];
        g_assert_cmpint(gst_element_set_state(pipeline, state), !=, GST_STATE_CHANGE_FAILURE);
    }
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
}

void add_pipeline_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pipelines); i++)
        fixture_add(results_survive, &pipelines[i], "/pipeline/%s", pipelines[i].name);
    g_test_add_func("/pipeline/seek", seek_begins_anew);
    g_test_add_func("/pipeline/stops-at-any-time", pipeline_stops_at_any_time);
}
