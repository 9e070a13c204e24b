/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The tables, one a tier, built at first use: each starts as the tier below it. */
#include "kernels.h"

#include <pthread.h>

#include "cpu.h"
#include "tiers.h"

static IclKernels tables[ICL_TIERS];
static pthread_once_t filled = PTHREAD_ONCE_INIT;

#define FILL(table, tier)                                \
    do {                                                 \
        icl_conv_##tier(&(table)->conv);                 \
        icl_conv_weight_gradient_##tier(&(table)->conv); \
        icl_depthwise_##tier(&(table)->depthwise);       \
        icl_pool_##tier(&(table)->pool);                 \
        icl_batchnorm_##tier(&(table)->batchnorm);       \
        icl_element_##tier(&(table)->element);           \
        icl_optimizer_##tier(&(table)->optimizer);       \
        icl_resize_##tier(&(table)->resize);             \
        icl_colour_##tier(&(table)->colour);             \
    } while (0)

static void tables_fill(void)
{
    FILL(&tables[ICL_TIER_REFERENCE], reference);
    for (int tier = 1; tier < ICL_TIERS; tier++)
        tables[tier] = tables[ICL_TIER_REFERENCE];
#ifndef ICL_REFERENCE_ONLY
#ifdef ICL_HAVE_OPENBLAS
    icl_conv_openblas(&tables[ICL_TIER_OPENBLAS].conv);
#endif
    FILL(&tables[ICL_TIER_BASELINE], baseline);
#ifdef ICL_HAVE_X86
    if (icl_cpu_has(ICL_TIER_AVX2)) /* what fills a table is itself compiled for its tier */
        FILL(&tables[ICL_TIER_AVX2], avx2);
    if (icl_cpu_has(ICL_TIER_AVX512))
        FILL(&tables[ICL_TIER_AVX512], avx512);
#endif
#endif
    for (int tier = 0; tier < ICL_TIERS; tier++)
        tables[tier].name = icl_tier_name(tier);
}

static bool tier_is_built(int tier)
{
#ifdef ICL_HAVE_OPENBLAS
    return true;
#else
    return tier != ICL_TIER_OPENBLAS;
#endif
}

const IclKernels *icl_kernels_of(int tier)
{
    pthread_once(&filled, tables_fill);
    return tier_is_built(tier) && icl_cpu_has(tier) ? &tables[tier] : NULL;
}

const IclKernels *icl_kernels(void)
{
#ifdef ICL_REFERENCE_ONLY
    return icl_kernels_of(ICL_TIER_REFERENCE);
#else
    return icl_kernels_of(icl_cpu_tier());
#endif
}
