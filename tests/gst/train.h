/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What the tests of icltrain share: the element between two pads, with a network so small that a
 * training takes no time. */
#pragma once

#include "fixture.h"

typedef struct TrainRig {
    GstHarness *harness;
    GstElement *element;
    GstBus *bus;
    GQueue messages; /* taken from it, not looked at yet */
    char *output;    /* the model file, of this rig alone; not there yet */
    guint frames;    /* made so far */
} TrainRig;

/* What frames are, and what the network takes: 8x8 GRAY8. */
enum { TRAIN_SIZE = 8 };

#define TRAIN_NETWORK "tiny.icl" /* for fixture_path() */
void train_write_network(void);  /* once, after fixture_open() */

/* icltrain with @options, running; deterministic, with short trainings, unless they say otherwise.
 */
void train_open(TrainRig *rig, const char *options);
void train_close(TrainRig *rig);

/* A frame unlike those before, of @rig's size and format. */
GstBuffer *train_frame(TrainRig *rig);
/* Pushes it, and checks that the very same comes out. */
void train_push(TrainRig *rig, GstBuffer *frame);
/* @n frames with the property `label` set to @label, which it keeps. */
void train_push_labelled(TrainRig *rig, const char *label, int n);
void train_end(TrainRig *rig); /* pushes the end of the stream */

/* How many messages of a kind the bus has; they are gone after that. */
int train_count(TrainRig *rig, GstMessageType type);
/* The next "icl-training", or NULL. */
GstMessage *train_message(TrainRig *rig);
/* Labels of the model file in its order, with commas; NULL where there is no file. */
char *train_labels(const TrainRig *rig);

void add_train_byte_tests(void);
void add_train_end_tests(void);
void add_train_fashion_tests(void);
void add_train_file_tests(void);
void add_train_label_tests(void);
void add_train_property_tests(void);
void add_train_stream_tests(void);
