/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The shared library is the tiers, whole; of its own it has only what tells about the machine. */
#include <icl/cpu.h>

#include "kernels.h"
#include "threads.h"

const char *icl_cpu_name(void) { return icl_kernels()->name; }

int icl_cpu_cores(void) { return icl_threads_available(); }
