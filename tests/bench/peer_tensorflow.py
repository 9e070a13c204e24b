# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""TensorFlow, training steps of a Keras model: peer_tensorflow.py FOLDER THREADS"""

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from peer import serve

folder, threads = Path(sys.argv[1]), int(sys.argv[2])
tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)


def convolution(o, tensors):
    """PyTorch pads both sides alike, which "same" does not where the stride is 2."""
    k, stride, padding = o["kernel"], o["stride"], o["padding"]
    same = stride == 1 and k == 2 * padding + 1
    weight = tensors["weight"].transpose(2, 3, 1, 0)
    settings = {"strides": stride, "padding": "same" if same else "valid",
                "use_bias": "bias" in tensors}
    if o["kind"] == "depthwise_conv2d":
        layer = layers.DepthwiseConv2D(k, **settings)
        weight = weight.transpose(0, 1, 3, 2)
    else:
        layer = layers.Conv2D(weight.shape[3], k, **settings)
    pad = [] if same or not padding else [layers.ZeroPadding2D(padding)]
    return [*pad, layer], [weight] + [tensors[k] for k in ("bias",) if k in tensors]


def dense_kernel(weight, flattened):
    """[in,units], where what is flattened before is [h,w,c] and not PyTorch's [c,h,w]."""
    if flattened:
        weight = weight.reshape(-1, *flattened).transpose(0, 2, 3, 1).reshape(len(weight), -1)
    return weight.T


class Builder:
    def __init__(self):
        self.operations = json.loads((folder / "operations.json").read_text(encoding="utf-8"))
        self.tensors = np.load(folder / "tensors.npz")
        self.values = {}

    def of(self, name):
        return {k.split(".", 1)[1]: self.tensors[k] for k in self.tensors.files
                if k.split(".", 1)[0] == name}

    def chain(self, o):
        """The Keras layers of an operation, and the weights of the last."""
        kind, tensors = o["kind"], self.of(o["name"])
        if kind in ("conv2d", "depthwise_conv2d"):
            return convolution(o, tensors)
        if kind == "batchnorm":
            weights = [tensors[k] for k in ("gamma", "beta", "mean", "variance")]
            return [layers.BatchNormalization(epsilon=o["epsilon"])], weights
        if kind == "dense":
            return ([layers.Dense(len(tensors["weight"]))],
                    [dense_kernel(tensors["weight"], o["flattened"]), tensors["bias"]])
        if kind == "maxpool":
            # After a ReLU: zeros are as good as minus infinity.
            pad = [layers.ZeroPadding2D(o["padding"])] if o["padding"] else []
            border = "same" if o["ceil"] and not o["padding"] else "valid"   # alike, of even sizes
            return [*pad, layers.MaxPooling2D(o["kernel"], o["stride"], border)], []
        if kind == "averagepool":
            return [layers.AveragePooling2D(o["kernel"], o["stride"])], []
        return {
            "relu": lambda: [layers.ReLU()],
            "relu6": lambda: [layers.ReLU(6)],
            "swish": lambda: [layers.Activation("swish")],
            "sigmoid": lambda: [layers.Activation("sigmoid")],
            "globalpool": lambda: [layers.GlobalAveragePooling2D(keepdims=True)],
            "flatten": lambda: [layers.Flatten()],
            "dropout": lambda: [layers.Dropout(o["rate"])],
            "stochastic_depth": lambda: [layers.Dropout(o["rate"], noise_shape=(None, 1, 1, 1))],
            "identity": lambda: [],
            "add": lambda: [layers.Add()],
            "concat": lambda: [layers.Concatenate()] if len(o["inputs"]) > 1 else [],
            "multiply": lambda: [layers.Multiply()],
        }[kind](), []

    def add(self, o):
        values = [self.values[name] for name in o["inputs"]]
        chain, weights = self.chain(o)
        value = values if len(values) > 1 else values[0]
        for layer in chain:
            value = layer(value)
        if weights:
            chain[-1].set_weights([np.reshape(w, v.shape)
                                   for w, v in zip(weights, chain[-1].weights, strict=True)])
        self.values[o["name"]] = value

    def model(self):
        first, *rest = self.operations
        _, c, h, w = first["shape"]
        self.values[first["name"]] = keras.Input((h, w, c))
        for o in rest:
            self.add(o)
        return keras.Model(self.values[first["name"]], self.values[rest[-1]["name"]])


model = Builder().model()
x = tf.constant(np.load(folder / "x.nhwc.npy"))
y = tf.constant(np.load(folder / "y.npy"))
optimizer = keras.optimizers.SGD(1e-4, momentum=0.9)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
losses = []


@tf.function
def step():
    with tf.GradientTape() as tape:
        loss = cross_entropy(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


serve(lambda: losses.append(float(step())), lambda: model(x, training=False).numpy(),
      lambda: losses)
