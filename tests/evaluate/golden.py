#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# Writes golden.h: small evaluations, and what scikit-learn says of them. Needs scikit-learn (made with
# 1.9.1); run as `python3 golden.py > golden.h`.
import re
import warnings

import numpy as np
import sklearn
from sklearn.metrics import (accuracy_score, average_precision_score, classification_report,
                             confusion_matrix, log_loss, multilabel_confusion_matrix,
                             top_k_accuracy_score)

warnings.simplefilter("ignore")


def from_matrix(matrix):
    truth, predicted = [], []
    for t, row in enumerate(matrix):
        for p, count in enumerate(row):
            truth += [t] * count
            predicted += [p] * count
    return truth, predicted


def draw(seed, classes, n, right):
    random = np.random.RandomState(seed)
    truth = random.randint(0, classes, n)
    other = random.randint(0, classes, n)
    return truth.tolist(), np.where(random.rand(n) < right, truth, other).tolist()


def scores_for(seed, predicted, classes):
    random = np.random.RandomState(seed)
    scores = random.uniform(0.01, 0.3, (len(predicted), classes))
    scores[np.arange(len(predicted)), predicted] += 0.4
    return (scores / scores.sum(axis=1, keepdims=True)).astype(np.float32)


numbers = ["class 0", "class 1", "class 2"]
fashion = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
           "Ankle boot"]
cases = [
    ("report of the documentation", numbers, ([0, 1, 2, 2, 2], [0, 0, 2, 2, 1]), 2),
    ("report of the documentation 2", numbers, ([0, 1, 2, 2, 0], [0, 0, 2, 1, 0]), 2),
    ("matrix of the documentation", numbers, ([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2]), 2),
    ("five digits", ["setosa", "versicolor", "virginica"],
     from_matrix([[19, 4, 1], [4, 3, 24], [0, 2, 18]]), 5),
    ("no digits", numbers, ([0, 1, 2, 2, 2], [0, 0, 2, 2, 1]), 0),
    ("fourteen digits", numbers, ([0, 1, 2, 2, 2], [0, 0, 2, 2, 1]), 14),
    ("two classes", ["no", "yes"], draw(1, 2, 31, 0.7), 3),
    ("class never seen", ["a", "b", "c", "never"], ([0, 1, 2, 2], [0, 1, 1, 2]), 2),
    ("class only predicted", ["a", "b", "c"], ([0, 1, 1, 0], [0, 2, 1, 2]), 2),
    ("all wrong", ["a", "b"], ([0, 1, 1], [1, 0, 0]), 2),
    ("one picture", ["a", "b"], ([1], [1]), 2),
    ("long and foreign names", ["Äpfel", "a name of some length, with spaces", "日本"],
     draw(2, 3, 20, 0.6), 2),
    ("ten classes", fashion, draw(3, 10, 200, 0.8), 4),
]


def c_string(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", '\\n"\n        "') + '"'


def c_numbers(values, form=str):
    lines, line = [], "   "
    for value in values:
        word = " " + form(value) + ","
        if len(line) + len(word) > 98:
            lines.append(line)
            line = "   "
        line += word
    return "\n".join(lines + [line])


print(f"""/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Written by golden.py with scikit-learn {sklearn.__version__}; do not edit. */
#pragma once
""")
rows = []
for i, (name, labels, (truth, predicted), digits) in enumerate(cases):
    k = len(labels)
    every = list(range(k))
    scores = scores_for(i, predicted, k)
    assert (scores.argmax(axis=1) == predicted).all()
    report = classification_report(truth, predicted, labels=every, target_names=labels, digits=digits)
    # where nothing at all is right, scikit-learn prints the counts as reals; they are whole numbers
    report = re.sub(r"( +\d+)\.0$", r"  \1", report, flags=re.MULTILINE)
    matrix = confusion_matrix(truth, predicted, labels=every).ravel()
    best = np.argsort(-scores, axis=1)
    top = [np.mean([t in b[:n] for t, b in zip(truth, best)]) for n in range(1, 6)]
    if k > 2:
        for n in range(1, min(k, 6)):
            assert abs(top[n - 1] - top_k_accuracy_score(truth, scores, k=n, labels=every)) < 1e-12
    wide = scores.astype(np.float64)
    loss = -np.mean(np.log(wide[np.arange(len(truth)), truth]))
    assert abs(loss - log_loss(truth, wide / wide.sum(axis=1, keepdims=True), labels=every)) < 1e-6
    print(f"static const char *const labels_{i}[] = {{")
    print(c_numbers([c_string(label) for label in labels] + ["NULL"]))
    print("};")
    print(f"static const int truth_{i}[] = {{\n{c_numbers(truth)}\n}};")
    print(f"static const float scores_{i}[] = {{\n"
          + c_numbers(scores.ravel(), lambda v: f"{v:.9g}f") + "\n};")
    print(f"static const gint64 confusion_{i}[] = {{\n{c_numbers(matrix)}\n}};\n")
    rows.append(f"""    {{
        {c_string(name)}, labels_{i}, truth_{i}, {len(truth)}, scores_{i}, confusion_{i}, {digits},
        {accuracy_score(truth, predicted)!r}, {{{", ".join(repr(float(t)) for t in top)}}}, {float(loss)!r},
        {c_string(report)},
    }},""")
print("""static const struct {
    const char *name;
    const char *const *labels;
    const int *truth;
    int n;
    const float *scores;
    const gint64 *confusion;
    int digits;
    double accuracy, top[5], loss;
    const char *report;
} golden[] = {""")
print("\n".join(rows))
print("};")


def draw_labels(seed, n, shares, steps=0):
    """Pictures whose label c is there with shares[c]; scores in `steps` levels, so that some are
    equal, or in any (0)."""
    random = np.random.RandomState(seed)
    truth = random.rand(n, len(shares)) < shares
    scores = np.clip(random.normal(0.35 + 0.3 * truth, 0.25), 0.001, 0.999)
    if steps:
        scores = np.round(scores * steps) / steps
    return truth.astype(int), scores.astype(np.float32)


label_cases = [
    ("labels", ["top", "sleeves", "strap"], draw_labels(1, 40, [0.5, 0.3, 0.1]), 2),
    ("equal scores", ["a", "b", "c", "d"], draw_labels(2, 60, [0.5, 0.2, 0.7, 0.05], 4), 3),
    ("label never there", ["a", "never", "always"], draw_labels(3, 20, [0.5, 0, 1]), 2),
    ("no labels at all", ["a", "b"], draw_labels(4, 5, [0, 0]), 2),
    ("one label", ["on"], draw_labels(5, 25, [0.4]), 2),
    ("one picture", ["a", "b", "c"], draw_labels(6, 1, [0.5, 0.5, 0.5]), 2),
    ("many", [f"label {c}" for c in range(12)], draw_labels(7, 50, np.linspace(0, 0.9, 12)), 4),
]

label_rows = []
for i, (name, labels, (truth, scores), digits) in enumerate(label_cases):
    found = scores > 0.5
    if len(labels) == 1:  # scikit-learn takes one column as two classes: a second column, cut off again
        both = [np.hstack([x, np.zeros_like(x)]) for x in (truth, found)]
        report = classification_report(*both, labels=[0], target_names=labels, digits=digits)
        matrices = multilabel_confusion_matrix(*both, labels=[0])
    else:
        report = classification_report(truth, found, target_names=labels, digits=digits)
        matrices = multilabel_confusion_matrix(truth, found)
    wide = scores.astype(np.float64)
    loss = -np.mean(np.log(np.maximum(np.where(truth, wide, 1 - wide), 1e-7)))
    precision = [average_precision_score(truth[:, c], scores[:, c]) for c in range(len(labels))]
    if len(labels) > 1:
        assert np.allclose(np.mean(precision), average_precision_score(truth, scores, average="macro"))
    micro = average_precision_score(truth.ravel(), scores.ravel())
    print(f"static const char *const names_{i}[] = {{")
    print(c_numbers([c_string(label) for label in labels] + ["NULL"]))
    print("};")
    print(f"static const int on_{i}[] = {{\n{c_numbers(truth.ravel())}\n}};")
    print(f"static const float marks_{i}[] = {{\n"
          + c_numbers(scores.ravel(), lambda v: f"{v:#.9g}f") + "\n};")
    print(f"static const double precision_{i}[] = {{\n{c_numbers(precision, lambda v: repr(float(v)))}\n}};")
    print(f"static const int matrices_{i}[] = {{\n{c_numbers(matrices.ravel())}\n}};\n")
    label_rows.append(f"""    {{
        {c_string(name)}, names_{i}, {len(truth)}, on_{i}, marks_{i}, precision_{i}, matrices_{i}, {digits},
        {float(np.mean(truth == found))!r}, {float(np.mean((truth == found).all(axis=1)))!r},
        {float(loss)!r}, {float(np.mean(precision))!r}, {float(micro)!r},
        {c_string(report)},
    }},""")
print("""/* Of pictures with any number of labels. */
static const struct {
    const char *name;
    const char *const *labels;
    int n;
    const int *on;
    const float *scores;
    const double *precision;
    const int *matrices;
    int digits;
    double accuracy, exact, loss, mean_precision, micro_precision;
    const char *report;
} golden_labels[] = {""")
print("\n".join(label_rows))
print("};")
