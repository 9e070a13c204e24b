/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3", 2011). A stream is keyed by seed, purpose, epoch and sample, so that what a sample
 * draws does not depend on which thread drew what before. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum {
    ICL_RANDOM_WEIGHTS, /* sample = weight number */
    ICL_RANDOM_SPLIT,   /* sample = class */
    ICL_RANDOM_SHUFFLE,
    ICL_RANDOM_AUGMENT, /* sample = picture */
    ICL_RANDOM_DROPOUT, /* epoch = training step, sample = layer << 32 | row */
    ICL_RANDOM_TEST,
    ICL_RANDOM_MEMORY, /* sample = picture: what a learner keeps */
    ICL_RANDOM_CHANGE, /* sample = picture: what the program's own augmentation draws from */
    ICL_RANDOM_MIX,    /* sample = batch of the epoch */
} IclRandomPurpose;

typedef struct IclRandom {
    uint32_t key[2], counter[4], block[4];
    int used; /* of block; 4: none left */
} IclRandom;

/* A stream of its own for each (seed, purpose, epoch, sample). epoch < 2^24, sample < 2^40. */
void icl_random_init(IclRandom *random, uint64_t seed, IclRandomPurpose purpose, uint64_t epoch,
                     uint64_t sample);
uint32_t icl_random_u32(IclRandom *random);
double icl_random_uniform(IclRandom *random);             /* [0, 1), 53 bits */
uint32_t icl_random_below(IclRandom *random, uint32_t n); /* 0 .. n-1 without bias; n > 0 */
double icl_random_normal(IclRandom *random);              /* mean 0, variance 1 */
double icl_random_gamma(IclRandom *random, double shape); /* scale 1; shape > 0 */
double icl_random_beta(IclRandom *random, double a, double b);
void icl_random_shuffle(IclRandom *random, uint32_t *items, size_t n); /* Fisher-Yates; n < 2^32 */

/* One Philox4x32-10 block: the published function, for known-answer tests. */
void icl_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
