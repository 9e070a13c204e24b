# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
# shellcheck shell=sh
#
# TAP for the shell tests: check NAME COMMAND... is one case, which passes where the command does.
# What a failing command printed goes to standard error, which meson shows.

tap_cases=0
tap_failed=0

check() {
    tap_name=$1
    shift
    tap_cases=$((tap_cases + 1))
    if tap_output=$("$@" 2>&1); then
        echo "ok $tap_cases - $tap_name"
        return
    fi
    tap_failed=1
    echo "not ok $tap_cases - $tap_name"
    printf '%s\n' "$tap_output" | sed 's/^/# /' >&2
}

skip() {
    tap_cases=$((tap_cases + 1))
    echo "ok $tap_cases - $1 # SKIP $2"
}

# The last command of a test: its status is the test's.
plan() {
    echo "1..$tap_cases"
    return "$tap_failed"
}
