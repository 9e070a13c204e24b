/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "peak.h"

#include "cpu.h"

enum { PEAK_SUMS = 12, PEAK_STEPS = 20000 };

/* PEAK_SUMS vectors in registers, PEAK_STEPS times sum = sum * a + b. */
#define PEAK_LOOP(name, vl, isa)                                                             \
    isa static void name(float *numbers)                                                     \
    {                                                                                        \
        typedef float vec __attribute__((vector_size((vl)*4)));                              \
        typedef vec vec_in_memory __attribute__((aligned(4)));                               \
        vec sums[PEAK_SUMS], a = *(vec_in_memory *)numbers;                                  \
        vec b = *(vec_in_memory *)(numbers + 16);                                            \
        _Pragma("GCC unroll 12") for (int i = 0; i < PEAK_SUMS; i++) sums[i] = b * (float)i; \
        for (int step = 0; step < PEAK_STEPS; step++)                                        \
            _Pragma("GCC unroll 12") for (int i = 0; i < PEAK_SUMS; i++) sums[i] =           \
                sums[i] * a + b;                                                             \
        _Pragma("GCC unroll 12") for (int i = 1; i < PEAK_SUMS; i++) sums[0] += sums[i];     \
        *(vec_in_memory *)numbers = sums[0] * 0.f;                                           \
    }

PEAK_LOOP(peak_baseline, 4, )
#if defined(__x86_64__)
PEAK_LOOP(peak_avx2, 8, __attribute__((target("avx2,fma"))))
PEAK_LOOP(peak_avx512, 16, __attribute__((target("avx512f,fma,prefer-vector-width=512"))))
#endif

#define PEAK(run, vl)                          \
    {                                          \
        run, 2.0 * PEAK_SUMS *PEAK_STEPS *(vl) \
    }

static const IclPeak peaks[ICL_TIERS] = {
    [ICL_TIER_BASELINE] = PEAK(peak_baseline, 4),
#if defined(__x86_64__)
    [ICL_TIER_AVX2] = PEAK(peak_avx2, 8),
    [ICL_TIER_AVX512] = PEAK(peak_avx512, 16),
#endif
};

IclPeak icl_peak_widest(void)
{
    int widest = ICL_TIER_BASELINE;

    while (widest + 1 < ICL_TIERS && icl_cpu_has(widest + 1) && peaks[widest + 1].run)
        widest++;
    return peaks[widest];
}

IclPeak icl_peak_of(int tier) { return peaks[tier]; }
