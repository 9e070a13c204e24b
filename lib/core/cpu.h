/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Which kernels run. Decided once a process from the processor, masked by ICL_CPU. */
#pragma once

#include <stdint.h>

typedef enum {
    ICL_TIER_REFERENCE, /* plain C */
    ICL_TIER_OPENBLAS,  /* im2col + sgemm */
    ICL_TIER_BASELINE,  /* vector extensions at the compiler's default instruction set */
    ICL_TIER_AVX2,      /* AVX2 + FMA */
    ICL_TIER_AVX512,    /* AVX-512 F, BW, DQ, VL */
    ICL_TIERS,
} IclTier;

/* The best tier of this processor that ICL_CPU allows. An unknown word in ICL_CPU, or a tier the
 * processor lacks, means the best one it has. */
IclTier icl_cpu_tier(void);
int icl_cpu_has(IclTier tier); /* whether this processor runs it */
const char *icl_tier_name(IclTier tier);

/* Denormals cost hundreds of cycles: a pass flushes them to zero and gives the caller's mode back.
 */
unsigned icl_cpu_flush_denormals(void); /* returns the mode to restore */
void icl_cpu_restore(unsigned mode);
