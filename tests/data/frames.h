/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Frames of every pixel format, by a table of the layouts that is the tests' own, and recipes run
 * on them. A frame lies in memory of its exact size, so that the address sanitizer sees a byte too
 * far.
 */
#pragma once

#include "preprocess.h"

/* Bytes; shifts are log2 of the subsampling. */
typedef struct TestChannel {
    int plane, offset, step, shift_x, shift_y;
} TestChannel;

typedef struct TestFormat {
    const char *name;
    IclPixelFormat like; /* the same samples in this format are the same picture, to the bit */
    int channels;        /* R G B, R G B A, Y U V or Y */
    int unit;            /* of a sample: what 1 of 8 bits is; 1 but for words */
    int noise;           /* bits of a word that do not count */
    TestChannel channel[4];
} TestFormat;

extern const TestFormat test_formats[ICL_PIXEL_FORMATS];

typedef struct TestFrame {
    IclFrame frame;
    uint8_t *memory[3];
} TestFrame;

/* Channel c is test_pattern(x + 5 c, y) (times the unit), alpha 255; all else is noise. Rows are
 * `padding` bytes apart. */
TestFrame frame_new(IclPixelFormat format, int width, int height, int padding);
void frame_clear(TestFrame *frame);

/* Samples of a channel in a row and in a column. */
int frame_columns(const TestFrame *frame, int channel);
int frame_rows(const TestFrame *frame, int channel);
int frame_get(const TestFrame *frame, int channel, int x, int y);
void frame_set(TestFrame *frame, int channel, int x, int y, int sample);

/* Runs the recipe on a fresh preprocessor; caller frees. */
float *run_recipe(const char *text, int channels, const IclFrame *frame, int *n);

/* Crops with odd slack among them, and pictures larger and smaller than any of the sizes. */
extern const char *const test_recipes[];
extern const int n_test_recipes;
