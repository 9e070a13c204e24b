/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * kernels: the tests (TAP). kernels --bench [TEXT]: the figures, of the lines that contain TEXT. */
#include <cblas.h>
#include <stdio.h>
#include <string.h>

#include "kernels_test.h"

typedef struct Family {
    const char *name;
    void (*tests)(void);
    void (*bench)(const Bench *bench);
} Family;

#define FAMILY(name) {#name, name##_tests, name##_bench},

static const Family families[] = {KERNEL_FAMILIES(FAMILY)};

static void bench_all(const char *filter)
{
    Bench bench = {.filter = filter};
    unsigned mode = icl_cpu_flush_denormals();

    openblas_set_num_threads(1);
    for (int tier = 0; tier < ICL_TIERS; tier++) {
        bench.peak[tier] = icl_cpu_has(tier) ? bench_peak(tier) : 0;
        printf("%s: peak %.1f GFLOP/s\n", icl_tier_name(tier), bench.peak[tier]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++)
        families[i].bench(&bench);
    icl_cpu_restore(mode);
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "--bench")) {
        bench_all(argc > 2 ? argv[2] : NULL);
        return 0;
    }
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++)
        families[i].tests();
    return g_test_run();
}
