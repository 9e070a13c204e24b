/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "kernels_test.h"

void conv_tests(void) {}

void conv_bench(const Bench *bench) {}
