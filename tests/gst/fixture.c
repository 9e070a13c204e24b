/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "fixture.h"

#include <glib/gstdio.h>

const char *const fixture_labels[] = {"cat", "dog", "ankle boot", "Käfer", NULL};

const FixtureFormat fixture_formats[] = {
    {GST_VIDEO_FORMAT_RGB, ICL_PIXEL_RGB},
    {GST_VIDEO_FORMAT_BGR, ICL_PIXEL_BGR},
    {GST_VIDEO_FORMAT_RGBx, ICL_PIXEL_RGBX},
    {GST_VIDEO_FORMAT_BGRx, ICL_PIXEL_BGRX},
    {GST_VIDEO_FORMAT_xRGB, ICL_PIXEL_XRGB},
    {GST_VIDEO_FORMAT_xBGR, ICL_PIXEL_XBGR},
    {GST_VIDEO_FORMAT_RGBA, ICL_PIXEL_RGBA},
    {GST_VIDEO_FORMAT_BGRA, ICL_PIXEL_BGRA},
    {GST_VIDEO_FORMAT_ARGB, ICL_PIXEL_ARGB},
    {GST_VIDEO_FORMAT_ABGR, ICL_PIXEL_ABGR},
    {GST_VIDEO_FORMAT_GRAY8, ICL_PIXEL_GRAY8},
    {GST_VIDEO_FORMAT_I420, ICL_PIXEL_I420},
    {GST_VIDEO_FORMAT_YV12, ICL_PIXEL_YV12},
    {GST_VIDEO_FORMAT_NV12, ICL_PIXEL_NV12},
    {GST_VIDEO_FORMAT_NV21, ICL_PIXEL_NV21},
    {GST_VIDEO_FORMAT_YUY2, ICL_PIXEL_YUY2},
    {GST_VIDEO_FORMAT_UYVY, ICL_PIXEL_UYVY},
    {GST_VIDEO_FORMAT_Y42B, ICL_PIXEL_Y42B},
    {GST_VIDEO_FORMAT_Y444, ICL_PIXEL_Y444},
    {GST_VIDEO_FORMAT_I420_10LE, ICL_PIXEL_I420_10LE},
    {GST_VIDEO_FORMAT_P010_10LE, ICL_PIXEL_P010_10LE},
};

/* Weights as they begin: scores differ from frame to frame, and that is all that is needed here. */
static const char description[] =
    "input 16 16 3\n"
    "conv2d 8 3 stride=2 padding=1 ! relu ! flatten ! dense $classes\n";

static char *folder;
static char *model;

const FixtureFormat *fixture_format(GstVideoFormat format)
{
    for (int i = 0; i < FIXTURE_FORMATS; i++)
        if (fixture_formats[i].video == format)
            return &fixture_formats[i];
    g_assert_not_reached();
}

char *fixture_path(const char *name) { return g_build_filename(folder, name, NULL); }

const char *fixture_model(void) { return model; }

gboolean fixture_write_model(const char *path, GError **error)
{
    g_autoptr(IclModel) made =
        icl_model_from_description(description, "test", fixture_labels, 3, error);

    return made && icl_model_save(made, path, error);
}

void fixture_open(void)
{
    g_autoptr(GError) error = NULL;

    folder = g_dir_make_tmp("icl-gst-XXXXXX", &error);
    g_assert_no_error(error);
    model = fixture_path("model.bin");
    fixture_write_model(model, &error);
    g_assert_no_error(error);
}

void fixture_close(void)
{
    GDir *files = g_dir_open(folder, 0, NULL);

    for (const char *name; files && (name = g_dir_read_name(files));) {
        g_autofree char *path = fixture_path(name);
        g_remove(path);
    }
    g_clear_pointer(&files, g_dir_close);
    g_rmdir(folder);
    g_clear_pointer(&folder, g_free);
    g_clear_pointer(&model, g_free);
}

void fixture_add(GTestDataFunc run, const void *row, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *name = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_test_add_data_func(name, row, run);
}

GstCaps *fixture_caps(GstVideoFormat format, int width, int height)
{
    return gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING,
                               gst_video_format_to_string(format), "width", G_TYPE_INT, width,
                               "height", G_TYPE_INT, height, "framerate", GST_TYPE_FRACTION, 30, 1,
                               NULL);
}

void rig_open(Rig *rig, const char *options, GstCaps *caps)
{
    g_autofree char *line = g_strdup_printf("iclclassify name=c model=\"%s\" threads=1 %s", model,
                                            options ? options : "");
    g_autoptr(GError) error = NULL;

    rig->element = gst_parse_launch(line, &error);
    g_assert_no_error(error);
    rig->bus = gst_bus_new();
    gst_element_set_bus(rig->element, rig->bus);
    rig->harness = gst_harness_new_with_element(rig->element, "sink", "src");
    gst_harness_set_src_caps(rig->harness, caps);
}

void rig_close(Rig *rig)
{
    gst_bus_set_flushing(rig->bus, TRUE);
    gst_element_set_bus(rig->element, NULL);
    gst_harness_teardown(rig->harness);
    gst_object_unref(rig->element);
    gst_object_unref(rig->bus);
}

GstBuffer *rig_push(Rig *rig, GstBuffer *frame)
{
    g_assert_cmpint(gst_harness_push(rig->harness, frame), ==, GST_FLOW_OK);
    GstBuffer *out = gst_harness_try_pull(rig->harness);
    g_assert_nonnull(out);
    return out;
}

GstMessage *rig_message(Rig *rig, GstMessageType types)
{
    return gst_bus_pop_filtered(rig->bus, types);
}

void rig_flush(Rig *rig)
{
    GstSegment segment;

    gst_segment_init(&segment, GST_FORMAT_TIME);
    g_assert_true(gst_harness_push_event(rig->harness, gst_event_new_flush_start()));
    g_assert_true(gst_harness_push_event(rig->harness, gst_event_new_flush_stop(TRUE)));
    g_assert_true(gst_harness_push_event(rig->harness, gst_event_new_segment(&segment)));
}

void rig_stream_start(Rig *rig)
{
    g_assert_true(gst_harness_push_event(rig->harness, gst_event_new_stream_start("another")));
}

void rig_restart(Rig *rig)
{
    GstCaps *caps = gst_pad_get_current_caps(rig->harness->srcpad);

    gst_element_set_state(rig->element, GST_STATE_NULL);
    gst_element_set_state(rig->element, GST_STATE_PLAYING);
    gst_harness_set_src_caps(rig->harness, caps);
}

GstBuffer *frame_new(GstVideoFormat format, int width, int height, guint seed)
{
    GstVideoInfo info;
    GstMapInfo map;

    gst_video_info_set_format(&info, format, width, height);
    GstBuffer *frame = gst_buffer_new_allocate(NULL, info.size, NULL);
    gst_buffer_map(frame, &map, GST_MAP_WRITE);
    /* A patch of one brightness a seed beneath the noise, so that frames differ after scaling too.
     */
    guint32 state = seed * 2654435761u + 12345;
    for (gsize i = 0; i < map.size; i++) {
        state = state * 1664525u + 1013904223u;
        map.data[i] = (state >> 25) + (seed * 37 + i * 4 / map.size * (seed % 5) * 29) % 128;
    }
    gst_buffer_unmap(frame, &map);
    GST_BUFFER_PTS(frame) = GST_BUFFER_DTS(frame) = gst_util_uint64_scale(seed, GST_SECOND, 30);
    GST_BUFFER_DURATION(frame) = GST_SECOND / 30;
    GST_BUFFER_OFFSET(frame) = seed;
    return frame;
}

char *frame_checksum(GstBuffer *frame)
{
    GstMapInfo map;

    g_assert_true(gst_buffer_map(frame, &map, GST_MAP_READ));
    char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, map.data, map.size);
    gst_buffer_unmap(frame, &map);
    return sum;
}

const GstStructure *frame_prediction(GstBuffer *frame, const char *element, int nth)
{
    const GstMetaInfo *info = gst_meta_get_info("IclPrediction");
    gpointer state = NULL;

    for (GstMeta *meta; (meta = gst_buffer_iterate_meta(frame, &state));) {
        if (meta->info != info)
            continue;
        const GstStructure *found = gst_custom_meta_get_structure((GstCustomMeta *)meta);
        if (element && g_strcmp0(gst_structure_get_string(found, "element"), element) != 0)
            continue;
        if (nth-- == 0)
            return found;
    }
    return NULL;
}

const GstVideoRegionOfInterestMeta *frame_region(GstBuffer *frame)
{
    return (void *)gst_buffer_get_meta(frame, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE);
}

const char *prediction_label(const GstStructure *prediction)
{
    return gst_structure_get_string(prediction, "label");
}

gboolean prediction_fresh(const GstStructure *prediction)
{
    gboolean fresh;

    g_assert_true(gst_structure_get_boolean(prediction, "fresh", &fresh));
    return fresh;
}

double prediction_confidence(const GstStructure *prediction)
{
    double confidence;

    g_assert_true(gst_structure_get_double(prediction, "confidence", &confidence));
    return confidence;
}

int prediction_class(const GstStructure *prediction)
{
    int class;

    g_assert_true(gst_structure_get_int(prediction, "class-id", &class));
    return class;
}

int prediction_count(const GstStructure *prediction)
{
    return gst_value_array_get_size(gst_structure_get_value(prediction, "class-ids"));
}

void prediction_scores(const GstStructure *prediction, double scores[FIXTURE_CLASSES])
{
    const GValue *ids = gst_structure_get_value(prediction, "class-ids");
    const GValue *confidences = gst_structure_get_value(prediction, "confidences");

    g_assert_cmpint(prediction_count(prediction), ==, FIXTURE_CLASSES);
    g_assert_cmpint(gst_value_array_get_size(confidences), ==, FIXTURE_CLASSES);
    for (int i = 0; i < FIXTURE_CLASSES; i++)
        scores[g_value_get_int(gst_value_array_get_value(ids, i))] =
            g_value_get_double(gst_value_array_get_value(confidences, i));
}
