/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * One test binary holds every tier to the reference and benches all: each family file gives its
 * rows to g_test in NAME_tests() and its figures to stdout in NAME_bench(). */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "cpu.h"
#include "kernels.h"

/* Floats between guards: what a kernel reads outside is NaN, what it writes there is found. */
typedef struct Guarded {
    float *data; /* count floats, `misalign` floats past a 64-byte boundary */
    size_t count;
    void *base;
} Guarded;

Guarded guarded_new(size_t count, int misalign);              /* zeros */
Guarded guarded_random(size_t count, int misalign, int seed); /* uniform in [-1, 1) */
void guarded_check(const Guarded *g, const char *what); /* g_error where a guard was touched */
void guarded_free(Guarded *g);                          /* checks nothing */

void random_fill(float *x, size_t count,
                 int seed); /* uniform in [-1, 1); same seed, same numbers */

/* Fails the test at the first entry with |got - want| > bound[i], naming it; NaN fails. */
void compare(const char *what, const float *got, const float *want, const double *bound,
             size_t count);
/* ... with one bound for all entries, relative to the largest |want|. */
void compare_relative(const char *what, const float *got, const float *want, double bound,
                      size_t count);
void compare_bits(const char *what, const float *got, const float *want, size_t count);

/* Room for outputs [pixels,c] within wider pixels, all NaN; and whether they are there, the bits of
 * `want`, and nothing else was written. */
typedef struct Slice {
    Guarded all;
    float *data; /* of the first pixel */
    int pixel, c;
} Slice;

Slice slice_new(size_t pixels, int c);
void slice_compare(const char *what, const Slice *got, const float *want);
void slice_free(Slice *slice);

/* A test's data: one row of a family's table on one tier. */
typedef struct TierCase {
    const IclKernels *kernels, *reference;
    const void *row;
} TierCase;

/* Registers "/family/TIER/name" for every tier of this processor above the reference. */
void add_tier_tests(const char *family, const char *name, const void *row,
                    void (*test)(const TierCase *data));

typedef struct Bench {
    const char *filter;     /* of the line's text; NULL: all */
    double peak[ICL_TIERS]; /* multiply-add GFLOP/s of one thread, measured now; 0: no such tier */
} Bench;

typedef struct Timed {
    void (*run)(void *data);
    void *data;
    double median, best; /* seconds of this thread in one run, out */
} Timed;

/* Runs each once to warm up, then all in turn for about `seconds` in all, at least 5 times. */
void bench_interleaved(Timed *timed, int n, double seconds);
gboolean bench_wants(const Bench *bench, const char *line);

/* The yardstick as one more entry to interleave, its operations, and its GFLOP/s alone. */
Timed bench_peak_run(int tier);
double bench_peak_flops(int tier);
double bench_peak(int tier);

/* The family files. */
#define KERNEL_FAMILIES(X) \
    X(conv)                \
    X(depthwise) X(pool) X(batchnorm) X(element) X(optimizer) X(resize) X(winograd) X(colour)

#define KERNEL_FAMILY(name)  \
    void name##_tests(void); \
    void name##_bench(const Bench *bench);

KERNEL_FAMILIES(KERNEL_FAMILY)
