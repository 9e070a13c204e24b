#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Where icl's time goes at inference, and where ONNX Runtime's: layer by layer, in turns.

A row is a convolution or dense layer with what follows it up to the next one, where that has steps
of its own: fused or not, all the time is in the table."""

import argparse
import json
import re
import statistics
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime

import networks
from compare import HERE, alone

LAYERS = ("conv2d", "depthwise_conv2d", "dense")
WARM_UP = 2         # passes


def icl_layers(found):
    """Milliseconds of each layer, and of what follows it; what precedes the first counts to it."""
    sums, seen = [0], False
    for layer in found["layers"]:
        if layer["step"].split("+")[0] in LAYERS:
            sums += [0] if seen else []
            seen = True
        sums[-1] += layer["forward_ms"]
    return sums


def icl_times(args, network):
    """What `icl bench` found, and milliseconds of each layer."""
    command = [args.icl, "bench", "--model", network.description, "--batch", str(args.batch),
               "--threads", str(args.threads), "--runs", str(args.runs), "--layers", "--json"]
    found = json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True,
                                      text=True).stdout)
    return found, icl_layers(found)


def onnxruntime_session(args, folder):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = args.threads, 1
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.enable_profiling = True
    options.profile_file_prefix = str(folder / "profile")
    return onnxruntime.InferenceSession(folder / "model.onnx", options,
                                        providers=["CPUExecutionProvider"])


def layer_of(folder):
    """Number of the layer that each operation follows, or is."""
    numbers = {}
    for o in json.loads((folder / "operations.json").read_text(encoding="utf-8")):
        is_layer = o["kind"] in LAYERS
        numbers[o["name"]] = (max(numbers.values(), default=-1) + 1 if is_layer
                              else numbers[o["inputs"][0]] if o["inputs"] else -1)
    return numbers


def onnxruntime_layers(nodes, numbers):
    """Sums of the nodes' medians. A fused node is called after the last of its operations; what has
    no operation's name reorders what the node before it made."""
    sums, last = [0] * (max(numbers.values()) + 1), 0
    for name, times in nodes.items():
        last = max(numbers.get(re.split("_nchwc|_kernel_time|/", name)[0], last), 0)
        sums[last] += statistics.median(times[WARM_UP:])
    return sums


def onnxruntime_times(args, folder):
    session = onnxruntime_session(args, folder)
    feed = {session.get_inputs()[0].name: np.load(folder / "x.nchw.npy")}
    for _ in range(args.runs + WARM_UP):
        session.run(None, feed)
    nodes = {}                               # in the order they run
    for event in json.loads(Path(session.end_profiling()).read_text(encoding="utf-8")):
        if event["cat"] == "Node" and event["name"].endswith("_kernel_time"):
            nodes.setdefault(event["name"], []).append(event["dur"] / 1e3)
    return onnxruntime_layers(nodes, layer_of(folder))


def medians(rounds):
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


def print_rows(found, ours, theirs):
    rows = [layer for layer in found["layers"] if layer["step"].split("+")[0] in LAYERS]
    widths = [max(len(row[key]) for row in rows) for key in ("layer", "shape")]

    def line(layer, shape, a, b, peak):
        print(f"{layer:<{widths[0]}}  {shape:<{widths[1]}}  {a:9.3f} {b:9.3f}  {a / b:5.2f}  "
              f"{peak}".rstrip())

    print(f"{'layer':<{widths[0]}}  {'shape':<{widths[1]}}        icl      peer  ratio  icl's peak")
    for row, a, b in zip(rows, ours, theirs, strict=True):
        peak = row["forward_gflops"] * row["forward_ms"] / a / found["peak_gflops"]
        line(row["layer"], row["shape"], a, b, f"{peak:10.0%}")
    line("all", "", sum(ours), sum(theirs), "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("network", choices=[n for n, v in networks.NETWORKS.items()
                                            if "b1" in v.batches])
    parser.add_argument("--icl", default=HERE.parent.parent / "build/tools/icl")
    parser.add_argument("--mode", choices=["b1", "b32"], default="b1")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, default=10, help="passes a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lock", help="a file to lock while measuring, where others measure too")
    parser.add_argument("--priority", type=int, help="real-time priority while measuring, 1 to 99")
    args = parser.parse_args()
    network = networks.NETWORKS[args.network]
    args.batch = network.batches[args.mode]
    with tempfile.TemporaryDirectory(prefix="icl-bench-") as name:
        networks.prepare(args.network, args.mode, Path(name))
        ours, theirs = [], []
        with alone(args, []):
            for _ in range(args.rounds):
                found, times = icl_times(args, network)
                ours.append(times)
                theirs.append(onnxruntime_times(args, Path(name)))
    print_rows(found, medians(ours), medians(theirs))


if __name__ == "__main__":
    main()
