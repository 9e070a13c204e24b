/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Copying and adding of gradients, which the layers that move entries about share. */
#pragma once

#include <string.h>

#include "layer.h"

static inline void icl_copy_or_add(const float *from, float *to, size_t count, bool add)
{
    if (add)
        icl_kernels()->element.add(to, from, to, count);
    else
        memcpy(to, from, count * sizeof *to);
}
