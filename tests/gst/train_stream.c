/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * icltrain in whole pipelines: truths come through other elements, and tags change where one stream
 * ends and the next begins. */
#include "train.h"

/* To the end; @look, where given, sees the messages of icltrain. */
static void play(GstElement *pipeline, void (*look)(const GstStructure *training))
{
    const GstMessageType last = GST_MESSAGE_EOS | GST_MESSAGE_ERROR;
    g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
    GstMessageType type = 0;

    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    while (!(type & last)) {
        GstMessage *message =
            gst_bus_timed_pop_filtered(bus, 60 * GST_SECOND, last | GST_MESSAGE_ELEMENT);
        g_assert_nonnull(message);
        type = GST_MESSAGE_TYPE(message);
        if (look && gst_message_has_name(message, "icl-training"))
            look(gst_message_get_structure(message));
        gst_message_unref(message);
    }
    g_assert_cmpint(type, ==, GST_MESSAGE_EOS);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
}

/* What lies between the frame that got its truth and the sink. */
static const struct BetweenRow {
    const char *name, *format, *between;
} betweens[] = {
    {"queue", "I420", "queue"},
    {"tee", "I420", "tee name=f ! queue ! fakesink sync=false async=false f. ! queue"},
    {"videoconvert", "NV12", "videoconvert ! video/x-raw,format=RGB"},
    {"videoscale", "RGB", "videoscale ! video/x-raw,width=16,height=24"},
    {"iclclassify", "RGB", "iclclassify name=c"},
};

static GstPadProbeReturn give_truth(GstPad *pad, GstPadProbeInfo *info, void *data)
{
    info->data = gst_buffer_make_writable(info->data);
    GstCustomMeta *meta = gst_buffer_add_custom_meta(info->data, "IclTruth");
    gst_structure_set(gst_custom_meta_get_structure(meta), "label", G_TYPE_STRING, "Käfer", NULL);
    return GST_PAD_PROBE_OK;
}

static void look_for_truth(GstElement *sink, GstBuffer *frame, GstPad *pad, int *seen)
{
    GstCustomMeta *meta = gst_buffer_get_custom_meta(frame, "IclTruth");

    g_assert_nonnull(meta);
    g_assert_cmpstr(gst_structure_get_string(gst_custom_meta_get_structure(meta), "label"), ==,
                    "Käfer");
    ++*seen;
}

static void truth_comes_through(const void *data)
{
    const struct BetweenRow *row = data;
    g_autoptr(GError) error = NULL;
    int seen = 0;
    g_autofree char *line = g_strdup_printf(
        "videotestsrc num-buffers=5 ! video/x-raw,format=%s,width=64,height=48 ! identity name=i ! "
        "%s ! fakesink name=s signal-handoffs=true sync=false",
        row->format, row->between);
    GstElement *pipeline = gst_parse_launch(line, &error);

    g_assert_no_error(error);
    g_autoptr(GstElement) source = gst_bin_get_by_name(GST_BIN(pipeline), "i");
    g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline), "s");
    g_autoptr(GstElement) classifier = gst_bin_get_by_name(GST_BIN(pipeline), "c");
    if (classifier)
        g_object_set(classifier, "model", fixture_model(), NULL);
    g_autoptr(GstPad) pad = gst_element_get_static_pad(source, "src");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, give_truth, NULL, NULL);
    g_signal_connect(sink, "handoff", G_CALLBACK(look_for_truth), &seen);
    play(pipeline, NULL);
    g_assert_cmpint(seen, ==, 5);
}

/* What elements do that keep their metas by hand: a part of the memory, another size of the frame.
 */
static GstBuffer *copy_part(GstBuffer *frame)
{
    return gst_buffer_copy_region(frame, GST_BUFFER_COPY_ALL, 1, 8);
}

static GstBuffer *copy_scaled(GstBuffer *frame)
{
    GstBuffer *scaled = gst_buffer_new();
    GstCustomMeta *meta = gst_buffer_get_custom_meta(frame, "IclTruth");
    GstVideoInfo from, to;
    GstVideoMetaTransform sizes = {&from, &to};

    gst_video_info_set_format(&from, GST_VIDEO_FORMAT_GRAY8, 8, 8);
    gst_video_info_set_format(&to, GST_VIDEO_FORMAT_GRAY8, 4, 4);
    g_assert_true(meta->meta.info->transform_func(
        scaled, &meta->meta, frame, gst_video_meta_transform_scale_get_quark(), &sizes));
    return scaled;
}

static const struct CopyRow {
    const char *name;
    GstBuffer *(*copy)(GstBuffer *frame);
} copies[] = {{"copied-in-part", copy_part}, {"scaled", copy_scaled}};

static void truth_is_copied(const void *data)
{
    const struct CopyRow *row = data;
    GstBuffer *frame = frame_new(GST_VIDEO_FORMAT_GRAY8, 8, 8, 1);
    int seen = 0;

    GstCustomMeta *meta = gst_buffer_add_custom_meta(frame, "IclTruth");
    gst_structure_set(gst_custom_meta_get_structure(meta), "label", G_TYPE_STRING, "Käfer", NULL);
    GstBuffer *copy = row->copy(frame);
    look_for_truth(NULL, copy, NULL, &seen);
    gst_buffer_unref(copy);
    gst_buffer_unref(frame);
}

#define BRANCH(PATTERN, LABEL)                                                               \
    "videotestsrc num-buffers=6 pattern=" PATTERN                                            \
    " ! video/x-raw,format=GRAY8,width=8,height=8 ! queue ! taginject tags=icl-label=" LABEL \
    " ! c. "

/* After each frame: six of a class, one class after the other. */
static void look_at_classes(const GstStructure *training)
{
    gint64 added = 0;
    int classes = 0;

    g_assert_true(gst_structure_get_int64(training, "added", &added));
    g_assert_true(gst_structure_get_int(training, "classes", &classes));
    g_assert_cmpint(classes, ==, (added + 5) / 6);
}

/* One branch a class: each frame gets the label of its own branch, and none of another's. */
static void labels_change_between_two_frames(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *output = fixture_path("concat.bin"), *network = fixture_path(TRAIN_NETWORK);
    g_autofree char *line = g_strdup_printf(
        "concat name=c ! icltrain name=t threads=1 network=\"%s\" output=\"%s\" "
        "deterministic=true round=1 updates=1 final-updates=1 ! fakesink sync=false " BRANCH(
            "black", "black") BRANCH("white", "white") BRANCH("bar", "bar"),
        network, output);

    g_autoptr(GstElementFactory) taginject = gst_element_factory_find("taginject");
    if (!taginject) {
        g_test_skip("no taginject: install gstreamer1.0-plugins-good");
        return;
    }
    GstElement *pipeline = gst_parse_launch(line, &error);
    g_assert_no_error(error);
    play(pipeline, look_at_classes);
    g_autoptr(IclModel) model = icl_model_load(output, &error);
    g_assert_no_error(error);
    g_autofree char *labels = g_strjoinv(",", (char **)icl_model_labels(model));
    g_assert_cmpstr(labels, ==, "black,white,bar");
}

void add_train_stream_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(betweens); i++)
        fixture_add(truth_comes_through, &betweens[i], "/truth/through-%s", betweens[i].name);
    for (size_t i = 0; i < G_N_ELEMENTS(copies); i++)
        fixture_add(truth_is_copied, &copies[i], "/truth/%s", copies[i].name);
    g_test_add_func("/stream/labels-change-between-two-frames", labels_change_between_two_frames);
}
