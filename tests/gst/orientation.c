/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A frame that the tag image-orientation calls turned is labelled as the upright one, which
 * GStreamer's own videoflip makes of it. */
#include <math.h>

#include "fixture.h"

static void push_tag(GstHarness *harness, GstTagScope scope, const char *tag, const char *value)
{
    GstTagList *tags = gst_tag_list_new(tag, value, NULL);

    gst_tag_list_set_scope(tags, scope);
    g_assert_true(gst_harness_push_event(harness, gst_event_new_tag(tags)));
}

static void push_orientation(GstHarness *harness, GstTagScope scope, const char *value)
{
    push_tag(harness, scope, GST_TAG_IMAGE_ORIENTATION, value);
}

/* @frame (consumed) as videoflip shows it; @caps: of the result. */
static GstBuffer *upright(GstBuffer *frame, GstVideoFormat format, int width, int height,
                          const char *tag, GstCaps **caps)
{
    GstHarness *harness = gst_harness_new_parse("videoflip video-direction=auto");

    gst_harness_set_src_caps(harness, fixture_caps(format, width, height));
    push_orientation(harness, GST_TAG_SCOPE_STREAM, tag);
    GstBuffer *out = gst_harness_push_and_pull(harness, frame);
    *caps = gst_pad_get_current_caps(harness->sinkpad);
    gst_harness_teardown(harness);
    return out;
}

/* Of @frame (consumed), tagged unless @tag is NULL. */
static void scores_of(GstBuffer *frame, GstCaps *caps, const char *tag,
                      double scores[FIXTURE_CLASSES])
{
    Rig rig;

    rig_open(&rig, "top-k=100", caps);
    if (tag)
        push_orientation(rig.harness, GST_TAG_SCOPE_STREAM, tag);
    GstBuffer *out = rig_push(&rig, frame);
    prediction_scores(frame_prediction(out, NULL, 0), scores);
    gst_buffer_unref(out);
    rig_close(&rig);
}

/* By a quarter, the two sums of a resize change places. */
static const struct TagRow {
    const char *tag;
    double tolerance;
} tags[] = {{"rotate-0", 0},        {"flip-rotate-0", 0},     {"rotate-180", 0},
            {"flip-rotate-180", 0}, {"rotate-90", 1e-6},      {"flip-rotate-90", 1e-6},
            {"rotate-270", 1e-6},   {"flip-rotate-270", 1e-6}};

static const struct {
    GstVideoFormat format;
    int width, height;
} frames[] = {{GST_VIDEO_FORMAT_RGB, 40, 24}, {GST_VIDEO_FORMAT_I420, 24, 52}};

static void turned_frame_is_seen_upright(const void *data)
{
    const struct TagRow *row = data;

    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
        double wanted[FIXTURE_CLASSES], scores[FIXTURE_CLASSES];
        GstVideoFormat format = frames[i].format;
        int width = frames[i].width, height = frames[i].height;
        GstBuffer *frame = frame_new(format, width, height, 5);
        GstCaps *caps;
        GstBuffer *shown = upright(gst_buffer_ref(frame), format, width, height, row->tag, &caps);

        scores_of(shown, caps, NULL, wanted);
        scores_of(frame, fixture_caps(format, width, height), row->tag, scores);
        for (int c = 0; c < FIXTURE_CLASSES; c++)
            g_assert_cmpfloat(fabs(scores[c] - wanted[c]), <=, row->tolerance);
    }
}

static void turn_stream(Rig *rig)
{
    push_orientation(rig->harness, GST_TAG_SCOPE_STREAM, "rotate-180");
}

static void turn_stream_back(Rig *rig)
{
    push_orientation(rig->harness, GST_TAG_SCOPE_STREAM, "rotate-0");
}

static void turn_medium(Rig *rig)
{
    push_orientation(rig->harness, GST_TAG_SCOPE_GLOBAL, "rotate-180");
}

static void turn_medium_back(Rig *rig)
{
    push_orientation(rig->harness, GST_TAG_SCOPE_GLOBAL, "rotate-0");
}

static void tag_title(Rig *rig)
{
    push_tag(rig->harness, GST_TAG_SCOPE_STREAM, GST_TAG_TITLE, "rotate-90");
}

static void tag_nonsense(Rig *rig)
{
    push_orientation(rig->harness, GST_TAG_SCOPE_STREAM, "upside-down");
}

static const struct StepsRow {
    const char *name;
    void (*steps[3])(Rig *rig);
    gboolean turned;
} steps[] = {
    {"stream", {turn_stream}, TRUE},
    {"medium", {turn_medium}, TRUE},
    {"stream-back", {turn_stream, turn_stream_back}, FALSE},
    {"medium-back", {turn_medium, turn_medium_back}, FALSE},
    {"stream-outweighs-medium", {turn_stream, turn_medium_back}, TRUE},
    {"stream-outweighs-earlier-medium", {turn_medium, turn_stream_back}, FALSE},
    {"other-tag-leaves-it", {turn_stream, tag_title}, TRUE},
    {"nonsense-leaves-it", {turn_stream, tag_nonsense}, TRUE},
    {"flush-leaves-it", {turn_stream, rig_flush}, TRUE},
    {"new-stream-is-upright", {turn_stream, turn_medium, rig_stream_start}, FALSE},
    {"restart-hears-it-again", {turn_stream, rig_restart}, TRUE},
};

static void tags_follow_their_scope(const void *data)
{
    const struct StepsRow *row = data;
    double first[FIXTURE_CLASSES], scores[FIXTURE_CLASSES];
    Rig rig;

    scores_of(frame_new(GST_VIDEO_FORMAT_RGB, 8, 8, 1), fixture_caps(GST_VIDEO_FORMAT_RGB, 8, 8),
              NULL, first);
    rig_open(&rig, "top-k=100", fixture_caps(GST_VIDEO_FORMAT_RGB, 8, 8));
    for (size_t i = 0; i < G_N_ELEMENTS(row->steps) && row->steps[i]; i++)
        row->steps[i](&rig);
    GstBuffer *out = rig_push(&rig, frame_new(GST_VIDEO_FORMAT_RGB, 8, 8, 1));
    prediction_scores(frame_prediction(out, NULL, 0), scores);
    g_assert_cmpint(scores[0] != first[0], ==, row->turned);
    gst_buffer_unref(out);
    rig_close(&rig);
}

void add_orientation_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++)
        fixture_add(turned_frame_is_seen_upright, &tags[i], "/orientation/%s", tags[i].tag);
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        fixture_add(tags_follow_their_scope, &steps[i], "/orientation/tags/%s", steps[i].name);
}
