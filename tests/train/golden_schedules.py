#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""Makes golden_schedules.safetensors: the learning rate of each step of 12 epochs of 9 steps, by Keras'
schedules (3.15, in double) and by PyTorch's OneCycleLR (2.15), for rows of schedules.c.
Run: python3 tests/train/golden_schedules.py"""
import os
import pathlib

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy
import torch

import golden_file

keras.config.set_floatx("float64")
S = keras.optimizers.schedules
LR, EPOCH, STEPS = 0.3, 9, 12 * 9


def one_cycle(pct, div, div_final):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, LR, total_steps=STEPS, pct_start=pct, div_factor=div,
                                                final_div_factor=div_final / div, cycle_momentum=False)
    rates = [cycle.get_last_lr()[0]]
    for _ in range(STEPS - 1):
        optimizer.step()
        cycle.step()
        rates.append(cycle.get_last_lr()[0])
    return rates


ROWS = {
    "cosine": S.CosineDecay(LR, STEPS),
    "cosine alpha=0.05 warmup=2": S.CosineDecay(0.0, STEPS - 2 * EPOCH, alpha=0.05, warmup_target=LR,
                                                warmup_steps=2 * EPOCH),
    "cosine warmup=1 warmup_lr=0.02": S.CosineDecay(0.02, STEPS - EPOCH, warmup_target=LR, warmup_steps=EPOCH),
    "cosine_restarts 2": S.CosineDecayRestarts(LR, 2 * EPOCH),
    "cosine_restarts 3 t_mul=1 m_mul=0.7 alpha=0.01": S.CosineDecayRestarts(LR, 3 * EPOCH, t_mul=1.0, m_mul=0.7,
                                                                             alpha=0.01),
    "cosine_restarts 1 t_mul=1.5 m_mul=0.9": S.CosineDecayRestarts(LR, EPOCH, t_mul=1.5, m_mul=0.9),
    "multistep [3 7 10] [0.1 0.02 0.004]": S.PiecewiseConstantDecay([3 * EPOCH, 7 * EPOCH, 10 * EPOCH],
                                                                   [LR, 0.1, 0.02, 0.004]),
    "exponential 0.8": S.ExponentialDecay(LR, EPOCH, 0.8),
    "exponential 0.5 every=2.5 staircase=yes": S.ExponentialDecay(LR, 2.5 * EPOCH, 0.5, staircase=True),
    "inverse_time 0.5": S.InverseTimeDecay(LR, EPOCH, 0.5),
    "inverse_time 2 every=3 staircase=yes": S.InverseTimeDecay(LR, 3 * EPOCH, 2, staircase=True),
    "polynomial": S.PolynomialDecay(LR, STEPS),
    "polynomial end=0.01 power=2 length=5": S.PolynomialDecay(LR, 5 * EPOCH, 0.01, 2.0),
    "polynomial end=0.01 power=0.5 length=3 cycle=yes": S.PolynomialDecay(LR, 3 * EPOCH, 0.01, 0.5, cycle=True),
}


def main():
    out = {text: numpy.array([float(schedule(step)) for step in range(STEPS)]) for text, schedule in ROWS.items()}
    out["one_cycle"] = numpy.array(one_cycle(0.25, 25, 1e5))
    out["one_cycle pct=0.3 div=10 div_final=1000"] = numpy.array(one_cycle(0.3, 10, 1000))
    golden_file.write(pathlib.Path(__file__).with_name("golden_schedules.safetensors"), out)


main()
