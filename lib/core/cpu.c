/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "cpu.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__aarch64__)
#define BASELINE "neon"
#else
#define BASELINE "baseline"
#endif

static const char *const tier_names[ICL_TIERS] = {"reference", "openblas", BASELINE, "avx2",
                                                  "avx512"};

const char *icl_tier_name(IclTier tier) { return tier_names[tier]; }

int icl_cpu_has(IclTier tier)
{
#if defined(__x86_64__)
    if (tier == ICL_TIER_AVX2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (tier == ICL_TIER_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    return tier < ICL_TIER_AVX2;
#else
    return tier <= ICL_TIER_BASELINE;
#endif
}

IclTier icl_cpu_tier(void)
{
    const char *mask = getenv("ICL_CPU");

    for (int tier = 0; mask && tier < ICL_TIERS; tier++)
        if (!strcmp(mask, tier_names[tier]) && icl_cpu_has(tier))
            return tier;
    if (icl_cpu_has(ICL_TIER_AVX512))
        return ICL_TIER_AVX512;
    return icl_cpu_has(ICL_TIER_AVX2) ? ICL_TIER_AVX2 : ICL_TIER_BASELINE;
}

IclWinograd icl_cpu_winograd(void)
{
    static const char *const words[] = {"", "off", "2", "4"};
    const char *word = getenv("ICL_WINOGRAD");

    for (int i = ICL_WINOGRAD_OFF; word && i <= ICL_WINOGRAD_4; i++)
        if (!strcmp(word, words[i]))
            return i;
    return ICL_WINOGRAD_AUTO;
}

unsigned icl_cpu_flush_denormals(void)
{
#if defined(__x86_64__)
    unsigned mode = _mm_getcsr();
    _mm_setcsr(mode | 0x8040); /* flush to zero, denormals are zero */
    return mode;
#elif defined(__aarch64__)
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    __asm__ volatile("msr fpcr, %0" ::"r"(mode | 1u << 24));
    return (unsigned)mode;
#else
    return 0;
#endif
}

void icl_cpu_restore(unsigned mode)
{
#if defined(__x86_64__)
    _mm_setcsr(mode);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" ::"r"((uint64_t)mode));
#endif
}
