#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# worker.sh WORKER: icl's side of compare.py runs passes and training steps when it is told to.
set -u
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$(dirname "$0")/../tap.sh"

worker=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Zeros: 16 * 2 kernels and 2 biases, two pictures of 16 pixels, two labels.
# shellcheck disable=SC2016 # the description's variable
echo 'input 4 4 1 ! flatten ! dense $classes' >"$dir/net.icl"
head -c $((34 * 4)) /dev/zero >"$dir/weights"
head -c $((35 * 4)) /dev/zero >"$dir/too-many"
head -c $((32 * 4)) /dev/zero >"$dir/input"
head -c $((2 * 4)) /dev/zero >"$dir/labels"

# talk COMMANDS OPTION...: what the worker answers to them.
talk() {
    commands=$1
    shift
    printf '%b' "$commands" | "$worker" --description "$dir/net.icl" --set classes=2 \
        --weights "$dir/weights" --input "$dir/input" --labels "$dir/labels" \
        --batch 2 --threads 2 "$@"
}

answers() {
    pattern=$1
    shift
    talk "$@" | tr '\n' ';' | grep -Eq "^ready;$pattern\$"
}

refuses() { ! talk 'run 1\n' "$@"; }

check 'passes' answers '[0-9.]+ [0-9.]+ [0-9.]+ ;' 'run 3\n'
check 'logits' answers ';' "output $dir/logits\\n"
check 'two of two pictures' test "$(wc -c <"$dir/logits")" -eq 16
check 'memory' answers '[1-9][0-9]+;' 'memory\n'
check 'training, from the logarithm of two' \
    answers '[0-9.]+ ;0.69314[0-9]* ;' 'run 1\nlosses\n' --train
check 'weights of another network' refuses --weights "$dir/too-many"
check 'input of another network' refuses --input "$dir/weights"
plan
