/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "random.h"

#include <math.h>
#include <string.h>

void icl_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c[4], k0 = key[0], k1 = key[1];

    memcpy(c, counter, sizeof c);
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xD2511F53u * c[0], b = (uint64_t)0xCD9E8D57u * c[2];
        uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ k0, (uint32_t)b,
                            (uint32_t)(a >> 32) ^ c[3] ^ k1, (uint32_t)a};
        memcpy(c, next, sizeof c);
        k0 += 0x9E3779B9u; /* golden ratio and sqrt(3) - 1: the paper's Weyl constants */
        k1 += 0xBB67AE85u;
    }
    memcpy(out, c, sizeof c);
}

/* counter: {block number, sample low, sample high << 24 | epoch, purpose}; key: the seed */
void icl_random_init(IclRandom *random, uint64_t seed, IclRandomPurpose purpose, uint64_t epoch,
                     uint64_t sample)
{
    *random = (IclRandom){
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .counter = {0, (uint32_t)sample,
                    ((uint32_t)(sample >> 32) & 0xff) << 24 | ((uint32_t)epoch & 0xffffff),
                    purpose},
        .used = 4,
    };
}

uint32_t icl_random_u32(IclRandom *random)
{
    if (random->used == 4) {
        icl_philox(random->counter, random->key, random->block);
        random->counter[0]++;
        random->used = 0;
    }
    return random->block[random->used++];
}

double icl_random_uniform(IclRandom *random)
{
    uint64_t high = icl_random_u32(random) >> 5, low = icl_random_u32(random) >> 6;

    return (double)(high << 26 | low) * 0x1p-53;
}

/* Lemire, "Fast random integer generation in an interval", 2019 */
uint32_t icl_random_below(IclRandom *random, uint32_t n)
{
    uint64_t product = (uint64_t)icl_random_u32(random) * n;

    if ((uint32_t)product < n)
        for (uint32_t floor = -n % n; (uint32_t)product < floor;)
            product = (uint64_t)icl_random_u32(random) * n;
    return product >> 32;
}

double icl_random_normal(IclRandom *random) /* Box-Muller */
{
    double u = 1 - icl_random_uniform(random), v = icl_random_uniform(random);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* Marsaglia and Tsang, "A simple method for generating gamma variables", 2000 */
double icl_random_gamma(IclRandom *random, double shape)
{
    if (shape < 1) {
        double least = 1 - icl_random_uniform(random);
        return icl_random_gamma(random, shape + 1) * pow(least, 1 / shape);
    }
    for (double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);;) {
        double x = icl_random_normal(random), v = 1 + c * x, u = 1 - icl_random_uniform(random);
        v = v * v * v;
        if (v > 0 && log(u) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

/* Shapes so small that both gammas vanish leave one of the ends. */
double icl_random_beta(IclRandom *random, double a, double b)
{
    double x = icl_random_gamma(random, a), y = icl_random_gamma(random, b);

    return x + y > 0 ? x / (x + y) : icl_random_below(random, 2);
}

void icl_random_shuffle(IclRandom *random, uint32_t *items, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        uint32_t j = icl_random_below(random, (uint32_t)i), swap = items[i - 1];
        items[i - 1] = items[j];
        items[j] = swap;
    }
}
