/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "kernels_test.h"

void optimizer_tests(void) {}

void optimizer_bench(const Bench *bench) {}
