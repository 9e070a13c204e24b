#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""icl's loader beside torchvision's ImageFolder and DataLoader, on the same pictures and cores.

    python3 loader.py BUILD/tests/bench/bench-loader [--pictures 400] [--workers 2] [--rounds 5]

Pictures are 500 x 375 JPEG files of coloured 1/f noise, whose size is that of photographs. Both do
random_resized_crop 224, hflip, color_jitter 0.4 and normalize. They take turns, so that a machine
that changes its pace changes it for both. Needs torch and torchvision.
"""
import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy as np
import torch
from PIL import Image
from torchvision import datasets, transforms

CHAIN = "random_resized_crop ! hflip ! color_jitter 0.4 0.4 0.4"
PACKED = ["--resize", "256"]


def photograph(rng, height=375, width=500):
    """1/f noise: the spectrum of natural pictures."""
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    falloff = 1 / np.maximum(np.hypot(fy, fx), 1 / width) ** 1.2
    planes = []
    for _ in range(3):
        phase = rng.uniform(0, 2 * np.pi, falloff.shape)
        plane = np.fft.irfft2(falloff * np.exp(1j * phase), (height, width))
        planes.append(plane / plane.std())
    grey, red, blue = planes
    rgb = 128 + 45 * grey[..., None] + 15 * np.stack([red, -0.5 * (red + blue), blue], -1)
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


def make_folder(folder, n):
    rng = np.random.default_rng(1)
    for i in range(n):
        path = pathlib.Path(folder, f"class{i % 10}", f"{i:05d}.jpg")
        path.parent.mkdir(parents=True, exist_ok=True)
        photograph(rng).save(path, quality=90)


def torch_loader(folder, workers):
    chain = transforms.Compose([
        transforms.RandomResizedCrop(224),
        transforms.RandomHorizontalFlip(),
        transforms.ColorJitter(0.4, 0.4, 0.4),
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ])
    torch.set_num_threads(1)
    return torch.utils.data.DataLoader(datasets.ImageFolder(folder, chain), batch_size=64,
                                       shuffle=True, num_workers=workers,
                                       persistent_workers=workers > 0)


def torch_epoch(loader):
    start, n = time.perf_counter(), 0
    for x, _ in loader:
        n += len(x)
    return n / (time.perf_counter() - start)


class Icl:
    def __init__(self, program, data, workers):
        self.process = subprocess.Popen([program, data, str(workers), CHAIN], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def epoch(self):
        print("run", file=self.process.stdin, flush=True)
        n, seconds = self.process.stdout.readline().split()
        return int(n) / float(seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="bench-loader")
    parser.add_argument("--icl", help="the program icl: also loads what `icl pack` made")
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = str(pathlib.Path(folder, "data"))
        make_folder(data, options.pictures)
        bytes_each = sum(p.stat().st_size for p in pathlib.Path(data).rglob("*.jpg"))
        print(f"{options.pictures} pictures of {bytes_each / options.pictures / 1024:.0f} KiB, "
              f"{options.workers} workers; pictures a second")
        peer = torch_loader(data, options.workers)
        ours = [Icl(options.program, data, options.workers)]
        if options.icl:
            packed = str(pathlib.Path(folder, "data.icl-records"))
            subprocess.run([options.icl, "pack", data, "-o", packed, *PACKED], check=True,
                           stdout=subprocess.DEVNULL)
            ours.append(Icl(options.program, packed, options.workers))
        names = ["torchvision", "icl", "icl, packed"][:1 + len(ours)]
        rows = []
        for i in range(options.rounds + 1):
            row = [torch_epoch(peer)] + [one.epoch() for one in ours]
            if i > 0:  # the first one starts processes and fills caches
                rows.append(row)
                print("  ".join(f"{name} {rate:.0f}" for name, rate in zip(names, row)))
        for k, name in enumerate(names[1:], 1):
            ratio = statistics.median(row[k] / row[0] for row in rows)
            print(f"{name} / torchvision: {ratio:.2f} (median of {len(rows)})")


if __name__ == "__main__":
    main()
