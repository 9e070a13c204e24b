#!/bin/sh
# You will see five classes learned from 40 pictures each in one stream, then how many of 500 others are right.
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# Installs what is missing (Debian packages), builds icl in build/, writes pictures of Fashion-MNIST
# as JPEG files, and runs one gst-launch-1.0 pipeline: a branch a class, one after the other, each
# with the label of its class as a tag; icltrain learns from them, starting with random weights.
#   BUILD=FOLDER CLASSES=A,B,... OUTPUT=FILE OPTIONS=TEXT pipelines/learn.sh
#     BUILD: built already; OUTPUT: keep the model; OPTIONS: more properties of icltrain
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
classes=${CLASSES:-Trouser,Pullover,Sneaker,Bag,Ankle boot}
data=/usr/share/datasets/fashion-mnist

fail() { echo "learn.sh: $*" >&2; exit 1; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
model=${OUTPUT:-$dir/model.bin}

# Shows what a step printed only where it fails.
quietly() { "$@" >"$dir/log" 2>&1 || { cat "$dir/log" >&2; fail "'$*' failed"; }; }

if [ -z "${BUILD-}" ]; then
    tools/setup.sh
    [ -e "$build/build.ninja" ] || quietly meson setup "$build"
    quietly ninja -C "$build" tools/icl gst/libgsticl.so
fi

# pictures PART N: N pictures of each class, as $dir/PART/CLASS/00000.jpg, ...
pictures() {
    quietly "$build/tools/icl" frames "$data" "$dir/all-$1" --part "$1" --limit 1500
    awk -F, -v classes="$classes" -v n="$2" '
        BEGIN { split(classes, list); for (i in list) wanted[list[i]] = 1 }
        wanted[$2] && count[$2] < n { printf "%s,%s,%05d.jpg\n", $1, $2, count[$2]++ }
    ' "$dir/all-$1/labels.csv" >"$dir/$1.csv"
    while IFS=, read -r from class to; do
        mkdir -p "$dir/$1/$class"
        mv "$dir/all-$1/$from" "$dir/$1/$class/$to"
    done <"$dir/$1.csv"
}
pictures train 40
pictures test 100

# shellcheck disable=SC2086 # several options
set -- concat name=c ! icltrain output="$model" ${OPTIONS-} ! fakesink sync=false
IFS=,
for class in $classes; do
    set -- "$@" multifilesrc location="$dir/train/$class/%05d.jpg" \
        caps=image/jpeg,framerate=30/1 ! jpegdec ! taginject "tags=\"icl-label=\\\"$class\\\"\"" ! c.
done
unset IFS

# A message a round of training:
# Got message #9 from element "icltrain0" (element): icl-training, loss=(double)0.5, ...
cat >"$dir/show.awk" <<'AWK'
function field(name,    text) {
    if (!match($0, " " name "=\\([a-z0-9]*\\)[^,;]*"))
        return ""
    text = substr($0, RSTART, RLENGTH)
    sub(/^[^)]*\)/, "", text)
    return text
}
/ icl-training, / {
    printf "%3d pictures of %d classes, %4d updates: loss %.3f, %3.0f %% of those held out right%s\n",
        field("added"), field("classes"), field("updates"), field("loss"), 100 * field("accuracy"),
        field("saved") == "true" ? ", saved" : ""
    fflush()
}
/^ERROR|^WARNING/ { print > "/dev/stderr" }
/^ERROR/ { bad = 1 }
END { exit bad }
AWK

GST_PLUGIN_PATH=$build/gst${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH} gst-launch-1.0 -m "$@" 2>&1 |
    awk -f "$dir/show.awk" || fail 'the pipeline failed'
[ -e "$model" ] || fail 'the pipeline wrote no model'
"$build/tools/icl" evaluate "$model" "$dir/test"
