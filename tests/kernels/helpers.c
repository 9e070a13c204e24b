/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What the family files share: guarded buffers, comparisons, tests a tier. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels_test.h"
#include "random.h"

enum { GUARD = 32 };                           /* floats on either side */
static const uint32_t guard_bits = 0x7fc0beef; /* a NaN */

static uint32_t *guards_before(const Guarded *g) { return (uint32_t *)g->data - GUARD; }

static uint32_t *guards_after(const Guarded *g) { return (uint32_t *)g->data + g->count; }

Guarded guarded_new(size_t count, int misalign)
{
    size_t bytes = (count + 2 * GUARD + 16) * sizeof(float);
    Guarded g = {.count = count, .base = aligned_alloc(64, (bytes + 63) / 64 * 64)};

    g_assert_nonnull(g.base);
    g.data = (float *)g.base + GUARD + misalign;
    memset(g.data, 0, count * sizeof(float));
    for (int i = 0; i < GUARD; i++) {
        memcpy(guards_before(&g) + i, &guard_bits, sizeof guard_bits);
        memcpy(guards_after(&g) + i, &guard_bits, sizeof guard_bits);
    }
    return g;
}

Guarded guarded_random(size_t count, int misalign, int seed)
{
    Guarded g = guarded_new(count, misalign);

    random_fill(g.data, count, seed);
    return g;
}

void guarded_check(const Guarded *g, const char *what)
{
    for (int i = 0; i < GUARD; i++) {
        if (memcmp(guards_before(g) + i, &guard_bits, sizeof guard_bits))
            g_error("%s: wrote %d floats before the start", what, GUARD - i);
        if (memcmp(guards_after(g) + i, &guard_bits, sizeof guard_bits))
            g_error("%s: wrote %d floats past the end", what, i + 1);
    }
}

void guarded_free(Guarded *g)
{
    free(g->base);
    *g = (Guarded){0};
}

void random_fill(float *x, size_t count, int seed)
{
    IclRandom random;

    icl_random_init(&random, (uint64_t)seed, ICL_RANDOM_TEST, 0, 0);
    for (size_t i = 0; i < count; i++)
        x[i] = (float)(2 * icl_random_uniform(&random) - 1);
}

void compare(const char *what, const float *got, const float *want, const double *bound,
             size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!(fabs((double)got[i] - want[i]) <= bound[i]))
            g_error("%s: entry %zu of %zu is %.9g, not %.9g (bound %.2g)", what, i, count, got[i],
                    want[i], bound[i]);
}

void compare_relative(const char *what, const float *got, const float *want, double bound,
                      size_t count)
{
    double largest = 0;

    for (size_t i = 0; i < count; i++)
        largest = MAX(largest, fabs(want[i])); /* fmax() here breaks gcc 12 for aarch64 */
    for (size_t i = 0; i < count; i++)
        if (!(fabs((double)got[i] - want[i]) <= bound * largest))
            g_error("%s: entry %zu of %zu is %.9g, not %.9g (bound %.2g)", what, i, count, got[i],
                    want[i], bound * largest);
}

void compare_bits(const char *what, const float *got, const float *want, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(got + i, want + i, sizeof *got))
            g_error("%s: entry %zu of %zu is %.9g, not the same bits as %.9g", what, i, count,
                    got[i], want[i]);
}

enum { SLICE_FIRST = 3, SLICE_MORE = 5 }; /* channels before it, and in all beside it */

Slice slice_new(size_t pixels, int c)
{
    Slice slice = {guarded_new(pixels * (c + SLICE_MORE), 1), NULL, c + SLICE_MORE, c};

    slice.data = slice.all.data + SLICE_FIRST;
    for (size_t i = 0; i < slice.all.count; i++)
        slice.all.data[i] = NAN;
    return slice;
}

void slice_compare(const char *what, const Slice *got, const float *want)
{
    for (size_t i = 0; i < got->all.count; i++) {
        int channel = (int)(i % got->pixel) - SLICE_FIRST;
        if (channel >= 0 && channel < got->c)
            compare_bits(what, got->all.data + i, want + i / got->pixel * got->c + channel, 1);
        else if (!isnan(got->all.data[i]))
            g_error("%s: wrote beside its channels, at float %zu", what, i);
    }
    guarded_check(&got->all, what);
}

void slice_free(Slice *slice) { guarded_free(&slice->all); }

typedef struct TierTest {
    TierCase data;
    void (*test)(const TierCase *data);
} TierTest;

static void tier_test_run(const void *data)
{
    const TierTest *tier_test = data;
    unsigned mode = icl_cpu_flush_denormals(); /* as a pass does */

    tier_test->test(&tier_test->data);
    icl_cpu_restore(mode);
}

/* OpenBLAS' tier has convolutions of its own; all else in it is the reference. The sanitizers take
 * minutes with the kernels: there the shortest and the longest vectors stand for all. */
static bool tier_is_tested(int tier, const char *family)
{
#ifdef __SANITIZE_ADDRESS__
    if (tier == ICL_TIER_AVX2)
        return false;
#endif
    return tier != ICL_TIER_OPENBLAS || strncmp(family, "conv", strlen("conv")) == 0;
}

void add_tier_tests(const char *family, const char *name, const void *row,
                    void (*test)(const TierCase *data))
{
    const IclKernels *reference = icl_kernels_of(ICL_TIER_REFERENCE);

    for (int tier = ICL_TIER_REFERENCE + 1; tier < ICL_TIERS; tier++) {
        const IclKernels *kernels = icl_kernels_of(tier);
        if (!kernels || !tier_is_tested(tier, family))
            continue;
        TierTest *tier_test = g_new(TierTest, 1); /* g_test owns it */
        *tier_test = (TierTest){{kernels, reference, row}, test};
        g_autofree char *path = g_strdup_printf("/%s/%s/%s", family, kernels->name, name);
        g_test_add_data_func_full(path, tier_test, tier_test_run, g_free);
    }
}
