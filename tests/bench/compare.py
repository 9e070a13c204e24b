#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Compares icl with its peers: same network, weights and input, one interleaved run a cell.

A cell is a network, a mode (b1, b32: inference; train) and a number of threads. All who run it are
processes that take turns, A B A B ..., a few passes each; medians are over all turns. README.md
says more."""

import argparse
import contextlib
import fcntl
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
TURN = 0.25         # seconds of passes that a turn should take
SETTLE = 0.01       # seconds between turns, for threads to go to sleep
TOLERANCE = 1e-3    # of outputs, against the largest

MODES = ["b1", "b32", "train"]

# name -> script, modules it needs, arguments after FOLDER THREADS
INFERENCE = {
    "onnxruntime": ("peer_onnxruntime.py", ["onnxruntime"], []),
    "pytorch": ("peer_torch.py", ["torch"], ["{network}", "infer", "default"]),
    "pytorch-cl": ("peer_torch.py", ["torch"], ["{network}", "infer", "channels_last"]),
}
TRAINING = {
    "pytorch": ("peer_torch.py", ["torch"], ["{network}", "train", "default"]),
    "pytorch-cl": ("peer_torch.py", ["torch"], ["{network}", "train", "channels_last"]),
    "tensorflow": ("peer_tensorflow.py", ["tensorflow"], []),
}


class Worker:
    """A process that runs passes when told."""

    def __init__(self, name, command, threads, folder):
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS="1",
                           MKL_NUM_THREADS=str(threads), PYTHONWARNINGS="ignore")
        self.name, self.times, self.rounds = name, [], []
        self.log = open(folder / f"{name}.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log, text=True, env=environment, cwd=HERE)

    def wait_until_ready(self):
        if self.process.stdout.readline().strip() != "ready":
            self.process.wait()
            self.log.seek(0)
            raise RuntimeError(f"{self.name} did not start:\n{self.log.read()[-2000:]}")

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended at \"{line}\" with status {self.process.wait()}")
        return [float(word) for word in answer.split()]

    def warm_up(self):
        """Decides how many passes a turn has."""
        first = self.ask("run 2")[-1]
        second = min(self.ask(f"run {1 if first > TURN else 3}"))
        self.passes = max(1, min(50, round(TURN / second)))
        # The caches are another's at a turn's begin: a pass of some milliseconds is not counted.
        self.uncounted = 1 if self.passes > 2 else 0

    def turn(self):
        times = self.ask(f"run {self.uncounted + self.passes}")[self.uncounted:]
        self.times += times
        self.rounds.append(statistics.median(times))
        time.sleep(SETTLE)

    def output(self, folder):
        path = folder / f"{self.name}.logits"
        self.ask(f"output {path}")
        return np.fromfile(path, "<f4")

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()
        self.log.close()


def icl_command(program, network, folder, mode, threads):
    command = [program, "--description", network.description, "--weights", folder / "icl.weights",
               "--input", folder / "x.f32", "--labels", folder / "y.i32",
               "--batch", network.batches[mode], "--threads", threads]
    for variable in network.variables:
        command += ["--set", variable]
    return [str(word) for word in command + (["--train"] if mode == "train" else [])]


def peers_of(mode, wanted):
    """Those that are wanted and can be imported, and the rest of the wanted."""
    table = TRAINING if mode == "train" else INFERENCE
    wanted = {name: row for name, row in table.items() if not wanted or name in wanted}
    there = {name: row for name, row in wanted.items()
             if all(importlib.util.find_spec(module) for module in row[1])}
    return there, [name for name in wanted if name not in there]


def difference(ours, theirs):
    """Largest difference, relative to the peer's largest value where that is above 1."""
    return float(np.abs(ours - theirs).max() / max(1, np.abs(theirs).max()))


def start_workers(args, name, network, mode, threads, folder):
    ours = icl_command(args.worker, network, folder, mode, threads)
    workers = [Worker("icl", ours, threads, folder)]
    peers, missing = peers_of(mode, args.peers)
    for peer in missing:
        print(f"{peer} is not installed", file=sys.stderr)
    for peer, (script, _, extra) in peers.items():
        command = [sys.executable, str(HERE / script), str(folder), str(threads)]
        command += [word.format(network=name) for word in extra]
        workers.append(Worker(peer, command, threads, folder))
    workers[0].wait_until_ready()
    return workers[:1] + [worker for worker in workers[1:] if is_ready(worker)]


def is_ready(worker):
    try:
        worker.wait_until_ready()
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return False
    return True


def report(worker, icl, outputs, check_losses):
    row = {"name": worker.name, "median_ms": statistics.median(worker.times) * 1e3,
           "least_ms": min(worker.times) * 1e3, "passes": len(worker.times),
           "peak_mib": worker.ask("memory")[0] / 1024}
    if worker is icl:
        return row
    row["difference"] = difference(outputs["icl"], outputs[worker.name])
    # Of the rounds: a neighbour who slows the machine slows both of a round.
    row["round_ratio"] = statistics.median(a / b for a, b in zip(icl.rounds, worker.rounds))
    if check_losses:
        ours, theirs = (np.array(w.ask("losses")) for w in (icl, worker))
        row["difference"] = max(row["difference"], difference(ours, theirs))
    return row


@contextlib.contextmanager
def alone(args, workers):
    """While it is measured: the lock that others who measure on this machine take, and a real-time
    priority, by which those who do not measure wait."""
    with open(args.lock or os.devnull, "a", encoding="utf-8") as lock:
        if args.lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
        if args.priority:
            for process in [os.getpid(), *(w.process.pid for w in workers)]:
                for thread in os.listdir(f"/proc/{process}/task"):
                    os.sched_setscheduler(int(thread), os.SCHED_FIFO, os.sched_param(args.priority))
        try:
            yield
        finally:
            if args.priority:
                os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def measure(args, workers):
    with alone(args, workers):
        for worker in workers:
            worker.warm_up()
        for _ in range(args.rounds):
            for worker in workers:
                worker.turn()


def run_cell(args, networks, name, mode, threads, folder):
    network = networks.NETWORKS[name]
    check_losses = mode == "train" and not networks.is_random(name)
    workers = start_workers(args, name, network, mode, threads, folder)
    try:
        outputs = {w.name: w.output(folder) for w in workers}
        measure(args, workers)
        rows = [report(w, workers[0], outputs, check_losses) for w in workers]
    finally:
        for worker in workers:
            worker.close()
    return {"network": name, "mode": mode, "batch": network.batches[mode], "threads": threads,
            "workers": rows}


def run_cells(args, networks, name, mode):
    """Those of all numbers of threads."""
    processors = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory(prefix="icl-bench-") as folder:
        networks.prepare(name, mode, Path(folder))
        for threads in map(int, args.threads):
            os.sched_setaffinity(0, sorted(processors)[-threads:])
            cell = run_cell(args, networks, name, mode, threads, Path(folder))
            os.sched_setaffinity(0, processors)
            judge(cell)
            print_cell(cell)
            yield cell


def judge(cell):
    """Ratios against the fastest peer; None where there is none."""
    ours, *peers = cell["workers"]
    fastest = min(peers, key=lambda row: row["median_ms"], default=None)
    if fastest:
        cell["fastest"] = fastest["name"]
        cell["ratio"] = ours["median_ms"] / fastest["median_ms"]
        cell["round_ratio"] = fastest["round_ratio"]
        cell["memory_ratio"] = ours["peak_mib"] / fastest["peak_mib"]
        cell["difference"] = max(row["difference"] for row in peers)


def print_cell(cell):
    print(f"{cell['network']} {cell['mode']}, batch {cell['batch']}, "
          f"{cell['threads']} thread{'s' if cell['threads'] > 1 else ''}")
    for row in cell["workers"]:
        rate = cell["batch"] * 1e3 / row["median_ms"]
        line = (f"  {row['name']:<12} median {row['median_ms']:9.2f} ms  "
                f"least {row['least_ms']:9.2f} ms  {rate:8.1f} images/s  "
                f"peak {row['peak_mib']:6.0f} MiB")
        if "difference" in row:
            line += f"  difference {row['difference']:.1e}  by rounds {row['round_ratio']:.2f}"
            line += "  OUTPUTS DIFFER" if row["difference"] > TOLERANCE else ""
        print(line)
    if "ratio" in cell:
        print(f"  ratio {cell['ratio']:.2f} of {cell['fastest']}, "
              f"memory {cell['memory_ratio']:.2f}")
    sys.stdout.flush()


def print_table(cells):
    """As README.md shows it: time (memory), each of the fastest peer's."""
    columns = sorted({(c["mode"], c["threads"]) for c in cells},
                     key=lambda column: (MODES.index(column[0]), column[1]))
    titles = {"b1": "batch 1", "b32": "batch 32", "train": "training"}
    print("\n| network | " + " | ".join(f"{titles[m]}, {t}t" for m, t in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for name in dict.fromkeys(c["network"] for c in cells):
        found = {(c["mode"], c["threads"]): c for c in cells if c["network"] == name}
        texts = [f"{found[column]['ratio']:.2f} ({found[column]['memory_ratio']:.2f})"
                 if "ratio" in found.get(column, {}) else "" for column in columns]
        print(f"| {name} | " + " | ".join(texts) + " |")


def words(text):
    return text.split(",")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--worker", default=HERE.parent.parent / "build/tests/bench/bench-worker",
                        help="icl's worker; else that of build/")
    parser.add_argument("--networks", type=words, help="names, by commas; else all")
    parser.add_argument("--modes", type=words, default=MODES, help="of " + ",".join(MODES))
    parser.add_argument("--threads", type=words, default=["1", "2"], help="numbers of threads")
    parser.add_argument("--peers", type=words, help="names, by commas; else all that are installed")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each; else 9")
    parser.add_argument("--lock", help="a file to lock while measuring, where others measure too")
    parser.add_argument("--priority", type=int, help="real-time priority while measuring, 1 to 99")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    return parser.parse_args()


def main():
    args = parse_arguments()
    sys.path.insert(0, str(HERE))
    if not importlib.util.find_spec("torch"):
        sys.exit("compare.py needs PyTorch, torchvision and onnx, which make the networks")
    import networks
    cells = []
    for name in args.networks or networks.NETWORKS:
        for mode in (m for m in args.modes if m in networks.NETWORKS[name].batches):
            cells += run_cells(args, networks, name, mode)
    print_table(cells)
    if args.json:
        args.json.write_text(json.dumps(cells, indent=1) + "\n", encoding="utf-8")
    if any(cell.get("difference", 0) > TOLERANCE for cell in cells):
        sys.exit("outputs differ")


if __name__ == "__main__":
    main()
