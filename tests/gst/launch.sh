#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# launch.sh MODEL_WRITER SANITIZE: the element in gst-launch-1.0, as people use it: every format at
# an odd size, a JPEG camera, and models that do not load; nothing of GStreamer may be alive at the end (its tracer
# `leaks`). In a sanitized build the plugin needs the sanitizer's run time in a program without.
set -u
here=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$here/../tap.sh"

writer=$1
sanitize=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$writer" --write-model "$dir/model.bin" || exit 1
echo 'no model' >"$dir/broken.bin"

preload=
case $sanitize in
*address*)
    preload=$(gcc -print-file-name=libasan.so)
    export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=1"
    export LSAN_OPTIONS="suppressions=$here/leaks.supp:print_suppressions=0"
    ;;
esac

# launch RESULT PIPELINE...: runs it; fails where the result (ok, error) is another and on anything
# left alive.
launch() {
    expected=$1
    shift
    result=ok
    LD_PRELOAD=$preload GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7 GST_DEBUG_NO_COLOR=1 \
        gst-launch-1.0 "$@" >"$dir/out" 2>&1 || result=error
    if [ "$result" != "$expected" ] || ! grep -q '^Freeing pipeline' "$dir/out"; then
        echo "$result instead of $expected, or a crash"
    elif ! grep -q 'object-alive\.class' "$dir/out"; then
        echo 'the tracer did not run'
    elif grep 'object-alive, ' "$dir/out" | grep -v 'new format string'; then
        echo 'left alive'
    elif grep -E 'CRITICAL|WARNING \*\*|runtime error|Sanitizer' "$dir/out"; then
        echo 'complaints'
    else
        return 0
    fi
    cat "$dir/out"
    return 1
}

# frames FORMAT...: side by side in one pipeline.
frames() {
    for format; do
        shift
        set -- "$@" videotestsrc num-buffers=3 ! \
            "video/x-raw,format=$format,width=1919,height=1079" ! \
            iclclassify model="$dir/model.bin" ! fakesink
    done
    launch ok "$@"
}

jpeg_camera() {
    launch ok videotestsrc num-buffers=3 ! video/x-raw,width=1280,height=720 ! jpegenc ! \
        image/jpeg,framerate=30/1 ! jpegdec ! iclclassify model="$dir/model.bin" ! fakesink
}

two_elements() {
    launch ok -m videotestsrc num-buffers=5 ! video/x-raw,format=I420 ! tee name=t ! queue ! \
        iclclassify model="$dir/model.bin" interval=2 ! fakesink \
        t. ! queue ! iclclassify model="$dir/model.bin" ! fakesink &&
        [ "$(grep -c 'icl-classification, ' "$dir/out")" -eq 8 ]
}

refuses() {
    launch error videotestsrc num-buffers=5 ! iclclassify "$@" ! fakesink
}

says() { grep -q "$1" "$dir/out" || { cat "$dir/out"; return 1; }; }
no_model() { refuses && says 'Set the property'; }
missing_model() { refuses model="$dir/missing.bin" && says "$dir/missing.bin"; }
broken_model() { refuses model="$dir/broken.bin" && says "$dir/broken.bin"; }

# shellcheck disable=SC2086 # lists of words
for formats in 'RGB BGR RGBx BGRx xRGB xBGR' 'RGBA BGRA ARGB ABGR GRAY8' 'I420 YV12 NV12 NV21' \
    'YUY2 UYVY Y42B Y444' 'I420_10LE P010_10LE'; do
    check "$formats run and leave nothing behind" frames $formats
done
check 'a camera that gives JPEG runs through jpegdec' jpeg_camera
check 'two elements behind a tee post their messages' two_elements
check 'no model is an error with advice' no_model
check 'a missing model is an error with its path' missing_model
check 'a broken model is an error with its path' broken_model
plan
