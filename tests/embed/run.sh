#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# run.sh BUILD_DIR: the example applications of this folder, against an installed icl: they compile
# by pkg-config alone, and what they say of a picture is what the program says, to the last digit.
set -u
here=$(dirname "$0")
build=$1
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$here/../tap.sh"
# shellcheck source-path=SCRIPTDIR source=../installed.sh
. "$here/../installed.sh"

model=$here/../../models/fashion-mnist.bin
data=/usr/share/datasets/fashion-mnist
frames=5

# Real pictures where Debian's dataset-fashion-mnist is installed: 00000.jpg, 00001.jpg, ...
make_frames() {
    if [ -d "$data" ]; then
        "$prefix/bin/icl" frames "$data" "$dir" --part test --limit "$frames"
    else
        gst-launch-1.0 videotestsrc num-buffers="$frames" pattern=ball ! \
            video/x-raw,format=GRAY8,width=28,height=28 ! jpegenc ! \
            multifilesink location="$dir/%05d.jpg"
    fi
}

# One coloured picture, as a PNG file and as bare pixels (rows of a multiple of 4 bytes, which
# GStreamer leaves without gaps).
make_pixels() {
    gst-launch-1.0 videotestsrc num-buffers=1 ! video/x-raw,format=RGB,width=40,height=30 ! \
        tee name=t ! queue ! pngenc ! filesink location="$dir/picture.png" \
        t. ! queue ! filesink location="$dir/picture.rgb"
}

check 'pictures are made' make_frames
check 'pixels are made' make_pixels

check 'classify.c compiles as strict C' \
    compile icl "$dir/classify" -std=c11 -pedantic "$here/classify.c"
compiles_as_cplusplus() {
    CC=${CXX-c++} compile icl "$dir/classify++" -x c++ -std=c++20 -pedantic \
        -Wno-missing-field-initializers "$here/classify.c" -x none
}
if command -v "${CXX-c++}" >/dev/null; then
    check 'classify.c compiles as C++' compiles_as_cplusplus
else
    skip 'classify.c compiles as C++' 'no C++ compiler'
fi

classify() { "$dir/classify" "$model" "$@"; }

# same EXPECTED FOUND: two texts, which must not be empty.
same() {
    printf 'expected: %s\nfound: %s\n' "$1" "$2"
    [ -n "$1" ] && [ "$1" = "$2" ]
}

# What `icl classify` says of pictures, a line each as classify.c writes it.
program_says() {
    "$prefix/bin/icl" classify "$model" "$@" --top-k 1 --csv |
        awk -F, 'NR > 1 { printf "%s %.6f\n", $3, $5 }'
}

classify_each() { for picture in "$@"; do classify "$picture" || return; done; }
agrees_with_the_program() { same "$(program_says "$@")" "$(classify_each "$@")"; }
pixels_agree() { same "$(classify "$dir/picture.png")" "$(classify "$dir/picture.rgb" 40 30)"; }
check 'classify says of JPEG files what icl does' agrees_with_the_program "$dir"/*.jpg
check 'classify says of a PNG file what icl does' agrees_with_the_program "$dir/picture.png"
check 'pixels in memory get the scores of the encoded picture' pixels_agree

# fails_with TEXT COMMAND...: the command fails, with TEXT in its message and nothing else said.
fails_with() {
    wanted=$1
    shift
    said=$("$@" 2>"$dir/errors") && { echo "it succeeded: $said"; return 1; }
    cat "$dir/errors"
    [ -z "$said" ] && grep -qF "$wanted" "$dir/errors"
}
echo 'no picture' >"$dir/text.jpg"
check 'a missing model is named' fails_with nix.bin "$dir/classify" nix.bin "$dir/00000.jpg"
check 'a broken picture is named' fails_with text.jpg classify "$dir/text.jpg"
check 'too few pixels are refused' fails_with '3600 bytes' classify "$dir/picture.rgb" 40 31

# Two classes of pictures.
make_classes() {
    for class in ball snow; do
        mkdir -p "$dir/classes/$class" &&
            gst-launch-1.0 videotestsrc num-buffers=20 pattern=$class ! \
                video/x-raw,format=GRAY8,width=28,height=28 ! jpegenc ! \
                multifilesink location="$dir/classes/$class/%02d.jpg" || return
    done
}
trains() { "$dir/train" "$dir/classes" "$dir/own.bin" 3 >"$dir/epochs.txt"; }
epochs_are_told() { cat "$dir/epochs.txt"; grep -q '^epoch 1: loss .*val_accuracy' "$dir/epochs.txt"; }
its_model_classifies() { "$dir/classify" "$dir/own.bin" "$dir/classes/ball/00.jpg"; }
check 'train.c compiles as strict C' \
    compile icl "$dir/train" -std=c11 -pedantic -Wno-unused-parameter "$here/train.c"
check 'pictures of two classes are made' make_classes
check 'train runs a loop of its own' trains
check 'and tells of each epoch' epochs_are_told
check 'its model classifies' its_model_classifies
check 'missing data are named' fails_with nix "$dir/train" nix "$dir/own.bin" 3

# stream PROGRAM PROPERTY...: the frames through a pipeline with iclclassify so set.
stream() {
    program=$1
    shift
    "$program" multifilesrc location="$dir/%05d.jpg" caps=image/jpeg,framerate=30/1 ! \
        jpegdec ! iclclassify name=classifier model="$model" "$@" ! fakesink
}

# results KIND FILE: the lines of a kind: time, label, confidence.
results() { sed -n "s/^$1 //p" "$2"; }
scores() { results "$@" | cut -d ' ' -f 2-; }

streams() { stream "$dir/stream" >"$dir/stream.txt"; }
one_result_a_frame() { same "$frames" "$(results frame "$dir/stream.txt" | wc -l)"; }
messages_are_metas() {
    same "$(results frame "$dir/stream.txt")" "$(results message "$dir/stream.txt")"
}
stream_agrees() { same "$(classify_each "$dir"/0*.jpg)" "$(scores frame "$dir/stream.txt")"; }
check 'stream.c compiles' compile gstreamer-1.0 "$dir/stream" -Wno-unused-parameter "$here/stream.c"
check 'a pipeline runs to its end' streams
check 'every frame carries one result' one_result_a_frame
check 'for every frame comes a message that says the same' messages_are_metas
check 'a stream of JPEG files gets the scores of the files' stream_agrees

# Frames 0, 2, 4 are classified; each of the others carries the result before it.
every_second() {
    stream "$dir/stream" interval=2 >"$dir/second.txt" &&
        same "$(results frame "$dir/stream.txt" | awk 'NR % 2')" \
            "$(results message "$dir/second.txt")" &&
        same "$(scores frame "$dir/stream.txt" | awk 'NR % 2 { kept = $0 } { print kept }')" \
            "$(scores frame "$dir/second.txt")"
}
no_messages() {
    stream "$dir/stream" post-messages=false >"$dir/quiet.txt" &&
        same "$(grep ^frame "$dir/stream.txt")" "$(cat "$dir/quiet.txt")"
}
no_classifier() { "$dir/stream" fakesrc num-buffers=1 ! fakesink; }
check 'with interval=2, a message comes for the frames classified' every_second
check 'with post-messages=false, there are metas alone' no_messages
check 'a pipeline without the classifier is refused' fails_with classifier no_classifier

# A python that has PyGObject and GStreamer's typelib (Debian: python3-gi gir1.2-gstreamer-1.0).
python_with_gst() {
    for python in ${PYTHON-python3 /usr/bin/python3}; do
        "$python" -c 'import gi; gi.require_version("Gst", "1.0")' 2>/dev/null && break
        python=
    done
    [ -n "$python" ]
}
run_python() { "$python" "$here/stream.py" "$@"; }
python_agrees() {
    stream run_python >"$dir/python.txt" &&
        same "$(sort "$dir/stream.txt")" "$(sort "$dir/python.txt")"
}
if python_with_gst; then
    check 'stream.py says what stream.c says' python_agrees
else
    skip 'stream.py says what stream.c says' 'no python3-gi with gir1.2-gstreamer-1.0'
fi

check 'unload.c compiles' compile icl "$dir/unload" "$here/unload.c"
check 'a host that unloads the library lives on' "$dir/unload" "$libdir/libicl.so.0" "$model"
plan
