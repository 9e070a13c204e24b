/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include "random.h"

/* n numbers of mean 0 and variance 1, within 5.8, each by itself. */
void icl_noise(IclRandom *random, size_t n, float *out);
