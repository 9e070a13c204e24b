/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Every format at ragged sizes: the frame leaves as it came, and its scores are exactly those that
 * libicl gives for the same pixels. */
#include "fixture.h"

static const struct {
    int width, height;
    IclColorMatrix matrix; /* GStreamer's default for the height */
} sizes[] = {
    {1, 1, ICL_MATRIX_BT601},    {3, 5, ICL_MATRIX_BT601},       {17, 9, ICL_MATRIX_BT601},
    {16, 576, ICL_MATRIX_BT601}, {1919, 1079, ICL_MATRIX_BT709}, {3, 577, ICL_MATRIX_BT709},
};

typedef struct FrameCase {
    const FixtureFormat *format;
    int width, height;
    IclColorMatrix matrix;
} FrameCase;

static FrameCase cases[FIXTURE_FORMATS * G_N_ELEMENTS(sizes)];

static void assert_same_bytes(GstBuffer *a, GstBuffer *b)
{
    GstMapInfo map;

    g_assert_true(gst_buffer_map(a, &map, GST_MAP_READ));
    g_assert_cmpuint(gst_buffer_get_size(b), ==, map.size);
    g_assert_cmpint(gst_buffer_memcmp(b, 0, map.data, map.size), ==, 0);
    gst_buffer_unmap(a, &map);
}

static void frame_passes_untouched(const void *data)
{
    const FrameCase *c = data;
    const GstBufferFlags flags = GST_BUFFER_FLAG_MARKER | GST_BUFFER_FLAG_DELTA_UNIT;
    Rig rig;

    rig_open(&rig, NULL, fixture_caps(c->format->video, c->width, c->height));
    for (guint i = 0; i < 2; i++) {
        GstBuffer *in = frame_new(c->format->video, c->width, c->height, i + 1);
        GstBuffer *before = gst_buffer_copy_deep(in);
        GST_BUFFER_FLAG_SET(in, flags);
        GstMemory *memory = gst_buffer_peek_memory(in, 0);
        GstBuffer *out = rig_push(&rig, in);

        assert_same_bytes(before, out);
        g_assert_true(gst_buffer_peek_memory(out, 0) == memory);
        g_assert_cmpuint(GST_BUFFER_PTS(out), ==, gst_util_uint64_scale(i + 1, GST_SECOND, 30));
        g_assert_cmpuint(GST_BUFFER_DTS(out), ==, GST_BUFFER_PTS(out));
        g_assert_cmpuint(GST_BUFFER_DURATION(out), ==, GST_SECOND / 30);
        g_assert_cmpuint(GST_BUFFER_OFFSET(out), ==, i + 1);
        g_assert_cmphex(GST_BUFFER_FLAGS(out) & flags, ==, flags);
        g_assert_nonnull(frame_prediction(out, "c", 0));
        gst_buffer_unref(before);
        gst_buffer_unref(out);
    }
    rig_close(&rig);
}

/* The frame as libicl's documents say, found without the element's help. */
static const float *expected_scores(IclClassifier *classifier, const FrameCase *c,
                                    GstBuffer *buffer, bool full_range, IclColorMatrix matrix)
{
    GstVideoInfo info;
    GstMapInfo map;
    IclFrame frame = {.format = c->format->icl,
                      .matrix = matrix,
                      .range = full_range ? ICL_RANGE_FULL : ICL_RANGE_LIMITED,
                      .width = c->width,
                      .height = c->height};

    gst_video_info_set_format(&info, c->format->video, c->width, c->height);
    gst_buffer_map(buffer, &map, GST_MAP_READ);
    for (guint i = 0; i < info.finfo->n_planes; i++) {
        frame.plane[i] = map.data + info.offset[i];
        frame.stride[i] = info.stride[i];
    }
    const float *scores = icl_classifier_frame(classifier, &frame);
    gst_buffer_unmap(buffer, &map);
    return scores;
}

static IclClassifier *classifier_new(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IclModel) model = icl_model_load(fixture_model(), &error);

    g_assert_no_error(error);
    IclClassifier *classifier = icl_classifier_new(model, 1, 1, &error);
    g_assert_no_error(error);
    return classifier;
}

static void assert_scores(GstBuffer *frame, const float *expected)
{
    double scores[FIXTURE_CLASSES];

    prediction_scores(frame_prediction(frame, "c", 0), scores);
    for (int i = 0; i < FIXTURE_CLASSES; i++)
        g_assert_cmpfloat(scores[i], ==, expected[i]);
}

static void scores_are_those_of_libicl(const void *data)
{
    const FrameCase *c = data;
    g_autoptr(IclClassifier) classifier = classifier_new();
    bool full = !GST_VIDEO_FORMAT_INFO_IS_YUV(gst_video_format_get_info(c->format->video));
    Rig rig;

    rig_open(&rig, "top-k=100", fixture_caps(c->format->video, c->width, c->height));
    for (guint i = 0; i < 2; i++) {
        GstBuffer *out = rig_push(&rig, frame_new(c->format->video, c->width, c->height, 7 + i));
        assert_scores(out, expected_scores(classifier, c, out, full, c->matrix));
        gst_buffer_unref(out);
    }
    rig_close(&rig);
}

static const struct ColorRow {
    const char *name, *colorimetry;
    GstVideoFormat format;
    int height;
    bool full_range;
    IclColorMatrix matrix;
} colors[] = {
    {"I420/jpeg", "1:4:0:0", GST_VIDEO_FORMAT_I420, 720, true, ICL_MATRIX_BT601},
    {"I420/bt601", "bt601", GST_VIDEO_FORMAT_I420, 720, false, ICL_MATRIX_BT601},
    {"I420/bt709", "bt709", GST_VIDEO_FORMAT_I420, 48, false, ICL_MATRIX_BT709},
    {"I420/bt2020", "bt2020", GST_VIDEO_FORMAT_I420, 48, false, ICL_MATRIX_BT2020},
    {"I420/smpte240m", "smpte240m", GST_VIDEO_FORMAT_I420, 48, false, ICL_MATRIX_BT709},
    {"I420/fcc", "2:2:0:0", GST_VIDEO_FORMAT_I420, 720, false, ICL_MATRIX_BT601},
    {"I420/unknown-small", "0:0:0:0", GST_VIDEO_FORMAT_I420, 576, false, ICL_MATRIX_BT601},
    {"I420/unknown-large", "0:0:0:0", GST_VIDEO_FORMAT_I420, 577, false, ICL_MATRIX_BT709},
    {"YUY2/webcam", "2:4:7:1", GST_VIDEO_FORMAT_YUY2, 720, false, ICL_MATRIX_BT601},
    {"NV21/full-601", "1:4:0:0", GST_VIDEO_FORMAT_NV21, 720, true, ICL_MATRIX_BT601},
    {"Y444/full-2020", "1:6:0:0", GST_VIDEO_FORMAT_Y444, 48, true, ICL_MATRIX_BT2020},
    {"P010_10LE/bt2100", "bt2100-pq", GST_VIDEO_FORMAT_P010_10LE, 48, false, ICL_MATRIX_BT2020},
    {"I420_10LE/full-709", "1:3:0:0", GST_VIDEO_FORMAT_I420_10LE, 48, true, ICL_MATRIX_BT709},
    {"RGBA/srgb", "sRGB", GST_VIDEO_FORMAT_RGBA, 48, true, ICL_MATRIX_BT601},
    {"YUY2/full-709", "1:3:0:0", GST_VIDEO_FORMAT_YUY2, 48, true, ICL_MATRIX_BT709},
    {"NV12/limited-unknown", "2:0:0:0", GST_VIDEO_FORMAT_NV12, 48, false, ICL_MATRIX_BT601},
    {"GRAY8/full", "1:4:0:0", GST_VIDEO_FORMAT_GRAY8, 48, true, ICL_MATRIX_BT601},
    {"GRAY8/limited", "2:4:0:0", GST_VIDEO_FORMAT_GRAY8, 48, false, ICL_MATRIX_BT601},
    {"GRAY8/unknown", "0:0:0:0", GST_VIDEO_FORMAT_GRAY8, 48, true, ICL_MATRIX_BT601},
};

static void colorimetry_is_obeyed(const void *data)
{
    const struct ColorRow *row = data;
    const FrameCase c = {fixture_format(row->format), 64, row->height, 0};
    g_autoptr(IclClassifier) classifier = classifier_new();
    GstCaps *caps = fixture_caps(c.format->video, c.width, c.height);
    Rig rig;

    gst_caps_set_simple(caps, "colorimetry", G_TYPE_STRING, row->colorimetry, NULL);
    rig_open(&rig, "top-k=100", caps);
    GstBuffer *out = rig_push(&rig, frame_new(c.format->video, c.width, c.height, 3));
    assert_scores(out, expected_scores(classifier, &c, out, row->full_range, row->matrix));
    gst_buffer_unref(out);
    rig_close(&rig);
}

static const int threads[] = {0, 2, 3};

static void threads_do_not_change_the_scores(const void *data)
{
    const FrameCase c = {fixture_format(GST_VIDEO_FORMAT_I420), 640, 480, 0};
    g_autoptr(IclClassifier) classifier = classifier_new();
    g_autofree char *options = g_strdup_printf("top-k=100 threads=%d", *(const int *)data);
    Rig rig;

    rig_open(&rig, options, fixture_caps(c.format->video, c.width, c.height));
    GstBuffer *out = rig_push(&rig, frame_new(c.format->video, c.width, c.height, 3));
    assert_scores(out, expected_scores(classifier, &c, out, false, ICL_MATRIX_BT601));
    gst_buffer_unref(out);
    rig_close(&rig);
}

void add_frame_tests(void)
{
    FrameCase *c = cases;

    for (size_t f = 0; f < FIXTURE_FORMATS; f++)
        for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++, c++) {
            *c = (FrameCase){&fixture_formats[f], sizes[s].width, sizes[s].height, sizes[s].matrix};
            const char *name = gst_video_format_to_string(c->format->video);
            fixture_add(frame_passes_untouched, c, "/frame/%s/%dx%d/untouched", name, c->width,
                        c->height);
            fixture_add(scores_are_those_of_libicl, c, "/frame/%s/%dx%d/scores", name, c->width,
                        c->height);
        }
    for (size_t i = 0; i < G_N_ELEMENTS(colors); i++)
        fixture_add(colorimetry_is_obeyed, &colors[i], "/colorimetry/%s", colors[i].name);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        fixture_add(threads_do_not_change_the_scores, &threads[i], "/frame/threads/%d", threads[i]);
}
