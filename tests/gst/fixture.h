/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What the tests of the plugin share: a small model file, an element between two pads with a bus to
 * listen to, and frames of noise. */
#pragma once

#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <icl/classifier.h>

enum { FIXTURE_CLASSES = 4 };
extern const char *const fixture_labels[FIXTURE_CLASSES + 1];

/* Every format of the element, and what libicl calls it; its rows are named by GStreamer. */
typedef struct FixtureFormat {
    GstVideoFormat video;
    IclPixelFormat icl;
} FixtureFormat;

enum { FIXTURE_FORMATS = 21 };
extern const FixtureFormat fixture_formats[FIXTURE_FORMATS];
const FixtureFormat *fixture_format(GstVideoFormat format); /* must be one of them */

typedef struct Rig {
    GstHarness *harness;
    GstElement *element;
    GstBus *bus;
} Rig;

gboolean fixture_write_model(const char *path, GError **error);
void fixture_open(void);  /* the folder of temporary files, and the model in it */
void fixture_close(void); /* removes it */
const char *fixture_model(void);
char *fixture_path(const char *name); /* of a temporary file; caller frees */

/* A row of a test table, freed after the run. */
void fixture_add(GTestDataFunc run, const void *row, const char *format, ...) G_GNUC_PRINTF(3, 4);

GstCaps *fixture_caps(GstVideoFormat format, int width, int height);

/* An element with @options ("top-k=3", NULL) running between pads that have taken @caps (consumed).
 */
void rig_open(Rig *rig, const char *options, GstCaps *caps);
void rig_close(Rig *rig);
GstBuffer *rig_push(Rig *rig,
                    GstBuffer *frame); /* what comes out; fails the test if nothing does */
GstMessage *rig_message(Rig *rig, GstMessageType types); /* the next of these, or NULL */
void rig_flush(Rig *rig);
void rig_stream_start(Rig *rig);
void rig_restart(Rig *rig); /* by way of NULL; its pads then take the same caps again */

/* Noise that @seed alone decides, in GStreamer's layout for the format, at frame @seed of 30 a
 * second. */
GstBuffer *frame_new(GstVideoFormat format, int width, int height, guint seed);
char *frame_checksum(GstBuffer *frame);

/* The nth result on @frame made by @element (NULL: by any), or NULL. */
const GstStructure *frame_prediction(GstBuffer *frame, const char *element, int nth);
const GstVideoRegionOfInterestMeta *frame_region(GstBuffer *frame);
/* Fields of a result. */
const char *prediction_label(const GstStructure *prediction);
gboolean prediction_fresh(const GstStructure *prediction);
double prediction_confidence(const GstStructure *prediction);
int prediction_class(const GstStructure *prediction);
int prediction_count(const GstStructure *prediction);
/* All scores, by class number; the result must list all classes. */
void prediction_scores(const GstStructure *prediction, double scores[FIXTURE_CLASSES]);

void add_element_tests(void);
void add_frame_tests(void);
void add_layout_tests(void);
void add_lie_tests(void);
void add_orientation_tests(void);
void add_parity_tests(void);
void add_pipeline_tests(void);
void add_result_tests(void);
void add_stream_tests(void);
