/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A small model that has learned the kinds of an album's photographs, and what it says of them in
 * other formats: the same, wherever it is sure by more than 0.04. */
#pragma once

#include "album.h"

typedef struct Top1 Top1;

/* Learns; fails the test where the model does not surely know four fifths of the photographs. */
Top1 *top1_new(const Album *album);
void top1_free(Top1 *top1); /* accepts NULL */

void top1_check(Top1 *top1, int photograph, GstBuffer *buffer, const GstVideoInfo *info);
