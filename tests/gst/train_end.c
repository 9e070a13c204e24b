/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The end of the stream is held until trained and saved, and gives way to whoever cannot wait. A
 * wait that nothing ends is ended by SIGALRM, and so is the program. */
#include "train.h"

#include <pthread.h>
#include <unistd.h>

/* Seconds that any of the waits here may take, many times what they do. */
enum { LIMIT = 10 };

/* Trainings that nobody lives to see the end of. */
#define ENDLESS "updates=2000000000 final-updates=2000000000 round=2 "

typedef struct EndSeen {
    const char *output;
    gboolean saved;
    int times;
} EndSeen;

static GstPadProbeReturn see_end(GstPad *pad, GstPadProbeInfo *info, void *data)
{
    EndSeen *seen = data;

    if (GST_EVENT_TYPE(info->data) == GST_EVENT_EOS) {
        seen->times++;
        seen->saved = g_file_test(seen->output, G_FILE_TEST_EXISTS);
    }
    return GST_PAD_PROBE_OK;
}

static void watch_end(TrainRig *rig, EndSeen *seen)
{
    *seen = (EndSeen){.output = rig->output};
    gst_pad_add_probe(rig->harness->sinkpad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, see_end, seen,
                      NULL);
}

static const struct EndRow {
    const char *name, *options;
    int x, y; /* frames of either class */
    gboolean saved;
    double at_least; /* seconds until the end passes */
    int warnings;
} ends[] = {
    {"held-until-saved", "deterministic=false", 2, 2, TRUE},
    {"held-until-saved-deterministic", "", 2, 2, TRUE},
    {"held-for-what-a-round-left", "round=3 final-updates=0", 2, 2, TRUE},
    {"not-held-with-timeout-0", ENDLESS "round=9 eos-timeout=0", 2, 2, FALSE},
    {"held-no-longer-than-timeout", ENDLESS "round=9 eos-timeout=100000000", 2, 2, FALSE, 0.1, 1},
    {"held-no-longer-than-timeout-free", ENDLESS "deterministic=false eos-timeout=100000000", 2, 2,
     FALSE, 0.1, 1},
    {"one-class-is-nothing-to-learn", "", 3, 0, FALSE, 0, 1},
    {"no-label-is-nothing-to-learn", "", 0, 0, FALSE, 0, 1},
};

static void end_is_held(const void *data)
{
    const struct EndRow *row = data;
    EndSeen seen;
    TrainRig rig;

    alarm(LIMIT);
    train_open(&rig, row->options);
    watch_end(&rig, &seen);
    train_push_labelled(&rig, "x", row->x);
    train_push_labelled(&rig, "y", row->y);
    gint64 before = g_get_monotonic_time();
    train_end(&rig);
    double seconds = (double)(g_get_monotonic_time() - before) / G_USEC_PER_SEC;
    g_assert_cmpint(seen.times, ==, 1);
    g_assert_cmpint(seen.saved, ==, row->saved);
    g_assert_cmpfloat(seconds, >=, row->at_least);
    g_assert_cmpint(train_count(&rig, GST_MESSAGE_WARNING), ==, row->warnings);
    train_close(&rig);
    alarm(0);
}

/* What was not trained to the end is not there; what was before it, is. */
static void stop_keeps_the_last_round(void)
{
    TrainRig rig;

    alarm(LIMIT);
    train_open(&rig, ENDLESS "updates=3 eos-timeout=200000000");
    train_push_labelled(&rig, "x", 1);
    train_push_labelled(&rig, "y", 1);
    train_end(&rig);
    gst_element_set_state(rig.element, GST_STATE_NULL);
    g_autofree char *labels = train_labels(&rig);
    g_assert_cmpstr(labels, ==, "x,y");
    train_close(&rig);
    alarm(0);
}

static void starts_again_from_nothing(void)
{
    TrainRig rig;

    train_open(&rig, NULL);
    train_push_labelled(&rig, "x", 1);
    gst_element_set_state(rig.element, GST_STATE_NULL);
    gst_element_set_state(rig.element, GST_STATE_PLAYING);
    gst_harness_set_src_caps(rig.harness,
                             fixture_caps(GST_VIDEO_FORMAT_GRAY8, TRAIN_SIZE, TRAIN_SIZE));
    train_push_labelled(&rig, "y", 1);
    train_push_labelled(&rig, "z", 1);
    train_end(&rig);
    g_autofree char *labels = train_labels(&rig);
    g_assert_cmpstr(labels, ==, "y,z");
    train_close(&rig);
}

/* A second end, after a flush, trains what came between, and not before. */
static void stream_goes_on_after_its_end(void)
{
    GstSegment segment;
    TrainRig rig;

    gst_segment_init(&segment, GST_FORMAT_TIME);
    train_open(&rig, NULL);
    train_push_labelled(&rig, "x", 1);
    train_push_labelled(&rig, "y", 1);
    train_end(&rig);
    gst_harness_push_event(rig.harness, gst_event_new_flush_start());
    gst_harness_push_event(rig.harness, gst_event_new_flush_stop(TRUE));
    gst_harness_push_event(rig.harness, gst_event_new_segment(&segment));
    train_count(&rig, GST_MESSAGE_ELEMENT);
    train_push_labelled(&rig, "z", 3);
    g_assert_cmpint(train_count(&rig, GST_MESSAGE_ELEMENT), ==, 0);
    train_end(&rig);
    g_autofree char *labels = train_labels(&rig);
    g_assert_cmpstr(labels, ==, "x,y,z");
    train_close(&rig);
}

/* Of all messages so far; 0 where there is none. */
static gint64 latest_updates(TrainRig *rig, gint64 updates)
{
    for (GstMessage *message; (message = train_message(rig));) {
        gst_structure_get_int64(gst_message_get_structure(message), "updates", &updates);
        gst_message_unref(message);
    }
    return updates;
}

/* After a picture so many updates as are asked for, in rounds, and no more. The first picture's may
 * meet the second already. */
static void training_rests_without_new_pictures(void)
{
    gint64 updates = 0;
    TrainRig rig;

    alarm(LIMIT);
    train_open(&rig, "deterministic=false updates=2 final-updates=6");
    train_push_labelled(&rig, "x", 1);
    train_push_labelled(&rig, "y", 1);
    while ((updates = latest_updates(&rig, updates)) < 6)
        g_usleep(1000);
    g_usleep(100000);
    g_assert_cmpint(latest_updates(&rig, updates), <=, 12);
    train_close(&rig);
    alarm(0);
}

/* A stream on a thread of its own: frames, then the end; until something refuses them. */
typedef struct Stream {
    TrainRig *rig;
    guint frames;
    pthread_t thread;
} Stream;

static void *stream_frames(void *data)
{
    Stream *stream = data;
    GstPad *pad = stream->rig->harness->srcpad;

    for (guint i = 0; i < stream->frames; i++) {
        GstBuffer *frame = train_frame(stream->rig);
        GstStructure *truth =
            gst_custom_meta_get_structure(gst_buffer_add_custom_meta(frame, "IclTruth"));
        gst_structure_set(truth, "label", G_TYPE_STRING, i % 2 ? "x" : "y", NULL);
        if (gst_pad_push(pad, frame) != GST_FLOW_OK)
            return NULL;
    }
    gst_pad_push_event(pad, gst_event_new_eos());
    return NULL;
}

static void stream_start(Stream *stream, TrainRig *rig, guint frames)
{
    *stream = (Stream){.rig = rig, .frames = frames};
    gst_harness_set_drop_buffers(rig->harness, TRUE);
    g_assert_cmpint(pthread_create(&stream->thread, NULL, stream_frames, stream), ==, 0);
}

static void flush(TrainRig *rig)
{
    g_assert_true(gst_pad_push_event(rig->harness->srcpad, gst_event_new_flush_start()));
}

static void go_ready(TrainRig *rig) { gst_element_set_state(rig->element, GST_STATE_READY); }
static void go_null(TrainRig *rig) { gst_element_set_state(rig->element, GST_STATE_NULL); }

static const struct BreakRow {
    const char *name;
    void (*run)(TrainRig *rig);
} breaks[] = {{"flush", flush}, {"ready", go_ready}, {"null", go_null}};

static const struct PlaceRow {
    const char *name, *options;
    guint frames;
} places[] = {
    {"the-held-end", ENDLESS "deterministic=false", 4},
    {"the-held-end-deterministic", ENDLESS "round=9", 4},
    {"a-full-round", ENDLESS, 3},
};

typedef struct WaitRow {
    const struct PlaceRow *place;
    const struct BreakRow *kind;
} WaitRow;

static WaitRow waits[G_N_ELEMENTS(places) * G_N_ELEMENTS(breaks)];

static void wait_is_broken(const void *data)
{
    const WaitRow *row = data;
    Stream stream;
    EndSeen seen;
    TrainRig rig;

    alarm(LIMIT);
    train_open(&rig, row->place->options);
    watch_end(&rig, &seen);
    stream_start(&stream, &rig, row->place->frames);
    g_usleep(30000);
    row->kind->run(&rig);
    pthread_join(stream.thread, NULL);
    g_assert_cmpint(seen.times, ==, 0);
    train_close(&rig);
    alarm(0);
}

/* Wherever the stream is just then: in a frame, in a full round, at its end, or not begun. */
static void any_moment_is_good(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20261122);

    for (int i = 0; i < 200; i++) {
        Stream stream;
        TrainRig rig;
        alarm(LIMIT);
        train_open(&rig, i % 2 ? ENDLESS : ENDLESS "deterministic=false");
        stream_start(&stream, &rig, g_rand_int_range(rand, 0, 40));
        g_usleep(g_rand_int_range(rand, 0, 3000));
        breaks[g_rand_int_range(rand, 0, G_N_ELEMENTS(breaks))].run(&rig);
        pthread_join(stream.thread, NULL);
        train_close(&rig);
        alarm(0);
    }
}

void add_train_end_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
        fixture_add(end_is_held, &ends[i], "/end/%s", ends[i].name);
    g_test_add_func("/end/stop-keeps-the-last-round", stop_keeps_the_last_round);
    g_test_add_func("/end/stream-goes-on-after-it", stream_goes_on_after_its_end);
    g_test_add_func("/end/starts-again-from-nothing", starts_again_from_nothing);
    g_test_add_func("/end/training-rests", training_rests_without_new_pictures);
    for (size_t i = 0; i < G_N_ELEMENTS(waits); i++) {
        waits[i] = (WaitRow){&places[i / G_N_ELEMENTS(breaks)], &breaks[i % G_N_ELEMENTS(breaks)]};
        fixture_add(wait_is_broken, &waits[i], "/break/%s/%s", waits[i].place->name,
                    waits[i].kind->name);
    }
    g_test_add_func("/break/200-random-moments", any_moment_is_good);
}
