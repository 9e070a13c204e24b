/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * EXIF (CIPA DC-008) is a TIFF file without picture: byte order, the number 42, the offset of the
 * first directory; there a count of 12-byte entries: tag, type, number of values, value. */
#include "picture_exif.h"

#include <stdbool.h>
#include <string.h>

enum { EXIF_ORIENTATION = 0x0112, EXIF_SHORT = 3, EXIF_ENTRY = 12 };

typedef struct Exif {
    const uint8_t *bytes;
    size_t size;
    bool big_endian;
} Exif;

/* `n` bytes at `at`; what lies outside reads as 0. */
static uint32_t exif_get(const Exif *exif, size_t at, unsigned n)
{
    uint32_t value = 0;

    if (at > exif->size || exif->size - at < n)
        return 0;
    for (unsigned i = 0; i < n; i++)
        value |= (uint32_t)exif->bytes[at + i] << 8 * (exif->big_endian ? n - 1 - i : i);
    return value;
}

int icl_exif_orientation(const uint8_t *tiff, size_t size)
{
    Exif exif = {tiff, size, size > 0 && tiff[0] == 'M'};

    if (size < 8 || (memcmp(tiff, "II*\0", 4) && memcmp(tiff, "MM\0*", 4)))
        return 1;
    size_t directory = exif_get(&exif, 4, 4);
    unsigned entries = exif_get(&exif, directory, 2);
    for (unsigned i = 0; i < entries; i++) {
        size_t entry = directory + 2 + (size_t)i * EXIF_ENTRY;
        unsigned value = exif_get(&exif, entry + 8, 2);
        if (exif_get(&exif, entry, 2) == EXIF_ORIENTATION &&
            exif_get(&exif, entry + 2, 2) == EXIF_SHORT && exif_get(&exif, entry + 4, 4) == 1)
            return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}
