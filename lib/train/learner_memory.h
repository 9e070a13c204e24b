/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The examples a learner keeps: bounded, balanced over the classes, and of each class a fair
 * sample. Every example draws a key, and a class that must give one away gives that with the
 * largest: so all that ever came had the same chance, whatever came when (bottom-k sampling: a
 * reservoir that may shrink). Not locked: that is the owner's matter, and references are plain
 * numbers under its lock. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

typedef struct IclExample {
    int refs;
    int class;
    double key;
    _Alignas(16) uint8_t data[]; /* what its owner made of a picture */
} IclExample;

IclExample *icl_example_new(size_t bytes, GError **error); /* NULL with ICL_ERROR_MEMORY */
void icl_example_unref(void *example);                     /* accepts NULL */

typedef struct IclLearnerMemory IclLearnerMemory;

/* `capacity` examples at most; of each class every `held_out`th (0: none) is for judging. */
IclLearnerMemory *icl_learner_memory_new(int capacity, int held_out, uint64_t seed);
void icl_learner_memory_free(IclLearnerMemory *memory); /* accepts NULL */

/* Takes the example; class 0, 1, .. */
void icl_learner_memory_add(IclLearnerMemory *memory, IclExample *example, int class);

/* Numbers kept, to learn from or to judge by. */
int icl_learner_memory_count(const IclLearnerMemory *memory, bool judge);

/* References to all of them, class by class: the first of each, the second of each, ... An array of
 * IclExample that owns them. */
GPtrArray *icl_learner_memory_list(const IclLearnerMemory *memory, bool judge);
