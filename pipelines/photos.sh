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

tools/setup.sh
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

# Both sides' scores of all classes, as lines "file class score", sorted; nine digits tell any two
# floats apart.
program() {
    "$icl" classify "$model" "$1" --top-k 0 --csv |
        awk -F, 'NR > 1 { printf "%s %s %.9g\n", $1, $4, $5 }' | sort
}

# stream DECODER FILES: the files of a list, numbered, pass through one pipeline.
stream() {
    mkdir "$dir/stream"
    n=0
    while read -r file; do
        ln -s "$file" "$dir/stream/$(printf %05d "$n")"
        n=$((n + 1))
    done <"$2"
    GST_PLUGIN_PATH=$build/gst${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH} gst-launch-1.0 -m \
        multifilesrc location="$dir/stream/%05d" caps="image/${1%dec}" ! \
        "$1" ! iclclassify model="$model" top-k=100 ! fakesink >"$dir/log" 2>&1 ||
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
        }' "$2" "$dir/log"
    rm -r "$dir/stream"
}

# best: of such lines, "file class" with the best class of each file.
best() { sort -k1,1 -k3,3gr | awk '!seen[$1]++ { print $1, $2 }'; }

# The photographs as they are. jpegdec takes every second pixel's colour where a file has it for all
# (4:4:4), and pngdec drops a transparent colour: those are other pixels, and scores differ a little.
find "$dir/photos" -name '*.png' | sort >"$dir/png"
find "$dir/photos" -iname '*.jpg' | sort >"$dir/jpeg"
program "$dir/photos" >"$dir/a"
{ stream pngdec "$dir/png"; stream jpegdec "$dir/jpeg"; } | sort >"$dir/b"
best <"$dir/a" >"$dir/best-a"
best <"$dir/b" >"$dir/best-b"
cmp "$dir/best-a" "$dir/best-b" || fail 'program and stream differ in their first answers'
other=$(comm -13 "$dir/a" "$dir/b" | awk '!seen[$1]++' | wc -l)
echo "program and stream: $(wc -l <"$dir/best-b") of $found first answers agree," \
    "$((found - other)) of $found with all scores to the last bit"

# The same photographs as the files of one camera, which GStreamer and icl decode alike.
quietly "$icl" frames "$dir/photos" "$dir/frames"
find "$dir/frames" -name '*.jpg' | sort >"$dir/jpeg"
program "$dir/frames" >"$dir/a"
stream jpegdec "$dir/jpeg" | sort >"$dir/b"
cmp "$dir/a" "$dir/b" || fail 'program and stream differ on the same pixels'
echo "... rewritten by icl frames: $(best <"$dir/b" | wc -l) of $found to the last bit"
