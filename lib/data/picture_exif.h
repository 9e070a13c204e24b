/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The one thing that is read from EXIF data: how a camera was held. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The orientation, 1 to 8, stated in EXIF's TIFF structure (from its "II" or "MM" on); 1 where it
 * states none, or is broken: EXIF is a by-thing, and no reason to refuse a picture. */
int icl_exif_orientation(const uint8_t *tiff, size_t size);
