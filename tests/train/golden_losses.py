#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Makes golden_losses.safetensors: Keras' losses (3.15, on PyTorch 2.15, in double) of a few logits, and
their gradients by autograd, for each row of losses.c. Run: python3 tests/train/golden_losses.py"""
import os
import pathlib

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy
import torch

import golden_file

keras.config.set_floatx("float64")
keras.config.set_epsilon(1e-15)  # 1e-7 would be seen in the gradients
N, CLASSES = 6, 7
L = keras.losses
LOGITS = {"from_logits": True}


def kl(smoothing):
    return lambda t, z: L.KLDivergence()(smooth(t, smoothing), torch.softmax(z, -1))


def mse(smoothing):
    return lambda t, z: L.MeanSquaredError()(smooth(t, smoothing), torch.softmax(z, -1))


def smooth(t, a):
    return t * (1 - a) + a / CLASSES


ROWS = {
    "cross_entropy": L.CategoricalCrossentropy(**LOGITS),
    "cross_entropy smoothing=0.1": L.CategoricalCrossentropy(label_smoothing=0.1, **LOGITS),
    "binary": L.BinaryCrossentropy(**LOGITS),
    "binary smoothing=0.2": L.BinaryCrossentropy(label_smoothing=0.2, **LOGITS),
    "focal": L.CategoricalFocalCrossentropy(**LOGITS),
    "focal gamma=0.5 alpha=0.7 smoothing=0.1": L.CategoricalFocalCrossentropy(
        alpha=0.7, gamma=0.5, label_smoothing=0.1, **LOGITS),
    "binary_focal": L.BinaryFocalCrossentropy(**LOGITS),
    "binary_focal gamma=1.5 balance=yes alpha=0.3 smoothing=0.1": L.BinaryFocalCrossentropy(
        apply_class_balancing=True, alpha=0.3, gamma=1.5, label_smoothing=0.1, **LOGITS),
    "mse": mse(0),
    "mse smoothing=0.1": mse(0.1),
    "kl": kl(0),
    "kl smoothing=0.1": kl(0.1),
}


def main():
    random = numpy.random.default_rng(5)
    logits = random.normal(0, 2, (N, CLASSES)).astype("float32").astype("float64")
    y = random.integers(0, CLASSES, N)
    weight = numpy.array([1, 0.5, 2, 0, 1.25, 3])
    mixed = random.dirichlet(numpy.ones(CLASSES), N).astype("float32").astype("float64")
    labels = (random.random((N, CLASSES)) < 0.4).astype("float64")
    out = {"logits": logits, "y": y.astype("int32"), "weight": weight, "mixed": mixed, "labels": labels}
    for text, loss in ROWS.items():
        soft = labels if text.startswith("binary") else mixed
        for kind, target, w in (("y", numpy.eye(CLASSES)[y], None), ("soft", soft, None), ("weight", soft, weight)):
            z = torch.tensor(logits, requires_grad=True)
            t = torch.tensor(target)
            if w is None:
                value = loss(t, z)
            elif isinstance(loss, L.Loss):
                value = loss(t, z, sample_weight=torch.tensor(w))
            else:  # one sample at a time: sum(w l) / n
                value = sum(w[i] * loss(t[i:i + 1], z[i:i + 1]) for i in range(N)) / N
            value.backward()
            out[f"{kind}/{text}/value"] = value.detach().numpy().reshape(1)
            out[f"{kind}/{text}/gradient"] = z.grad.numpy()
    golden_file.write(pathlib.Path(__file__).with_name("golden_losses.safetensors"), out)


main()
