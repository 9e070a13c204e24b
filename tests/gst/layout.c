/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Frames that do not lie in memory as their caps alone would say: padded rows, windows, shared and
 * scattered memory. */
#include "fixture.h"

#include <string.h>

enum { WIDTH = 33, HEIGHT = 15, LEFT = 6, TOP = 4, MARGIN = 10, PAD = 24 };

/* GST_VIDEO_FRAME_COMP_DATA() lacks that the offset of a component counts samples: of 10-bit words
 * it is half of what it should be. */
static guint8 *sample_at(const GstVideoFrame *frame, guint c, int x, int y)
{
    int bytes = GST_VIDEO_FRAME_COMP_DEPTH(frame, c) > 8 ? 2 : 1;

    return (guint8 *)GST_VIDEO_FRAME_PLANE_DATA(frame, GST_VIDEO_FRAME_COMP_PLANE(frame, c)) +
           y * GST_VIDEO_FRAME_COMP_STRIDE(frame, c) + x * GST_VIDEO_FRAME_COMP_PSTRIDE(frame, c) +
           GST_VIDEO_FRAME_COMP_POFFSET(frame, c) * bytes;
}

/* Puts component @c of @from at (@left, @top) of its like in @to; what lies between its samples
 * stays. */
static void copy_component(const GstVideoFrame *from, GstVideoFrame *to, guint c, int left, int top)
{
    gsize bytes = GST_VIDEO_FRAME_COMP_DEPTH(from, c) > 8 ? 2 : 1;

    for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(from, c); y++)
        for (int x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH(from, c); x++)
            memcpy(sample_at(to, c, x + left, y + top), sample_at(from, c, x, y), bytes);
}

/* Copies @frame into a picture of @margin pixels more each way, at (@left, @top), whose rows end in
 * @pad bytes more; the rest is filled with what would spoil the scores. The meta says where things
 * are. */
static GstBuffer *frame_inside(GstBuffer *frame, GstVideoFormat format, int margin, int left,
                               int top, int pad)
{
    GstVideoInfo small, large;
    GstVideoFrame from, to;
    gsize offset = 64;

    gst_video_info_set_format(&small, format, WIDTH, HEIGHT);
    gst_video_info_set_format(&large, format, WIDTH + margin, HEIGHT + margin);
    for (guint i = 0; i < large.finfo->n_planes; i++) {
        int rows = GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT(large.finfo, i, large.height);
        large.stride[i] += pad;
        large.offset[i] = offset;
        offset += (gsize)large.stride[i] * rows + 32;
    }
    GstBuffer *out = gst_buffer_new_allocate(NULL, offset, NULL);
    gst_buffer_memset(out, 0, 0xa5, offset);
    gst_buffer_add_video_meta_full(out, GST_VIDEO_FRAME_FLAG_NONE, format, large.width,
                                   large.height, large.finfo->n_planes, large.offset, large.stride);
    g_assert_true(gst_video_frame_map(&from, &small, frame, GST_MAP_READ));
    g_assert_true(gst_video_frame_map(&to, &large, out, GST_MAP_WRITE));
    for (guint c = 0; c < small.finfo->n_components; c++)
        copy_component(&from, &to, c, left >> small.finfo->w_sub[c], top >> small.finfo->h_sub[c]);
    gst_video_frame_unmap(&to);
    gst_video_frame_unmap(&from);
    gst_buffer_copy_into(out, frame, GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
    gst_buffer_unref(frame);
    return out;
}

/* The same picture, packed and otherwise, one after the other. */
static void assert_same_scores(GstVideoFormat format, GstBuffer *packed, GstBuffer *other)
{
    double expected[FIXTURE_CLASSES], scores[FIXTURE_CLASSES];
    g_autofree char *before = frame_checksum(other);
    Rig rig;

    rig_open(&rig, "top-k=100", fixture_caps(format, WIDTH, HEIGHT));
    packed = rig_push(&rig, packed);
    other = rig_push(&rig, other);
    g_autofree char *after = frame_checksum(other);
    prediction_scores(frame_prediction(packed, NULL, 0), expected);
    prediction_scores(frame_prediction(other, NULL, 0), scores);
    for (int i = 0; i < FIXTURE_CLASSES; i++)
        g_assert_cmpfloat(scores[i], ==, expected[i]);
    g_assert_cmpstr(before, ==, after);
    gst_buffer_unref(packed);
    gst_buffer_unref(other);
    rig_close(&rig);
}

static void padded_rows_give_the_same_scores(const void *data)
{
    GstVideoFormat format = ((const FixtureFormat *)data)->video;
    GstBuffer *padded = frame_inside(frame_new(format, WIDTH, HEIGHT, 5), format, 0, 0, 0, PAD);

    assert_same_scores(format, frame_new(format, WIDTH, HEIGHT, 5), padded);
}

/* The memory holds more than the caps show, and no crop meta says where: at its corner. */
static void larger_memory_gives_the_same_scores(const void *data)
{
    GstVideoFormat format = ((const FixtureFormat *)data)->video;
    GstBuffer *large = frame_inside(frame_new(format, WIDTH, HEIGHT, 5), format, MARGIN, 0, 0, 0);

    assert_same_scores(format, frame_new(format, WIDTH, HEIGHT, 5), large);
}

static void window_gives_the_same_scores(const void *data)
{
    GstVideoFormat format = ((const FixtureFormat *)data)->video;
    GstBuffer *large =
        frame_inside(frame_new(format, WIDTH, HEIGHT, 5), format, MARGIN, LEFT, TOP, PAD);
    GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta(large);

    crop->x = LEFT, crop->y = TOP, crop->width = WIDTH, crop->height = HEIGHT;
    assert_same_scores(format, frame_new(format, WIDTH, HEIGHT, 5), large);
}

/* The scores of the 2x2 pixels at (@x, HEIGHT - 3). */
static void window_scores(Rig *rig, GstVideoFormat format, int x, double scores[FIXTURE_CLASSES])
{
    GstBuffer *frame = frame_inside(frame_new(format, WIDTH, HEIGHT, 5), format, 0, 0, 0, 0);
    GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta(frame);

    crop->x = x, crop->y = HEIGHT - 3, crop->width = crop->height = 2;
    GstBuffer *out = rig_push(rig, frame);
    prediction_scores(frame_prediction(out, NULL, 0), scores);
    gst_buffer_unref(out);
}

/* A window cannot begin between the two pixels of a chroma sample: it moves to the first of them.
 */
static void odd_window_begins_at_whole_chroma(const void *data)
{
    GstVideoFormat format = ((const FixtureFormat *)data)->video;
    const GstVideoFormatInfo *info = gst_video_format_get_info(format);
    gboolean halved = GST_VIDEO_FORMAT_INFO_W_SUB(info, info->n_components - 1) > 0;
    double odd[FIXTURE_CLASSES], even[FIXTURE_CLASSES];
    Rig rig;

    rig_open(&rig, "top-k=100", fixture_caps(format, 2, 2));
    window_scores(&rig, format, WIDTH - 2, odd);
    window_scores(&rig, format, WIDTH - 3, even);
    g_assert_cmpint(memcmp(odd, even, sizeof odd) == 0, ==, halved);
    rig_close(&rig);
}

static void frame_in_two_memories_gives_the_same_scores(void)
{
    GstVideoFormat format = GST_VIDEO_FORMAT_I420;
    GstBuffer *whole = frame_new(format, WIDTH, HEIGHT, 5), *other = gst_buffer_new();

    gst_buffer_append(other, gst_buffer_copy_region(whole, GST_BUFFER_COPY_MEMORY, 0, 100));
    gst_buffer_append(other, gst_buffer_copy_region(whole, GST_BUFFER_COPY_MEMORY, 100, -1));
    assert_same_scores(format, whole, other);
}

/* Somebody else holds the frame: they must not see our metas, and we must not copy pixels. */
static void shared_frame_gets_a_twin_of_the_same_memory(void)
{
    GstBuffer *frame = frame_new(GST_VIDEO_FORMAT_NV12, WIDTH, HEIGHT, 1);
    Rig rig;

    rig_open(&rig, NULL, fixture_caps(GST_VIDEO_FORMAT_NV12, WIDTH, HEIGHT));
    gst_buffer_ref(frame);
    GstBuffer *out = rig_push(&rig, frame);
    g_assert_true(out != frame);
    g_assert_true(gst_buffer_peek_memory(out, 0) == gst_buffer_peek_memory(frame, 0));
    g_assert_null(frame_prediction(frame, NULL, 0));
    g_assert_nonnull(frame_prediction(out, NULL, 0));
    g_assert_cmpuint(GST_BUFFER_PTS(out), ==, GST_BUFFER_PTS(frame));
    gst_buffer_unref(out);
    gst_buffer_unref(frame);
    rig_close(&rig);
}

static void read_only_memory_passes(void)
{
    static const guint8 pixels[36 * HEIGHT] = {1, 2, 3};
    GstBuffer *frame = gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, (gpointer)pixels,
                                                   sizeof pixels, 0, sizeof pixels, NULL, NULL);
    Rig rig;

    rig_open(&rig, NULL, fixture_caps(GST_VIDEO_FORMAT_GRAY8, WIDTH, HEIGHT));
    GstBuffer *out = rig_push(&rig, frame);
    g_assert_true(out == frame);
    g_assert_nonnull(frame_prediction(out, NULL, 0));
    gst_buffer_unref(out);
    rig_close(&rig);
}

static const gboolean answers[] = {FALSE, TRUE};

/* Upstream may pad rows where, and only where, downstream has said that it reads GstVideoMeta. */
static void allocation_is_downstreams_to_answer(const void *data)
{
    const gboolean offered = *(const gboolean *)data;
    GstCaps *caps = fixture_caps(GST_VIDEO_FORMAT_RGB, WIDTH, HEIGHT);
    GstQuery *query = gst_query_new_allocation(caps, TRUE);
    Rig rig;

    rig_open(&rig, NULL, caps);
    if (offered)
        gst_harness_add_propose_allocation_meta(rig.harness, GST_VIDEO_META_API_TYPE, NULL);
    g_autoptr(GstPad) pad = gst_element_get_static_pad(rig.element, "sink");
    gst_pad_query(pad, query);
    g_assert_cmpint(gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, NULL), ==,
                    offered);
    gst_query_unref(query);
    rig_close(&rig);
}

void add_layout_tests(void)
{
    for (int i = 0; i < FIXTURE_FORMATS; i++) {
        const FixtureFormat *format = &fixture_formats[i];
        const char *name = gst_video_format_to_string(format->video);
        fixture_add(padded_rows_give_the_same_scores, format, "/layout/%s/padded-rows", name);
        fixture_add(larger_memory_gives_the_same_scores, format, "/layout/%s/larger-memory", name);
        fixture_add(window_gives_the_same_scores, format, "/layout/%s/window", name);
        fixture_add(odd_window_begins_at_whole_chroma, format, "/layout/%s/odd-window", name);
    }
    g_test_add_func("/layout/two-memories", frame_in_two_memories_gives_the_same_scores);
    g_test_add_func("/layout/shared-frame", shared_frame_gets_a_twin_of_the_same_memory);
    g_test_add_func("/layout/read-only", read_only_memory_passes);
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
        fixture_add(allocation_is_downstreams_to_answer, &answers[i], "/layout/allocation/%s",
                    answers[i] ? "video-meta" : "plain");
}
