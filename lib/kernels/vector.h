/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Vectors of the instruction set a file is compiled for (ICL_ISA, ICL_VL floats), in GCC's and Clang's
 * vector extensions. */
#pragma once

#include <stdint.h>
#include <string.h>

#include "tiers.h"

#define VL ICL_VL
typedef float vf __attribute__((vector_size(VL * 4)));
typedef float vu __attribute__((vector_size(VL * 4), aligned(4), may_alias)); /* in memory */
typedef int32_t vi __attribute__((vector_size(VL * 4)));

/* ICL_TIER(conv) is icl_conv_avx512 in the AVX-512 build. */
#define ICL_TIER_PASTE(name, isa) icl_##name##_##isa
#define ICL_TIER_EXPAND(name, isa) ICL_TIER_PASTE(name, isa)
#define ICL_TIER(name) ICL_TIER_EXPAND(name, ICL_ISA)

static inline vf vload(const float *p) { return *(const vu *)p; }
static inline void vstore(float *p, vf x) { *(vu *)p = x; }
static inline vf vset(float x) { return x - (vf){0}; } /* 0 + x is not folded: signed zeros */

/* The first n of VL floats; the rest reads as 0 and is not written. */
static inline vf vload_part(const float *p, int n)
{
    vf x = {0};
    memcpy(&x, p, (size_t)n * sizeof(float));
    return x;
}
static inline void vstore_part(float *p, vf x, int n) { memcpy(p, &x, (size_t)n * sizeof(float)); }

static inline vf vselect(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }
static inline vf vmax(vf a, vf b) { return vselect(a > b, a, b); }
static inline vf vmin(vf a, vf b) { return vselect(a < b, a, b); }
