/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Timing, and the yardstick: the most multiply-adds a second that one thread of this machine does
 * now, in enough independent sums to hide their latency. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels_test.h"

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Time of this thread alone: others who load the machine are left out, as far as the kernel can
 * tell. */
static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The first run brings back to the caches what the others pushed out. */
static double seconds_of(const Timed *timed)
{
    timed->run(timed->data);
    double start = now(), elapsed = 0;
    int runs = 0;

    while (elapsed < 200e-6 || !runs) {
        timed->run(timed->data);
        runs++;
        elapsed = now() - start;
    }
    return elapsed / runs;
}

void bench_interleaved(Timed *timed, int n, double seconds)
{
    enum { MOST = 200 };
    double *samples = g_new(double, (gsize)n *MOST);
    double end = now() + seconds;
    int rounds = 0;

    for (int i = 0; i < n; i++)
        timed[i].run(timed[i].data);
    for (; rounds < MOST && (rounds < 5 || now() < end); rounds++)
        for (int i = 0; i < n; i++)
            samples[i * MOST + rounds] = seconds_of(&timed[i]);
    for (int i = 0; i < n; i++) {
        qsort(samples + i * MOST, (size_t)rounds, sizeof *samples, compare_doubles);
        timed[i].best = samples[i * MOST];
        timed[i].median = samples[i * MOST + rounds / 2];
    }
    g_free(samples);
}

gboolean bench_wants(const Bench *bench, const char *line)
{
    return !bench->filter || strstr(line, bench->filter);
}

enum { PEAK_SUMS = 12, PEAK_STEPS = 20000 };

/* PEAK_SUMS vectors in registers, PEAK_STEPS times sum = sum * a + b. */
#define PEAK_LOOP(name, floats, isa)                                                         \
    isa static void name(void *data)                                                         \
    {                                                                                        \
        typedef float vec __attribute__((vector_size((floats)*4), aligned(4)));              \
        float *numbers = data;                                                               \
        vec sums[PEAK_SUMS], a = *(vec *)numbers, b = *(vec *)(numbers + 16);                \
        _Pragma("GCC unroll 12") for (int i = 0; i < PEAK_SUMS; i++) sums[i] = b * (float)i; \
        for (int step = 0; step < PEAK_STEPS; step++)                                        \
            _Pragma("GCC unroll 12") for (int i = 0; i < PEAK_SUMS; i++) sums[i] =           \
                sums[i] * a + b;                                                             \
        _Pragma("GCC unroll 12") for (int i = 1; i < PEAK_SUMS; i++) sums[0] += sums[i];     \
        *(vec *)numbers = sums[0] * 0.f;                                                     \
    }

PEAK_LOOP(peak_baseline, 4, )
#if defined(__x86_64__)
PEAK_LOOP(peak_avx2, 8, __attribute__((target("avx2,fma"))))
PEAK_LOOP(peak_avx512, 16, __attribute__((target("avx512f,fma,prefer-vector-width=512"))))
#endif

typedef struct Peak {
    void (*run)(void *data);
    int floats;
} Peak;

static const Peak peaks[ICL_TIERS] = {
    [ICL_TIER_BASELINE] = {peak_baseline, 4},
#if defined(__x86_64__)
    [ICL_TIER_AVX2] = {peak_avx2, 8},
    [ICL_TIER_AVX512] = {peak_avx512, 16},
#endif
};

static const Peak *peak_of(int tier)
{
    int widest = ICL_TIER_BASELINE;

    while (widest + 1 < ICL_TIERS && icl_cpu_has(widest + 1) && peaks[widest + 1].run)
        widest++;
    return &peaks[tier < ICL_TIER_BASELINE ? widest : tier]; /* BLAS chooses the widest */
}

Timed bench_peak_run(int tier)
{
    static float numbers[32]; /* zeros in, zeros out */

    return (Timed){peak_of(tier)->run, numbers};
}

double bench_peak_flops(int tier) { return 2.0 * PEAK_SUMS * PEAK_STEPS * peak_of(tier)->floats; }

double bench_peak(int tier)
{
    Timed timed = bench_peak_run(tier);

    bench_interleaved(&timed, 1, 0.1);
    return bench_peak_flops(tier) / timed.median * 1e-9;
}
