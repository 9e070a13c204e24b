#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# compile.sh INCLUDE_DIR: each public header compiles alone, as strict C11 and as C++11. GLib's own
# headers come as system headers, since they need not be pedantic.
set -u
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$(dirname "$0")/../tap.sh"

include=$1
glib=$(pkg-config --cflags glib-2.0 | sed 's/-I/-isystem /g')

# compiles COMPILER LANGUAGE STANDARD HEADER
compiles() {
    # shellcheck disable=SC2086 # flags are words
    echo "#include <icl/$4>" |
        "$1" -x "$2" -std="$3" -Wall -Wextra -Werror -pedantic -fsyntax-only -I "$include" $glib -
}

for path in "$include"/icl/*.h; do
    header=$(basename "$path")
    check "$header compiles alone as C11" compiles "${CC-cc}" c c11 "$header"
    if command -v "${CXX-c++}" >/dev/null; then
        check "$header compiles alone as C++11" compiles "${CXX-c++}" c++ c++11 "$header"
    else
        skip "$header compiles alone as C++11" 'no C++ compiler'
    fi
done
plan
