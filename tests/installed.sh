# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
# shellcheck shell=sh disable=SC2154 # $build is the caller's
#
# For shell tests of the installed product, after tap.sh: installs the build in $build into a folder
# of its own, $dir, which goes with the test. Then $prefix and $libdir are where things came to lie,
# and what runs or compiles finds them as it would in /usr: pkg-config, the loader, GStreamer.

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

install_build() { meson install -C "$build" --no-rebuild --destdir "$dir/root"; }
check 'meson install' install_build

pc=$(find "$dir/root" -name icl.pc)
libdir=$(dirname "$(dirname "$pc")")
prefix=$(find "$dir/root" -type d -path '*/include/icl' | sed 's|/include/icl$||')

# The file says the prefix of the build; a sysroot would move GLib's too.
mkdir "$dir/pkgconfig"
sed "s|^prefix=.*|prefix=$prefix|" "$pc" >"$dir/pkgconfig/icl.pc"
export PKG_CONFIG_PATH="$dir/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
export LD_LIBRARY_PATH="$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export GST_PLUGIN_PATH_1_0="$libdir/gstreamer-1.0" GST_REGISTRY_1_0="$dir/registry"

# compile PACKAGE OUTPUT ARGUMENT...: a C program, by what pkg-config says of PACKAGE alone.
compile() {
    flags=$(pkg-config --cflags --libs "$1") || return
    output=$2
    shift 2
    # shellcheck disable=SC2086 # flags are words
    ${CC-cc} -Wall -Wextra -Werror -o "$output" "$@" $flags
}
