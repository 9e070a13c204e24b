#!/bin/sh
# You will see fashion pictures pass through a pipeline and get labels, then how many are right.
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# Installs what is missing (Debian packages), builds icl in build/, writes 2500 test pictures of
# Fashion-MNIST as JPEG files, and runs one gst-launch-1.0 pipeline over them.
#   BUILD=FOLDER MODEL=FILE FRAMES=N pipelines/demo.sh    others than build/, the model here, 2500
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
model=${MODEL:-models/fashion-mnist.bin}
frames=${FRAMES:-2500}
data=/usr/share/datasets/fashion-mnist

fail() { echo "demo.sh: $*" >&2; exit 1; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Shows what a step printed only where it fails.
quietly() { "$@" >"$dir/log" 2>&1 || { cat "$dir/log" >&2; fail "'$*' failed"; }; }

tools/setup.sh
[ -e "$build/build.ninja" ] || quietly meson setup "$build"
quietly ninja -C "$build" tools/icl gst/libgsticl.so
[ -e "$model" ] || fail "there is no $model; make it: $build/tools/icl train $data -o $model"

"$build/tools/icl" frames "$data" "$dir" --part test --limit "$frames"

# A message a frame, in the order of the frames:
# Got message #9 from element "iclclassify0" (element): icl-classification, label=(string)Bag, ...
cat >"$dir/show.awk" <<'AWK'
function field(name,    start, text) {
    start = index($0, ", " name "=(")
    if (!start)
        return ""
    text = substr($0, start + 2)
    sub(/^[^)]*\)/, "", text)
    if (text ~ /^"/)
        match(text, /^"([^"\\]|\\.)*"/)
    else
        match(text, /^[^,;]*/)
    text = substr(text, 1, RLENGTH)
    gsub(/^"|"$|\\/, "", text)
    return text
}
BEGIN { n = 0 }
NR == FNR {
    if (FNR > 1) {
        file[FNR - 2] = $1
        truth[FNR - 2] = $2
    }
    next
}
/ icl-classification, / {
    label = field("label")
    right += label == truth[n]
    if (n < 10 || n % 100 == 0) {
        note = label == truth[n] ? "" : "  (is: " truth[n] ")"
        printf "%s  %-12s %.2f%s\n", file[n], label, field("confidence"), note
        fflush()
    }
    n++
}
/^ERROR|^WARNING/ { print > "/dev/stderr"; bad = 1 }
/^Execution ended after/ {
    split($NF, time, ":")
    seconds = time[1] * 3600 + time[2] * 60 + time[3]
}
END {
    if (bad || !n || !seconds)
        exit 1
    printf "accuracy: %.3f over %d frames, %.0f frames/s\n", right / n, n, n / seconds
}
AWK

GST_PLUGIN_PATH=$build/gst${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH} gst-launch-1.0 -m \
    multifilesrc location="$dir/%05d.jpg" caps=image/jpeg,framerate=30/1 ! \
    jpegdec ! iclclassify model="$model" ! fakesink 2>&1 |
    awk -F, -f "$dir/show.awk" "$dir/labels.csv" - ||
    fail 'the pipeline failed'

echo 'With a camera (pictures like those of the training, filling the frame):'
echo "  GST_PLUGIN_PATH=$build/gst gst-launch-1.0 -m" \
    "v4l2src ! iclclassify model=$model ! videoconvert ! autovideosink"
