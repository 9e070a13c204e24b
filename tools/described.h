/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A network with random weights, made of a description, in place of a model file. */
#pragma once

#include <icl/model.h>

#include "options.h"

typedef struct Described {
    const char
        *model; /* file, or name of a model that comes with icl; NULL: a model file instead */
    int classes, size, channels;
} Described;

/* Its options, for the struct `s` that begins with Operands and has it as `described`. */
#define OPT_DESCRIBED(s)                                                \
    OPT_STRING(s, described.model, "model", 0, "FILE|NAME",             \
               "instead of MODEL: a description, with random weights"), \
        OPT_INT(s, described.classes, "classes", "N", NULL, 1, 1000000, \
                "of that description; else 1000"),                      \
        OPT_INT(s, described.size, "size", "N", NULL, 1, 65536,         \
                "its $size: of the pictures; else its own"),            \
        OPT_INT(s, described.channels, "channels", "N", NULL, 1, 3,     \
                "its $channels: 1 grey, 3 colour")

/* A model file or a description, and what belongs to the latter only with it. */
bool described_check(const Described *described, const Operands *operands, char **problem);

/* The one that is given. */
IclModel *described_model(const Described *described, const Operands *operands, GError **error);
