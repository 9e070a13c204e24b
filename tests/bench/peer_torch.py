# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""PyTorch: peer_torch.py FOLDER THREADS NETWORK infer|train default|channels_last

Inference is traced, frozen and optimized for inference."""

import sys
from pathlib import Path

import numpy as np
import torch

from networks import NETWORKS
from peer import serve

folder, threads, name, task, layout = Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
torch.set_num_threads(threads)
memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
module = NETWORKS[name].build()
module.load_state_dict(torch.load(folder / "state.pt"))
module.eval().to(memory_format=memory_format)
x = torch.from_numpy(np.load(folder / "x.nchw.npy")).to(memory_format=memory_format)


@torch.inference_mode()
def logits(model):
    return model(x).numpy()


def serve_inference():
    with torch.inference_mode():
        frozen = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(module, x)))
    serve(lambda: logits(frozen), lambda: logits(frozen))


def serve_training():
    y = torch.from_numpy(np.load(folder / "y.npy"))
    optimizer = torch.optim.SGD(module.parameters(), lr=1e-4, momentum=0.9)
    losses = []

    def step():
        module.train()
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(module(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())

    serve(step, lambda: logits(module.eval()), lambda: losses)


(serve_training if task == "train" else serve_inference)()
