/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/error.h>

G_BEGIN_DECLS

/** The kernels in use: "avx512", "avx2", "baseline", "openblas" or "reference" (environment:
 * ICL_CPU). */
ICL_API const char *icl_cpu_name(void);
/** Processor cores this process may use. */
ICL_API int icl_cpu_cores(void);

G_END_DECLS
