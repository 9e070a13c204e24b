#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Writes golden_resize.h: what Pillow's BILINEAR makes of a known pattern.

Pictures of mode "F" are resized in floating point and not rounded, so the test can be tight.
Needs pillow: python3 golden_resize.py > golden_resize.h && clang-format -i golden_resize.h
"""
import PIL
from PIL import Image, ImageOps

SIZES = [(5, 7, 3, 4), (3, 4, 7, 9), (16, 16, 5, 5), (33, 17, 4, 8), (1, 1, 3, 3),
         (2, 9, 2, 3), (9, 2, 4, 2), (40, 30, 3, 3)]
# Letterboxes. Slack is even or 1 (ImageOps.pad and ours both leave the odd row after the picture).
BOXES = [(30, 40, 8, 8), (33, 17, 7, 6), (9, 20, 5, 9), (3, 4, 7, 7), (7, 5, 8, 8), (5, 7, 8, 8)]
BACKGROUND = 33

print(f"""/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Made by golden_resize.py with Pillow {PIL.__version__}: h x w of test_pattern() resized to
 * rows x columns, stretched or (ImageOps.pad()) letterboxed. */
#pragma once

#define GOLDEN_BACKGROUND {BACKGROUND}

static const struct {{
    int h, w, rows, columns;
    bool letterbox;
    float values[64];
}} golden_resize[] = {{""")
for h, w, rows, columns in SIZES + BOXES:
    box = (h, w, rows, columns) in BOXES
    image = Image.new("F", (w, h))
    image.putdata([(x * 37 + y * 91 + x * y * 13) % 256 for y in range(h) for x in range(w)])
    small = ImageOps.pad(image, (columns, rows), Image.Resampling.BILINEAR, BACKGROUND) if box \
        else image.resize((columns, rows), Image.Resampling.BILINEAR)
    values = ", ".join(f"{small.getpixel((x, y)):.4f}" for y in range(rows) for x in range(columns))
    print(f"    {{{h}, {w}, {rows}, {columns}, {str(box).lower()}, {{{values}}}}},")
print("};")
