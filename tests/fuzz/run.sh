#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# run.sh [SECONDS] [TARGET...]: fuzzes each target (default: all, for 600 seconds each) with clang's
# libFuzzer under address and undefined behaviour sanitizers, one after another. Inputs that are
# found go to FUZZ_FOLDER (default: a new one in /tmp); the corpus here stays as it is. An input that
# fails belongs into the corpus, with its fix.
#
# The kernels are gcc's and come from a plain build: they get checked sizes and no bytes of a file
# but pixels and weights.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-600}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- model description jpeg png idx dataset
folder=${FUZZ_FOLDER:-$(mktemp -d)}
packages='glib-2.0 jansson cairo libpng zlib libjpeg openblas' # as in meson.build
flags='-g -O1 -std=gnu11 -Wno-string-plus-int -D_GNU_SOURCE -Ilib/include -Itests/fuzz'
for tier in core kernels layers draw data model; do
    flags="$flags -iquote lib/$tier"
done
sanitize='-fsanitize=address,undefined -fno-sanitize-recover=undefined'

mkdir -p "$folder"
[ -d "$folder/kernels" ] || meson setup "$folder/kernels" >"$folder/log"
archives=$(ninja -C "$folder/kernels" -t targets all | sed -n 's|^\(lib/kernels/.*\.a\): .*|\1|p')
# shellcheck disable=SC2086
ninja -C "$folder/kernels" $archives >"$folder/log"

# shellcheck disable=SC2046,SC2086
compile() {
    clang $flags $sanitize -fsanitize=fuzzer-no-link $(pkg-config --cflags $packages) -c "$1" \
        -o "$folder/$(echo "$1" | tr / -).o"
}
for source in lib/core/*.c lib/layers/*.c lib/draw/*.c lib/data/*.c lib/model/*.c \
    tests/fuzz/model.c tests/fuzz/description.c tests/fuzz/picture.c tests/fuzz/idx.c \
    tests/fuzz/dataset.c; do
    compile "$source"
done

# shellcheck disable=SC2046,SC2086
fuzz() {
    source=$1
    case $1 in jpeg | png) source=picture ;; esac
    clang $sanitize -fsanitize=fuzzer "$folder"/lib-*.o "$folder/tests-fuzz-$source.c.o" \
        $(cd "$folder/kernels" && for a in $archives; do echo "$PWD/$a"; done) \
        $(pkg-config --libs $packages) -lm -lpthread -o "$folder/fuzz-$1"
    mkdir -p "$folder/$1"
    echo "$1: $seconds seconds"
    "$folder/fuzz-$1" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=4096 \
        -print_final_stats=1 -artifact_prefix="$folder/$1-" "$folder/$1" "tests/fuzz/corpus/$1" \
        >"$folder/$1.log" 2>&1 && failed= || failed=1
    grep -E 'number_of_executed_units|average_exec_per_sec|ERROR|SUMMARY' "$folder/$1.log"
    [ -z "$failed" ] || { echo "$1: failed, see $folder/$1.log"; status=1; }
}
status=0
for target; do
    fuzz "$target"
done
exit $status
