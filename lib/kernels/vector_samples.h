/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * VL samples of a picture as floats; blocks of VL by VL floats turned; three vectors made one of
 * pixels. */
#pragma once

#include "vector_rows.h"

/* vload_bytes, vload_words: VL samples from p, which need not be aligned. gcc 12 would convert the
 * lanes one by one. */
#if defined(__AVX512F__) && ICL_VL == 16
INLINE vf vload_bytes(const uint8_t *p)
{
    return (vf)_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p)));
}
INLINE vf vload_words(const uint8_t *p, int mask)
{
    __m512i words = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)p));

    return (vf)_mm512_cvtepi32_ps(_mm512_and_si512(words, _mm512_set1_epi32(mask)));
}
#elif defined(__AVX2__) && ICL_VL == 8
INLINE vf vload_bytes(const uint8_t *p)
{
    return (vf)_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadu_si64(p)));
}
INLINE vf vload_words(const uint8_t *p, int mask)
{
    __m256i words = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)p));

    return (vf)_mm256_cvtepi32_ps(_mm256_and_si256(words, _mm256_set1_epi32(mask)));
}
#elif defined(__SSE2__) && ICL_VL == 4
INLINE vf vload_bytes(const uint8_t *p)
{
    __m128i words = _mm_unpacklo_epi8(_mm_loadu_si32(p), _mm_setzero_si128());

    return (vf)_mm_cvtepi32_ps(_mm_unpacklo_epi16(words, _mm_setzero_si128()));
}
INLINE vf vload_words(const uint8_t *p, int mask)
{
    __m128i words = _mm_unpacklo_epi16(_mm_loadu_si64(p), _mm_setzero_si128());

    return (vf)_mm_cvtepi32_ps(_mm_and_si128(words, _mm_set1_epi32(mask)));
}
#else
INLINE vf vload_bytes(const uint8_t *p)
{
    vf x;

    UNROLLED(i, VL)
        x[i] = p[i];
    return x;
}
INLINE vf vload_words(const uint8_t *p, int mask)
{
    vf x;

    UNROLLED(i, VL)
        x[i] = (p[2 * i] | p[2 * i + 1] << 8) & mask;
    return x;
}
#endif

/* Row i, lane j of the block becomes row j, lane i: blocks of 1, 2, 4 .. change places. */
INLINE void vturn(vf x[VL])
{
    vi lane;

    UNROLLED(i, VL)
        lane[i] = i;
    _Pragma("GCC unroll 4") for (int s = 1; s < VL; s *= 2)
    {
        const vi odd = (lane & s) != 0;
        const vi even_half = (~odd & lane) | (odd & (lane + (VL - s)));
        const vi odd_half = (~odd & (lane + s)) | (odd & (lane + VL));
        UNROLLED(i, VL)
            if (!(i & s)) {
                vf a = x[i], b = x[i + s];
                x[i] = __builtin_shuffle(a, b, even_half);
                x[i + s] = __builtin_shuffle(a, b, odd_half);
            }
    }
}

/* Lane i of a, b and c beside each other, in order of i. */
INLINE void vinterleave(vf a, vf b, vf c, vf out[3])
{
    UNROLLED(q, 3) {
        vi of_two, of_all;
        UNROLLED(l, VL) {
            int entry = q * VL + l, lane = entry / 3, channel = entry % 3;
            of_two[l] = channel == 1 ? VL + lane : lane;
            of_all[l] = channel == 2 ? VL + lane : l;
        }
        out[q] = __builtin_shuffle(__builtin_shuffle(a, b, of_two), c, of_all);
    }
}
