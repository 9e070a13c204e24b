#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Makes golden_optimizers.safetensors: a small network after 20 batches by each of Keras' optimizers (3.15, on
PyTorch 2.15, in double), with the options that all of them take, for each row of optimizers.c; the loss of each batch,
and of rows that penalize weights Keras' val_loss, over all batches. Adaptive clipping is none of Keras': its formula stands here, from NFNets' code.
Run: python3 tests/train/golden_optimizers.py"""
import os
import pathlib

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy
import torch

import golden_file

keras.config.set_floatx("float64")
STEPS, N, CLASSES = 20, 6, 4
TEXT = """input 5 6 3 ! conv2d 4 3 padding=same ! tanh ! depthwise_conv2d [2 3] multiplier=2 ! tanh !
globalpool ! dense 5 ! tanh ! dense 4"""
O = keras.optimizers


def network(l1=0.0, l2=0.0, max_norm=0.0):
    def options(name, axis):
        return {f"{name}_regularizer": keras.regularizers.L1L2(l1, l2) if l1 or l2 else None,
                f"{name}_constraint": keras.constraints.MaxNorm(max_norm, axis) if max_norm else None}

    layers = keras.layers
    return keras.Sequential([
        layers.Input((5, 6, 3)),
        layers.Conv2D(4, 3, padding="same", activation="tanh", **options("kernel", [0, 1, 2])),
        layers.DepthwiseConv2D((2, 3), depth_multiplier=2, activation="tanh", **options("depthwise", [0, 1])),
        layers.GlobalAveragePooling2D(),
        layers.Dense(5, activation="tanh", **options("kernel", 0)),
        layers.Dense(CLASSES, **options("kernel", 0))])


NAMES = ["conv2d.kernel", "conv2d.bias", "depthwise_conv2d.kernel", "depthwise_conv2d.bias", "dense1.kernel",
         "dense1.bias", "dense2.kernel", "dense2.bias"]


def unit_norm(x, name):
    if x.ndim <= 1:
        return x.norm()
    return (x ** 2).sum((0, 1) if name.startswith("depthwise") else tuple(range(x.ndim - 1)), keepdim=True).sqrt()


def adaptive_clip(weights, gradients, factor):
    out = []
    for name, w, g in zip(NAMES, weights, gradients):
        most, norm = unit_norm(w.value, name).clamp(min=1e-3) * factor, unit_norm(g, name)
        clipped = g * (most / norm.clamp(min=1e-6))
        out.append(g if name.startswith("dense2") else torch.where(norm < most, g, clipped))
    return out


# icl's text: Keras' optimizer, and what is no option of it
ROWS = {
    "sgd lr=0.3": (O.SGD(0.3), {}),
    "sgd lr=0.1 momentum=0.9": (O.SGD(0.1, 0.9), {}),
    "sgd lr=0.1 momentum=0.9 nesterov=yes decay=0.05": (O.SGD(0.1, 0.9, True, weight_decay=0.05), {}),
    "adam lr=0.02": (O.Adam(0.02), {}),
    "adam lr=0.02 beta1=0.8 beta2=0.9 epsilon=1e-3 amsgrad=yes": (O.Adam(0.02, 0.8, 0.9, 1e-3, True), {}),
    "adamw lr=0.02": (O.AdamW(0.02), {}),
    "adamw lr=0.02 decay=0.3 decay_norms=yes": (O.AdamW(0.02, 0.3), {"decay_norms": True}),
    "adamw lr=0.02 amsgrad=yes": (O.AdamW(0.02, amsgrad=True), {}),
    "nadam lr=0.02": (O.Nadam(0.02), {}),
    "adamax lr=0.02": (O.Adamax(0.02), {}),
    "rmsprop lr=0.01": (O.RMSprop(0.01), {}),
    "rmsprop lr=0.01 momentum=0.8 decay=0.1": (O.RMSprop(0.01, momentum=0.8, weight_decay=0.1), {}),
    "rmsprop lr=0.01 rho=0.8 epsilon=1e-3 centered=yes": (O.RMSprop(0.01, 0.8, epsilon=1e-3, centered=True), {}),
    "rmsprop lr=0.01 momentum=0.5 epsilon=1e-3 centered=yes": (
        O.RMSprop(0.01, momentum=0.5, epsilon=1e-3, centered=True), {}),
    "adagrad lr=0.05": (O.Adagrad(0.05), {}),
    "adadelta lr=1": (O.Adadelta(1.0), {}),
    "lion lr=3e-3": (O.Lion(0.003), {}),
    "lamb lr=0.02 decay=0.05": (O.Lamb(0.02, weight_decay=0.05), {}),
    "sgd lr=0.3 clipvalue=0.02": (O.SGD(0.3, clipvalue=0.02), {}),
    "sgd lr=0.3 clipnorm=0.05": (O.SGD(0.3, clipnorm=0.05), {}),
    "sgd lr=0.3 global_clipnorm=0.1": (O.SGD(0.3, global_clipnorm=0.1), {}),
    "sgd lr=0.3 agc=0.05": (O.SGD(0.3), {"agc": 0.05}),
    "sgd lr=0.3 l1=0.01": (O.SGD(0.3), {"l1": 0.01}),
    "adam lr=0.02 l2=0.02": (O.Adam(0.02), {"l2": 0.02}),
    "sgd lr=0.3 max_norm=0.5": (O.SGD(0.3), {"max_norm": 0.5}),
    "sgd lr=0.3 momentum=0.9 accumulate=4": (O.SGD(0.3, 0.9, gradient_accumulation_steps=4), {}),
    "adamw lr=0.02 accumulate=2 global_clipnorm=0.1 l2=0.01": (
        O.AdamW(0.02, gradient_accumulation_steps=2, global_clipnorm=0.1), {"l2": 0.01}),
    "adam lr=0.02 ema=0.9": (O.Adam(0.02, use_ema=True, ema_momentum=0.9), {}),
    "lamb lr=0.02 ema=0.8 max_norm=0.9": (O.Lamb(0.02, use_ema=True, ema_momentum=0.8), {"max_norm": 0.9}),
}


def train(optimizer, options, initial, x, y):
    model = network(**{k: options[k] for k in ("l1", "l2", "max_norm") if k in options})
    model.set_weights(initial)
    weights, losses = model.trainable_variables, []
    if optimizer.weight_decay and not options.get("decay_norms"):
        optimizer.exclude_from_weight_decay(var_list=[w for w, name in zip(weights, NAMES) if name.endswith("bias")])
    optimizer.build(weights)
    for step in range(STEPS):
        loss = torch.nn.functional.cross_entropy(model(x[step], training=True), y[step]) + sum(model.losses)
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, [w.value for w in weights])
        with torch.no_grad():
            if "agc" in options:
                gradients = adaptive_clip(weights, gradients, options["agc"])
            optimizer.apply(gradients, weights)
    averages = getattr(optimizer, "_model_variables_moving_average", [])
    out = {f"/{name}": w.numpy() for name, w in zip(NAMES, weights)}
    out.update({f"/average/{name}": a.numpy() for name, a in zip(NAMES, averages)})
    out["/losses"] = numpy.array(losses)
    if model.losses:
        model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        out["/val_loss"] = numpy.array([model.evaluate(x.reshape(-1, 5, 6, 3), y.reshape(-1), N, verbose=0)])
    return out


def main():
    random = numpy.random.default_rng(3)
    initial = [random.normal(0, 0.4, w.shape).astype("float32").astype("float64") for w in network().get_weights()]
    x = random.normal(0, 1, (STEPS, N, 5, 6, 3)).astype("float32").astype("float64")
    y = random.integers(0, CLASSES, (STEPS, N))
    x += 0.5 * y[:, :, None, None, None]  # to be learned
    x = x.astype("float32").astype("float64")
    out = {"x": x.reshape(-1, 5, 6, 3), "y": y.astype("int32")}
    out.update({"initial/" + name: w for name, w in zip(NAMES, initial)})
    for text, (optimizer, options) in ROWS.items():
        trained = train(optimizer, options, initial, torch.tensor(x), torch.tensor(y))
        out.update({text + key: value for key, value in trained.items()})
        print(text, "/ losses", trained["/losses"][[0, -1]], trained.get("/val_loss", ""))
    golden_file.write(pathlib.Path(__file__).with_name("golden_optimizers.safetensors"), out, text=TEXT)


main()
