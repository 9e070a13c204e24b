/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A fuzz target is this one function, which libFuzzer calls without end (run.sh) and replay.c for
 * each file of the corpus. It must return 0, whatever the bytes are. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
