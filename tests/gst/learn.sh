#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# learn.sh BUILD: pipelines/learn.sh, its gst-launch-1.0 line included, keeps what it promises.
set -u
here=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$here/../tap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export BUILD="$1" OUTPUT="$dir/model.bin" OPTIONS='updates=50 final-updates=50'

learn() { "$here/../../pipelines/learn.sh" >"$dir/out" 2>&1 || { cat "$dir/out"; return 1; }; }
says() { grep -Eq "$1" "$dir/out" || { cat "$dir/out"; return 1; }; }
first_line_says_what_you_will_see() {
    sed -n 2p "$here/../../pipelines/learn.sh" | grep -q '^# You will see '
}

check 'its second line says what you will see' first_line_says_what_you_will_see
if [ ! -d /usr/share/datasets/fashion-mnist ]; then
    skip 'the pipeline' 'no Fashion-MNIST'
    plan
    exit
fi
check 'the pipeline runs' learn
check '200 pictures of 5 classes are learned from' says '^200 pictures of 5 classes, .* saved'
check 'at least 70 % of 500 others are right' says '^accuracy: (1|0\.[7-9])[0-9]* over 500 pictures'
check 'the model knows the classes by their tags' says '^ *Ankle boot '
plan
