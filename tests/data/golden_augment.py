#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Writes golden_augment.h: what torchvision, Pillow, Keras and scipy make of a known pattern.

Values are levels times 100; -1 stands for a pixel that is not compared: torchvision blends the
picture's edge with what lies outside, where icl fills as scipy does.

Needs torchvision, pillow, keras, scipy and keras-preprocessing 1.1.2:
python3 golden_augment.py > golden_augment.h && clang-format -i golden_augment.h
"""
import math
import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import PIL
import scipy
import scipy.ndimage
import torch
import torchvision
from keras.src.legacy.preprocessing import image as keras_image
from keras_preprocessing.image import affine_transformations as legacy
from PIL import Image, ImageEnhance, ImageOps
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F

legacy.ndimage = scipy.ndimage  # both import a module that is no more
scipy.ndimage.interpolation = scipy.ndimage

BILINEAR = InterpolationMode.BILINEAR
pool = []


def picture(h, w, c):
    y, x, k = np.meshgrid(np.arange(h), np.arange(w), np.arange(c), indexing="ij")
    return ((x * 37 + y * 91 + x * y * 13 + k * 57) % 256).astype(np.uint8)


def tensor(image):
    """[c,h,w] of 0..1"""
    return torch.from_numpy(image.astype(np.float32) / 255).permute(2, 0, 1)


def levels(t):
    return t.permute(1, 2, 0).numpy().astype(np.float64) * 255


def keep(values):
    at = len(pool)
    values = np.asarray(values, np.float64)
    pool.extend(int(round(v * 100)) if v >= 0 else -1 for v in values.ravel())
    return at


def tv(function):
    """Of floats, all pixels."""
    return lambda image: levels(function(tensor(image)))


def tv_inner(function):
    """Of floats, the pixels that are made of inner ones."""
    def run(image):
        inner = function(torch.ones_like(tensor(image)))
        out = levels(function(tensor(image)))
        out[levels(inner) < 254.999] = -1
        return out
    return run


def pil(function):
    def run(image):
        grey = image.shape[2] == 1
        out = np.asarray(function(Image.fromarray(image[:, :, 0] if grey else image)))
        return out[:, :, None] if grey else out
    return run


def affine(matrix, mode, cval=0):
    """scipy, about the centre; the matrix takes (row, column)."""
    def run(image):
        image = image.astype(np.float64)
        centre = (np.array(image.shape[:2]) - 1) / 2
        offset = centre - matrix @ centre
        planes = [scipy.ndimage.affine_transform(image[:, :, k], matrix, offset, order=1,
                                                 mode=mode, cval=cval)
                  for k in range(image.shape[2])]
        return np.stack(planes, axis=-1)
    return run


def turn(degrees):
    a = math.radians(degrees)
    return np.array([[math.cos(a), math.sin(a)], [-math.sin(a), math.cos(a)]])


def keras_zoom(height, width, mode):
    layer = keras.layers.RandomZoom((height, height), None if width is None else (width, width),
                                    fill_mode=mode)
    return lambda image: np.asarray(layer(image[None].astype(np.float32), training=True))[0]


SMALL, GREY, LARGE = (7, 9, 3), (7, 9, 1), (32, 40, 1)
# reference, text, size, function
STEPS = [
    ("torchvision", "rotate [30 30]", GREY, tv_inner(lambda t: F.rotate(t, 30, BILINEAR))),
    ("torchvision", "rotate [-100 -100]", GREY, tv_inner(lambda t: F.rotate(t, -100, BILINEAR))),
    ("torchvision", "rotate [180 180]", SMALL, tv(lambda t: F.rotate(t, 180, BILINEAR))),
    ("torchvision", "shear [20 20]", GREY,
     tv_inner(lambda t: F.affine(t, 0, [0, 0], 1, [20, 0], BILINEAR))),
    ("torchvision", "shear [10 10 -15 -15]", GREY,
     tv_inner(lambda t: F.affine(t, 0, [0, 0], 1, [10, -15], BILINEAR))),
] + [
    ("scipy", f"rotate [{angle} {angle}] fill_mode={mode} cval=7", size,
     affine(turn(angle), mode, 7))
    for mode in ("nearest", "constant", "reflect", "wrap")
    for angle, size in ((25, SMALL), (-160, GREY))
] + [
    ("scipy", f"zoom [1.5 1.5] [2.2 2.2] fill_mode={mode} cval=7", GREY,
     affine(np.diag([2.5, 3.2]), mode, 7)) for mode in ("nearest", "constant", "reflect", "wrap")
] + [
    ("keras", "zoom [0.4 0.4]", GREY, keras_zoom(0.4, None, "nearest")),
    ("keras", "zoom [-0.3 -0.3] [0.2 0.2]", GREY, keras_zoom(-0.3, 0.2, "nearest")),
    ("torchvision", "brightness [0.7 0.7]", SMALL, tv(lambda t: F.adjust_brightness(t, 0.7))),
    ("torchvision", "brightness [1.6 1.6]", GREY, tv(lambda t: F.adjust_brightness(t, 1.6))),
    ("torchvision", "contrast [0.4 0.4]", SMALL, tv(lambda t: F.adjust_contrast(t, 0.4))),
    ("torchvision", "contrast [1.8 1.8]", GREY, tv(lambda t: F.adjust_contrast(t, 1.8))),
    ("torchvision", "saturation [0.3 0.3]", SMALL, tv(lambda t: F.adjust_saturation(t, 0.3))),
    ("torchvision", "saturation [1.9 1.9]", SMALL, tv(lambda t: F.adjust_saturation(t, 1.9))),
    ("torchvision", "saturation [0.3 0.3]", GREY, tv(lambda t: F.adjust_saturation(t, 0.3))),
    ("torchvision", "hue [0.3 0.3]", SMALL, tv(lambda t: F.adjust_hue(t, 0.3))),
    ("torchvision", "hue [-0.1 -0.1]", SMALL, tv(lambda t: F.adjust_hue(t, -0.1))),
    ("torchvision", "hue [0.3 0.3]", GREY, tv(lambda t: F.adjust_hue(t, 0.3))),
    ("torchvision", "grayscale p=1", SMALL, tv(lambda t: F.rgb_to_grayscale(t, 3))),
    ("torchvision", "grayscale p=1", GREY, tv(lambda t: t)),
    ("torchvision", "invert p=1", GREY, tv(F.invert)),
    ("torchvision", "solarize 100 p=1", GREY, tv(lambda t: F.solarize(t, 100 / 255))),
    ("torchvision", "autocontrast p=1", SMALL, tv(F.autocontrast)),
    ("torchvision", "sharpness 0 p=1", SMALL, tv(lambda t: F.adjust_sharpness(t, 0))),
    ("torchvision", "sharpness 2.5 p=1", GREY, tv(lambda t: F.adjust_sharpness(t, 2.5))),
    ("torchvision", "gaussian_blur 5 1.3", SMALL, tv(lambda t: F.gaussian_blur(t, 5, 1.3))),
    ("torchvision", "gaussian_blur 13 2.5", GREY, tv(lambda t: F.gaussian_blur(t, 13, 2.5))),
    ("pillow", "posterize 3 p=1", GREY, pil(lambda i: ImageOps.posterize(i, 3))),
    ("pillow", "equalize p=1", LARGE, pil(ImageOps.equalize)),
    ("pillow", "equalize p=1", GREY, pil(ImageOps.equalize)),
    ("keras", "channel_shift [40 40]", SMALL,
     lambda i: keras_image.apply_channel_shift(i.astype(np.float32), 40, 2)),
    ("keras", "channel_shift [-70 -70]", GREY,
     lambda i: keras_image.apply_channel_shift(i.astype(np.float32), -70, 2)),
]


def keras_affine(compat, theta, height_shift, width_shift, shear, zx, zy, mode):
    if compat == 1:
        return lambda i: legacy.apply_affine_transform(
            i.astype(np.float32), theta, height_shift, width_shift, shear, zx, zy, 0, 1, 2, mode, 7)
    return lambda i: keras_image.apply_affine_transform(
        i.astype(np.float32), theta, height_shift, width_shift, shear, zx, zy, 0, 1, 2, mode, 7)


# compat (1 legacy, 2 Keras 2.9 and later), theta, height shift, width shift, shear, zx, zy
KERAS = [(compat, *draw, mode) for compat in (1, 2)
         for draw, mode in (((20, 0, 0, 0, 1, 1), "nearest"), ((0, 1.5, -2.25, 0, 1, 1), "wrap"),
                            ((0, 0, 0, 15, 1, 1), "reflect"), ((0, 0, 0, 0, 0.7, 1.4), "constant"),
                            ((-35, 1.5, 0.5, 10, 1.2, 0.8), "nearest"))]

# torchvision's names, magnitudes
POLICY = [("ShearX", 0.25), ("ShearX", -0.25), ("ShearY", 0.25), ("TranslateX", 2.7),
          ("TranslateY", -1.8), ("Rotate", 20), ("Brightness", 0.4), ("Color", -0.6),
          ("Contrast", 0.5), ("Sharpness", 0.9), ("Posterize", 5), ("Solarize", 0.4),
          ("AutoContrast", 0), ("Equalize", 0), ("Identity", 0)]
OPS = ["Identity", "ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate", "Brightness", "Color",
       "Contrast", "Sharpness", "Posterize", "Solarize", "AutoContrast", "Equalize"]


def policy(name, magnitude):
    def run(t):
        return torchvision.transforms.v2.RandAugment()._apply_image_or_video_transform(
            t, name, magnitude, BILINEAR, {torch.Tensor: None})
    if name in ("Posterize", "Equalize"):
        return lambda image: run(torch.from_numpy(image).permute(2, 0, 1)).permute(1, 2, 0).numpy()
    return (tv_inner if OPS.index(name) in range(1, 6) else tv)(run)


def quote(size):
    return ", ".join(str(n) for n in size)


def main():
    print(f"""/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Made by golden_augment.py with torchvision {torchvision.__version__.split("+")[0]}, Pillow \
{PIL.__version__}, Keras {keras.__version__},
 * keras-preprocessing 1.1.2 and scipy {scipy.__version__}, of golden_picture(): rows begin at value
 * `at`. */
#pragma once
""")
    print("""/* What a step makes of h x w x c. */
static const struct {
    const char *reference, *text;
    int h, w, c, at;
} golden_steps[] = {""")
    for reference, text, size, function in STEPS:
        print(f'    {{"{reference}", "{text}", {quote(size)}, {keep(function(picture(*size)))}}},')
    print("""};

/* ImageDataGenerator's matrices, of 7 x 9 x 1; outside, 7 where fill_mode is constant. */
static const struct {
    int compat;
    double theta, height_shift, width_shift, shear, zx, zy;
    const char *fill_mode;
    int at;
} golden_keras[] = {""")
    for row in KERAS:
        numbers = ", ".join(str(v) for v in row[:-1])
        print(f'    {{{numbers}, "{row[-1]}", {keep(keras_affine(*row)(picture(*GREY)))}}},')
    print("""};

/* Pillow's brightness as Keras calls it, of 7 x 9 x 1. */
static const struct {
    double factor;
    int at;
} golden_keras_brightness[] = {""")
    for factor in (0.37, 1.45):
        out = keras_image.apply_brightness_shift(picture(*GREY).astype(np.float32), factor, False)
        print(f"    {{{factor}, {keep(out)}}},")
    print("""};

/* Operations of randaugment, of 7 x 9 x 3, equalize of 32 x 40 x 1. */
static const struct {
    const char *name;
    int op;
    double magnitude;
    int h, w, c, at;
} golden_policy[] = {""")
    for name, magnitude in POLICY:
        size = LARGE if name == "Equalize" else SMALL
        out = policy(name, magnitude)(picture(*size))
        print(f'    {{"{name}", {OPS.index(name)}, {magnitude}, {quote(size)}, {keep(out)}}},')
    print("""};

/* torchvision's magnitudes: bin of bins, of h x w. */
static const struct {
    int policy, op, bin, bins, h, w;
    double magnitude;
} golden_magnitudes[] = {""")
    v2 = torchvision.transforms.v2
    spaces = [v2.RandAugment._AUGMENTATION_SPACE, v2.TrivialAugmentWide._AUGMENTATION_SPACE,
              v2.AugMix._AUGMENTATION_SPACE]
    for index, space in enumerate(spaces):
        bins = 10 if index == 2 else 31
        for name, (function, _) in space.items():
            values = function(bins, 48, 64)
            for number in (0, 3, 7) if values is not None else ():
                print(f"    {{{index}, {OPS.index(name)}, {number}, {bins}, 48, 64, "
                      f"{float(values[number]):.9g}}},")
    print("""};

/* Corners (x, y) that a perspective takes to others, of 16 x 20 x 1. */
static const struct {
    double from[4][2], to[4][2];
    int at;
} golden_perspective[] = {""")
    start = [[0, 0], [19, 0], [19, 15], [0, 15]]
    for end in ([[2, 1], [17, 3], [18, 14], [1, 12]], [[4, 0], [19, 2], [14, 15], [0, 9]]):
        out = tv_inner(lambda t: F.perspective(t, start, end, BILINEAR))(picture(16, 20, 1))
        c = [str(p).replace("[", "{").replace("]", "}") for p in (start, end)]
        print(f"    {{{c[0]}, {c[1]}, {keep(out)}}},")
    y, x = np.meshgrid(np.arange(16), np.arange(20), indexing="ij")
    dx, dy = ((x * 7 + y * 3) % 11 - 5) * 0.37, ((x * 5 + y * 13) % 9 - 4) * 0.43
    moved = torch.from_numpy(np.stack([dx * 2 / 20, dy * 2 / 16], -1)[None].astype(np.float32))
    out = tv_inner(lambda t: F.elastic(t, moved, BILINEAR))(picture(16, 20, 1))
    print(f"""}};

/* 16 x 20 x 1 read golden_dx() and golden_dy() away. */
enum {{ GOLDEN_ELASTIC = {keep(out)} }};

/* Boxes x, y, w, h of 24 x 30 x 3 stretched to rows x columns, with antialias. */
static const struct {{
    int x, y, w, h, rows, columns, at;
}} golden_regions[] = {{""")
    for box in ((3, 5, 11, 8, 4, 5), (0, 0, 30, 24, 6, 6), (7, 1, 4, 3, 6, 7), (29, 23, 1, 1, 2, 2)):
        x, y, w, h, rows, columns = box
        out = tv(lambda t: F.resized_crop(t, y, x, h, w, [rows, columns], antialias=True))
        print(f"    {{{quote(box)}, {keep(out(picture(24, 30, 3)))}}},")
    print("};\n\nstatic const short golden_values[] = {")
    print(", ".join(str(v) for v in pool))
    print("};")


main()
