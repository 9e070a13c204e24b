/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Normal numbers by the hundred thousand: Box and Muller's transform in loops without calls, which
 * compilers make vectors of. Polynomials are within 2e-7 of the functions, of 24-bit numbers. */
#include "noise.h"

#include <glib.h>
#include <math.h>
#include <string.h>

enum { PAIRS = 128, WORDS = 2 * PAIRS };

/* What is left of a block that was begun is not used. */
static void words_fill(IclRandom *random, uint32_t *words)
{
    for (int i = 0; i < WORDS; i += 4) {
        icl_philox(random->counter, random->key, words + i);
        random->counter[0]++;
    }
    random->used = 4;
}

/* Natural logarithm for 2^-24 .. 1 (Cephes' logf: x = 2^e (1 + m), m about 0). */
static inline float log_of(float x)
{
    int32_t bits, e;
    float m;

    memcpy(&bits, &x, sizeof bits);
    e = (bits - 0x3f3504f3) >> 23; /* sqrt(1/2): m in 0.707 .. 1.414 */
    bits -= e * (1 << 23);
    memcpy(&m, &bits, sizeof m);
    m -= 1;
    float p = 7.0376836292e-2f;
    p = p * m - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    return p * m * m * m - 0.5f * m * m + m + (float)e * 0.693147181f;
}

/* sin(pi t) for -1/2 .. 1/2: Taylor's series. */
static inline float sin_of(float t)
{
    float x = t * (float)G_PI, s = x * x, p = -1 / 39916800.0f;

    p = p * s + 1 / 362880.0f;
    p = p * s - 1 / 5040.0f;
    p = p * s + 1 / 120.0f;
    p = p * s - 1 / 6.0f;
    return x + x * s * p;
}

/* t in -1 .. 1 stands for the circle. */
static void pairs_fill(const uint32_t *words, float *out)
{
    for (int i = 0; i < PAIRS; i++) {
        float u = (float)((int32_t)(words[i] >> 8) + 1) * 0x1p-24f;
        float t = (float)((int32_t)(words[PAIRS + i] >> 8) - (1 << 23)) * 0x1p-23f;
        float far = t < 0 ? -t : t, near = far > 0.5f ? 1 - far : far;
        float sine = sin_of(near), radius = sqrtf(-2 * log_of(u));
        out[i] = radius * (t < 0 ? -sine : sine);
        out[PAIRS + i] = radius * sin_of(0.5f - far);
    }
}

void icl_noise(IclRandom *random, size_t n, float *out)
{
    uint32_t words[WORDS];
    float block[WORDS];

    for (size_t i = 0; i < n; i += WORDS) {
        words_fill(random, words);
        pairs_fill(words, block);
        memcpy(out + i, block, MIN(WORDS, n - i) * sizeof *out);
    }
}
