/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * icltrain before the stream: properties and caps. */
#include "train.h"

#include <string.h>

static const struct PropertyRow {
    const char *name, *value, *first; /* what is set, and what it is before that */
    gboolean running;                 /* may change while the element runs */
    double low;                       /* of a number */
} properties[] = {
    {"label", "cat", NULL, TRUE},
    {"output", "out.bin", NULL, FALSE},
    {"model", "base.bin", NULL, FALSE},
    {"network", "net.icl", NULL, FALSE},
    {"recipe", "resize 8", NULL, FALSE},
    {"augment", "hflip", NULL, FALSE},
    {"optimizer", "sgd", NULL, FALSE},
    {"memory", "7", "2000", FALSE, 2},
    {"interval", "7", "1", TRUE, 1},
    {"updates", "7", "100", FALSE, 1},
    {"final-updates", "7", "200", FALSE, 0},
    {"batch", "7", "32", FALSE, 1},
    {"deterministic", "TRUE", "FALSE", FALSE},
    {"round", "7", "100", FALSE, 1},
    {"eos-timeout", "7", "18446744073709551615", TRUE, 0},
    {"seed", "7", "1", FALSE, 0},
    {"threads", "7", "0", FALSE, 0},
};

static GstElement *element_new(void)
{
    GstElement *element = gst_element_factory_make("icltrain", "t");

    g_assert_nonnull(element);
    return gst_object_ref_sink(element);
}

static GParamSpec *spec_of(GstElement *element, const char *name)
{
    return g_object_class_find_property(G_OBJECT_GET_CLASS(element), name);
}

static char *value_of(GstElement *element, const char *name)
{
    GValue value = G_VALUE_INIT, text = G_VALUE_INIT;

    g_value_init(&value, spec_of(element, name)->value_type);
    g_object_get_property(G_OBJECT(element), name, &value);
    g_assert_true(g_value_transform(&value, g_value_init(&text, G_TYPE_STRING)));
    char *copy = g_value_dup_string(&text);
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

    g_assert_cmpstr(first, ==, row->first);
    g_assert_cmpstr(value, ==, row->value);
    gst_object_unref(element);
}

static void property_says_what_it_takes_and_when(const void *data)
{
    const struct PropertyRow *row = data;
    GstElement *element = element_new();
    GParamSpec *spec = spec_of(element, row->name);

    g_assert_cmpint(!!(spec->flags & GST_PARAM_MUTABLE_READY), ==, !row->running);
    g_assert_cmpint(!!(spec->flags & GST_PARAM_MUTABLE_PLAYING), ==, row->running);
    g_assert_cmpuint(strlen(g_param_spec_get_blurb(spec)), >, 20);
    if (G_IS_PARAM_SPEC_INT(spec))
        g_assert_cmpint(G_PARAM_SPEC_INT(spec)->minimum, ==, row->low);
    gst_object_unref(element);
}

static void property_stays_or_changes_while_running(const void *data)
{
    const struct PropertyRow *row = data;
    TrainRig rig;

    train_open(&rig, NULL);
    g_autofree char *before = value_of(rig.element, row->name);
    gst_util_set_object_arg(G_OBJECT(rig.element), row->name, row->value);
    g_autofree char *after = value_of(rig.element, row->name);
    g_assert_cmpstr(after, ==, row->running ? row->value : before);
    g_assert_cmpint(train_count(&rig, GST_MESSAGE_WARNING), ==, !row->running);
    train_close(&rig);
}

/* A pipeline needs the same converters for both elements: none. */
static void caps_are_those_of_iclclassify(void)
{
    GstElement *train = element_new(), *classify = gst_element_factory_make("iclclassify", NULL);

    g_assert_nonnull(classify);
    gst_object_ref_sink(classify);
    for (GList *pad = train->pads; pad; pad = pad->next) {
        g_autoptr(GstPad) other = gst_element_get_static_pad(classify, GST_PAD_NAME(pad->data));
        g_autoptr(GstCaps) ours = gst_pad_get_pad_template_caps(pad->data);
        g_autoptr(GstCaps) theirs = gst_pad_get_pad_template_caps(other);
        g_assert_true(gst_caps_is_equal(ours, theirs));
    }
    gst_object_unref(train);
    gst_object_unref(classify);
}

static void late_frames_are_not_dropped(void)
{
    TrainRig rig;

    train_open(&rig, NULL);
    gst_harness_push_upstream_event(
        rig.harness, gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 8, 10 * GST_SECOND, GST_SECOND));
    train_push_labelled(&rig, "x", 10);
    train_close(&rig);
}

void add_train_property_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(properties); i++) {
        const struct PropertyRow *row = &properties[i];
        fixture_add(property_has_its_default_and_keeps_what_is_set, row, "/property/%s/kept",
                    row->name);
        fixture_add(property_says_what_it_takes_and_when, row, "/property/%s/said", row->name);
        fixture_add(property_stays_or_changes_while_running, row, "/property/%s/running",
                    row->name);
    }
    g_test_add_func("/caps/those-of-iclclassify", caps_are_those_of_iclclassify);
    g_test_add_func("/late-frames", late_frames_are_not_dropped);
}
