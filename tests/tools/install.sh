#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# install.sh BUILD_DIR: installs a build into a folder of its own and uses it from there as a
# stranger would: pkg-config and a C program, the program's links, the plugin, the descriptions.
set -u
here=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$here/../tap.sh"

build=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

installs() { meson install -C "$build" --no-rebuild --destdir "$dir/root"; }
check 'meson install' installs

# Where the prefix and the libraries came to lie.
pc=$(find "$dir/root" -name icl.pc)
lib=$(dirname "$(dirname "$pc")")
prefix=$(find "$dir/root" -type d -path '*/include/icl' | sed 's|/include/icl$||')
export LD_LIBRARY_PATH="$lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

# A program of a stranger, through a pkg-config file whose prefix is where we installed it.
cat >"$dir/program.c" <<'END'
#include <icl/icl.h>
#include <stdio.h>

int main(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IclModel) model = icl_model_load("no-such-model.bin", &error);

    printf("%s kernels, %d cores\n", icl_cpu_name(), icl_cpu_cores());
    if (model || !g_error_matches(error, ICL_ERROR, ICL_ERROR_FILE))
        return 1;
    printf("%s\n", error->message);
    return 0;
}
END

compiles() {
    mkdir -p "$dir/pkgconfig" &&
        sed "s|^prefix=.*|prefix=$prefix|" "$pc" >"$dir/pkgconfig/icl.pc" &&
        flags=$(PKG_CONFIG_PATH="$dir/pkgconfig" pkg-config --cflags --libs icl) &&
        eval "${CC-cc} -Wall -Werror -o '$dir/program' '$dir/program.c' $flags"
}

says_what_is_missing() {
    output=$("$dir/program") || { echo "exit status $?: $output"; return 1; }
    echo "$output"
    echo "$output" | grep -q 'no-such-model\.bin'
}

check 'a C program compiles with pkg-config' compiles
check 'it runs, and its error names the missing model' says_what_is_missing

is_link() { [ "$(readlink "$prefix/bin/icl-train")" = icl ] || { ls -l "$prefix/bin"; false; }; }
check 'icl runs' "$prefix/bin/icl" --help
check 'icl-train is a link to icl' is_link
check 'icl-train runs' "$prefix/bin/icl-train" --help

inspects() {
    GST_PLUGIN_SYSTEM_PATH="$lib/gstreamer-1.0" GST_REGISTRY="$dir/registry" gst-inspect-1.0 "$1"
}
check 'GStreamer finds iclclassify' inspects iclclassify

has_all_models() {
    for model in "$here"/../../models/*.icl; do
        cmp "$model" "$prefix/share/icl/models/$(basename "$model")" || return
    done
}
check 'every description is installed' has_all_models
plan
