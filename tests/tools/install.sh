#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# install.sh BUILD_DIR: installs a build into a folder of its own and uses it from there as a
# stranger would: pkg-config and a C program, the program's links, the plugin, the descriptions.
set -u
here=$(dirname "$0")
build=$1
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$here/../tap.sh"
# shellcheck source-path=SCRIPTDIR source=../installed.sh
. "$here/../installed.sh"

# A program of a stranger.
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

says_what_is_missing() {
    output=$("$dir/program") || { echo "exit status $?: $output"; return 1; }
    echo "$output"
    echo "$output" | grep -q 'no-such-model\.bin'
}

check 'a C program compiles with pkg-config' compile icl "$dir/program" "$dir/program.c"
check 'it runs, and its error names the missing model' says_what_is_missing

is_link() { [ "$(readlink "$prefix/bin/icl-train")" = icl ] || { ls -l "$prefix/bin"; false; }; }
check 'icl runs' "$prefix/bin/icl" --help
check 'icl-train is a link to icl' is_link
check 'icl-train runs' "$prefix/bin/icl-train" --help

# Made only where no sanitizer is, as this test runs only there.
has_page() { grep -q '^\.TH ICL 1' "$prefix/share/man/man1/$1"; }
completes() {
    bash -c '. "$1" && COMP_WORDS=(icl eval) COMP_CWORD=1 && _icl && [ "${COMPREPLY[*]}" = evaluate ]' \
        bash "$prefix/share/bash-completion/completions/$1"
}
check 'icl has a manual page' has_page icl.1
check 'icl-train has it too' has_page icl-train.1
check 'icl has a completion for bash' completes icl
check 'icl-train completes by the same script' completes icl-train

check 'GStreamer finds iclclassify' \
    env GST_PLUGIN_SYSTEM_PATH_1_0="$dir" gst-inspect-1.0 iclclassify

has_all_models() {
    for model in "$here"/../../models/*.icl; do
        cmp "$model" "$prefix/share/icl/models/$(basename "$model")" || return
    done
}
check 'every description is installed' has_all_models
plan
