/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Where a frame's label comes from and where not. A row is a little story of a stream; what was
 * learned is read from the model file. */
#include "train.h"

#include <stdlib.h>
#include <string.h>

static void set_label(TrainRig *rig, const char *label)
{
    g_object_set(rig->element, "label", label, NULL);
}

static void set_interval(TrainRig *rig, const char *interval)
{
    g_object_set(rig->element, "interval", atoi(interval), NULL);
}

static void push_frames(TrainRig *rig, const char *n)
{
    for (int i = 0; i < atoi(n); i++)
        train_push(rig, train_frame(rig));
}

static void push_gaps(TrainRig *rig, const char *n)
{
    for (int i = 0; i < atoi(n); i++) {
        GstBuffer *frame = train_frame(rig);
        GST_BUFFER_FLAG_SET(frame, GST_BUFFER_FLAG_GAP);
        train_push(rig, frame);
    }
}

/* One frame with a meta @type; an empty @label is left out of it. */
static void push_with_meta(TrainRig *rig, const char *type, const char *label)
{
    GstBuffer *frame = train_frame(rig);
    GstCustomMeta *meta = gst_buffer_add_custom_meta(frame, type);

    g_assert_nonnull(meta);
    if (*label)
        gst_structure_set(gst_custom_meta_get_structure(meta), "label", G_TYPE_STRING, label, NULL);
    train_push(rig, frame);
}

static void push_truth(TrainRig *rig, const char *label) { push_with_meta(rig, "IclTruth", label); }

static void push_prediction(TrainRig *rig, const char *label)
{
    push_with_meta(rig, "IclPrediction", label);
}

/* As taginject reads them. */
static void push_tags(TrainRig *rig, const char *text)
{
    g_autofree char *list = g_strdup_printf("taglist,%s", text);

    g_assert_true(gst_harness_push_event(rig->harness,
                                         gst_event_new_tag(gst_tag_list_new_from_string(list))));
}

static void push_start(TrainRig *rig, const char *id)
{
    g_assert_true(gst_harness_push_event(rig->harness, gst_event_new_stream_start(id)));
}

static void push_flush(TrainRig *rig, const char *unused)
{
    GstSegment segment;

    gst_segment_init(&segment, GST_FORMAT_TIME);
    g_assert_true(gst_harness_push_event(rig->harness, gst_event_new_flush_start()));
    g_assert_true(gst_harness_push_event(rig->harness, gst_event_new_flush_stop(TRUE)));
    g_assert_true(gst_harness_push_event(rig->harness, gst_event_new_segment(&segment)));
}

static const struct Verb {
    const char *name;
    void (*run)(TrainRig *rig, const char *argument);
} verbs[] = {
    {"label", set_label}, {"interval", set_interval}, {"frames", push_frames},
    {"gaps", push_gaps},  {"truth", push_truth},      {"prediction", push_prediction},
    {"tags", push_tags},  {"start", push_start},      {"flush", push_flush},
};

static void run_verb(TrainRig *rig, char *text)
{
    g_auto(GStrv) words = g_strsplit(g_strstrip(text), " ", 2);

    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (strcmp(verbs[i].name, words[0]) == 0) {
            verbs[i].run(rig, words[1] ? words[1] : "");
            return;
        }
    g_error("no verb %s", words[0]);
}

static const struct LabelRow {
    const char *name, *story;
    const char *labels; /* learned beside x and y */
    int added, warnings;
} rows[] = {
    {"no-label", "frames 3", "", 0},
    {"property-while-playing", "label a; frames 2; label b; frames 1; label a; frames 1", ",a,b",
     4},
    {"property-empty", "label a; frames 1; label; frames 3", ",a", 1},
    {"tag", "tags icl-label=a; frames 2; tags icl-label=(string)\"b c\"; frames 1", ",a,b c", 3},
    {"tag-that-is-a-number", "tags icl-label=7; frames 2", ",7", 2},
    {"tag-over-property", "label a; tags icl-label=b; frames 2", ",b", 2},
    {"tag-stays-beside-other-tags", "tags icl-label=a; tags title=film; frames 2", ",a", 2},
    {"tag-of-the-whole-medium", "tags icl-label=a,scope=global; frames 2", ",a", 2},
    {"truth", "truth a; frames 2; truth b", ",a,b", 2},
    {"truth-over-tag", "tags icl-label=a; truth b; frames 1", ",b,a", 2},
    {"truth-over-property", "label a; truth b; frames 1", ",b,a", 2},
    {"start-forgets-the-tag", "tags icl-label=a; frames 1; start 2; frames 3", ",a", 1},
    {"start-leaves-the-property", "label b; tags icl-label=a; frames 1; start 2; frames 1", ",a,b",
     2},
    {"flush-leaves-the-tag", "tags icl-label=a; frames 1; flush; frames 1", ",a", 2},
    {"title-is-no-label", "tags title=film,artist=a,keywords=b; frames 3", "", 0},
    {"prediction-is-no-label", "prediction a; prediction b", "", 0},
    {"prediction-hides-no-label", "tags icl-label=a; prediction b", ",a", 1},
    {"gap-is-no-picture", "label a; gaps 3; frames 1", ",a", 1},
    {"interval", "label a; interval 3; frames 7; interval 1; frames 2", ",a", 4},
    {"interval-counts-labelled-frames", "interval 2; label; frames 3; label a; frames 2", ",a", 1},
    {"empty-tag-is-none", "label a; tags icl-label=(string)\"\"; frames 3", ",a", 3},
    {"empty-truth-hides-the-tag", "tags icl-label=a; truth; truth", "", 0, 1},
    {"invalid-label-warns-once", "label \xff\xfe; frames 3; label a; frames 1", ",a", 1, 1},
};

static gint64 added_of(TrainRig *rig)
{
    gint64 added = 0;

    for (GstMessage *message; (message = train_message(rig));) {
        g_assert_true(gst_structure_get_int64(gst_message_get_structure(message), "added", &added));
        gst_message_unref(message);
    }
    return added;
}

static void label_is_learned(const void *data)
{
    const struct LabelRow *row = data;
    g_autofree char *expected = g_strdup_printf("x,y%s", row->labels);
    TrainRig rig;

    train_open(&rig, NULL);
    train_push_labelled(&rig, "x", 1);
    train_push_labelled(&rig, "y", 1);
    set_label(&rig, NULL);
    g_auto(GStrv) parts = g_strsplit(row->story, ";", -1);
    for (char **part = parts; *part; part++)
        run_verb(&rig, *part);
    train_end(&rig);
    g_autofree char *labels = train_labels(&rig);
    g_assert_cmpstr(labels, ==, expected);
    g_assert_cmpint(added_of(&rig), ==, 2 + row->added);
    g_assert_cmpint(train_count(&rig, GST_MESSAGE_WARNING), ==, row->warnings);
    train_close(&rig);
}

/* With an interval longer than a class lasts, its first frame still counts. */
static void interval_begins_with_the_first_frame(void)
{
    TrainRig rig;

    train_open(&rig, "interval=5");
    train_push_labelled(&rig, "x", 1);
    train_push_labelled(&rig, "y", 5);
    train_end(&rig);
    g_autofree char *labels = train_labels(&rig);
    g_assert_cmpstr(labels, ==, "x,y");
    train_close(&rig);
}

void add_train_label_tests(void)
{
    g_test_add_func("/label/interval-begins-with-the-first", interval_begins_with_the_first_frame);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        fixture_add(label_is_learned, &rows[i], "/label/%s", rows[i].name);
}
