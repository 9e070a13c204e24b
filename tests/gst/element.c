/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The element before and around the stream: properties, model files, states, caps. */
#include "fixture.h"

#include <string.h>

static GParamSpec *spec_of(GstElement *element, const char *name)
{
    GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name);

    g_assert_nonnull(spec);
    return spec;
}

static GstElement *element_new(void)
{
    GstElement *element = gst_element_factory_make("iclclassify", "c");

    g_assert_nonnull(element);
    return gst_object_ref_sink(element);
}

static const struct PropertyRow {
    const char *name, *value, *first; /* what is set, and what it is before that */
    const char *low, *high;           /* the ends of the range, where there is one */
    gboolean running;                 /* may change while the element runs */
} properties[] = {
    {"model", "other.bin", NULL, NULL, NULL, FALSE},
    {"top-k", "7", "5", "1", "100", TRUE},
    {"threshold", "0.25", "0", "0", "1", TRUE},
    {"interval", "30", "1", "1", "2147483647", TRUE},
    {"threads", "3", "0", "0", "1024", FALSE},
    {"post-messages", "false", "true", 0, 0, TRUE},
};

static char *value_of(GstElement *element, const char *name)
{
    GValue value = G_VALUE_INIT, text = G_VALUE_INIT;

    g_value_init(&value, spec_of(element, name)->value_type);
    g_value_init(&text, G_TYPE_STRING);
    g_object_get_property(G_OBJECT(element), name, &value);
    g_assert_true(g_value_transform(&value, &text));
    char *copy =
        g_ascii_strdown(g_value_get_string(&text) ? g_value_get_string(&text) : "(null)", -1);
    g_value_unset(&text);
    g_value_unset(&value);
    return copy;
}

static void property_has_its_default_and_keeps_what_is_set(const void *data)
{
    const struct PropertyRow *row = data;
    GstElement *element = element_new();
    g_autofree char *first = value_of(element, row->name);
    gst_util_set_object_arg(G_OBJECT(element), row->name, row->value);
    g_autofree char *value = value_of(element, row->name);

    if (strchr(row->value, '.') && row->low) {
        g_assert_cmpfloat(g_ascii_strtod(first, NULL), ==, g_ascii_strtod(row->first, NULL));
        g_assert_cmpfloat(g_ascii_strtod(value, NULL), ==, g_ascii_strtod(row->value, NULL));
    } else {
        g_assert_cmpstr(first, ==, row->first ? row->first : "(null)");
        g_assert_cmpstr(value, ==, row->value);
    }
    gst_object_unref(element);
}

/* A value beyond an end of the range comes back as that end. */
static void property_ends_where_it_says(const void *data)
{
    const struct PropertyRow *row = data;
    GstElement *element = element_new();
    GParamSpec *spec = spec_of(element, row->name);
    const double beyond[] = {-1e9, 1e9},
                 ends[] = {g_ascii_strtod(row->low, NULL), g_ascii_strtod(row->high, NULL)};

    for (int i = 0; i < 2; i++) {
        GValue wide = G_VALUE_INIT, value = G_VALUE_INIT;
        g_value_init(&wide, G_TYPE_DOUBLE);
        g_value_init(&value, spec->value_type);
        g_value_set_double(&wide, i == 1 && ends[1] > 1e9 ? ends[1] : beyond[i]);
        g_assert_true(g_value_transform(&wide, &value));
        g_param_value_validate(spec, &value);
        g_assert_true(g_value_transform(&value, &wide));
        g_assert_cmpfloat(g_value_get_double(&wide), ==, ends[i]);
    }
    gst_object_unref(element);
}

static void property_says_when_it_may_change(const void *data)
{
    const struct PropertyRow *row = data;
    GstElement *element = element_new();
    GParamSpec *spec = spec_of(element, row->name);

    g_assert_cmpint(!!(spec->flags & GST_PARAM_MUTABLE_READY), ==, !row->running);
    g_assert_cmpint(!!(spec->flags & GST_PARAM_MUTABLE_PLAYING), ==, row->running);
    g_assert_cmpuint(strlen(g_param_spec_get_blurb(spec)), >, 20);
    gst_object_unref(element);
}

static void property_of_the_model_stays_while_running(const void *data)
{
    const struct PropertyRow *row = data;
    Rig rig;

    rig_open(&rig, NULL, fixture_caps(GST_VIDEO_FORMAT_RGB, 8, 8));
    g_autofree char *before = value_of(rig.element, row->name);
    gst_util_set_object_arg(G_OBJECT(rig.element), row->name, row->value);
    g_autofree char *after = value_of(rig.element, row->name);
    GstMessage *warning = rig_message(&rig, GST_MESSAGE_WARNING);
    g_assert_cmpstr(before, ==, after);
    g_assert_nonnull(warning);
    gst_message_unref(warning);
    gst_buffer_unref(rig_push(&rig, frame_new(GST_VIDEO_FORMAT_RGB, 8, 8, 1)));
    gst_element_set_state(rig.element, GST_STATE_READY);
    gst_util_set_object_arg(G_OBJECT(rig.element), row->name, row->value);
    g_autofree char *ready = value_of(rig.element, row->name);
    g_assert_cmpstr(ready, ==, row->value);
    rig_close(&rig);
}

static const struct ModelRow {
    const char *name;
    const char *file;    /* NULL: the property is not set */
    const char *content; /* NULL: there is no such file */
    const char *reason;  /* a part of the message */
} models[] = {
    {"none", NULL, NULL, "Set the property `model`"},
    {"of-no-name", "", NULL, "Set the property `model`"},
    {"missing", "missing.bin", NULL, "No such file"},
    {"empty", "empty.bin", "", "empty.bin"},
    {"of-text", "text.bin", "hello, I am no model at all\n", "text.bin"},
    {"of-garbage", "garbage.bin", "\377\377\377\377\377\377\377\377{}", "garbage.bin"},
};

/* Sets @path and expects that the element does not start and says why. */
static char *failure_of(const char *path)
{
    GstElement *element = element_new();
    GstBus *bus = gst_bus_new();
    g_autoptr(GError) error = NULL;

    gst_element_set_bus(element, bus);
    g_object_set(element, "model", path, NULL);
    g_assert_cmpint(gst_element_set_state(element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    GstMessage *message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
    g_assert_nonnull(message);
    gst_message_parse_error(message, &error, NULL);
    g_assert_true(error->domain == GST_RESOURCE_ERROR);
    gst_message_unref(message);
    g_assert_null(gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR)); /* one fault, one message */
    gst_element_set_state(element, GST_STATE_NULL);
    gst_element_set_bus(element, NULL);
    gst_object_unref(bus);
    gst_object_unref(element);
    return g_strdup(error->message);
}

static void model_fails_with_a_sentence(const void *data)
{
    const struct ModelRow *row = data;
    g_autofree char *path = row->file && *row->file ? fixture_path(row->file) : g_strdup(row->file);

    if (row->content)
        g_assert_true(g_file_set_contents(path, row->content, -1, NULL));
    g_autofree char *message = failure_of(path);
    g_assert_nonnull(strstr(message, row->reason));
    if (path && *path) {
        g_assert_nonnull(strstr(message, path));
        g_assert_cmpuint(strlen(message), >, strlen(path) + 10);
    }
}

static void model_cut_short_fails(void)
{
    g_autofree char *content = NULL, *path = fixture_path("cut.bin");
    gsize length;

    g_assert_true(g_file_get_contents(fixture_model(), &content, &length, NULL));
    g_assert_true(g_file_set_contents(path, content, length / 2, NULL));
    g_autofree char *message = failure_of(path);
    g_assert_nonnull(strstr(message, path));
}

static void model_may_be_mended_and_tried_again(void)
{
    GstElement *element = element_new();

    g_object_set(element, "model", "/nonexistent/model.bin", NULL);
    g_assert_cmpint(gst_element_set_state(element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    gst_element_set_state(element, GST_STATE_READY);
    g_object_set(element, "model", fixture_model(), NULL);
    g_assert_cmpint(gst_element_set_state(element, GST_STATE_PAUSED), !=, GST_STATE_CHANGE_FAILURE);
    gst_element_set_state(element, GST_STATE_NULL);
    gst_object_unref(element);
}

static void states_cycle_100_times(void)
{
    GstElement *element = element_new();
    const GstState states[] = {GST_STATE_READY,  GST_STATE_PAUSED, GST_STATE_PLAYING,
                               GST_STATE_PAUSED, GST_STATE_READY,  GST_STATE_PAUSED,
                               GST_STATE_NULL};

    g_object_set(element, "model", fixture_model(), NULL);
    for (int cycle = 0; cycle < 100; cycle++)
        for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
            g_assert_cmpint(gst_element_set_state(element, states[i]), ==,
                            GST_STATE_CHANGE_SUCCESS);
    gst_object_unref(element);
}

static const struct CapsRow {
    const char *name, *caps;
    gboolean accepted;
} caps_rows[] = {
    {"RGB", "video/x-raw,format=RGB,width=1,height=1,framerate=0/1", TRUE},
    {"I420-from-jpeg", "video/x-raw,format=I420,width=7,height=5,colorimetry=1:4:0:0", TRUE},
    {"YUY2-from-camera", "video/x-raw,format=YUY2,width=1920,height=1080,framerate=30/1", TRUE},
    {"NV12-huge", "video/x-raw,format=NV12,width=16384,height=16384", TRUE},
    {"P010_10LE-from-decoder",
     "video/x-raw,format=P010_10LE,width=3840,height=2160,colorimetry=bt2100-pq,framerate=50/1",
     TRUE},
    {"MJPG-camera-through-jpegdec",
     "video/x-raw,format=I420,width=1280,height=720,interlace-mode=progressive,chroma-site=jpeg,"
     "multiview-mode=mono,pixel-aspect-ratio=1/1,colorimetry=1:4:0:0,framerate=30/1",
     TRUE},
    {"interlaced", "video/x-raw,format=UYVY,width=720,height=576,interlace-mode=interleaved", TRUE},
    {"interlaced-mixed", "video/x-raw,format=NV12,width=720,height=576,interlace-mode=mixed", TRUE},
    {"single-fields",
     "video/x-raw(format:Interlaced),format=UYVY,width=720,height=576,interlace-mode=alternate",
     FALSE},
    {"16-bits", "video/x-raw,format=GRAY16_LE,width=8,height=8", FALSE},
    {"no-rows", "video/x-raw,format=RGB,width=8,height=0", FALSE},
    {"dmabuf", "video/x-raw(memory:DMABuf),format=NV12,width=8,height=8", FALSE},
    {"jpeg", "image/jpeg,width=8,height=8", FALSE},
};

static void caps_are_judged(const void *data)
{
    const struct CapsRow *row = data;
    Rig rig;

    rig_open(&rig, NULL, fixture_caps(GST_VIDEO_FORMAT_GRAY8, 8, 8));
    g_autoptr(GstCaps) caps = gst_caps_from_string(row->caps);
    g_autoptr(GstPad) pad = gst_element_get_static_pad(rig.element, "sink");
    g_assert_nonnull(caps);
    g_assert_cmpint(gst_pad_query_accept_caps(pad, caps), ==, row->accepted);
    rig_close(&rig);
}

void add_element_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(properties); i++) {
        const struct PropertyRow *row = &properties[i];
        fixture_add(property_has_its_default_and_keeps_what_is_set, row, "/property/%s/kept",
                    row->name);
        fixture_add(property_says_when_it_may_change, row, "/property/%s/states", row->name);
        if (row->low)
            fixture_add(property_ends_where_it_says, row, "/property/%s/range", row->name);
        if (!row->running)
            fixture_add(property_of_the_model_stays_while_running, row, "/property/%s/running",
                        row->name);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(models); i++)
        fixture_add(model_fails_with_a_sentence, &models[i], "/model/%s/fails", models[i].name);
    g_test_add_func("/model/cut-short/fails", model_cut_short_fails);
    g_test_add_func("/model/mended-and-tried-again", model_may_be_mended_and_tried_again);
    g_test_add_func("/states/100-cycles", states_cycle_100_times);
    for (size_t i = 0; i < G_N_ELEMENTS(caps_rows); i++)
        fixture_add(caps_are_judged, &caps_rows[i], "/caps/%s/%s", caps_rows[i].name,
                    caps_rows[i].accepted ? "accepted" : "refused");
}
