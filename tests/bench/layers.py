#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Where icl's time goes, and where a peer's: layer by layer, in turns.

Beside ONNX Runtime, at inference, a row is a convolution or dense layer with what follows it up to
the next one, where that has steps of its own: fused or not, all the time is in the table. Beside
oneDNN, at inference and in training, a row is a convolution alone, as `icl bench --layers` has it
in the network and oneDNN runs it over and over."""

import argparse
import json
import re
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

import numpy as np

import layers_onednn
import networks
from compare import HERE, alone

LAYERS = ("conv2d", "depthwise_conv2d", "dense")
CONVOLUTIONS = LAYERS[:2]
WARM_UP = 2         # passes


def is_one_of(layer, kinds):
    return layer["step"].split("+")[0] in kinds


def icl_layers(found):
    """Milliseconds of each layer, and of what follows it; what precedes the first counts to it."""
    sums, seen = [0], False
    for layer in found["layers"]:
        if is_one_of(layer, LAYERS):
            sums += [0] if seen else []
            seen = True
        sums[-1] += layer["forward_ms"]
    return sums


def icl_bench(args, network):
    command = [args.icl, "bench", "--model", network.description, "--batch", args.batch,
               "--threads", args.threads, "--runs", args.runs, "--layers", "--json"]
    command += ["--train"] if args.mode == "train" else []
    command += [f"--{variable}" for variable in network.variables]
    return json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True,
                                     text=True).stdout)


def onnxruntime_session(args, folder):
    import onnxruntime
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


def print_table(rows, columns):
    """Rows are a layer, its shape, and for each column icl's and the peer's milliseconds."""
    widths = [max(len(row[i]) for row in rows) for i in range(2)]
    heads = "".join(f"  {column + ': icl':>20} {'peer':>9} {'ratio':>6}" for column in columns)
    print(f"{'layer':<{widths[0]}}  {'shape':<{widths[1]}}{heads}")
    sums = [tuple(map(sum, zip(*pairs, strict=True)))
            for pairs in zip(*(row[2:] for row in rows), strict=True)]
    for layer, shape, *pairs in [*rows, ("all", "", *sums)]:
        line = "".join(f"  {a:20.3f} {b:9.3f} {a / b:6.2f}" for a, b in pairs)
        print(f"{layer:<{widths[0]}}  {shape:<{widths[1]}}{line}")


def beside_onnxruntime(args, network, folder):
    networks.prepare(args.network, args.mode, folder)
    ours, theirs = [], []
    with alone(args, []):
        for _ in range(args.rounds):
            found = icl_bench(args, network)
            ours.append(icl_layers(found))
            theirs.append(onnxruntime_times(args, folder))
    layers = [layer for layer in found["layers"] if is_one_of(layer, LAYERS)]
    pairs = zip(medians(ours), medians(theirs), strict=True)
    print_table([(layer["layer"], layer["shape"], pair)
                 for layer, pair in zip(layers, pairs, strict=True)], ["forward"])


def onednn_times(args, problems, directions):
    if args.benchdnn:
        return layers_onednn.benchdnn_times(args.benchdnn, problems, args.threads, 100, directions)
    return layers_onednn.pytorch_times(problems, args.threads, args.runs, directions)


def beside_onednn(args, network):
    """In training the first layer has no input gradient, in neither."""
    train = args.mode == "train"
    directions = list(layers_onednn.DIRECTIONS)[:3 if train else 1]
    ours, theirs = [], []
    with alone(args, []):
        for _ in range(args.rounds):
            layers = [layer for layer in icl_bench(args, network)["layers"]
                      if is_one_of(layer, CONVOLUTIONS)]
            ours.append([(layer["forward_ms"], layer["backward_ms"]) for layer in layers])
            problems = [layers_onednn.problem(layer, args.batch) for layer in layers]
            times = onednn_times(args, problems, directions)
            theirs.append([(row["forward"], row.get("weight gradient", 0)
                            + (row.get("input gradient", 0) if i > 0 else 0))
                           for i, row in enumerate(times)])
    sides = [[medians(rounds) for rounds in zip(*side, strict=True)] for side in (ours, theirs)]
    print("oneDNN by", args.benchdnn or "PyTorch")
    print_table([(layer["layer"], layer["shape"],
                  *list(zip(a, b, strict=True))[:2 if train else 1])
                 for layer, a, b in zip(layers, *sides, strict=True)],
                ["forward", "backward"][:2 if train else 1])


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("network", choices=networks.NETWORKS)
    parser.add_argument("--icl", default=HERE.parent.parent / "build/tools/icl")
    parser.add_argument("--mode", choices=["b1", "b32", "train"], default="b1")
    parser.add_argument("--peer", choices=["onnxruntime", "onednn"], default="onnxruntime")
    parser.add_argument("--benchdnn", default=shutil.which("benchdnn"),
                        help="oneDNN's benchmark; else that on the path, else PyTorch's oneDNN")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, default=10, help="passes a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lock", help="a file to lock while measuring, where others measure too")
    parser.add_argument("--priority", type=int, help="real-time priority while measuring, 1 to 99")
    args = parser.parse_args()
    if args.mode not in networks.NETWORKS[args.network].batches:
        parser.error(f"{args.network} is not measured in mode {args.mode}")
    if args.mode == "train" and args.peer == "onnxruntime":
        parser.error("ONNX Runtime does not train: --peer onednn")
    return args


def main():
    args = parse_arguments()
    network = networks.NETWORKS[args.network]
    args.batch = network.batches[args.mode]
    if args.peer == "onednn":
        beside_onednn(args, network)
        return
    with tempfile.TemporaryDirectory(prefix="icl-bench-") as name:
        beside_onnxruntime(args, network, Path(name))


if __name__ == "__main__":
    main()
