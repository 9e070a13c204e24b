#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Makes golden.safetensors: a small ResNet with batch normalisation in PyTorch (1.13), in double: logits,
loss, all gradients and running statistics of one step, and the weights after ten steps of SGD with
momentum and of Adam. Run: /usr/bin/python3 tests/train/golden.py (Debian: python3-torch)."""
import json
import pathlib
import struct

import torch
from torch import nn

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)

TEXT = """input 8 8 3
def unit(f, k, s=1) = conv2d $f $k stride=$s padding=($k/2) bias=no ! batchnorm
def basic(f) = add( unit $f 3 ! relu ! unit $f 3 | ) ! relu
def down(f) = add( unit $f 3 2 ! relu ! unit $f 3 | unit $f 1 2 ) ! relu
unit 8 3 ! relu ! basic 8 ! down 16 ! globalpool ! dense 5"""
MOMENTUM, EPSILON = 0.99, 1e-3  # Keras' batch normalisation


class Unit(nn.Module):
    def __init__(self, c, f, k, s=1):
        super().__init__()
        self.conv = nn.Conv2d(c, f, k, s, k // 2, bias=False)
        self.bn = nn.BatchNorm2d(f, eps=EPSILON, momentum=1 - MOMENTUM)

    def forward(self, x):
        return self.bn(self.conv(x))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.units = nn.ModuleDict({
            "unit": Unit(3, 8, 3), "basic/unit1": Unit(8, 8, 3), "basic/unit2": Unit(8, 8, 3),
            "down/unit1": Unit(8, 16, 3, 2), "down/unit2": Unit(16, 16, 3), "down/unit3": Unit(8, 16, 1, 2)})
        self.dense = nn.Linear(16, 5)

    def forward(self, x):
        u = self.units
        x = u["unit"](x).relu()
        x = (u["basic/unit2"](u["basic/unit1"](x).relu()) + x).relu()
        x = (u["down/unit2"](u["down/unit1"](x).relu()) + u["down/unit3"](x)).relu()
        return self.dense(x.mean((2, 3)))

    def weights(self):
        """icl's path -> tensor in icl's layout; running statistics apart."""
        for name, unit in self.units.items():
            path = name.replace("/", ".")
            yield path + ".conv2d.kernel", unit.conv.weight, (2, 3, 1, 0)
            yield path + ".batchnorm.gamma", unit.bn.weight, (0,)
            yield path + ".batchnorm.beta", unit.bn.bias, (0,)
        yield "dense.kernel", self.dense.weight, (1, 0)
        yield "dense.bias", self.dense.bias, (0,)


def running_statistics(net, pixels):
    """Keras keeps the biased variance, PyTorch the one with Bessel's correction: taken back."""
    for name, unit in net.units.items():
        n = pixels[name]
        batch = (unit.bn.running_var - MOMENTUM) / (1 - MOMENTUM) * (n - 1) / n
        path = name.replace("/", ".") + ".batchnorm."
        yield path + "moving_mean", unit.bn.running_mean
        yield path + "moving_variance", MOMENTUM + batch * (1 - MOMENTUM)


def write(path, tensors, text):
    header, data = {"__metadata__": {"text": text}}, b""
    for name, tensor in sorted(tensors.items()):
        kind = "I32" if tensor.dtype == torch.int32 else "F32"
        raw = tensor.detach().to(torch.int32 if kind == "I32" else torch.float32).contiguous().numpy().tobytes()
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    path.write_bytes(struct.pack("<Q", len(head)) + head + data)


def steps(state, x, y, optimizer, before_step):
    net = Net()
    net.load_state_dict(state)
    optimizer = optimizer(net.parameters())
    for t in range(1, 11):
        before_step(optimizer, t)
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    return net


def keras_epsilon(optimizer, t):
    """Keras adds epsilon to the root of the uncorrected squares, PyTorch to that of the corrected."""
    optimizer.param_groups[0]["eps"] = 1e-7 / (1 - 0.999 ** t) ** 0.5


def main():
    net, n = Net(), 6
    state = {k: v.clone() for k, v in net.state_dict().items()}
    x = torch.randn(n, 3, 8, 8)
    y = torch.randint(0, 5, (n,))
    out = {"x": x.permute(0, 2, 3, 1), "y": y.int()}
    out.update({"initial/" + p: w.detach().clone().permute(*o) for p, w, o in net.weights()})
    logits = net(x)
    loss = nn.functional.cross_entropy(logits, y)
    loss.backward()
    out["logits"], out["loss"] = logits, loss.reshape(1)
    out.update({"gradient/" + p: w.grad.permute(*o) for p, w, o in net.weights()})
    pixels = {name: n * (16 if name.startswith("down") else 64) for name in net.units}
    out.update({"moving/" + p: w.clone() for p, w in running_statistics(net, pixels)})
    sgd = steps(state, x, y, lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9), lambda o, t: None)
    adam = steps(state, x, y, lambda p: torch.optim.Adam(p, lr=0.01), keras_epsilon)
    out.update({"sgd/" + p: w.detach().permute(*o) for p, w, o in sgd.weights()})
    out.update({"adam/" + p: w.detach().permute(*o) for p, w, o in adam.weights()})
    write(pathlib.Path(__file__).with_name("golden.safetensors"), out, TEXT)


main()
