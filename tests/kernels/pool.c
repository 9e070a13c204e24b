/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "kernels_test.h"

void pool_tests(void) {}

void pool_bench(const Bench *bench) {}
