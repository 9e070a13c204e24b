/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Forced in front of the layers, the executor and the kernels' reference tier, it makes all their
 * arithmetic double: central differences of the very code that trains, good to nine digits. */
#pragma once

#include <glib.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define float double
