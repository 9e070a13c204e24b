/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "train.h"

#include <icl/model.h>

static const char description[] = "input 8 8 1\nflatten ! dense $classes\n";

void train_write_network(void)
{
    g_autofree char *path = fixture_path(TRAIN_NETWORK);

    g_assert_true(g_file_set_contents(path, description, -1, NULL));
}

void train_open(TrainRig *rig, const char *options)
{
    static int rigs = 0;
    g_autofree char *name = g_strdup_printf("trained-%d.bin", rigs++);
    g_autoptr(GError) error = NULL;

    g_autofree char *network = fixture_path(TRAIN_NETWORK);
    *rig = (TrainRig){.output = fixture_path(name)};
    g_autofree char *line = g_strdup_printf(
        "icltrain name=t network=\"%s\" output=\"%s\" threads=1 deterministic=true round=1000 "
        "updates=2 final-updates=2 %s",
        network, rig->output, options ? options : "");
    rig->element = gst_parse_launch(line, &error);
    g_assert_no_error(error);
    rig->bus = gst_bus_new();
    gst_element_set_bus(rig->element, rig->bus);
    rig->harness = gst_harness_new_with_element(rig->element, "sink", "src");
    gst_harness_set_src_caps(rig->harness,
                             fixture_caps(GST_VIDEO_FORMAT_GRAY8, TRAIN_SIZE, TRAIN_SIZE));
}

void train_close(TrainRig *rig)
{
    gst_bus_set_flushing(rig->bus, TRUE);
    g_queue_clear_full(&rig->messages, (GDestroyNotify)gst_message_unref);
    gst_element_set_bus(rig->element, NULL);
    gst_harness_teardown(rig->harness);
    gst_object_unref(rig->element);
    gst_object_unref(rig->bus);
    g_free(rig->output);
}

GstBuffer *train_frame(TrainRig *rig)
{
    return frame_new(GST_VIDEO_FORMAT_GRAY8, TRAIN_SIZE, TRAIN_SIZE, rig->frames++);
}

void train_push(TrainRig *rig, GstBuffer *frame)
{
    g_autofree char *before = frame_checksum(frame);

    g_assert_cmpint(gst_harness_push(rig->harness, gst_buffer_ref(frame)), ==, GST_FLOW_OK);
    GstBuffer *out = gst_harness_try_pull(rig->harness);
    g_assert_true(out == frame);
    g_autofree char *after = frame_checksum(out);
    g_assert_cmpstr(after, ==, before);
    gst_buffer_unref(out);
    gst_buffer_unref(frame);
}

void train_push_labelled(TrainRig *rig, const char *label, int n)
{
    g_object_set(rig->element, "label", label, NULL);
    for (int i = 0; i < n; i++)
        train_push(rig, train_frame(rig));
}

void train_end(TrainRig *rig)
{
    g_assert_true(gst_harness_push_event(rig->harness, gst_event_new_eos()));
}

/* The next message of a kind. The bus itself would throw away those of other kinds before it. */
static GstMessage *take_message(TrainRig *rig, GstMessageType type)
{
    for (GstMessage *message; (message = gst_bus_pop(rig->bus));)
        g_queue_push_tail(&rig->messages, message);
    for (GList *item = rig->messages.head; item; item = item->next) {
        GstMessage *message = item->data;
        if (GST_MESSAGE_TYPE(message) != type)
            continue;
        g_queue_delete_link(&rig->messages, item);
        return message;
    }
    return NULL;
}

int train_count(TrainRig *rig, GstMessageType type)
{
    int count = 0;

    for (GstMessage *message; (message = take_message(rig, type)); count++)
        gst_message_unref(message);
    return count;
}

GstMessage *train_message(TrainRig *rig) { return take_message(rig, GST_MESSAGE_ELEMENT); }

char *train_labels(const TrainRig *rig)
{
    g_autoptr(IclModel) model = icl_model_load(rig->output, NULL);

    return model ? g_strjoinv(",", (char **)icl_model_labels(model)) : NULL;
}
