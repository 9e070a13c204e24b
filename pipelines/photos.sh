#!/bin/sh
# You will see a network learn from 600 colour photographs, then the program and a stream agree on each.
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# Installs what is missing (Debian packages), builds icl in build/, gathers pictures of twelve classes
# from the packages tuxpaint-stamps-default and opencv-doc (links, a folder a class), trains with
# every option left to icl, then labels each picture twice, by `icl classify` and by iclclassify in a
# pipeline, and compares all scores to the last bit.
#   BUILD=FOLDER MODEL=FILE pipelines/photos.sh    another build; a model that is there: no training
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
stamps=/usr/share/tuxpaint/stamps
manual=/usr/share/doc/opencv-doc
wanted=600

fail() { echo "photos.sh: $*" >&2; exit 1; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Shows what a step printed only where it fails.
quietly() { "$@" >"$dir/log" 2>&1 || { cat "$dir/log" >&2; fail "'$*' failed"; }; }

tools/setup.sh --photographs
[ -e "$build/build.ninja" ] || quietly meson setup "$build"
quietly ninja -C "$build" tools/icl gst/libgsticl.so
icl=$build/tools/icl

# gather CLASS FOLDER...: links to the photographs below the folders; drawings say so in their names.
gather() {
    class=$1
    shift
    mkdir -p "$dir/photos/$class"
    find "$@" -name '*.png' ! -path '*cartoon*' | sort | while read -r file; do
        ln -s "$file" "$dir/photos/$class/$(echo "${file#"$stamps"/}" | tr / -)"
    done
}
[ -d "$stamps" ] || fail "$stamps is not there; install tuxpaint-stamps-default"
gather animals "$stamps/animals"
gather clothes "$stamps/clothes"
gather food "$stamps/food"
gather hands "$stamps/symbols/alphabets/asl"
gather hobbies "$stamps/hobbies" "$stamps/sports" "$stamps/medical" "$stamps/people"
gather household "$stamps/household"
gather money "$stamps/symbols/money"
gather plants "$stamps/plants"
gather seasonal "$stamps/seasonal"
gather town "$stamps/town"
gather vehicles "$stamps/vehicles" "$stamps/military"

# As many scenes of OpenCV's manual as make 600.
mkdir "$dir/photos/scenes"
missing=$((wanted - $(find "$dir/photos" -type l | wc -l)))
find "$manual" -iname '*.jpg' | sort | head -n "$missing" | while read -r file; do
    ln -s "$file" "$dir/photos/scenes/$(echo "${file#"$manual"/}" | tr / -)"
done
found=$(find "$dir/photos" -type l | wc -l)
echo "$found photographs in $(find "$dir/photos" -mindepth 1 -type d | wc -l) classes"

model=${MODEL:-$dir/photos.bin}
if [ ! -e "$model" ]; then
    start=$(date +%s)
    "$icl" train "$dir/photos" -o "$model"
    echo "trained in $(($(date +%s) - start)) s"
fi

# The scores of all classes, as lines "file class score"; nine digits tell any two floats apart.
"$icl" classify "$model" "$dir/photos" --top-k 0 --csv >"$dir/program.csv"
awk -F, 'NR > 1 { printf "%s %s %.9g\n", $1, $4, $5 }' "$dir/program.csv" | sort >"$dir/program"

# stream DECODER NAME: the photographs NAME, numbered, pass through one pipeline; the same lines.
stream() {
    mkdir "$dir/$1"
    find "$dir/photos" -iname "$2" | sort >"$dir/$1.files"
    n=0
    while read -r file; do
        ln -s "$file" "$dir/$1/$(printf %05d "$n")"
        n=$((n + 1))
    done <"$dir/$1.files"
    GST_PLUGIN_PATH=$build/gst${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH} gst-launch-1.0 -m \
        multifilesrc location="$dir/$1/%05d" caps="image/${1%dec}" ! \
        "$1" ! iclclassify model="$model" top-k=100 ! fakesink >"$dir/$1.log" 2>&1 ||
        fail "the pipeline with $1 failed"
    awk '
        function list(name,    text) {
            text = substr($0, index($0, ", " name "=("))
            sub(/^[^<]*< */, "", text)
            sub(/ *>.*/, "", text)
            return text
        }
        NR == FNR { file[NR - 1] = $0; next }
        / icl-classification, / {
            classes = split(list("class-ids"), id, /, */)
            split(list("confidences"), score, /, */)
            for (i = 1; i <= classes; i++)
                printf "%s %s %.9g\n", file[n + 0], id[i], score[i]
            n++
        }' "$dir/$1.files" "$dir/$1.log"
}
{ stream pngdec '*.png'; stream jpegdec '*.jpg'; } | sort >"$dir/stream"


# best FILE: "file class", the best class of each.
best() { sort -k1,1 -k3,3gr "$1" | awk '!seen[$1]++ { print $1, $2 }'; }
best "$dir/program" >"$dir/program.best"
best "$dir/stream" >"$dir/stream.best"
right=$(awk -F, '$2 == 1 { n = split($1, path, "/"); n = path[n - 1] == $3; right += n } END { print right }' \
    "$dir/program.csv")
echo "right: $right of $found, most of which it was trained on"
cmp "$dir/program.best" "$dir/stream.best" || fail 'program and stream differ in their first answers'
echo "program and stream agree: $(wc -l <"$dir/stream.best") first answers of $found"

# jpegdec takes every second pixel's colour where a file has it for all (4:4:4), and pngdec drops a
# transparent colour: those are other pixels. All else is the same to the last bit.
other=$(comm -13 "$dir/program" "$dir/stream" | awk '!seen[$1]++' | wc -l)
echo "all scores agree to the last bit: $((found - other)) of $found" \
    "($other decoded otherwise by GStreamer: 4:4:4 JPEG, a transparent colour)"
[ "$other" -le $((found / 20)) ] || fail 'more pictures differ than are decoded otherwise'
