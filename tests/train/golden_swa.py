#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Makes golden_swa.safetensors: PyTorch's swa_utils (2.15, in double) on a small network: the AveragedModel of
epochs' ends, update_bn()'s statistics over the same batches, and the learning rates of the loop in its documents.
PyTorch corrects variances for the mean (Bessel), icl as Keras does not; and its variance is the mean of the
batches', icl's that of all pictures: taken back and added here. Run: python3 tests/train/golden_swa.py"""
import pathlib

import torch
from torch import nn
from torch.optim import swa_utils

import golden_file

torch.manual_seed(4)
torch.set_default_dtype(torch.float64)
EPOCHS, START, EVERY, BATCHES, N, SIZE, CLASSES = 5, 1, 2, 3, 4, 6, 3
TEXT = "input 6 6 3 ! conv2d 4 3 bias=no ! batchnorm ! relu ! conv2d 5 3 ! batchnorm ! relu ! globalpool ! dense 3"
RATES = [  # icl's schedule and callback, PyTorch's scheduler, SWALR's options
    ("constant", "swa start=4 lr=0.05 anneal_epochs=5",
     lambda o: torch.optim.lr_scheduler.ConstantLR(o, 1), dict(swa_lr=0.05, anneal_epochs=5)),
    ("exponential 0.9 per=epoch", "swa start=3 lr=0.2 anneal_epochs=4 anneal_strategy=linear",
     lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9),
     dict(swa_lr=0.2, anneal_epochs=4, anneal_strategy="linear")),
    ("exponential 0.8 per=epoch", "swa start=0.5 lr=0.01 anneal_epochs=0",
     lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.8), dict(swa_lr=0.01, anneal_epochs=0)),
]
RATE_EPOCHS, FIRST = 12, {0: 4, 1: 3, 2: 6}


class Net(nn.Sequential):
    def __init__(self):
        def norm(c):
            return nn.BatchNorm2d(c, eps=1e-3)
        super().__init__(nn.Conv2d(3, 4, 3, bias=False), norm(4), nn.ReLU(), nn.Conv2d(4, 5, 3), norm(5), nn.ReLU(),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, CLASSES))

    def weights(self):
        """icl's path -> tensor in icl's layout."""
        yield "conv2d1.kernel", self[0].weight.permute(2, 3, 1, 0)
        yield "batchnorm1.gamma", self[1].weight
        yield "batchnorm1.beta", self[1].bias
        yield "conv2d2.kernel", self[3].weight.permute(2, 3, 1, 0)
        yield "conv2d2.bias", self[3].bias
        yield "batchnorm2.gamma", self[4].weight
        yield "batchnorm2.beta", self[4].bias
        yield "dense.kernel", self[8].weight.permute(1, 0)
        yield "dense.bias", self[8].bias


def statistics(net, batches):
    """update_bn()'s, and what its variances lack of those of all pictures."""
    means = {1: [], 4: []}
    hooks = [net.module[i].register_forward_pre_hook(
        lambda module, inputs, i=i: means[i].append(inputs[0].mean((0, 2, 3)))) for i in means]
    swa_utils.update_bn(batches, net)
    for hook in hooks:
        hook.remove()
    for number, (i, pixels) in enumerate(((1, N * 16), (4, N * 4)), 1):
        norm, between = net.module[i], torch.stack(means[i]).var(0, unbiased=False)
        yield f"batchnorm{number}.moving_mean", norm.running_mean
        yield f"batchnorm{number}.moving_variance", norm.running_var * (pixels - 1) / pixels + between


def rates(make, first, options):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1)
    scheduler, swa, out = make(optimizer), None, []
    for epoch in range(RATE_EPOCHS):
        out.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if epoch >= first:
            swa = swa or swa_utils.SWALR(optimizer, **options)
            swa.step()
        else:
            scheduler.step()
    return torch.tensor(out)


def main():
    net = Net()
    x = torch.randn(BATCHES, N, 3, SIZE, SIZE).float().double()
    y = torch.randint(0, CLASSES, (BATCHES, N))
    out = {"x": x.permute(0, 1, 3, 4, 2).reshape(-1, SIZE, SIZE, 3), "y": y.reshape(-1).int()}
    out.update({"initial/" + p: w.detach().clone() for p, w in net.weights()})
    averaged, optimizer = swa_utils.AveragedModel(net), torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.9)
    for epoch in range(EPOCHS):
        for i in range(BATCHES):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x[i]), y[i]).backward()
            optimizer.step()
        if epoch >= START and (epoch - START) % EVERY == 0:
            averaged.update_parameters(net)
    out.update({"average/" + p: w.detach() for p, w in averaged.module.weights()})
    out.update({"average/" + p: w for p, w in statistics(averaged, list(x))})
    for i, (_, _, make, options) in enumerate(RATES):
        out[f"rates{i}"] = rates(make, FIRST[i], options)
        print(RATES[i][0], RATES[i][1], out[f"rates{i}"].numpy().round(4))
    golden_file.write(pathlib.Path(__file__).with_name("golden_swa.safetensors"),
                      {k: v.numpy() for k, v in out.items()}, text=TEXT)


main()
