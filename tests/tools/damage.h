/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Files that are good, and ways to spoil them. */
#pragma once

#include "fixture.h"

typedef enum {
    GOOD_MODEL,  /* m.bin */
    GOOD_JPEG,   /* 4:2:0 */
    GOOD_GREY,   /* a grey JPEG */
    GOOD_PNG,    /* 8-bit RGB */
    GOOD_ALPHA,  /* a PNG with a transparent colour in a palette */
    GOOD_IMAGES, /* of an IDX data set */
    GOOD_LABELS,
    GOOD_IMAGES_GZ,
    GOOD_NETWORK, /* net.icl */
    GOODS,
} Good;

/* Makes all of them in the fixture's folder; the bytes of each. */
void goods_make(const Fixture *fixture, GBytes *goods[GOODS]);

/* Spoils by the nth of `times` ways: */
typedef GByteArray *(*Spoil)(GBytes *good, int nth, int times);

/* cuts, from nothing at all to all but a few bytes; */
GByteArray *spoil_cut(GBytes *good, int nth, int times);
/* turns one bit in each of `times` parts of the file, at a place that the number decides. */
GByteArray *spoil_flip(GBytes *good, int nth, int times);
/* the same without the first 18 and the last 9 bytes, which of a gzip file may be anything. */
GByteArray *spoil_flip_inside(GBytes *good, int nth, int times);
