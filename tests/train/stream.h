/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Labelled pictures in a row, for tests of the learner: 8x8 grey ones of four classes in turn. */
#pragma once

#include <icl/icl.h>

/* For pictures of 8x8; ends in a dense layer of 128 features. */
#define STREAM_NETWORK                                                                \
    "input 8 8 1 ! conv2d 8 3 padding=same bias=no ! batchnorm ! relu ! maxpool 2 ! " \
    "flatten ! dropout 0.2 ! dense $classes"

extern const char *const stream_labels[]; /* "one" .. "four" */

enum { PICTURES = 160 };

typedef struct Stream {
    char *folder, *output;
    IclDataset *train, *test;
    IclLearnerParams params;
    IclLearner *learner;
    volatile int cancel;
} Stream;

void stream_open(Stream *s);    /* params for STREAM_NETWORK */
void stream_learner(Stream *s); /* with the params as they are then */
void stream_close(Stream *s);

/* Pictures first .. last - 1 of the classes below `classes`. */
void stream_add(Stream *s, int classes, int first, int last);
void stream_train(Stream *s, int updates);

/* The model learned so far, its file, and its accuracy on the test pictures of its classes. */
IclModel *stream_model(Stream *s);
GBytes *stream_bytes(Stream *s);
double stream_accuracy(Stream *s);
