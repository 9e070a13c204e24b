#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# exports.sh LIBRARY INCLUDE_DIR: what the shared library exports is what the public headers declare
# ICL_API, no more and no less.
set -u
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$(dirname "$0")/../tap.sh"

library=$1
include=$2

# The functions that headers declare ICL_API, whatever the line breaks; sorted.
declared() {
    cat "$@" | tr '\n' ' ' | grep -oE 'ICL_API [^();]*\(' | grep -oE 'icl_[a-z0-9_]+' | sort -u
}

exported() { nm -D --defined-only "$library" | awk '{ sub(/@.*/, "", $3); print $3 }' | sort -u; }

# Passes where `comm` has no line left; prints those there are.
none() {
    left=$(comm "$@")
    [ -z "$left" ] || { echo "$left"; false; }
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
exported >"$dir/exported"
declared "$include"/icl/*.h >"$dir/declared"

for path in "$include"/icl/*.h; do
    declared "$path" >"$dir/header"
    [ -s "$dir/header" ] || continue
    check "all of $(basename "$path") is exported" none -23 "$dir/header" "$dir/exported"
done
check 'nothing is exported that no public header declares' none -13 "$dir/declared" "$dir/exported"
plan
