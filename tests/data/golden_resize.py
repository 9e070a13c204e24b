#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Writes golden_resize.h: what Pillow's BILINEAR makes of a known pattern.

Pictures of mode "F" are resized in floating point and not rounded, so the test can be tight.
Needs pillow: python3 golden_resize.py > golden_resize.h && clang-format -i golden_resize.h
"""
import PIL
from PIL import Image

SIZES = [(5, 7, 3, 4), (3, 4, 7, 9), (16, 16, 5, 5), (33, 17, 4, 8), (1, 1, 3, 3),
         (2, 9, 2, 3), (9, 2, 4, 2), (40, 30, 3, 3)]

print(f"""/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Made by golden_resize.py with Pillow {PIL.__version__}: h x w of test_pattern() resized to
 * rows x columns. */
#pragma once

static const struct {{
    int h, w, rows, columns;
    float values[64];
}} golden_resize[] = {{""")
for h, w, rows, columns in SIZES:
    image = Image.new("F", (w, h))
    image.putdata([(x * 37 + y * 91 + x * y * 13) % 256 for y in range(h) for x in range(w)])
    small = image.resize((columns, rows), Image.Resampling.BILINEAR)
    values = ", ".join(f"{small.getpixel((x, y)):.4f}" for y in range(rows) for x in range(columns))
    print(f"    {{{h}, {w}, {rows}, {columns}, {{{values}}}}},")
print("};")
