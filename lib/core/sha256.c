/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "sha256.h"

#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

enum { ROUNDS = 64, WORDS = 16 };

/* The cube roots' first bits of the first 64 primes. */
static const uint32_t constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* w[i] from the 15 before it, kept in a ring. */
static inline uint32_t schedule(uint32_t w[WORDS], int i)
{
    uint32_t a = w[(i + 1) % WORDS], b = w[(i + 14) % WORDS];
    uint32_t s0 = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3,
             s1 = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10;

    return w[i] += s0 + w[(i + 9) % WORDS] + s1;
}

/* s: a..h of the standard. A round's new a and e take the places of h and d, and each letter its
 * neighbour's name: with 8 rounds unrolled nothing moves. */
static inline void portable_round(uint32_t s[8], int round, uint32_t word_and_constant)
{
    uint32_t *a = &s[-round & 7], *b = &s[(1 - round) & 7], *c = &s[(2 - round) & 7];
    uint32_t *d = &s[(3 - round) & 7], *e = &s[(4 - round) & 7], *f = &s[(5 - round) & 7];
    uint32_t *g = &s[(6 - round) & 7], *h = &s[(7 - round) & 7];
    uint32_t s1 = rotate(*e, 6) ^ rotate(*e, 11) ^ rotate(*e, 25);
    uint32_t s0 = rotate(*a, 2) ^ rotate(*a, 13) ^ rotate(*a, 22);
    uint32_t t = *h + s1 + ((*e & *f) ^ (~*e & *g)) + word_and_constant;

    *d += t;
    *h = t + s0 + ((*a & *b) ^ (*a & *c) ^ (*b & *c));
}

static void portable_block(uint32_t state[8], const uint8_t *block)
{
    uint32_t s[8], w[WORDS];

    memcpy(s, state, sizeof s);
    for (int i = 0; i < ROUNDS; i += WORDS)
        _Pragma("GCC unroll 16") for (int k = 0; k < WORDS; k++)
        {
            uint32_t word = i ? schedule(w, k) : (w[k] = big_endian(block + 4 * k));
            portable_round(s, k, word + constants[i + k]);
        }
    for (int i = 0; i < 8; i++)
        state[i] += s[i];
}

void icl_sha256_portable(uint32_t state[8], const uint8_t *blocks, size_t n)
{
    for (size_t i = 0; i < n; i++)
        portable_block(state, blocks + i * ICL_SHA256_BLOCK);
}

#if defined(__x86_64__)
/* The instructions hold the state as {f,e,b,a} and {h,g,d,c}, and do two rounds each. */
__attribute__((target("sha,sse4.1"))) static void x86_blocks(uint32_t state[8],
                                                             const uint8_t *blocks, size_t n)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i dcba = _mm_loadu_si128((const __m128i *)state);
    __m128i hgfe = _mm_loadu_si128((const __m128i *)(state + 4));
    __m128i badc = _mm_shuffle_epi32(dcba, 0xb1), efgh = _mm_shuffle_epi32(hgfe, 0x1b);
    __m128i abef = _mm_alignr_epi8(badc, efgh, 8), cdgh = _mm_blend_epi16(efgh, badc, 0xf0);

    for (; n > 0; n--, blocks += ICL_SHA256_BLOCK) {
        __m128i w[4], abef_before = abef, cdgh_before = cdgh;
        _Pragma("GCC unroll 16") for (int i = 0; i < ROUNDS / 4; i++)
        {
            __m128i *now = &w[i % 4];
            if (i < 4) {
                *now = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)blocks + i), swap);
            } else {
                __m128i last = w[(i + 3) % 4], middle = _mm_alignr_epi8(last, w[(i + 2) % 4], 4);
                *now = _mm_add_epi32(_mm_sha256msg1_epu32(*now, w[(i + 1) % 4]), middle);
                *now = _mm_sha256msg2_epu32(*now, last);
            }
            __m128i sum = _mm_add_epi32(*now, _mm_loadu_si128((const __m128i *)constants + i));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}
#endif

IclSha256Fn icl_sha256_fastest(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d;
    /* __builtin_cpu_supports() knows "sha" from gcc 14 on: leaf 7, EBX bit 29. */
    if (__builtin_cpu_supports("sse4.1") && __get_cpuid_count(7, 0, &a, &b, &c, &d) && b >> 29 & 1)
        return x86_blocks;
#endif
    return icl_sha256_portable;
}

void icl_sha256_init(IclSha256 *sha)
{
    *sha = (IclSha256){.blocks = icl_sha256_fastest(),
                       .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void icl_sha256_add(IclSha256 *sha, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    size_t waiting = sha->size % ICL_SHA256_BLOCK, fill = ICL_SHA256_BLOCK - waiting;

    sha->size += size;
    if (waiting && size >= fill) {
        memcpy(sha->rest + waiting, bytes, fill);
        sha->blocks(sha->state, sha->rest, 1);
        bytes += fill;
        size -= fill;
        waiting = 0;
    }
    if (!waiting) {
        sha->blocks(sha->state, bytes, size / ICL_SHA256_BLOCK);
        bytes += size / ICL_SHA256_BLOCK * ICL_SHA256_BLOCK;
        size %= ICL_SHA256_BLOCK;
    }
    if (size) /* of nothing, @data may be NULL */
        memcpy(sha->rest + waiting, bytes, size);
}

/* A one bit, zeros, and the number of bits in the last eight bytes of a block. */
void icl_sha256_end(IclSha256 *sha, char digits[ICL_SHA256_DIGITS + 1])
{
    size_t waiting = sha->size % ICL_SHA256_BLOCK;
    size_t n = waiting + 9 > ICL_SHA256_BLOCK ? 2 : 1;

    sha->rest[waiting] = 0x80;
    memset(sha->rest + waiting + 1, 0, sizeof sha->rest - waiting - 1);
    for (int i = 0; i < 8; i++)
        sha->rest[n * ICL_SHA256_BLOCK - 1 - (size_t)i] = (uint8_t)(sha->size * 8 >> 8 * i);
    sha->blocks(sha->state, sha->rest, n);
    for (int i = 0; i < 8; i++)
        snprintf(digits + 8 * i, 9, "%08x", (unsigned)sha->state[i]);
}
