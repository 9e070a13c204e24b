/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * SHA-256 (FIPS 180-4) by the processor's own instructions where it has them: over 1 GB/s, where
 * GLib's reads 0.2 and would be most of the time it takes to load a model. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { ICL_SHA256_DIGITS = 64, ICL_SHA256_BLOCK = 64 };

/* Takes `n` whole blocks into the state. */
typedef void (*IclSha256Fn)(uint32_t state[8], const uint8_t *blocks, size_t n);

typedef struct IclSha256 {
    IclSha256Fn blocks;
    uint32_t state[8];
    uint64_t size;                      /* bytes so far */
    uint8_t rest[2 * ICL_SHA256_BLOCK]; /* size % ICL_SHA256_BLOCK of them wait for a whole block */
} IclSha256;

void icl_sha256_init(IclSha256 *sha);
void icl_sha256_add(IclSha256 *sha, const void *data, size_t size);
void icl_sha256_end(IclSha256 *sha, char digits[ICL_SHA256_DIGITS + 1]); /* hexadecimal */

void icl_sha256_portable(uint32_t state[8], const uint8_t *blocks, size_t n);
IclSha256Fn icl_sha256_fastest(void); /* of this processor */
