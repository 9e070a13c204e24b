/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Which kernels run. Decided once a process from the processor, masked by ICL_CPU; and whether 3x3
 * convolutions may run by Winograd, which ICL_WINOGRAD=off forbids. */
#pragma once

#include <stdint.h>

typedef enum {
    ICL_TIER_REFERENCE, /* plain C */
    ICL_TIER_OPENBLAS,  /* im2col + sgemm */
    ICL_TIER_BASELINE,  /* vectors of the compiler's default instruction set; on aarch64 "neon" */
    ICL_TIER_AVX2,      /* AVX2 + FMA */
    ICL_TIER_AVX512,    /* AVX-512 F, BW, DQ, VL */
    ICL_TIERS,
} IclTier;

/* The best tier of this processor that ICL_CPU allows. An unknown word in ICL_CPU, or a tier the
 * processor lacks, means the best one it has. */
IclTier icl_cpu_tier(void);
int icl_cpu_has(IclTier tier); /* whether this processor runs it */
const char *icl_tier_name(IclTier tier);

/* Which algorithms a 3x3 convolution of stride 1 may take. */
typedef enum {
    ICL_WINOGRAD_AUTO, /* whichever is cheapest */
    ICL_WINOGRAD_OFF,  /* direct sums alone: the least error */
    ICL_WINOGRAD_2,    /* F(2x2,3x3) wherever it applies */
    ICL_WINOGRAD_4,    /* F(4x4,3x3) */
} IclWinograd;

/* What ICL_WINOGRAD says: off, 2 or 4. Anything else means ICL_WINOGRAD_AUTO. */
IclWinograd icl_cpu_winograd(void);

/* Denormals cost hundreds of cycles: a pass flushes them to zero and gives the caller's mode back.
 */
unsigned icl_cpu_flush_denormals(void); /* returns the mode to restore */
void icl_cpu_restore(unsigned mode);
