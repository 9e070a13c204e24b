/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Timing, in turns with the yardstick. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels_test.h"
#include "peak.h"

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

/* BLAS chooses the widest vectors itself. */
static IclPeak peak_of(int tier)
{
    return tier < ICL_TIER_BASELINE ? icl_peak_widest() : icl_peak_of(tier);
}

static void peak_run(void *tier)
{
    float numbers[ICL_PEAK_FLOATS] = {0};

    peak_of(GPOINTER_TO_INT(tier)).run(numbers);
}

Timed bench_peak_run(int tier) { return (Timed){peak_run, GINT_TO_POINTER(tier)}; }

double bench_peak_flops(int tier) { return peak_of(tier).operations; }

double bench_peak(int tier)
{
    Timed timed = bench_peak_run(tier);

    bench_interleaved(&timed, 1, 0.1);
    return bench_peak_flops(tier) / timed.median * 1e-9;
}
