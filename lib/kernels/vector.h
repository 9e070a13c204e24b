/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Vectors of the instruction set a file is compiled for (ICL_ISA, ICL_VL floats), in GCC's and
 * Clang's vector extensions. */
#pragma once

#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "tiers.h"

#define VL ICL_VL
typedef float vf __attribute__((vector_size(VL * 4)));
typedef float vu __attribute__((vector_size(VL * 4), aligned(4), may_alias)); /* in memory */
typedef int32_t vi __attribute__((vector_size(VL * 4)));

/* ICL_TIER(conv) is icl_conv_avx512 in the AVX-512 build. */
#define ICL_TIER_PASTE(name, isa)  icl_##name##_##isa
#define ICL_TIER_EXPAND(name, isa) ICL_TIER_PASTE(name, isa)
#define ICL_TIER(name)             ICL_TIER_EXPAND(name, ICL_ISA)

/* A loop of a constant count, at most 24, without the loop: its entries stay in registers. */
#define UNROLLED(i, n) _Pragma("GCC unroll 24") for (int i = 0; i < (n); i++)

static inline vf vload(const float *p) { return *(const vu *)p; }
static inline void vstore(float *p, vf x) { *(vu *)p = x; }
static inline vf vset(float x) { return x - (vf){0}; } /* 0 + x is not folded: signed zeros */

static inline vf vselect(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }

/* vload_part, vstore_part: the first n of VL floats (0..VL); the rest reads as 0 and is not
 * written. vmax, vmin: the second operand where either is NaN. vreciprocal: 1 / x for x from 1 to
 * 2^127, within 2e-7. The one place for intrinsics: a
 * memcpy of n would be a call in the middle of a tile, and a select takes four instructions where
 * one will do. */
#if defined(__AVX512F__) && ICL_VL == 16
static inline vf vload_part(const float *p, int n)
{
    return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}
static inline void vstore_part(float *p, vf x, int n)
{
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)x);
}
static inline vf vmax(vf a, vf b) { return (vf)_mm512_max_ps((__m512)a, (__m512)b); }
static inline vf vmin(vf a, vf b) { return (vf)_mm512_min_ps((__m512)a, (__m512)b); }
static inline vf vreciprocal(vf x) /* Newton's step on 14 bits, a third of a division's time */
{
    vf r = (vf)_mm512_rcp14_ps((__m512)x);
    return r * (2.0f - x * r);
}
#elif defined(__AVX2__) && ICL_VL == 8
static inline vi vfirst(int n) { return (vi){0, 1, 2, 3, 4, 5, 6, 7} < n; }
static inline vf vload_part(const float *p, int n)
{
    return (vf)_mm256_maskload_ps(p, (__m256i)vfirst(n));
}
static inline void vstore_part(float *p, vf x, int n)
{
    _mm256_maskstore_ps(p, (__m256i)vfirst(n), (__m256)x);
}
static inline vf vmax(vf a, vf b) { return (vf)_mm256_max_ps((__m256)a, (__m256)b); }
static inline vf vmin(vf a, vf b) { return (vf)_mm256_min_ps((__m256)a, (__m256)b); }
#else
static inline vf vload_part(const float *p, int n)
{
    vf x = {0};
    for (int i = 0; i < VL; i++)
        x[i] = i < n ? p[i] : 0;
    return x;
}
static inline void vstore_part(float *p, vf x, int n)
{
    for (int i = 0; i < n; i++)
        p[i] = x[i];
}
#if defined(__SSE2__) && ICL_VL == 4
static inline vf vmax(vf a, vf b) { return (vf)_mm_max_ps((__m128)a, (__m128)b); }
static inline vf vmin(vf a, vf b) { return (vf)_mm_min_ps((__m128)a, (__m128)b); }
#else
static inline vf vmax(vf a, vf b) { return vselect(a > b, a, b); }
static inline vf vmin(vf a, vf b) { return vselect(a < b, a, b); }
#endif
#endif
#if !defined(__AVX512F__) || ICL_VL != 16
static inline vf vreciprocal(vf x) { return 1.0f / x; }
#endif
