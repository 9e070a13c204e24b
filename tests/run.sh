#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# Builds and tests everything, three times: as released with warnings as errors (build/, all suites),
# under the address and undefined behaviour sanitizers (build-sanitize/, suite fast), and what runs
# threads under the thread sanitizer (build-threads/, suite parallel); and the kernels once more for
# aarch64 (build-aarch64/), run by qemu. The last line is the true number of cases of all, "N
# passed, N failed[, N skipped]"; the exit status is 0 only where none failed.
set -u
cd "$(dirname "$0")/.." || exit 1

export LSAN_OPTIONS=suppressions=$PWD/tests/leaks.txt:print_suppressions=0
jobs=$(nproc)
passed=0 failed=0 skipped=0

finish() {
    local skips=
    [ "$skipped" -eq 0 ] || skips=", $skipped skipped"
    echo "$passed passed, $failed failed$skips"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

# Says in one line what runs; its output only where it fails, which ends the whole run.
step() {
    local what=$1 log
    shift
    echo "$what"
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log"
        rm -f "$log"
        echo "FAILED: $what ($*)"
        failed=$((failed + 1))
        finish
    fi
    rm -f "$log"
}

# configure FOLDER OPTION...: makes a build folder, or sets it up again.
configure() {
    local folder=$1 again=()
    shift
    [ ! -e "$folder/build.ninja" ] || again=(--reconfigure)
    step "configuring $folder" meson setup "${again[@]}" "$folder" -Dwerror=true "$@"
}

# build FOLDER TARGET...: all targets where none is named.
build() {
    local folder=$1
    shift
    step "building $folder" ninja -C "$folder" -j "$jobs" "$@"
}

# suite_targets FOLDER SUITE: the programs that the suite's tests run.
suite_targets() {
    meson introspect "$1" --tests | python3 -c '
import json, os, sys
for test in json.load(sys.stdin):
    if "icl:" + sys.argv[2] in test["suite"] or sys.argv[2] in test["suite"]:
        print(os.path.relpath(test["cmd"][0], os.path.realpath(sys.argv[1])))' "$1" "$2"
}

# run_tests FOLDER ARGUMENT...: runs the tests and adds their cases to the sums.
run_tests() {
    local folder=$1 sums logs=$1/meson-logs status=0
    shift
    echo "testing $folder"
    rm -f "$logs"/*.json
    # Five times the time: a limit is for what hangs, not for a slow or busy machine.
    meson test -C "$folder" --no-rebuild --num-processes "$jobs" --timeout-multiplier 5 \
        --print-errorlogs "$@" || status=$?
    sums=(0 0 0)
    # One log a run; with a wrapper its name is longer.
    read -r -a sums < <(cat "$logs"/testlog*.json | awk -f tests/count.awk)
    # A harness that failed without naming a test is a failure too.
    [ "$status" -eq 0 ] || [ "${sums[1]}" -gt 0 ] || sums[1]=1
    passed=$((passed + sums[0])) failed=$((failed + sums[1])) skipped=$((skipped + sums[2]))
}

tools/setup.sh || echo 'going on without; meson names what it does not find'

configure build -Db_sanitize=none
build build
run_tests build

export ASAN_OPTIONS=${ASAN_OPTIONS-detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS-halt_on_error=1:print_stacktrace=1}
configure build-sanitize -Dbuildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false
build build-sanitize
run_tests build-sanitize --suite fast

# The thread sanitizer's own memory does not fit around addresses that are too random.
fixed=()
! setarch -R true 2>/dev/null || fixed=(--wrapper 'setarch -R')
# Nor does it see what GLib's own allocator does between threads.
export G_SLICE=always-malloc
configure build-threads -Dbuildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false
# shellcheck disable=SC2046 # one word a target
build build-threads gst/libgsticl.so $(suite_targets build-threads parallel)
run_tests build-threads --suite parallel "${fixed[@]}"

if command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64 >/dev/null; then
    configure build-aarch64 --cross-file tests/cross/aarch64.ini -Dkernels_only=true
    build build-aarch64
    run_tests build-aarch64
else
    echo 'skipping aarch64: no gcc-aarch64-linux-gnu and qemu-user here (tools/setup.sh installs them)'
    skipped=$((skipped + 1))
fi

finish
