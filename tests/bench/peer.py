# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""A peer's process: does as compare.py tells it, a line at a time, as worker.c does for icl."""

import re
import sys
import time
from pathlib import Path


def resident_peak():
    """KiB"""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s*(\d+)", status).group(1))


def serve(run, output, losses=lambda: []):
    """run(): one pass or step; output(): logits of the input at inference, a NumPy array;
    losses(): of the training steps so far, of which the first two are compared."""
    print("ready", flush=True)
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if command == "run":
            times = []
            for _ in range(int(argument)):
                begun = time.perf_counter()
                run()
                times.append(time.perf_counter() - begun)
            print(*times, flush=True)
        elif command == "output":
            output().astype("<f4").tofile(argument)
            print(flush=True)
        elif command == "losses":
            print(*losses()[:2], flush=True)
        elif command == "memory":
            print(resident_peak(), flush=True)
