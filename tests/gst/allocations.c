/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What a frame costs in allocations, counted on the thread that pushes it: this program's malloc()
 * and its kin come before the C library's. Classifying costs none after the first frame. The result
 * on a frame does (GStreamer makes each meta anew), always the same number for the same result:
 * nothing grows with the stream. */
#include <errno.h>

#include "fixture.h"

#define COUNTED __attribute__((visibility("default")))

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local int allocations;

COUNTED void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

COUNTED void *calloc(size_t n, size_t size)
{
    allocations++;
    return __libc_calloc(n, size);
}

COUNTED void *realloc(void *old, size_t size)
{
    allocations++;
    return __libc_realloc(old, size);
}

COUNTED void *aligned_alloc(size_t alignment, size_t size)
{
    allocations++;
    return __libc_memalign(alignment, size);
}

COUNTED int posix_memalign(void **memory, size_t alignment, size_t size)
{
    allocations++;
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

enum { FRAMES = 1000 };

static void counting_counts(void)
{
    int before = allocations;

    g_free(g_malloc(1000));
    g_free(g_malloc0(1000));
    g_free(g_realloc(NULL, 1000));
    g_assert_cmpint(allocations - before, ==, 3);
}

static const struct ClassifierRow {
    const char *name;
    IclPixelFormat format;
    int threads;
} classifiers[] = {
    {"RGB", ICL_PIXEL_RGB, 1},
    {"YUY2", ICL_PIXEL_YUY2, 1},
    {"YUY2-threads", ICL_PIXEL_YUY2, 2},
};

static void classifier_allocates_nothing(const void *data)
{
    const struct ClassifierRow *row = data;
    static const uint8_t pixels[48 * 33 * 3] = {1, 2, 3};
    IclFrame frame = {
        .format = row->format, .width = 48, .height = 33, .plane = {pixels}, .stride = {48 * 3}};
    g_autoptr(IclModel) model = icl_model_load(fixture_model(), NULL);
    g_autoptr(IclClassifier) classifier = icl_classifier_new(model, 1, row->threads, NULL);

    icl_classifier_frame(classifier, &frame);
    int before = allocations;
    for (int i = 1; i < FRAMES; i++)
        icl_classifier_frame(classifier, &frame);
    g_assert_cmpint(allocations - before, ==, 0);
}

/* What happens to a frame between the pads of the element, its metas and message included. */
typedef struct Counter {
    int before, counted;
} Counter;

static GstPadProbeReturn frame_enters(GstPad *pad, GstPadProbeInfo *info, gpointer counter)
{
    ((Counter *)counter)->before = allocations;
    return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn frame_leaves(GstPad *pad, GstPadProbeInfo *info, gpointer counter)
{
    ((Counter *)counter)->counted = allocations - ((Counter *)counter)->before;
    return GST_PAD_PROBE_OK;
}

static void add_probe(Rig *rig, const char *pad_name, GstPadProbeCallback probe, Counter *counter)
{
    g_autoptr(GstPad) pad = gst_element_get_static_pad(rig->element, pad_name);

    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, probe, counter, NULL);
}

static int allocations_of_frame(Rig *rig, Counter *counter)
{
    gst_buffer_unref(rig_push(rig, frame_new(GST_VIDEO_FORMAT_YUY2, 48, 33, 1)));
    for (GstMessage *message; (message = rig_message(rig, GST_MESSAGE_ELEMENT));)
        gst_message_unref(message);
    return counter->counted;
}

/* Allocations of each frame after the first. */
static int allocations_of_stream(const char *options, int frames)
{
    Counter counter = {0};
    Rig rig;

    rig_open(&rig, options, fixture_caps(GST_VIDEO_FORMAT_YUY2, 48, 33));
    add_probe(&rig, "sink", frame_enters, &counter);
    add_probe(&rig, "src", frame_leaves, &counter);
    allocations_of_frame(&rig, &counter);
    int second = allocations_of_frame(&rig, &counter);
    for (int i = 3; i <= frames; i++)
        g_assert_cmpint(allocations_of_frame(&rig, &counter), ==, second);
    rig_close(&rig);
    g_test_message("%s: %d allocations a frame", options, second);
    return second;
}

/* Most allocations of a result; with G_SLICE=always-malloc, which newer GLib does of itself. */
static const struct ElementRow {
    const char *name, *options;
    int most;
} elements[] = {
    {"meta-and-message", "top-k=5 post-messages=true", 20},
    {"meta", "top-k=5 post-messages=false", 12},
    {"meta-of-one-class", "top-k=1 post-messages=false", 12},
    {"unbelieved", "top-k=1 post-messages=false threshold=1", 9},
};

static void frame_allocates_the_same_for_ever(const void *data)
{
    const struct ElementRow *row = data;

    g_assert_cmpint(allocations_of_stream(row->options, FRAMES), <=, row->most);
}

/* A frame that carries the last result costs what one that is classified does. */
static void classifying_adds_nothing(void)
{
    g_assert_cmpint(allocations_of_stream("post-messages=false interval=1", 20), ==,
                    allocations_of_stream("post-messages=false interval=1000", 20));
}

int main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    g_test_init(&argc, &argv, NULL);
    fixture_open();
    g_test_add_func("/allocations/counted", counting_counts);
    for (size_t i = 0; i < G_N_ELEMENTS(classifiers); i++)
        fixture_add(classifier_allocates_nothing, &classifiers[i], "/allocations/classifier/%s",
                    classifiers[i].name);
    for (size_t i = 0; i < G_N_ELEMENTS(elements); i++)
        fixture_add(frame_allocates_the_same_for_ever, &elements[i], "/allocations/element/%s",
                    elements[i].name);
    g_test_add_func("/allocations/classifying", classifying_adds_nothing);
    int failed = g_test_run();
    fixture_close();
    return failed;
}
