/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/dataset.h>

G_BEGIN_DECLS

/**
 * IclPackParams: how a data set becomes one file.
 * @resize: the pictures are decoded, and their shorter side made this long where it is longer; 0:
 *   they keep their size
 * @decode: store pixels rather than the bytes of the JPEG or PNG file: larger, but there is nothing
 *   to decode in an epoch. With @resize, always
 * @strict: a picture that cannot be read is an error; else it is left out
 * @report: (nullable): called for each picture that is left out
 * @progress: (nullable): called now and then with the pictures done so far and in all
 */
typedef struct IclPackParams {
    int resize;
    bool decode, strict;
    void (*report)(void *user, const GError *error);
    void (*progress)(void *user, int done, int total);
    void *user;
} IclPackParams;

/**
 * icl_pack: writes the data set at @path, all its parts, into one file, which icl_dataset_open()
 * reads: for disks that are slow to open many files, and for epochs without decoding.
 *
 * Pictures, classes, parts, weights and groups are kept. Pixels are 8-bit grey or RGB, upright;
 * transparent pictures come to lie on black. Every picture is decoded once here, so that a broken
 * one is found now. The file appears whole or not at all.
 *
 * Returns: false with an error; no file is left then.
 */
ICL_API bool icl_pack(const char *path, const char *output, const IclPackParams *params,
                      GError **error);

G_END_DECLS
