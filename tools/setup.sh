#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# Installs the Debian packages that icl is built, tested and shown with: the one list of them. Asks
# apt only for what is missing, so that it needs neither network nor root where all is there.
#
#   tools/setup.sh          installs what is missing
#   tools/setup.sh --list   prints the list
set -eu

# Tools; libraries; what tests and pipelines run besides.
packages='
    gcc g++ libc6-dev meson ninja-build pkg-config
    libglib2.0-dev libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
    libopenblas-dev libjpeg-dev libpng-dev libcairo2-dev libjansson-dev zlib1g-dev
    gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good
    python3-gi gir1.2-gstreamer-1.0 locales
    gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
    dataset-fashion-mnist tuxpaint-stamps-default opencv-doc'

say() { printf 'setup.sh: %s\n' "$*"; }
fail() { say "$@" >&2; exit 1; }

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | head -n 1)" = installed ]
}

# Runs a command silently; shows what it printed where it fails.
quietly() {
    "$@" >"$log" 2>&1 && return
    cat "$log" >&2
    fail "'$*' failed; what it printed is above"
}

list() {
    for package in $packages; do echo "$package"; done
}

case "${1-}" in
    '') ;;
    --list) list; exit ;;
    *) fail "unknown argument '$1'; there is only --list" ;;
esac

command -v apt-get >/dev/null ||
    fail 'this is not a Debian system; install what your system calls these:' "$(list | xargs)"

missing=
for package in $packages; do
    is_installed "$package" || missing="$missing $package"
done
if [ -z "$missing" ]; then
    say 'all packages are there'
    exit
fi

root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
        fail "neither root nor sudo; as root, run: apt-get install --no-install-recommends$missing"
    root=sudo
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
say "installing:$missing"
quietly $root env DEBIAN_FRONTEND=noninteractive apt-get update
# shellcheck disable=SC2086 # a list of words
quietly $root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
say 'done'
