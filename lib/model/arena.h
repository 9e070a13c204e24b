/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Places buffers that live from one step to another in one block of memory, those that overlap in
 * time apart in space: largest first, each at the lowest place that is free throughout its life. */
#pragma once

#include <stddef.h>

typedef struct IclBuffer {
    size_t size;     /* floats; 0: needs no place */
    int first, last; /* steps, inclusive */
    size_t offset;   /* floats: the result, a multiple of 16 (64 bytes) */
} IclBuffer;

/* Sets the offsets; returns the floats of the whole block. */
size_t icl_arena_place(IclBuffer *buffers, int n);

/* The most floats alive at any step: no placement is smaller. */
size_t icl_arena_bound(const IclBuffer *buffers, int n);
