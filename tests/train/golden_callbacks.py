#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Prints golden_callbacks.h: what Keras' EarlyStopping and ReduceLROnPlateau decide on sequences of
figures. Run with Keras 3: python3 tests/train/golden_callbacks.py > tests/train/golden_callbacks.h"""
import os
import random

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras  # noqa: E402

EPOCHS = 30


def sequence(seed, rising):
    """Falls (or rises) with noise, then goes nowhere; two digits, so that figures repeat."""
    draw = random.Random(seed)
    figures = [round(1 / (1 + 0.3 * i) + 0.1 * draw.random(), 2) for i in range(EPOCHS)]
    return [round(1 - f, 2) for f in figures] if rising else figures


def model():
    m = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    m.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
    return m


def run(callback, monitor, figures):
    m = model()
    callback.set_model(m)
    callback.on_train_begin()
    rates, stopped = [], -1
    for epoch, figure in enumerate(figures):
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {monitor: figure})
        rates.append(float(m.optimizer.learning_rate))
        if getattr(m, "stop_training", False):
            stopped = epoch
            break
    return stopped, rates


def text(value):
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


ROWS = [
    ("early_stopping", "val_loss", dict()),
    ("early_stopping", "val_loss", dict(patience=1)),
    ("early_stopping", "val_loss", dict(patience=3)),
    ("early_stopping", "val_loss", dict(patience=3, min_delta=0.05)),
    ("early_stopping", "val_loss", dict(patience=3, min_delta=-0.05)),
    ("early_stopping", "val_loss", dict(patience=2, start_from_epoch=6)),
    ("early_stopping", "val_loss", dict(patience=4, baseline=0.3)),
    ("early_stopping", "val_loss", dict(patience=2, mode="max")),
    ("early_stopping", "val_accuracy", dict(patience=3)),
    ("early_stopping", "val_accuracy", dict(patience=5, min_delta=0.02)),
    ("reduce_on_plateau", "val_loss", dict(patience=2)),
    ("reduce_on_plateau", "val_loss", dict(factor=0.5, patience=1)),
    ("reduce_on_plateau", "val_loss", dict(factor=0.5, patience=2, cooldown=3)),
    ("reduce_on_plateau", "val_loss", dict(factor=0.3, patience=1, min_lr=0.02)),
    ("reduce_on_plateau", "val_loss", dict(factor=0.5, patience=2, min_delta=0.05)),
    ("reduce_on_plateau", "val_loss", dict(factor=0.5, patience=3, mode="max")),
    ("reduce_on_plateau", "val_accuracy", dict(factor=0.5, patience=2)),
    ("reduce_on_plateau", "val_accuracy", dict(factor=0.5, patience=0)),
]
CLASSES = {"early_stopping": keras.callbacks.EarlyStopping,
           "reduce_on_plateau": keras.callbacks.ReduceLROnPlateau}

print(f"""/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Made by golden_callbacks.py with Keras {keras.__version__}. */
enum {{ EPOCHS = {EPOCHS} }};

static const struct {{
    const char *text;
    double figures[EPOCHS];
    int stopped; /* in which epoch; -1: never */
    double rates[EPOCHS]; /* after each epoch, of 0.5; 0 behind the stop */
}} decisions[] = {{""")
for name, monitor, params in ROWS:
    for seed in (1, 2):
        figures = sequence(seed, monitor == "val_accuracy")
        mode = {"mode": "max"} if monitor == "val_accuracy" else {}  # what auto finds, compiled with it
        stopped, rates = run(CLASSES[name](monitor=monitor, **mode, **params), monitor, figures)
        step = " ".join([name, monitor] + [f"{k}={text(v)}" for k, v in params.items()])
        rates += [0.0] * (EPOCHS - len(rates))
        print(f'    {{"{step}",\n     {{{", ".join(map(str, figures))}}},\n     {stopped},\n'
              f'     {{{", ".join(f"{r:.9g}" for r in rates)}}}}},')
print("};")
