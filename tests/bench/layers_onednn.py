# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""oneDNN's convolutions for layers.py: by its own benchmark, benchdnn, where that is installed, else
by the oneDNN within PyTorch, which writes what each call took.

A problem is what benchdnn calls a descriptor, as numbers. Run as a program this file is the worker
that calls PyTorch: problems as JSON on its input, one line before each on its output."""

import json
import os
import re
import statistics
import subprocess
import sys

SHAPE = re.compile(r"(\d+)x(\d+)x(\d+) > (\d+)x(\d+)x(\d+), (\d+)x(\d+)")
DIRECTIONS = {"forward": "FWD_B", "input gradient": "BWD_D", "weight gradient": "BWD_W"}
PRIMITIVES = {"forward_training": "forward", "forward_inference": "forward",
              "backward_data": "input gradient", "backward_weights": "weight gradient"}
WARM_UP = 2         # calls


def axis(before, after, kernel):
    """Stride, and what is padded in front, of one axis of a layer padded as "same"."""
    stride = -(-before // after)
    padding = max(0, -(-((after - 1) * stride + kernel - before) // 2))
    if (before + 2 * padding - kernel) // stride + 1 != after:
        raise RuntimeError(f"{before} > {after} by {kernel} is not padded as \"same\"")
    return stride, padding


def problem(layer, batch):
    """The convolution of a row of `icl bench --layers --json`."""
    ih, iw, ic, oh, ow, oc, kh, kw = map(int, SHAPE.fullmatch(layer["shape"]).groups())
    sh, ph = axis(ih, oh, kh)
    sw, pw = axis(iw, ow, kw)
    groups = ic if layer["step"].startswith("depthwise") else 1
    return {"g": groups, "mb": batch, "ic": ic, "ih": ih, "iw": iw, "oc": oc, "oh": oh, "ow": ow,
            "kh": kh, "kw": kw, "sh": sh, "sw": sw, "ph": ph, "pw": pw}


def descriptor(numbers, name):
    return "".join(f"{key}{value}" for key, value in numbers.items()) + f'_n"{name}"'


def environment(threads, **more):
    return dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads), **more)


def run(command, threads, problems="", **more):
    return subprocess.run(command, input=problems, check=True, stdout=subprocess.PIPE, text=True,
                          env=environment(threads, **more)).stdout.splitlines()


def benchdnn_direction(program, problems, threads, milliseconds, direction):
    """The least milliseconds of each problem: benchdnn has no median."""
    names = [descriptor(numbers, str(i)) for i, numbers in enumerate(problems)]
    lines = run([program, "--conv", "--mode=P", f"--dir={DIRECTIONS[direction]}",
                 f"--max-ms-per-prb={milliseconds}", "--perf-template=icl,%name%,%-time%", *names],
                threads)
    found = dict(line.replace('"', "").split(",")[1:] for line in lines if line.startswith("icl,"))
    missing = [name for i, name in enumerate(names) if str(i) not in found]
    if missing:
        raise RuntimeError(f"{program} gave no time for {missing[0]} ({direction})")
    return [float(found[str(i)]) for i in range(len(problems))]


def benchdnn_times(program, problems, threads, milliseconds, directions):
    times = [benchdnn_direction(program, problems, threads, milliseconds, direction)
             for direction in directions]
    return [dict(zip(directions, row, strict=True)) for row in zip(*times, strict=True)]


def pytorch_times(problems, threads, calls, directions):
    """The median milliseconds of each problem, of what oneDNN says of itself."""
    lines = run([sys.executable, __file__, str(calls), str(len(directions))], threads,
                json.dumps(problems), ONEDNN_VERBOSE="profile_exec")
    times = []
    for line in lines:
        words = line.split(",")
        if line == "problem":
            times.append({direction: [] for direction in directions})
        elif times and words[0] == "onednn_verbose" and "convolution" in words:
            kind = next((PRIMITIVES[word] for word in words if word in PRIMITIVES), None)
            if kind in times[-1]:
                times[-1][kind].append(float(words[-1]))
    for i, row in enumerate(times):
        if any(len(row[kind]) <= WARM_UP for kind in directions):
            raise RuntimeError(f"PyTorch ran {descriptor(problems[i], i)} without oneDNN")
    return [{kind: statistics.median(row[kind][WARM_UP:]) for kind in directions} for row in times]


def call_pytorch(problems, calls, backward):
    import torch
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    for p in problems:
        print("problem", flush=True)
        convolution = torch.nn.Conv2d(p["ic"], p["oc"], (p["kh"], p["kw"]), (p["sh"], p["sw"]),
                                      (p["ph"], p["pw"]), groups=p["g"])
        convolution = convolution.to(memory_format=torch.channels_last)
        x = torch.randn(p["mb"], p["ic"], p["ih"], p["iw"])
        x = x.to(memory_format=torch.channels_last).requires_grad_(backward)
        gradient = torch.randn_like(convolution(x).detach())
        for _ in range(calls + WARM_UP):
            with torch.set_grad_enabled(backward):
                y = convolution(x)
            if backward:
                y.backward(gradient)


if __name__ == "__main__":
    call_pytorch(json.load(sys.stdin), int(sys.argv[1]), int(sys.argv[2]) > 1)
