/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Runs a pipeline with an iclclassify in it, and prints a line for each result that it leaves: in
 * the meta on a frame, and in a message on the bus. Both are plain GStreamer: no header of icl's.
 *
 *     stream v4l2src ! iclclassify name=classifier model=m.bin ! fakesink */
#include <gst/gst.h>
#include <stdio.h>

static void print_result(const char *kind, guint64 time, const GstStructure *result)
{
    double confidence = 0;

    gst_structure_get_double(result, "confidence", &confidence);
    printf("%s %" G_GUINT64_FORMAT " %s %.6f\n", kind, time,
           gst_structure_get_string(result, "label"), confidence);
}

/* Called in the stream's thread for every frame that leaves the classifier. */
static GstPadProbeReturn print_frame(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    GstCustomMeta *meta = gst_buffer_get_custom_meta(buffer, "IclPrediction");

    if (meta)
        print_result("frame", GST_BUFFER_PTS(buffer), gst_custom_meta_get_structure(meta));
    return GST_PAD_PROBE_OK;
}

static void print_message(const GstStructure *result)
{
    guint64 time = GST_CLOCK_TIME_NONE;

    if (!gst_structure_has_name(result, "icl-classification"))
        return;
    gst_structure_get_uint64(result, "timestamp", &time);
    print_result("message", time, result);
}

/* Until the stream ends; whether it ended well. */
static gboolean print_messages(GstBus *bus, GError **error)
{
    for (;;) {
        g_autoptr(GstMessage) message = gst_bus_timed_pop_filtered(
            bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ELEMENT)
            print_message(gst_message_get_structure(message));
        else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS)
            return TRUE;
        else
            return gst_message_parse_error(message, error, NULL), FALSE;
    }
}

static gboolean run(GstElement *pipeline, GError **error)
{
    g_autoptr(GstElement) classifier =
        GST_IS_BIN(pipeline) ? gst_bin_get_by_name(GST_BIN(pipeline), "classifier") : NULL;

    if (!classifier) {
        g_set_error(error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED, "no element is named classifier");
        return FALSE;
    }
    g_autoptr(GstPad) pad = gst_element_get_static_pad(classifier, "src");
    g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);

    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, print_frame, NULL, NULL);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    gboolean ended = print_messages(bus, error);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    return ended;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    gst_init(&argc, &argv);
    g_autoptr(GstElement) pipeline = gst_parse_launchv((const char **)argv + 1, &error);
    if (!error && run(pipeline, &error))
        return 0;
    fprintf(stderr, "%s: %s\n", argv[0], error->message);
    return 1;
}
