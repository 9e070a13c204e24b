/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * TensorBoard's event files: records of protocol buffers, each with its length and two masked
 * CRC-32C (TFRecord). Only scalars. */
#pragma once

#include <icl/error.h>
#include <stdbool.h>
#include <stdint.h>

/* Castagnoli's CRC, bit-reflected (RFC 3720, B.4). */
uint32_t icl_crc32c(const void *data, size_t size);

typedef struct IclEvents IclEvents;

/* Opens "events.out.tfevents.icl" in a folder, which is made where it is not there, to append to;
 * events of `step` and later, and what is not whole at the end, are cut off: a resumed training
 * writes them again. NULL with ICL_ERROR_FILE. */
IclEvents *icl_events_open(const char *folder, int64_t step, GError **error);

/* One figure of one step, at the present time. */
bool icl_events_scalar(IclEvents *events, int64_t step, const char *tag, double value,
                       GError **error);

bool icl_events_close(IclEvents *events, GError **error); /* flushes; frees in any case */
