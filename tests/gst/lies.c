/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Frames whose metas claim what their memory does not hold, or another picture than their caps. */
#include "fixture.h"

enum { WIDTH = 33, HEIGHT = 15 };

static const struct LieRow {
    const char *name;
    GstVideoFormat format;
    gsize size, offset;
    int stride;                /* of a GstVideoMeta; none where it is 0 */
    guint x, y, width, height; /* of a crop meta; none where width is 0 */
} lies[] = {
    {"short-buffer", GST_VIDEO_FORMAT_I420, 100, 0, 0, 0, 0, 0, 0},
    {"stride-too-long", GST_VIDEO_FORMAT_GRAY8, WIDTH *HEIGHT, 0, WIDTH + 1, 0, 0, 0, 0},
    {"stride-too-short", GST_VIDEO_FORMAT_GRAY8, WIDTH *HEIGHT, 0, WIDTH - 1, 0, 0, 0, 0},
    {"offset-too-far", GST_VIDEO_FORMAT_GRAY8, WIDTH *HEIGHT, 1, WIDTH, 0, 0, 0, 0},
    {"crop-too-wide", GST_VIDEO_FORMAT_GRAY8, WIDTH *HEIGHT, 0, WIDTH, 1, 0, WIDTH, HEIGHT},
    {"crop-too-low", GST_VIDEO_FORMAT_GRAY8, WIDTH *HEIGHT, 0, WIDTH, 0, G_MAXUINT, 1, 1},
    {"crop-huge", GST_VIDEO_FORMAT_GRAY8, WIDTH *HEIGHT, 0, WIDTH, 0, 0, G_MAXUINT, G_MAXUINT},
};

static GstBuffer *lie_new(const struct LieRow *row)
{
    GstBuffer *frame = gst_buffer_new_allocate(NULL, row->size, NULL);

    gst_buffer_memset(frame, 0, 7, row->size);
    if (row->stride)
        gst_buffer_add_video_meta_full(frame, GST_VIDEO_FRAME_FLAG_NONE, row->format, WIDTH, HEIGHT,
                                       1, (gsize[GST_VIDEO_MAX_PLANES]){row->offset},
                                       (gint[GST_VIDEO_MAX_PLANES]){row->stride});
    if (row->width) {
        GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta(frame);
        crop->x = row->x, crop->y = row->y, crop->width = row->width, crop->height = row->height;
    }
    return frame;
}

/* The frame passes all the same, without a label, and the next good one has one again. */
static void lie_is_warned_of(const void *data)
{
    const struct LieRow *row = data;
    Rig rig;

    rig_open(&rig, NULL, fixture_caps(row->format, WIDTH, HEIGHT));
    GstBuffer *out = rig_push(&rig, lie_new(row));
    g_assert_null(frame_prediction(out, NULL, 0));
    gst_buffer_unref(out);
    GstMessage *warning = rig_message(&rig, GST_MESSAGE_WARNING);
    g_assert_nonnull(warning);
    gst_message_unref(warning);
    out = rig_push(&rig, frame_new(row->format, WIDTH, HEIGHT, 1));
    g_assert_nonnull(frame_prediction(out, NULL, 0));
    gst_buffer_unref(out);
    rig_close(&rig);
}

static const struct OtherRow {
    const char *name;
    GstVideoFormat format;
    guint width, height;
} others[] = {
    {"smaller", GST_VIDEO_FORMAT_GRAY8, WIDTH - 1, HEIGHT},
    {"lower", GST_VIDEO_FORMAT_GRAY8, WIDTH, HEIGHT - 1},
    {"empty", GST_VIDEO_FORMAT_GRAY8, 0, 0},
    {"huge", GST_VIDEO_FORMAT_GRAY8, G_MAXUINT, G_MAXUINT},
    {"other-format", GST_VIDEO_FORMAT_RGB, WIDTH, HEIGHT},
};

/* A GstVideoMeta of another picture than that of the caps, GRAY8 of WIDTH x HEIGHT. */
static void other_picture_is_warned_of(const void *data)
{
    const struct OtherRow *row = data;
    GstBuffer *frame = frame_new(GST_VIDEO_FORMAT_RGB, WIDTH, HEIGHT, 1);
    Rig rig;

    gst_buffer_add_video_meta_full(frame, GST_VIDEO_FRAME_FLAG_NONE, row->format, row->width,
                                   row->height, 1, (gsize[GST_VIDEO_MAX_PLANES]){0},
                                   (gint[GST_VIDEO_MAX_PLANES]){WIDTH * 3});
    rig_open(&rig, NULL, fixture_caps(GST_VIDEO_FORMAT_GRAY8, WIDTH, HEIGHT));
    GstBuffer *out = rig_push(&rig, frame);
    g_assert_null(frame_prediction(out, NULL, 0));
    gst_buffer_unref(out);
    GstMessage *warning = rig_message(&rig, GST_MESSAGE_WARNING);
    g_assert_nonnull(warning);
    gst_message_unref(warning);
    rig_close(&rig);
}

void add_lie_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++)
        fixture_add(lie_is_warned_of, &lies[i], "/lie/%s", lies[i].name);
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        fixture_add(other_picture_is_warned_of, &others[i], "/lie/%s", others[i].name);
}
