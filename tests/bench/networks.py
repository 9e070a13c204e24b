# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""The networks that compare.py runs, and one set of weights for all who run them.

A network is a PyTorch module. prepare() gives it weights, and writes into a folder what each worker
reads: PyTorch's own state, icl's weights (float32 in icl's order and layout), the operations one by
one (from which the TensorFlow worker builds its model), an ONNX file, the input and the labels."""

import json
import operator
from pathlib import Path

import numpy as np
import onnx
import torch
import torchvision
from torch import nn

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent.parent / "models"


class Residual(nn.Module):
    """A basic block as models/resnet20.icl has it: projections where the size changes."""

    def __init__(self, c, f, stride):
        super().__init__()
        self.main = nn.Sequential(*unit(c, f, 3, stride), nn.ReLU(), *unit(f, f, 3, 1))
        self.shortcut = nn.Sequential(*unit(c, f, 1, stride)) if stride > 1 else nn.Identity()

    def forward(self, x):
        return torch.relu(self.main(x) + self.shortcut(x))


def unit(c, f, k, stride):
    return [nn.Conv2d(c, f, k, stride, k // 2, bias=False), nn.BatchNorm2d(f, eps=1e-3)]


def resnet20():
    layers = [*unit(3, 16, 3, 1), nn.ReLU()]
    c = 16
    for f in (16, 32, 64):
        for block in range(3):
            layers.append(Residual(c, f, 2 if block == 0 and f > 16 else 1))
            c = f
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def small_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10))


def googlenet():
    return torchvision.models.googlenet(aux_logits=False, init_weights=False)


class Network:
    def __init__(self, build, description, batches, size=224, channels=3, classes=1000,
                 variables=()):
        self.build = build                  # makes the module
        self.description = description      # of icl
        self.size, self.channels, self.classes = size, channels, classes
        self.batches = batches              # mode -> pictures a pass
        self.variables = [f"classes={classes}", *variables]


IMAGENET = {"b1": 1, "b32": 32, "train": 16}
NETWORKS = {
    "resnet18": Network(torchvision.models.resnet18, MODELS / "resnet18.icl", IMAGENET),
    "resnet50": Network(torchvision.models.resnet50, MODELS / "resnet50.icl",
                        {**IMAGENET, "train": 8}),
    "mobilenet_v2": Network(torchvision.models.mobilenet_v2, MODELS / "mobilenet_v2.icl", IMAGENET),
    "efficientnet_b0": Network(torchvision.models.efficientnet_b0, MODELS / "efficientnet_b0.icl",
                               IMAGENET),
    "googlenet": Network(googlenet, MODELS / "googlenet.icl", IMAGENET),
    "densenet121": Network(torchvision.models.densenet121, MODELS / "densenet121.icl",
                           {**IMAGENET, "train": 8}),
    "resnet20": Network(resnet20, MODELS / "resnet20.icl", {"train": 128}, 32, 3, 10,
                        ["size=32", "channels=3"]),
    "small_cnn": Network(small_cnn, HERE / "small_cnn.icl", {"train": 128}, 28, 1, 10),
}


def randomize(module, x):
    """Weights as training would leave them: moving statistics near the batch's own, so that values
    stay of the order of one through any depth, but no mean, variance, scale or shift trivial."""
    random = torch.Generator().manual_seed(1)

    def uniform(like, low, high):
        return torch.rand(like.shape, generator=random) * (high - low) + low

    norms = [m for m in module.modules() if isinstance(m, nn.BatchNorm2d)]
    with torch.no_grad():
        for m in module.modules():
            if isinstance(m, (nn.Conv2d, nn.Linear)):
                fan_in = m.weight[0].numel()
                m.weight.copy_(torch.randn(m.weight.shape, generator=random) * (2 / fan_in) ** 0.5)
                if m.bias is not None:
                    m.bias.copy_(uniform(m.bias, -0.1, 0.1))
        for m in norms:
            m.weight.copy_(uniform(m.weight, 0.5, 1.0))
            m.bias.copy_(uniform(m.bias, -0.2, 0.2))
            m.momentum = None                # the mean of all batches seen: of this one
        module.train()
        module(x)
        for m in norms:
            m.momentum = 0.1
            m.running_mean += uniform(m.running_mean, -0.1, 0.1) * m.running_var.sqrt()
            m.running_var *= uniform(m.running_var, 0.8, 1.25)
    module.eval()


class Operations(torch.fx.Interpreter):
    """Runs a module, and notes each operation with its inputs, tensors and what it gives."""

    FUNCTIONS = {operator.add: "add", operator.iadd: "add", operator.mul: "multiply",
                 torch.relu: "relu", nn.functional.relu: "relu", torch.flatten: "flatten",
                 torch.cat: "concat"}

    def __init__(self, module):
        super().__init__(torch.fx.symbolic_trace(module))
        self.list, self.tensors = [], {}
        self.flattened = {}                  # node -> [c,h,w] that it is the flat form of

    def run_node(self, node):
        result = super().run_node(node)
        kind, settings, tensors = self.describe(node)
        for name, tensor in tensors.items():
            self.tensors[f"{node.name}.{name}"] = tensor.detach().numpy()
        if kind:
            values = node.args[0] if kind == "concat" else node.args
            inputs = [a.name for a in values if isinstance(a, torch.fx.Node)]
            if kind == "flatten":
                self.flattened[node.name] = list(self.env[node.args[0]].shape[1:])
            elif kind == "dropout" and inputs[0] in self.flattened:
                self.flattened[node.name] = self.flattened[inputs[0]]
            elif kind == "dense":
                settings["flattened"] = self.flattened.get(inputs[0])
            self.list.append({"name": node.name, "kind": kind, "inputs": inputs,
                              "shape": list(result.shape), **settings})
        return result

    def describe(self, node):
        if node.op == "placeholder":
            return "input", {}, {}
        if node.op == "output":
            return None, {}, {}
        if node.op == "call_function":
            name = getattr(node.target, "__name__", "")
            if name == "adaptive_avg_pool2d":
                return "globalpool", {}, {}
            if name == "stochastic_depth":
                return "stochastic_depth", {"rate": node.args[1]}, {}
            return self.FUNCTIONS[node.target], {}, {}
        return self.describe_module(self.fetch_attr(node.target))

    def describe_module(self, m):
        if isinstance(m, nn.Conv2d):
            kind = "depthwise_conv2d" if m.groups == m.in_channels > 1 else "conv2d"
            settings = {"stride": m.stride[0], "padding": m.padding[0], "kernel": m.kernel_size[0]}
            return kind, settings, {k: t for k, t in m.named_parameters()}
        if isinstance(m, nn.BatchNorm2d):
            return "batchnorm", {"epsilon": m.eps}, {"mean": m.running_mean,
                                                     "variance": m.running_var,
                                                     "gamma": m.weight, "beta": m.bias}
        if isinstance(m, nn.Linear):
            return "dense", {}, {k: t for k, t in m.named_parameters()}
        if isinstance(m, nn.MaxPool2d):
            settings = {"stride": m.stride, "padding": m.padding, "kernel": m.kernel_size,
                        "ceil": m.ceil_mode}
            return "maxpool", settings, {}
        if isinstance(m, nn.AvgPool2d):     # unpadded
            settings = {"stride": m.stride, "padding": 0, "kernel": m.kernel_size}
            return "averagepool", settings, {}
        if isinstance(m, (nn.Dropout, torchvision.ops.StochasticDepth)):
            kind = "dropout" if isinstance(m, nn.Dropout) else "stochastic_depth"
            return kind, {"rate": m.p}, {}
        kinds = {nn.ReLU: "relu", nn.ReLU6: "relu6", nn.SiLU: "swish", nn.Sigmoid: "sigmoid",
                 nn.AdaptiveAvgPool2d: "globalpool", nn.Flatten: "flatten", nn.Identity: "identity"}
        return kinds[type(m)], {}, {}


def dense_kernel(weight, flattened):
    """[in,units], where what is flattened before is [h,w,c] and not PyTorch's [c,h,w]."""
    if flattened:
        weight = weight.reshape(-1, *flattened).transpose(0, 2, 3, 1).reshape(len(weight), -1)
    return weight.T


def icl_weights(operations):
    """All weights as icl has them: kernels [kh,kw,c/groups,f], dense kernels [in,units]; of a
    batchnorm mean, variance, gamma and beta."""
    flat = []
    for o in operations.list:
        def tensor(name, o=o):
            return operations.tensors.get(f"{o['name']}.{name}")
        if o["kind"] in ("conv2d", "depthwise_conv2d"):
            flat += [tensor("weight").transpose(2, 3, 1, 0), tensor("bias")]
        elif o["kind"] == "dense":
            flat += [dense_kernel(tensor("weight"), o["flattened"]), tensor("bias")]
        elif o["kind"] == "batchnorm":
            flat += [tensor(k) for k in ("mean", "variance", "gamma", "beta")]
    return np.concatenate([np.ascontiguousarray(t).ravel() for t in flat if t is not None])


def window(o):
    return {"kernel_shape": [o["kernel"]] * 2, "strides": [o["stride"]] * 2,
            "pads": [o["padding"]] * 4}


def onnx_model(operations, batch, size, channels, classes):
    helper = onnx.helper
    nodes, initializers = [], []

    def constant(name, value):
        initializers.append(onnx.numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    for o in operations.list:
        name, inputs, kind = o["name"], o["inputs"], o["kind"]
        weights = [constant(f"{name}.{k}", operations.tensors[f"{name}.{k}"])
                   for k in ("weight", "bias", "gamma", "beta", "mean", "variance")
                   if f"{name}.{k}" in operations.tensors]

        def node(op, inputs, output=None, name=name, **attributes):
            output = output or name
            nodes.append(helper.make_node(op, inputs, [output], output, **attributes))

        if kind in ("conv2d", "depthwise_conv2d"):
            group = o["shape"][1] if kind == "depthwise_conv2d" else 1
            node("Conv", inputs + weights, group=group, **window(o))
        elif kind == "batchnorm":
            node("BatchNormalization", inputs + weights, epsilon=o["epsilon"])
        elif kind == "dense":
            node("Gemm", inputs + weights, transB=1)
        elif kind == "maxpool":
            node("MaxPool", inputs, ceil_mode=int(o["ceil"]), **window(o))
        elif kind == "averagepool":
            node("AveragePool", inputs, **window(o))
        elif kind == "concat":
            node("Concat", inputs, axis=1)
        elif kind == "relu6":
            bounds = [constant(f"{name}.{k}", np.float32(k)) for k in (0, 6)]
            node("Clip", inputs + bounds)
        elif kind == "swish":
            node("Sigmoid", inputs, f"{name}.sigmoid")
            node("Mul", inputs + [f"{name}.sigmoid"])
        elif kind != "input":
            node({"relu": "Relu", "sigmoid": "Sigmoid", "add": "Add", "multiply": "Mul",
                  "globalpool": "GlobalAveragePool", "flatten": "Flatten", "identity": "Identity",
                  "dropout": "Identity", "stochastic_depth": "Identity"}[kind], inputs)
    x = helper.make_tensor_value_info(operations.list[0]["name"], onnx.TensorProto.FLOAT,
                                      [batch, channels, size, size])
    y = helper.make_tensor_value_info(operations.list[-1]["name"], onnx.TensorProto.FLOAT,
                                      [batch, classes])
    graph = helper.make_graph(nodes, "network", [x], [y], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def prepare(name, mode, folder):
    """Writes the files of a network at the mode's batch into `folder`."""
    network = NETWORKS[name]
    batch, size = network.batches[mode], network.size
    module = network.build()
    random = torch.Generator().manual_seed(2)
    randomize(module, torch.randn(16, network.channels, size, size, generator=random))
    x = torch.randn(batch, network.channels, size, size, generator=random)
    operations = Operations(module)
    with torch.no_grad():
        operations.run(x)
    torch.save(module.state_dict(), folder / "state.pt")
    icl_weights(operations).astype("<f4").tofile(folder / "icl.weights")
    np.savez(folder / "tensors.npz", **operations.tensors)
    (folder / "operations.json").write_text(json.dumps(operations.list))
    onnx.save(onnx_model(operations, batch, size, network.channels, network.classes),
              folder / "model.onnx")
    np.save(folder / "x.nchw.npy", x.numpy())
    np.save(folder / "x.nhwc.npy", np.ascontiguousarray(x.numpy().transpose(0, 2, 3, 1)))
    np.ascontiguousarray(x.numpy().transpose(0, 2, 3, 1)).astype("<f4").tofile(folder / "x.f32")
    y = np.arange(batch) * 7 % network.classes
    np.save(folder / "y.npy", y)
    y.astype("<i4").tofile(folder / "y.i32")


def is_random(name):
    """Whether a training step draws numbers, so that losses of two peers differ."""
    return any(isinstance(m, (nn.Dropout, torchvision.ops.StochasticDepth))
               for m in NETWORKS[name].build().modules())
