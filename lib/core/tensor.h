/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Shapes and dtypes. Activations are [n,h,w,c] with the shape of one sample here; weights have up
 * to four dimensions. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { ICL_F32, ICL_BF16, ICL_I32, ICL_I8, ICL_U8, ICL_I64, ICL_DTYPES } IclDtype;

enum { ICL_RANK_MAX = 4 };

/* One sample of an activation. */
typedef struct IclShape {
    int h, w, c;
} IclShape;

static inline size_t icl_shape_count(IclShape s) { return (size_t)s.h * s.w * s.c; }

static inline bool icl_shape_equal(IclShape a, IclShape b)
{
    return a.h == b.h && a.w == b.w && a.c == b.c;
}

typedef struct IclTensor {
    IclDtype dtype;
    int rank;
    int64_t dims[ICL_RANK_MAX]; /* each >= 0 */
    void *data;                 /* row-major; who owns it, its holder says */
} IclTensor;

static inline size_t icl_dtype_size(IclDtype dtype)
{
    static const unsigned char sizes[ICL_DTYPES] = {4, 2, 4, 1, 1, 8};
    return sizes[dtype];
}

static inline size_t icl_tensor_count(const IclTensor *t)
{
    size_t count = 1;
    for (int i = 0; i < t->rank; i++)
        count *= (size_t)t->dims[i];
    return count;
}
