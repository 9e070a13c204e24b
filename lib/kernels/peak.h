/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The yardstick: the most multiply-adds a second that one thread can do, in enough independent sums
 * to hide their latency, with nothing to load or store. */
#pragma once

enum { ICL_PEAK_FLOATS = 32 };

typedef struct IclPeak {
    void (*run)(float numbers[ICL_PEAK_FLOATS]); /* zeros in, zeros out; about 50 microseconds */
    double operations;                           /* of a run: a multiply-add is two */
} IclPeak;

/* That of the widest vectors of this processor, or of a vector tier (an IclTier). */
IclPeak icl_peak_widest(void);
IclPeak icl_peak_of(int tier);
